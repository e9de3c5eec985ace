"""The head of a document: title, "by …" line, date, photo credit, "(As delivered)", list of participants.

Reads line by line from the top and stops at the first line that is none of these: a speaker's label, or the
first words of an opening statement. What a web page leaves around them when it is copied (when it was last
updated, in which languages it can be had, a stroke alone) and a time of day are part of the head too, and so
is a short line such as a venue that stands above the date or the time.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from qa.readers.dates import date_line, read_date
from qa.readers.directions import is_direction, says_delivered
from qa.readers.people import Person, has_office, is_name_like, key, split_person
from qa.readers.spacing import word_set

_MAX_TITLE_WORDS = 25
_MAX_BY_LINE = 400  # characters; a longer line that starts with "by" is prose
_FIELDS = word_set(
    "title subject topic date time place location venue duration recorded participants attendees"
    " attending present speakers panel panelists panellists transcriber"
)
_PEOPLE_FIELDS = word_set("participants attendees attending present speakers panel panelists panellists")
_FIELD = re.compile(r"([^\W\d_]{4,12})\s*:\s*(.*)")
_CREDIT = re.compile(
    r"©|\(c\)\s|(?:photo|picture|image|video)(?: credit)?s?\s*(?::|by\s)|credits?\s*:", re.IGNORECASE
)
_BY = re.compile(r"by\s+(?=\S)", re.IGNORECASE)
_BESIDE = re.compile(r"\s+(?:together with|alongside|with|and)\s+|;\s*")
_CIRCUMSTANCE = re.compile(r"\s+(?:in|at|on|following|after|during|before|ahead)\s.*|\s+[–—-]\s.*")
_BULLET = re.compile(r"^[-–•*]\s+")
_UPDATED = re.compile(
    r"\s*(?:^|[|·•–—-]\s*)(?:last )?(?:updated|modified|published|posted)(?: on| at)?\s?:?\s"
    r".{0,40}\d{4}.{0,40}$",
    re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(
    r"(?:at |um )?\d{1,2}[:.]\d{2}(?:\s?[ap]\.?\s?m\.?)?(?:\s\(?[A-Z]{2,5}\)?|\s(?:hrs|hours|Uhr|h))?\.?",
    re.IGNORECASE,
)
_LANGUAGES = word_set(
    "english french german ukrainian russian spanish italian arabic chinese turkish polish portuguese dutch"
    " français deutsch українська русский español italiano العربية 中文 türkçe polski português nederlands"
)
_RELEASED = frozenset(
    {"for immediate release", "check against delivery", "as delivered", "as prepared for delivery"}
)
_MAX_FURNITURE = 100  # characters
_MAX_VENUE_WORDS = 10
_LOOK_AHEAD = 3  # lines between a venue and the date or time below it


@dataclass(slots=True)
class Head:
    """What stands above the words of a document.

    Args:
        title: None when the first line is already speech.
        date: As in Reading.
        notes: Lines kept as they are written.
        people: Everybody named, the speaker of a "by …" line first.
        by_line: Number of the line that says whose words these are; None when no line does.
        delivered: Whether a line says "(As delivered)", carries a credit or the like.
        body: Index of the first line that is not part of the head.
    """

    title: str | None = None
    date: str | None = None
    notes: list[str] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    by_line: int | None = None
    delivered: bool = False
    body: int = 0


def is_credit(line: str) -> bool:
    """Say whether a line gives the credit of a picture."""
    return _CREDIT.match(line) is not None


def head_field(line: str) -> tuple[str, str] | None:
    """Split a line such as "Date: 12 March 2026" or "Participants: Ana, Ben"; None for any other line."""
    match = _FIELD.fullmatch(line)
    if match is None or match.group(1).casefold() not in _FIELDS:
        return None
    return match.group(1).casefold(), match.group(2)


def read_head(
    lines: Sequence[tuple[int, str]], is_label: Callable[[int], bool], labelled: Sequence[Person]
) -> Head:
    """Read the top of a document.

    Args:
        lines: Numbered and tidied, none blank.
        is_label: Whether the line at an index starts with a speaker's label.
        labelled: People whom labels further down name with their office; they settle what is a name in the
            "by …" line.
    """
    head = Head()
    listing = False
    for index, (number, line) in enumerate(lines):
        head.body = index
        if named := head_field(line):
            listing = _take_field(head, *named) or listing
            head.notes.append(line)
        elif is_label(index):
            return head
        elif listing and (person := _participant(line)) is not None:
            head.people.append(person)
            head.notes.append(line)
        elif not _take_line(head, number, line, labelled):
            if head.delivered or not _stands_above_a_date(lines[index : index + 1 + _LOOK_AHEAD]):
                return head
            head.notes.append(line)
    head.body = len(lines)
    return head


def _take_field(head: Head, name: str, value: str) -> bool:
    """Note a "Name: value" line; say whether a list of people may follow."""
    if name == "title" and value:
        head.title = value
    elif name == "date":
        head.date = read_date(value) or head.date
    elif name in _PEOPLE_FIELDS:
        separator = ";" if ";" in value else ","
        people = [_participant(part.strip()) for part in value.split(separator) if part.strip()]
        head.people.extend(person for person in people if person is not None)
        return True
    return False


def _take_line(head: Head, number: int, line: str, labelled: Sequence[Person]) -> bool:
    """Take one line into the head; say whether it belongs there."""
    if _is_furniture(line):
        head.notes.extend([line] if any(map(str.isalnum, line)) else [])
        return True
    by = _BY.match(line)
    people = (
        people_in(line[by.end() :], labelled)
        if by and head.by_line is None and len(line) <= _MAX_BY_LINE
        else []
    )
    if people:
        head.people[:0] = people
        head.by_line = number
        head.notes.append(line)
    elif is_credit(line) or is_direction(line):
        head.delivered = head.delivered or is_credit(line) or says_delivered(line)
        head.notes.append(line)
    elif dated := date_line(_UPDATED.sub("", line)):
        head.date = head.date or dated[0]
        if head.title is None and dated[1]:
            head.title = dated[1].lstrip("# ")
        elif dated[1]:
            head.notes.append(line)
    elif head.title is None and len(line.split()) <= _MAX_TITLE_WORDS and not line.endswith("."):
        head.title = line.lstrip("# ") or None  # Markdown marks a heading
        _take_speaker_from_title(head, number, labelled)
    elif head.title is not None and _repeats(line, head):
        head.notes.append(line)  # the caption of the photograph repeats the title
    else:
        return False
    return True


def _is_furniture(line: str) -> bool:
    """Whether a line is a time of day, or what a copied web page leaves behind; nobody says it."""
    if len(line) > _MAX_FURNITURE:
        return False
    left = _UPDATED.sub("", line)
    return (
        not any(map(str.isalnum, left))
        or _TIME_OF_DAY.fullmatch(line) is not None
        or line.casefold().rstrip(".:!") in _RELEASED
        or all(word.casefold() in _LANGUAGES for word in line.split())
    )


def _stands_above_a_date(lines: Sequence[tuple[int, str]]) -> bool:
    """Whether the first of the lines is short, no sentence, and followed by a date or a time alone."""
    for i, (_, line) in enumerate(lines):
        if i and (_TIME_OF_DAY.fullmatch(line) or (date_line(line) or ("", "?"))[1] == ""):
            return True
        if len(line.split()) > _MAX_VENUE_WORDS or line.endswith((".", "!", "?", ":", ",")):
            return False
    return False


def _repeats(line: str, head: Head) -> bool:
    """Whether a line is the title again, alone or with the "by …" line after it."""
    title, said = key(head.title or "").rstrip("."), key(line).rstrip(".")
    if said == title:
        return True
    by_lines = [key(note) for note in head.notes if _BY.match(note)]
    if any(said in (f"{title} {by}", f"{title}, {by}", by) for by in by_lines):
        return True
    # The caption may leave out the occasion: "Press conference by …" without "following the meeting of …".
    return any(said.startswith(f"{title} by ") and f"{title} {by} ".startswith(f"{said} ") for by in by_lines)


def _take_speaker_from_title(head: Head, number: int, labelled: Sequence[Person]) -> None:
    """A title such as "Press conference by the Prime Minister, Ana Lopez" says who speaks."""
    _, by, phrase = (head.title or "").partition(" by ")
    people = people_in(phrase, labelled) if by else []
    if people and people[0].role is not None:
        head.people.extend(people)
        head.by_line = number


def people_in(phrase: str, labelled: Sequence[Person] = ()) -> list[Person]:
    """Find the people in "NATO Secretary General Mark Rutte with President Zelenskyy in Odesa, Ukraine".

    Args:
        phrase: What follows "by".
        labelled: People known with their office, who are recognised first.

    Returns:
        In the order of the phrase; empty when nothing in it is written like a name.
    """
    people = []
    for part in _BESIDE.split(phrase):
        known = next((person for person in labelled if f" {key(person.name)} " in f" {_bare(part)} "), None)
        person = known or _person(_CIRCUMSTANCE.sub("", part).strip(" ,."))
        if person is not None:
            people.append(person)
    return people


def _bare(text: str) -> str:
    return key(text).replace(",", " ")


def _person(text: str) -> Person | None:
    words = text.removeprefix("the ").split()
    person = split_person(" ".join(words), prefixed=True)
    if person.role is None and has_office(person.name) and len(words) >= 5:
        # "President of Ukraine Volodymyr Zelenskyy": the office ends in a place, so only the order tells.
        person = Person(" ".join(words[-2:]), " ".join(words[:-2]))
    name = person.name.split()
    fits = 1 <= len(name) <= 5 and (len(name) >= 2 or person.role is not None)
    capital = bool(name) and name[0][0].isupper() and name[-1][0].isupper()
    return person if fits and capital and is_name_like(name) and not has_office(person.name) else None


def _participant(line: str) -> Person | None:
    """One entry of a list: "- Ana Lopez, Chair", "Ben Okoro (Treasurer)", "Cy Young – Clerk"."""
    entry = _BULLET.sub("", line, count=1).rstrip(".")
    name, dash, role = re.sub(r"\s+[–—-]\s+", "\0", entry, count=1).partition("\0")
    person = Person(name, role) if dash and role else split_person(entry, prefixed=False)
    words = person.name.split()
    return person if 1 <= len(words) <= 5 and words[0][0].isupper() and is_name_like(words) else None
