"""Why a turn stands where it does: ranks of the views, what the score is made of, and words in common."""

from qa.evaluation.results import Why
from qa.markup import element, escaped, facts
from qa.page.benchmark_words import MINUS, NONE
from qa.reason_text import Asked, ordinal
from qa.retrieval.places import places

VIEWS = (
    "Meaning, by itself",
    "Meaning, with its neighbours",
    "Words, by itself",
    "Words, with its neighbours",
)
_CONTEXT = (1, 3)  # the views that read a turn with its neighbours
_CREDIT = "Answers a question like this one"
_PRIOR = "Asks something, or says little"
_CLOSELY = "Read closely, with the question"
_ALIKE = "Like the first turns"
_MOVED = "Moved up: it answers the question that came first"
_LEAST = 0.003  # smaller pieces of a score are not worth a line


def worded_html(text: str, asked: Asked) -> str:
    """Return a text with the words of the question standing out."""
    pieces, at = [], 0
    for begin, end in places(text, asked.written.keys()):
        pieces.append(escaped(text[at:begin]) + element("b", escaped(text[begin:end]), class_="hit"))
        at = end
    return "".join([*pieces, escaped(text[at:])])


def legend_html(*, bars: bool) -> str:
    """Return what is underlined, and what the colours of the bars stand for where there are any."""
    labels = [*VIEWS, _CREDIT, _CLOSELY] if bars else []
    items = "".join(
        element("li", element("i", class_=f"seg s{number}") + escaped(label))
        for number, label in enumerate(labels)
    )
    underlined = element("li", element("b", "Underlined", class_="hit") + " words of the question")
    return element("ul", underlined + items, class_="legend")


def why_html(why: Why, asked: Asked, score: float | None) -> str:
    """Return the reasons, folded under a bar and the ranks.

    Args:
        why: Recorded by the evaluation.
        asked: The words of the question.
        score: The turn's; None for one that was not ranked, whose pieces add up to what it would have had.
    """
    summary = element("summary", _bar(why) + element("span", _ranks(why), class_="ranks"))
    return element("details", summary + _table(why, score) + _words(why, asked), class_="why")


def _bar(why: Why) -> str:
    """Return the score as a bar of its pieces; the whole width is a score of 1."""
    pieces = [*why.shares, why.credit, why.closely]
    inner = "".join(
        element("i", class_=f"seg s{number}", style=f"width:{100 * min(1.0, max(0.0, piece)):.1f}%")
        for number, piece in enumerate(pieces)
        if piece > 0
    )
    return element("span", inner, class_="bar", aria_hidden="true")


def _ranks(why: Why) -> str:
    own, context, words_own, words_context = (NONE if rank is None else ordinal(rank) for rank in _four(why))
    return facts(
        [f"meaning {own}, {context} with neighbours", f"words {words_own}, {words_context} with neighbours"]
    )


def _four(why: Why) -> tuple[int | None, ...]:
    """Return the ranks of four views, whatever a file holds."""
    return (*why.ranks, None, None, None, None)[:4]


def _table(why: Why, score: float | None) -> str:
    total = sum(why.shares) + why.prior + why.credit + why.closely + why.alike
    whole = total if score is None else score
    rows = [
        _row(label, NONE if rank is None else ordinal(rank), share, whole)
        for label, rank, share in zip(VIEWS, _four(why), (*why.shares, 0, 0, 0, 0), strict=False)
    ]
    moved = whole - max(0.0, total)
    pieces = {
        _CREDIT: why.credit,
        _PRIOR: why.prior,
        _CLOSELY: why.closely,
        _ALIKE: why.alike,
        _MOVED: moved,
    }
    for label, piece in pieces.items():
        if abs(piece) > _LEAST:
            rows.append(_row(label, "", piece, whole))
    head = "".join(element("th", text, scope="col") for text in ("View", "Rank", "Share of the score"))
    return element("table", element("thead", element("tr", head)) + element("tbody", "".join(rows)))


def _row(label: str, rank: str, piece: float, whole: float) -> str:
    share = f"{100 * piece / whole:.0f}\u00a0%".replace("-", MINUS) if whole > _LEAST else NONE
    return element(
        "tr", element("th", escaped(label), scope="row") + element("td", rank) + element("td", share)
    )


def _words(why: Why, asked: Asked) -> str:
    missing = tuple(word for word in asked.written if word not in why.words and word not in why.near)
    lines = (
        ("In it", why.words), ("Only around it", why.near), ("In neither", missing),
    )  # fmt: skip
    inner = "".join(
        element("div", element("dt", label) + element("dd", escaped(asked.named(some)), dir="auto"))
        for label, some in lines
        if some
    )
    context = _context_text(why)
    return element("dl", inner, class_="facts", aria_label="Words of the question") + (
        element("p", context, class_="hint") if context else ""
    )


def _context_text(why: Why) -> str:
    """Say how much of the views' score comes from reading the turn with its neighbours."""
    views = sum(why.shares)
    if views <= _LEAST:
        return ""
    near = sum(share for number, share in enumerate(why.shares) if number in _CONTEXT)
    return f"{100 * near / views:.0f} % of what the views give comes from reading it with its neighbours."
