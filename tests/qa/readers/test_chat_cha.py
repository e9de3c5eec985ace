from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import chat_cha, read
from qa.readers.chat_codes import Utterance, read_utterance
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"


def test_utterances_carry_names_roles_and_times_without_their_codes() -> None:
    reading = read(DATA / "kitchen.cha")
    assert (reading.format, reading.time_kind, reading.date) == ("chat", TimeKind.MEDIA, "2019-10-15")
    assert reading.recognised == "the first line is @UTF8"
    assert reading.turns == (
        Turn("more soup.", "Nora", "Target Child", 0.0, 1.2),
        Turn(
            "there is a spoon a fork on the table because uh you like it...",
            "Lena Falk",
            "Mother",
            1.5,
            20.048,
        ),
        Turn("xxx.", "Nora", "Target Child", 22.35),  # its end comes first and is left out
        Turn("how about some bread?", "GRA"),
    )
    assert reading.notes == (
        "Media: nora12, audio",
        "Situation: in the kitchen, before lunch",
        "INV: (laughs)",
    )
    assert reading.warnings == (
        "Tiers of analysis skipped: %mor 1, %gra 1.",
        "Utterances without words left out: 1 (line 20).",
        "Ends that come before their start left out: 1 (line 18).",
        "Speakers whom @Participants does not list are shown by their code: GRA (line 19).",
    )


def test_codes_are_aliases_of_the_names_in_the_headers() -> None:
    text = (DATA / "kitchen.cha").read_text()
    assert chat_cha.parse(text, Path("a")).aliases == (("CHI", "Nora"), ("MOT", "Lena Falk"))


@pytest.mark.parametrize(
    ("coded", "text", "notes"),
    [
        ("more cookies . [+ IMP]", "more cookies.", ()),
        ("<on the> [//] in the [x 3] box [* m:+s] ?", "on the in the box?", ()),
        ("man [/] man [!!] <yes> [>1] no [<] .", "man man yes no.", ()),
        ("(be)cause you wan(t) (.) it (1.5) (2:10.) .", "because you want it.", ()),
        ("&-uh &um &+fr &~gaga frog .", "uh um fr- gaga frog.", ()),
        ("&=laughs no &=imit:motor_bike .", "no.", ("(laughs)", "(imit: motor bike)")),
        ("so &*MOT:mhm we went .", "so we went.", ("(MOT: mhm)",)),
        ("xxx that yyy www .", "xxx that yyy www.", ()),
        ("you 0v 0to go .", "you go.", ()),
        ("0 [=! cries] .", "", ("(cries)",)),
        ("gonna [: going to] see it [= the boat] [=? the goat] .", "gonna see it.", None),
        ("look [% points] .", "look.", ("(points)",)),
        ("talk and +...", "talk and...", ()),
        ("really +..?", "really...?", ()),
        ("but I +/. ", "but I —", ()),
        ("but you +//?", "but you —?", ()),
        ('he said +"/.', "he said:", ()),
        ('+" come here .', "come here.", ()),
        ("+< yes ++ sure +^ so .", "yes sure so.", ()),
        ("no:o ba:nana rhi^noceros 10:30 .", "noo banana rhinoceros 10:30.", ()),
        ("[- spa] hola@s:spa amigo@b, woof@o !", "hola amigo, woof!", ()),
        ("how_about a black+bird ?", "how about a blackbird?", ()),
        ("oh (.) ‡ are you calling „ Eve ?", "oh, are you calling, Eve?", ()),
        ("⌈at all⌉ ↑really ‹you know› °quiet° .", "at all really you know quiet.", ()),
        ("well , I ; think # so ! ", "well, I; think so!", ()),
        ("an [open bracket", "an [open bracket", ()),
        ("a [unheard of code] b .", "a b.", ("(unheard of code)",)),
    ],
)
def test_codes_give_way_to_the_words_that_were_said(
    coded: str, text: str, notes: tuple[str, ...] | None
) -> None:
    if notes is None:
        notes = ("(for: going to)", "(the boat)", "(or: the goat)")
    assert read_utterance(coded) == Utterance(text, notes)


@pytest.mark.parametrize(
    ("bullet", "start", "end"),
    [
        ("\x1520048_22350\x15", 20.048, 22.35),
        ("•20048_22350•", 20.048, 22.35),
        ("\x1520048_22350-\x15", 20.048, 22.35),
        ('\x15%snd:"eve"_20048_22350\x15', 20.048, 22.35),
        ("\x151000_2000\x15 \x152500_3000\x15", 1.0, 3.0),
        ('\x15%pic:"cat.jpg"\x15', None, None),
        ("", None, None),
    ],
)
def test_times_are_milliseconds_between_bullets(bullet: str, start: float | None, end: float | None) -> None:
    text = f"@Begin\n@Participants:\tEVE Eve Child\n*EVE:\thello . {bullet}\n@End\n"
    assert chat_cha.parse(text, Path("a")).turns == (Turn("hello.", "Eve", "Child", start, end),)


def test_role_comes_from_the_id_header_where_participants_gives_none() -> None:
    text = "@Begin\n@Participants:\tABC\n@ID:\teng|x|ABC|||||Interview_Partner|||\n*ABC:\thello .\n"
    assert chat_cha.parse(text, Path("a")).turns == (Turn("hello.", "ABC", "Interview Partner"),)


@pytest.mark.parametrize("line", ["and then what", "*MOT hello ."])
def test_line_without_its_mark_is_refused_with_its_place(line: str) -> None:
    with pytest.raises(FormatError) as caught:
        chat_cha.parse(f"@Begin\n{line}\n", Path("a.cha"))
    assert str(caught.value) == (
        f"a.cha:2: cannot read {line!r}. Start a header with @, an utterance with * and a speaker, as in"
        " '*MOT:', a tier with %, and a line that goes on with a tab."
    )


def test_file_with_a_line_without_its_mark_is_refused() -> None:
    with pytest.raises(FormatError, match=r"line_without_mark\.cha:4: cannot read 'and then what'"):
        read(DATA / "line_without_mark.cha")


@pytest.mark.parametrize("text", ["@ana hello\nhi\n", "Ana: hello\n@Begin\n", "", "@", "@home we said: no\n"])
def test_other_text_is_not_recognised(text: str) -> None:
    assert chat_cha.recognises(text) is None


WORDS = st.text("abcdefghijklmnopqrstuvwyz'é", min_size=1, max_size=8).filter(lambda word: word.strip("'"))
SENTENCES = st.tuples(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), st.sampled_from(".?!"))
CODES = st.text("ABCDEFGH", min_size=3, max_size=3)
NAMES = st.text("abcdefgh", min_size=1, max_size=8).map(str.title)


@given(
    st.dictionaries(CODES, st.tuples(NAMES, st.sampled_from(["Mother", "Father", "Child"])), min_size=1),
    st.lists(st.tuples(st.integers(0, 9), SENTENCES, st.none() | st.tuples(st.integers(0), st.integers(0)))),
)
def test_what_is_written_reads_back_the_same(
    people: dict[str, tuple[str, str]],
    said: list[tuple[int, tuple[str, str], tuple[int, int] | None]],
) -> None:
    listed = " , ".join(f"{code} {name} {role}" for code, (name, role) in people.items())
    lines = ["@UTF8", "@Begin", f"@Participants:\t{listed}"]
    turns = []
    for who, (words, end), times in said:
        code, (name, role) = list(people.items())[who % len(people)]
        span = None if times is None else (times[0] % 10**9, times[0] % 10**9 + times[1] % 10**6)
        bullet = "" if span is None else f" \x15{span[0]}_{span[1]}\x15"
        lines += [f"*{code}:\t{words}\n\t{end}{bullet}", "%mor:\tx|y ."]
        start, stop = (None, None) if span is None else (span[0] / 1000, span[1] / 1000)
        turns.append(Turn(words + end, name, role, start, stop))
    text = "\n".join([*lines, "@End", ""])
    assert chat_cha.recognises(text)
    assert chat_cha.parse(text, Path("a")).turns == tuple(turns)


PIECES = st.sampled_from(
    [
        "@UTF8\n",
        "@Begin\n",
        "@Participants:\t",
        "@ID:\t",
        "@Date:\t31-FEB-2001\n",
        "*MOT:\t",
        "\n",
        "\n\t",
        "%x:\t",
        "[: ",
        "[//]",
        "]",
        "[",
        "<",
        ">",
        "&=",
        "&*",
        "&",
        "+",
        "+...",
        "0",
        "0x",
        "(",
        ")",
        "@s",
        "\x15",
        "•",
        "5_9",
        "9_5",
        "xxx",
        "hello",
        " ",
        "|",
        ",",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    chat_cha.recognises(text)
    with suppress(FormatError):
        chat_cha.parse(text, Path("a"))
    with suppress(FormatError):
        chat_cha.parse("@Begin\n*MOT:\t" + text, Path("a"))


def test_file_without_its_last_line_is_said_to_be_cut_short() -> None:
    text = "@UTF8\n@Begin\n*MOT:\thello .\n"
    cut = "The last line is not @End; the file may have been cut short."
    assert cut in chat_cha.parse(text, Path("a.cha")).warnings
    assert cut not in chat_cha.parse(text + "@End\n", Path("a.cha")).warnings
