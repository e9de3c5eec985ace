"""Dates in the head of a transcript and in file names, as ISO 8601 days.

Reads "15 April 2025", "15 Apr. 2025", "April 15, 2025" and "2025-04-15", and the day before a month in
German, French, Spanish, Portuguese, Italian and Dutch: "4. März 2025", "4 de marzo de 2025". Leaves
"04/05/2025" alone: whether it is April or May depends on the country.
"""

import re

from qa.types import check_date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_FOREIGN_MONTHS = (
    "januar jänner janvier enero janeiro gennaio januari",
    "februar februari février febrero fevereiro febbraio",
    "märz mars marzo março maart",
    "april avril abril aprile",
    "mai mayo maio maggio mei",
    "juni juin junio junho giugno",
    "juli juillet julio julho luglio",
    "august août agosto augustus",
    "september septembre septiembre setiembre setembro settembre",
    "oktober octobre octubre outubro ottobre",
    "november novembre noviembre novembro",
    "dezember décembre diciembre dezembro dicembre",
)
_NUMBERS = {
    name: str(number) for number, names in enumerate(_FOREIGN_MONTHS, start=1) for name in names.split()
}
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})\b", re.IGNORECASE)
_FOREIGN = re.compile(
    rf"\b(\d{{1,2}})(?:\.|º|er)?\s+(?:de\s+)?({'|'.join(_NUMBERS)})\s+(?:de\s+)?(\d{{4}})\b", re.IGNORECASE
)
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_FORMS = (  # with the places of year, month and day
    (_ISO, (1, 2, 3)),
    (_DAY_FIRST, (3, 2, 1)),
    (_MONTH_FIRST, (3, 1, 2)),
    (_FOREIGN, (3, 2, 1)),
)
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_WEEKDAY = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)\b",
    re.IGNORECASE,
)
_BEFORE_A_DATE = re.compile(r"(?:^|\s)(?:vom|am|of|on|from|del|do|du|le|el)$", re.IGNORECASE)
_MAX_WORDS = 10  # a longer line that names a day is prose


def find_date(text: str) -> tuple[str, str] | None:
    """Find the first day named in a text.

    Args:
        text: One line, or the stem of a file name.

    Returns:
        The day as "2025-04-15" and the words that named it; None when no day of the calendar is named.
    """
    found: list[tuple[int, str, str]] = []
    for pattern, order in _FORMS:
        for match in pattern.finditer(text):
            year, month, day = (match.group(group) for group in order)
            if date := _checked(year, _number(month), day):
                found.append((match.start(), date, match.group()))
                break
    return min(found)[1:] if found else None


def read_date(text: str) -> str | None:
    """Read a field that holds a date: a day in any form above, or "2025-04" or "2025" alone."""
    try:
        return check_date(text)
    except ValueError:
        found = find_date(text)
        return None if found is None else found[0]


def date_line(line: str) -> tuple[str, str] | None:
    """Read a line that states the day of the event and little else.

    Args:
        line: One line from the head of a document.

    Returns:
        The day, and what the line says beside it, such as a place; None when the line is not a date line.
    """
    if len(line) > 200 or len(line.split()) > _MAX_WORDS:
        return None
    found = find_date(line)
    if found is None:
        return None
    date, words = found
    rest = _WEEKDAY.sub("", line.replace(words, "", 1)).strip(" ,;:|-–—()[]")
    rest = _BEFORE_A_DATE.sub("", rest)
    return date, rest if re.search(r"[^\W\d_]", rest) else ""


def date_in_name(stem: str) -> tuple[str, str] | None:
    """Find a day in the stem of a file name, written 2025-04-15 or 20250415.

    Args:
        stem: The file name without its extension.

    Returns:
        The day, and the characters that wrote it; None when there is none between 1900 and 2100.
    """
    for pattern in (_ISO, _COMPACT):
        for match in pattern.finditer(stem):
            if 1900 <= int(match.group(1)) <= 2100 and (date := _checked(*match.groups())):
                return date, match.group()
    return None


def _number(month: str) -> str:
    """The number of a month written as digits or as a word."""
    if month.isdigit():
        return month
    return _NUMBERS.get(month.lower()) or str(_MONTHS.index(month[:3].lower()) + 1)


def _checked(year: str, month: str, day: str) -> str | None:
    try:
        return check_date(f"{int(year):04d}-{int(month):02d}-{int(day):02d}")
    except ValueError:
        return None
