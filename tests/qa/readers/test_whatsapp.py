from datetime import date as Date
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import ReadOptions, read, whatsapp
from qa.readers.options import DateOrder
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
CHAT = Path("WhatsApp Chat - Pier Crew/_chat.txt")
DAY = 86_400.0


def parsed(text: str, order: DateOrder | None = None) -> Reading:
    return whatsapp.parse(text, CHAT, order)


def at(hours: int, minutes: int, seconds: int = 0, days: int = 0) -> float:
    return days * DAY + hours * 3600 + minutes * 60 + seconds


def test_android_chat() -> None:
    reading = read(DATA / "whatsapp_android.txt")
    assert reading.turns == (
        Turn("Is the pier open?\nIt was closed: at 10:30.\n- so they said", "Maren", start=at(19, 2)),
        Turn(
            "The gate this morning",
            "Idris Bello",
            start=at(19, 6),
            notes=("(file: IMG-20230313-WA0001.jpg)",),
        ),
        Turn("Good news", "Maren", start=at(0, 5, days=1), notes=("(edited)",)),
        Turn("ok", "+49 170 0000000", start=at(12, 6, days=1)),
    )
    assert (reading.date, reading.time_kind) == ("2023-03-13", TimeKind.CLOCK)
    assert reading.recognised == (
        "lines start with a date, a time and a dash, as WhatsApp on Android exports a chat"
    )
    assert reading.warnings == (
        "Notices of WhatsApp left out: 3 (lines 1, 2, 11).",
        "Messages that only hold a file left out: 1 (line 7).",
        "Deleted messages left out: 1 (line 10).",
        "Dates were read month-first, because one of them allows no other order (line 1).",
    )


def test_ios_chat() -> None:
    reading = whatsapp.parse((DATA / "whatsapp_ios.txt").read_text(encoding="utf-8"), CHAT)
    assert reading.turns == (
        Turn("Happy new year @Idris", "Maren", start=at(23, 59, 59)),
        Turn("And to you,", "Idris", start=at(0, 0, 1, days=1), notes=("(edited)",)),
        Turn(
            "I was cut off: 3/4/23, 7:02 PM - Idris: pasted\n3/4/23, 7:03 PM - Idris: pasted too",
            "Maren",
            start=at(0, 4, 0, days=1),
        ),
    )
    assert (reading.date, reading.title) == ("2023-12-31", "WhatsApp Chat - Pier Crew")
    assert reading.warnings == (
        "Notices of WhatsApp left out: 3 (lines 1, 6, 7).",
        "Messages that only hold a file left out: 2 (lines 2, 5).",
        "Dates were read day-first, because one of them allows no other order (line 1).",
    )


def test_arabic_digits_are_read_in_the_stamp_and_stay_in_the_words() -> None:
    reading = read(DATA / "whatsapp_arabic_digits.txt")
    assert reading.turns == (
        Turn("الساعة ٩ عند الميناء", "دانة", start=at(20, 46)),
        Turn("حسنا", "سامي", start=at(0, 10, days=1)),
    )
    assert reading.date == "2024-09-15"
    assert "Messages that only hold a file left out: 1 (line 2)." in reading.warnings


def test_persian_digits_and_a_year_in_front() -> None:
    reading = read(DATA / "whatsapp_persian_digits.txt")
    assert [turn.start for turn in reading.turns] == [at(20, 46, 5), at(20, 47)]
    assert (reading.date, reading.warnings) == ("2024-09-15", ())


def test_spanish_halves_of_the_day_with_any_space_inside() -> None:
    reading = read(DATA / "whatsapp_spanish_halves.txt")
    assert reading.turns == (
        Turn("¿Abre el puerto?", "Lucía", start=at(14, 5)),
        Turn("Sí, a las 6", "Teo", start=at(0, 15, days=1)),
    )


@pytest.mark.parametrize(
    ("stamp", "start"),
    [
        ("13/6/18, 1:55 p.m. - ", at(13, 55)),
        ("13-06-2018, 01.55 PM - ", at(13, 55)),
        ("13.06.18 21.25.15: ", at(21, 25, 15)),
        ("[06/13/18 21:25:15] ", at(21, 25, 15)),
        ("13.6.2018 klo 21.25.15 - ", at(21, 25, 15)),
        ("[2018/06/13, 21:25:15] ", at(21, 25, 15)),
        ("[2018. 6. 13. 오후 9:25:15] ", at(21, 25, 15)),
        ("2018/6/13 下午9:25 - ", at(21, 25)),
        ("[21:25, 13/6/2018] ", at(21, 25)),
        ("13/6/18, 12:00 AM - ", 0.0),
        ("13/6/18, 12:00 PM - ", at(12, 0)),
        ("\u200f13/6/18, 9:25\u202fpm - ", at(21, 25)),
        ("\ufeff\u200e[13/6/18, 9:25:15\u202fPM] ", at(21, 25, 15)),
    ],
)
def test_every_shape_of_stamp(stamp: str, start: float) -> None:
    text = f"{stamp}Ann: hi\n{stamp}Ann: there\n"
    assert whatsapp.recognises(text) is not None
    reading = parsed(text)
    assert reading.turns == (Turn("hi", "Ann", start=start), Turn("there", "Ann", start=start))
    assert reading.date == "2018-06-13"


def test_dates_that_could_be_read_two_ways_are_refused_and_shown_both_ways() -> None:
    with pytest.raises(FormatError) as caught:
        read(DATA / "whatsapp_ambiguous_dates.txt")
    assert str(caught.value) == (
        f"{DATA / 'whatsapp_ambiguous_dates.txt'}:1: cannot read '1/4/23'. This may be 1 April 2023 or 4"
        " January 2023, and no other date of the chat decides. Pass --date-order day-first or --date-order"
        " month-first."
    )


@pytest.mark.parametrize(
    ("order", "date", "second"),
    [("day-first", "2023-04-01", at(8, 0, days=1)), ("month-first", "2023-01-04", at(8, 0, days=31))],
)
def test_what_the_user_says_decides(order: DateOrder, date: str, second: float) -> None:
    reading = read(DATA / "whatsapp_ambiguous_dates.txt", ReadOptions(date_order=order))
    assert (reading.date, reading.turns[1].start) == (date, second)


def test_what_the_user_says_wins_even_where_it_makes_no_sense() -> None:
    with pytest.raises(
        FormatError, match=r"chat\.txt:1: cannot read '31/12/2023'. As a date read month-first"
    ):
        parsed("31/12/2023, 10:00 - Ann: hi", "month-first")


def test_order_in_which_dates_do_not_run_backwards_is_taken() -> None:
    # day-first: 11 March, 12 March, 1 April; month-first: 3 November, 3 December, 4 January of the same year
    reading = read(DATA / "whatsapp_dates_run_one_way.txt")
    assert (reading.date, reading.turns[2].start) == ("2023-03-11", at(8, 0, days=21))
    assert (
        "Dates were read day-first, because they would run backwards in the other order." in reading.warnings
    )


def test_order_does_not_matter_where_both_give_the_same_days() -> None:
    assert parsed("4/4/23, 10:00 - Ann: a\n5/5/23, 10:00 - Ann: b").turns[1].start == at(10, 0, days=31)


def test_message_a_day_late_does_not_make_an_order_run_backwards() -> None:
    text = "13/4/23, 00:01 - Ann: a\n12/4/23, 23:59 - Ben: b\n"
    reading = parsed(text)
    assert reading.date == "2023-04-12"
    assert [turn.start for turn in reading.turns] == [at(0, 1, days=1), at(23, 59)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("whatsapp_impossible_date.txt", "txt:1: cannot read '31/2/2023'. As a date it makes no sense"),
        ("whatsapp_unknown_half.txt", "txt:1: .*The time carries a word that is not known"),
    ],
)
def test_bad_stamp_is_refused_by_line(name: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(DATA / name)


def test_years_of_another_calendar_are_refused_rather_than_taken_for_ours() -> None:
    with pytest.raises(FormatError, match="only the Gregorian calendar"):
        parsed("1/4/2566, 19:02 - Ann: hi\n30/4/2566, 19:02 - Ann: hi")


@pytest.mark.parametrize(
    "body",
    [
        "<Media omitted>", "<Medien ausgeschlossen>", "<Multimedia omitido>", "<Médias omis>",
        "<Mídia oculta>", "<Arquivo de mídia oculto>", "<Media omessi>", "<Media weggelaten>",
        "<Без медиафайлов>",
        "<Medya dahil edilmedi>", "<تم استبعاد الوسائط>", "<省略多媒體檔案>",
        "\u200eimage omitted", "\u200eBild weggelassen",
        "\u200eaudio omitted", "\u200eReport 3.pdf • 4 pages document omitted", "\u200eimagen omitida",
        "IMG-20230313-WA0001.jpg (Datei angehängt)", "plan v2.pdf (file attached)",
        "\u200e<adjunto: 0001-PHOTO.jpg>",
    ],
)  # fmt: skip
def test_message_that_only_holds_a_file_is_left_out_in_any_language(body: str) -> None:
    reading = parsed(f"13/4/23, 10:00 - Ann: hi\n13/4/23, 10:01 - Ann: {body}\n")
    assert len(reading.turns) == 1
    assert "Messages that only hold a file left out: 1 (line 2)." in reading.warnings


@pytest.mark.parametrize(
    "body",
    [
        "I think the image was omitted", "are our calls end-to-end encrypted?", "<sigh>", "Ben left early",
        "missed video call, sorry, was driving", "they added Ben", "null", "message deleted by whom?",
    ],
)  # fmt: skip
def test_words_of_people_about_such_things_stay(body: str) -> None:
    reading = parsed(f"13/4/23, 10:00 - Ann: hi\n13/4/23, 10:01 - Ann: {body}\n")
    assert reading.turns[1].text == body


def test_name_with_quotation_marks_is_no_notice_when_it_recurs() -> None:
    text = '13/4/23, 10:00 - Ann "the pier: a: hi\n13/4/23, 10:01 - Ann "the pier: a: there\n'
    assert [turn.speaker for turn in parsed(text).turns] == ['Ann "the pier'] * 2


def test_another_stamp_inside_a_message_stays_words_of_the_message() -> None:
    text = "13/4/23, 10:00 - Ann: hi\n13/4/23, 10:30 meeting - bring cake: yes\n13/4/23, 25:00 - Ann: no\n"
    assert parsed(text).turns == (
        Turn(
            "hi\n13/4/23, 10:30 meeting - bring cake: yes\n13/4/23, 25:00 - Ann: no", "Ann", start=at(10, 0)
        ),
    )


def test_chat_of_nothing_but_notices_is_refused() -> None:
    with pytest.raises(FormatError, match="no message with words"):
        parsed("13/4/23, 10:00 - Ann joined\n13/4/23, 10:01 - Ann: <Media omitted>\n")


@pytest.mark.parametrize(
    "text",
    [
        "12/03/2024, 10:00 - Board meeting\nAna: hello\nBen: good morning\n",
        "[00:12] Ana: hello\n[00:15] Ben: hi\n",
        "2024-03-12\nAna: hello\n",
        "Ana: see 12/03/2024, 10:00 - Ben: hi\n",
        "",
    ],
)
def test_other_texts_are_not_taken_for_a_chat(text: str) -> None:
    assert whatsapp.recognises(text) is None


WORDS = st.text("abcdé ,.!?👍٣", min_size=1, max_size=30).map(lambda s: " ".join(s.split())).filter(bool)
LINES = st.lists(WORDS, min_size=1, max_size=3)
NAMES = st.sampled_from(["Ann", "Ben Ray", "+49 170 0000000", "دانة"])
ORDERS: tuple[DateOrder, ...] = ("day-first", "month-first")


@given(
    st.lists(st.tuples(st.integers(0, 4_000_000), NAMES, LINES), min_size=1, max_size=12),
    st.dates(Date(2010, 1, 1), Date(2060, 1, 1)),
    st.sampled_from(ORDERS),
    st.booleans(),
    st.booleans(),
)
def test_written_chat_reads_back(
    messages: list[tuple[int, str, list[str]]], first: Date, order: DateOrder, ios: bool, twelve: bool
) -> None:
    clock, lines, turns = 0, [], []
    for gap, name, words in messages:
        clock += gap
        day = first + timedelta(days=clock // 86_400)
        hour, minute, second = clock // 3600 % 24, clock // 60 % 60, clock % 60
        a, b = (day.day, day.month) if order == "day-first" else (day.month, day.day)
        time = f"{(hour + 11) % 12 + 1 if twelve else hour}:{minute:02d}" + (f":{second:02d}" if ios else "")
        half = f"\u202f{'AM' if hour < 12 else 'PM'}" if twelve else ""
        stamp = f"{a}/{b}/{day:%y}, {time}{half}"
        lines.append(f"[{stamp}] {name}: {words[0]}" if ios else f"{stamp} - {name}: {words[0]}")
        lines += words[1:]
        turns.append(Turn("\n".join(words), name, start=float(clock if ios else clock - second)))
    skip = messages[0][0] // 86_400 * DAY
    expected = tuple(
        Turn(turn.text, turn.speaker, start=turn.start - skip) for turn in turns if turn.start is not None
    )
    assert parsed("\n".join(lines), order).turns == expected


PIECES = st.sampled_from(
    ["1/4/23", "13/4/2023", "2024-02-30", "99/99/99", ", ", " ", "7:02", "23:59:59", "77:77", "\u202fPM",
     " p. m.", " - ", "[", "]", ": ", "Ann", "~ Ben", "<Media omitted>", "\u200e", "\n",
     "٣/٤/٢٠٢٤، ٧:٠٢ م - ", "hello", "下午", "\x00", '"']
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from([None, *ORDERS]))
def test_any_text_reads_or_is_refused(text: str, order: DateOrder | None) -> None:
    whatsapp.recognises(text)
    try:
        reading = parsed(text, order)
    except FormatError:
        return
    assert reading.turns


def test_words_beside_a_file_on_ios_stay_and_the_file_is_a_note() -> None:
    reading = read(DATA / "whatsapp_ios_captions.txt")
    assert reading.turns == (
        Turn("Wer gießt?", "Jörg", start=68_530.0),
        Turn("Schau mal", "Eva", start=68_580.0, notes=("(file: 00000012-PHOTO-2031-01-14-19-03-00.jpg)",)),
        Turn("Verpasster Sprachanruf, sorry", "Eva", start=68_700.0),
    )
    assert "Notices of WhatsApp left out: 1 (line 4)." in reading.warnings
    assert "Messages that only hold a file left out: 1 (line 3)." in reading.warnings
