import html
import re

from hypothesis import given
from hypothesis import strategies as st

from qa.markup import clipped, element, escaped, facts, marked


def shown(markup: str) -> str:
    """Return the text that a browser shows for markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@given(st.text())
def test_escaped_text_is_shown_as_it_is_and_holds_nothing_a_template_reads(text: str) -> None:
    markup = escaped(text)
    assert not set("<>\"'${}`\\") & set(re.sub(r"&#?\w+;", "", markup))
    readable = not any(c in "\0" or "\ud800" <= c <= "\udfff" for c in text)
    # html.unescape follows HTML in replacing the control characters that browsers replace.
    if readable and html.unescape(text) == text and text.isprintable():
        assert shown(markup) == text


def test_facts_are_set_each_by_itself_whatever_the_direction_of_the_others() -> None:
    assert shown(facts(["אסיפה", None, "12 March 2026"])) == "אסיפה · 12 March 2026"
    assert facts(["אסיפה", "", "12"]).count("<bdi>") == 2


def test_attributes_are_escaped_and_left_out_when_none_or_false() -> None:
    markup = element(
        "p", "x", class_="a", data_turn='"><script>', hidden=True, title=None, tabindex=0, open=False
    )
    assert markup == '<p class="a" data-turn="&quot;&gt;&lt;script&gt;" hidden tabindex="0">x</p>'


def test_highlight_is_marked_by_its_offsets_in_the_text_as_written() -> None:
    assert marked("a & b < c", (2, 5)) == "a <mark>&amp; b</mark> &lt; c"
    assert marked("a & b", None) == "a &amp; b"


def test_short_turn_is_shown_whole() -> None:
    assert clipped("One. Two.", (5, 9)) == ("One. <mark>Two.</mark>", False)


@given(st.integers(0, 3000), st.integers(0, 400), st.integers(0, 3000))
def test_nothing_of_a_long_turn_is_lost_and_its_highlight_stays_in_view(
    before: int, width: int, after: int
) -> None:
    text = "ab " * (before // 3) + "X" * (width + 1) + " cd" * (after // 3)
    start = text.index("X")
    markup, folded = clipped(text, (start, start + width + 1))
    without = re.sub(r'<span class="ellipsis">[^<]*</span>', "", markup)
    assert shown(without) == text
    assert f"<mark>{'X' * (width + 1)}</mark>" in markup
    seen = re.sub(r'<span class="cut">[^<]*</span>', "", without)
    assert folded == (len(shown(seen)) < len(text))
    assert len(shown(seen)) <= max(900, width + 1 + 2 * 360)
