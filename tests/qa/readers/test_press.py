from pathlib import Path

import pytest

from qa.readers import press, read
from qa.types import QUESTIONER, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
SEED = Path(__file__).parents[3].parent / "shared/seed/nato_odesa_press_statement.txt"

OFFICE = "Nordmark Fisheries Minister"


def who(turns: tuple[Turn, ...]) -> list[tuple[str | None, str | None]]:
    return [(turn.speaker, turn.role) for turn in turns]


def press_turns(text: str) -> tuple[Turn, ...]:
    assert press.recognises(text)
    return press.parse(text, Path("press.txt")).turns


def test_statement_with_questions_comes_out_turn_by_turn() -> None:
    reading = read(DATA / "harbour_press_statement.txt")
    assert (reading.format, reading.title, reading.date) == (
        "press",
        "Joint statement on the harbour",
        "2031-05-14",
    )
    assert reading.time_kind is TimeKind.NONE
    assert reading.turns == (
        Turn(
            "President Okoro, dear Samuel,\nThe harbour opens on Monday.\n"
            "It took six years (about 40 percent longer than planned) and many hands.\n"
            "Here is the thing: it works.\nThank you.",
            "Ilse Brandt",
            OFFICE,
            inferred=True,
        ),
        Turn(
            "Two things. First of all, who pays for the second pier?",
            role=QUESTIONER,
            notes=("(continues in Danish)",),
        ),
        Turn(
            "The region pays. We, so-called owners (the NSAT group), only lend.\n"
            "And there is one more point: nobody loses a berth.",
            "Ilse Brandt",
            OFFICE,
        ),
        Turn("I can add a date.", "Ilse Brandt", OFFICE, notes=("[laughter]",)),
        Turn("And the ferry?", role=QUESTIONER, notes=("(Reuters)",)),
        Turn("in Danish", role=QUESTIONER),
        Turn("The ferry runs in June.", "Ilse Brandt", OFFICE, notes=("(inaudible)",)),
        Turn("It does.", "Samuel Okoro", "President of Nordmark"),
    )


def test_credits_and_directions_between_turns_are_notes_of_the_document() -> None:
    assert read(DATA / "harbour_press_statement.txt").notes == (
        "by Nordmark Fisheries Minister Ilse Brandt with President Okoro in Port Lenz, Nordmark",
        "© Press Office of the Port",
        "(As delivered)",
        "(response from President Okoro in Danish)",
    )


def test_warning_says_which_lines_were_given_to_whom_and_why() -> None:
    assert read(DATA / "harbour_press_statement.txt").warnings == (
        "The opening statement (lines 6-10) carries no label; it was given to Ilse Brandt,"
        " who is named in line 2.",
    )


@pytest.mark.skipif(not SEED.exists(), reason="the seed transcript does not lie beside this checkout")
def test_seed_statement_comes_out_turn_by_turn() -> None:
    reading = read(SEED)
    rutte = ("Mark Rutte", "NATO Secretary General")
    asked = (None, QUESTIONER)
    assert (reading.title, reading.date, reading.time_kind) == ("Joint press statement", None, TimeKind.NONE)
    assert who(reading.turns) == [rutte, asked, rutte, asked, rutte, rutte, asked, rutte]
    assert [turn.inferred for turn in reading.turns] == [True] + [False] * 7
    opening = reading.turns[0].text.split("\n")
    assert (len(opening), opening[0], opening[-1]) == (
        31,
        "President Zelenskyy, Dear Volodymyr,",
        "Slava Ukraini.",
    )
    assert [turn.notes for turn in reading.turns] == [
        (),
        ("(continues in Ukrainian)",),
        (),
        ("(Continues in Ukrainian)",),
        (),
        (),
        (),
        (),
    ]
    assert reading.turns[1].text.endswith("for Ukraine and for all the world?")
    assert reading.turns[6].text == "in Ukrainian"
    assert reading.notes == (
        "by NATO Secretary General Mark Rutte with President Zelenskyy in Odesa, Ukraine",
        "© Press Service of The President of Ukraine",
        "(As delivered)",
        "(response from President Zelenskyy in Ukrainian)",
    )
    assert reading.warnings == (
        "The opening statement (lines 5-35) carries no label; it was given to Mark Rutte,"
        " who is named in line 2.",
    )


def test_opening_that_nobody_signs_has_no_speaker_and_says_so() -> None:
    reading = read(DATA / "opening_without_by_line.txt")
    assert reading.turns == (
        Turn("Good morning, everyone.\nTwo remarks before we start."),
        Turn("Who pays?", role=QUESTIONER),
        Turn("The region.", "Brandt"),
    )
    assert reading.warnings == (
        "The opening statement (lines 2-3) carries no label; no line above it says whose it is, so"
        " its speaker is unknown.",
    )


def test_labels_in_capitals_are_labels() -> None:
    turns = press_turns("Briefing\nWelcome all.\nANA LOPEZ: One.\nAnd two.\nBEN OKORO: Three.\n")
    assert [(turn.speaker, turn.text) for turn in turns[1:]] == [
        ("ANA LOPEZ", "One.\nAnd two."),
        ("BEN OKORO", "Three."),
    ]


def test_caption_that_repeats_title_and_by_line_is_no_speech() -> None:
    reading = read(DATA / "caption_repeats_title.txt")
    berg, lind = (
        ("Jonas Berg", "Harbour Union Secretary General"),
        ("Oana Lind", "Harbour Union Spokesperson"),
    )
    asked = (None, QUESTIONER)
    assert (reading.title, reading.date) == ("Press conference", "2031-06-14")
    assert who(reading.turns) == [berg, lind, asked, berg, asked, berg, berg]
    assert [turn.text for turn in reading.turns] == [
        "Good afternoon.\nWe met.",
        "First question.",
        "Lena Holt, Reuters. Who pays?",
        "The region.",
        "All of it?",
        "All.",
        "Thank you.",
    ]
    assert reading.notes[1:] == (
        "Last updated: 15 Jun. 2031 17:30",
        "(As delivered)",
        "Press conference by Harbour Union Secretary General Jonas Berg following the meeting of ministers in"
        " Lenz",
    )
    assert reading.turns[2].notes == ("(inaudible)",)


def test_spanish_questioners_are_roles() -> None:
    reading = read(DATA / "spanish_briefing.txt")
    host = ("PRESIDENTA ANA LÓPEZ", None)
    assert who(reading.turns) == [host, (None, QUESTIONER), (None, QUESTIONER), host]
    assert reading.turns[0].text == "Buenos días.\nEmpezamos."
    assert reading.notes == ("INTERLOCUTOR: (Inaudible)",)


def test_spanish_labels_may_end_in_a_point_and_a_dash() -> None:
    assert [(t.speaker, t.role, t.text) for t in read(DATA / "spanish_point_and_dash.txt").turns] == [
        (None, QUESTIONER, "¿Quién paga?"),
        ("PORTAVOZ", None, "La región.\nY nadie más."),
        (None, QUESTIONER, "¿Cuándo?"),
        ("PORTAVOZ", None, "En junio."),
    ]


@pytest.mark.parametrize("answer", ["A: ", "A. ", "Answer: "])
def test_answer_below_a_question_is_the_one_who_signed_or_a_respondent(answer: str) -> None:
    text = f"We open.\nQ: Why?\n{answer}Because.\nIt pays.\nQ: When?\n{answer}In June.\n"
    signed = press_turns(f"Talk\nby Port Director Mark Stone\n{text}")
    assert who(signed)[2] == ("Mark Stone", "Port Director")
    assert [turn.inferred for turn in signed] == [True, False, True, False, True]
    assert who(press_turns(f"Talk\n{text}"))[2] == (None, "respondent")


def test_one_person_under_three_labels_is_one() -> None:
    text = (
        "Mark Rutte, NATO Secretary General: One.\nAnd more.\nQuestion: Why?\nMark Rutte: Two.\n"
        "Question: When?\nSecretary General Rutte: Three.\nQuestion: Who?\nMr. Rutte: Four.\n"
    )
    rutte = ("Mark Rutte", "NATO Secretary General")
    assert [one for one in who(press_turns(text)) if one[1] != QUESTIONER] == [rutte] * 4


def test_participants_in_the_head_make_their_names_and_offices_known() -> None:
    reading = read(DATA / "participants_in_head.txt")
    assert reading.turns == (
        Turn("Welcome.\nWe start on time.", "Ana Lopez", "Chair"),
        Turn("The books are closed.", "Ben Okoro", "Treasurer"),
        Turn("And audited.", "Ben Okoro", "Treasurer"),
    )
    assert reading.notes == ("Participants:", "- Ana Lopez, Chair", "- Ben Okoro – Treasurer")


def test_office_may_stand_before_the_name() -> None:
    text = (
        "Port Spokesperson, Oana Lind: Good day.\nQuestion: Why?\nMs. Lind: Because.\nSpokesperson: Enough.\n"
    )
    assert who(press_turns("Briefing\nWelcome all.\n" + text)[1:]) == [
        ("Oana Lind", "Port Spokesperson"),
        (None, QUESTIONER),
        ("Oana Lind", "Port Spokesperson"),
        ("Oana Lind", "Port Spokesperson"),
    ]


def test_office_in_brackets_makes_a_label_and_a_role() -> None:
    turns = press_turns("Oana Lind (Port Spokesperson): Good day.\nAll well.\nQuestion: Why?\n")
    assert who(turns) == [("Oana Lind", "Port Spokesperson"), (None, QUESTIONER)]


def test_short_form_that_fits_two_people_stays_as_written() -> None:
    text = "Ana Lind, Minister: One.\nBo Lind, Minister: Two.\n"
    text += "Lind: Three.\nLind: Four.\nMinister: Five.\nMinister: Six.\n"
    turns = press_turns("Briefing\nWelcome all.\n" + text)
    assert [turn.speaker for turn in turns[1:]] == [
        "Ana Lind",
        "Bo Lind",
        "Lind",
        "Lind",
        "Minister",
        "Minister",
    ]


def test_by_line_without_labels_tells_name_from_office() -> None:
    for line, name, role in (
        ("by the President of Nordmark Samuel Okoro", "Samuel Okoro", "President of Nordmark"),
        (
            "by the Prime Minister of Nordmark, Kaja Lind, and the Mayor",
            "Kaja Lind",
            "Prime Minister of Nordmark",
        ),
        ("by Mark Stone", "Mark Stone", None),
        ("By Mark Stone, Port Director, following the meeting", "Mark Stone", "Port Director"),
    ):
        (turn,) = press_turns(f"Statement\n{line}\nWe open on Monday.\n")
        assert (turn.speaker, turn.role, turn.inferred) == (name, role, True)


def test_title_that_names_the_speaker_signs_the_opening() -> None:
    text = "Press conference by Fisheries Minister Ilse Brandt\n(As delivered)\nWe open on Monday.\n"
    reading = press.parse(text, Path("press.txt"))
    assert reading.title == "Press conference by Fisheries Minister Ilse Brandt"
    assert who(reading.turns) == [("Ilse Brandt", "Fisheries Minister")]


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("15 April 2025", "2025-04-15"),
        ("15 Apr. 2025", "2025-04-15"),
        ("Tuesday, April 15, 2025", "2025-04-15"),
        ("2025-04-15", "2025-04-15"),
        ("31 April 2025", None),
    ],
)
def test_date_line_in_the_head_gives_the_date(line: str, date: str | None) -> None:
    reading = press.parse(f"Statement\nby Mark Stone\n{line}\nWe open.\n", Path("press.txt"))
    assert reading.date == date
    assert (line in reading.turns[0].text) == (date is None)


def test_direction_on_its_own_line_inside_a_turn_belongs_to_the_turn() -> None:
    text = "Talk\nby Mark Stone\nOne.\n[applause]\nTwo.\nQuestion: Why?\n"
    assert press_turns(text)[0].notes == ("[applause]",)
    assert press_turns(text)[0].text == "One.\nTwo."


def test_turn_of_nothing_but_directions_becomes_a_note() -> None:
    text = "Talk\nby Mark Stone\nOne.\nSamuel Okoro, President: (speaks in Danish)\nQuestion: Why?\n"
    reading = press.parse(text, Path("press.txt"))
    assert len(reading.turns) == 2
    assert reading.notes[-1] == "Samuel Okoro, President: (speaks in Danish)"


def test_label_without_words_is_left_out_with_a_warning() -> None:
    reading = press.parse("Talk\nby Mark Stone\nOne.\nQuestion:\nQuestion: Why?\n", Path("press.txt"))
    assert [turn.text for turn in reading.turns] == ["One.", "Why?"]
    assert reading.warnings[-1] == "A speaker is named but has no words; left out (line 4)."


def test_text_with_neither_label_nor_signature_is_not_press() -> None:
    assert not press.recognises("A walk by the sea.\nNobody speaks here.\n")


def test_bare_q_before_a_question_is_a_label() -> None:
    reading = read(DATA / "briefing_with_bare_q.txt")
    ortiz = "MS. ORTIZ"
    assert reading.turns == (
        Turn("Good afternoon. I have two things.\nFirst, the bridge.", ortiz),
        Turn("Thank you, Lena: when will it open?", role=QUESTIONER),
        Turn("In May. Q is a letter, not a person.", ortiz),
        Turn("And the cost?", role=QUESTIONER),
        Turn("Go ahead, Sam.", ortiz),
        Turn("any update?", role=QUESTIONER, notes=("(Inaudible)",)),
        Turn("No.", ortiz),
    )
    assert (reading.title, reading.date) == ("Press Briefing by Press Secretary Lena Ortiz", "2031-06-03")


def test_venue_hours_and_end_of_a_briefing_are_notes_and_nobodys_words() -> None:
    assert read(DATA / "briefing_with_bare_q.txt").notes == (
        "FOR IMMEDIATE RELEASE",
        "Harbour Hall Briefing Room",
        "1:07 P.M. EDT",
        "END 1:31 P.M. EDT",
    )


@pytest.mark.parametrize("line", ["Q Lane: Hello there.", "Q fever is rare.", "Qatar: yes"])
def test_q_that_is_part_of_a_name_or_a_word_is_no_question(line: str) -> None:
    turns = press_turns(f"by Minister Ana Lopez\n(As delivered)\nGood day.\n{line}\nQ: Why?\nQ: How?\n")
    assert [turn.role for turn in turns].count(QUESTIONER) == 2


def test_what_a_copied_page_leaves_above_a_statement_is_not_said_by_anybody() -> None:
    reading = read(DATA / "press_page_as_copied.txt")
    assert reading.turns[0] == Turn(
        "Good afternoon.\nThank you all for coming.", "Ilse Brandt", OFFICE, inferred=True
    )
    assert (reading.title, reading.date) == ("Press conference", "2031-03-24")
    assert reading.notes == (
        f"by {OFFICE} Ilse Brandt following the harbour summit",
        "Last updated: 28 Mar. 2031 13:24",
        "English",
        "French",
        "(As delivered)",
    )


def test_date_and_last_change_on_one_line_give_the_date() -> None:
    dated = "12 Jun. 2031 - | Last updated: 13 Jun. 2031 10:11"
    text = f"Talks\nby Minister Ana Lopez\n{dated}\nGood day.\nQ: Why?\n"
    reading = press.parse(text, Path("press.txt"))
    assert (reading.date, reading.turns[0].text) == ("2031-06-12", "Good day.")


def test_german_questions_have_no_name_but_a_note() -> None:
    reading = read(DATA / "german_briefing.txt")
    assert (reading.title, reading.date) == ("Pressekonferenz", "2031-03-04")
    assert who(reading.turns) == [
        ("SRS Brandt", None),
        (None, QUESTIONER),
        ("SRS Brandt", None),
        (None, QUESTIONER),
        ("SRS Brandt", None),
        (None, QUESTIONER),
        ("SRS Brandt", None),
    ]
    assert reading.turns[5].notes == ("Weiß",)


def test_place_and_foreign_date_above_the_first_label_are_no_turn() -> None:
    reading = read(DATA / "spanish_briefing_with_place.txt")
    assert [turn.text for turn in reading.turns] == ["Buenos días.", "¿Cuánto cuesta?", "Tres millones."]
    assert (reading.title, reading.date) == ("Rueda de prensa del puerto", "2031-03-04")


def test_name_and_colon_that_come_once_are_said_to_stay_in_the_words() -> None:
    text = (
        "by Minister Ana Lopez\n(As delivered)\nGood day.\nSecond point.\nKall Brenner: We agree.\nQ: Why?\n"
        "Ana Lopez: So.\n"
    )
    reading = press.parse(text, Path("press.txt"))
    assert [turn.speaker for turn in reading.turns] == ["Ana Lopez", None, "Ana Lopez"]
    assert reading.warnings[-1] == (
        "Lines that begin with a name and a colon, but only once, left in the words above: 1."
        " A label counts when it comes twice (line 5)."
    )


def test_caption_that_leaves_out_the_occasion_is_no_speech() -> None:
    text = (
        "Press conference\n\nby Union Secretary General Jonas Berg following the meeting in Lenz\n\n"
        "14 June 2031\n\nCheck against delivery\n\nPress conference by Union Secretary General Jonas Berg\n\n"
        "Good afternoon.\n\nQuestion: Who pays?\n\nJonas Berg: The region.\n"
    )
    reading = press.parse(text, Path("a.txt"))
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [
        ("Jonas Berg", "Good afternoon."),
        (None, "Who pays?"),
        ("Jonas Berg", "The region."),
    ]
    assert reading.notes == (
        "by Union Secretary General Jonas Berg following the meeting in Lenz",
        "Check against delivery",
        "Press conference by Union Secretary General Jonas Berg",
    )
