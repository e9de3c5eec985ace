"""Records: a JSON list of objects, an object that holds such a list, or one object a line; one turn a record.

The keys are those the user names (``--map speaker=author.name,text=body,start=t0:ms``) or those whose names
say what they hold, as for tables; a dot leads into an object inside the record. Beside the list, "title" and
"date" are read. An object with several lists is read from the one whose records hold words.
Refuses records whose keys do not say where the words are, and records that are no objects.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from qa.errors import FormatError, UnknownFormatError
from qa.readers.columns import Layout, choose, guess, says_enough, value_of
from qa.readers.dates import read_date
from qa.readers.fields import Fields, load
from qa.readers.rows import Place, read_rows
from qa.readers.spacing import tidy
from qa.types import Reading, Remark, RemarkKind

FORMAT = "records"

_SAMPLE = 50  # records
_DEPTH = 3  # objects a list may lie inside: {"data": {"turns": [...]}}
_SHAPE = 'Write one object a turn, as in {"speaker": "Ana", "text": "hello"}.'


def recognises(value: Any) -> str | None:
    """Say why a value is in this format: it is or holds a list of objects, whatever their keys."""
    found = next(_lists(value), None)
    return None if found is None else "it is a JSON list of objects" + (" inside an object" * bool(found[0]))


def recognises_lines(text: str) -> str | None:
    """Say why a text is in this format: each of its first lines is a JSON object."""
    lines = [line.strip() for line in text[:200_000].split("\n", 200) if line.strip()][:2]
    if len(lines) < 2 or not all(line.startswith("{") for line in lines):
        return None
    try:
        first = load(lines[0])
    except ValueError:
        return None
    return "each line is a JSON object" if isinstance(first, dict) else None


def parse(value: Any, source: Path, columns: Mapping[str, str] | None = None) -> Reading:
    """Read a list of records, or the object that holds it.

    Args:
        value: As parsed from JSON.
        source: Named in errors, never opened.
        columns: What the user says the keys hold; None to go by their names.

    Raises:
        FormatError: If it holds no such list, or a record cannot be read; it is named by its number.
    """
    path, records = _chosen(value, source, columns)
    layout = choose(_names(records), _sample(records), columns, source)
    rows = ((f"record {i}", record) for i, record in enumerate(records, start=1))
    reading = read_rows(_by_field(rows, layout, source), layout, FORMAT, source)
    whole = value if isinstance(value, dict) else {}
    title, date = whole.get("title"), whole.get("date")
    others = [".".join(other) for other, _ in _lists(value) if other != path]
    return replace(
        reading,
        title=(tidy(title) or None) if isinstance(title, str) else None,
        date=reading.date or (read_date(tidy(date)) if isinstance(date, str) else None),
        remarks=(*reading.remarks, *_left_out(path, others)),
    )


def parse_lines(text: str, source: Path, columns: Mapping[str, str] | None = None) -> Reading:
    """Read records that stand one a line.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.
        columns: As for ``parse``.

    Raises:
        FormatError: If a line is no object, or cannot be read; it names the line.
    """
    records = [record for _, record in islice(_objects(text, source), _SAMPLE)]
    if not any(isinstance(record, dict) for record in records):
        raise FormatError(source, None, None, f"The first lines are JSON, but no objects. {_SHAPE}")
    layout = choose(_names(records), _sample(records), columns, source)
    return read_rows(_by_field(_objects(text, source), layout, source), layout, FORMAT, source)


def parse_text(text: str, source: Path, columns: Mapping[str, str]) -> Reading:
    """Read JSON of either shape with the keys the user names.

    Args:
        text: The whole file.
        source: Named in errors, never opened.
        columns: As for ``parse``.

    Raises:
        FormatError: If it is not JSON, or not records that hold these keys.
    """
    if recognises_lines(text):
        return parse_lines(text, source, columns)
    try:
        value = load(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        remedy = f"The file is not valid JSON ({error}). Export it again; it may have been cut short."
        raise FormatError(source, line, None, remedy) from error
    return parse(value, source, columns)


def _lists(value: Any) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """The lists of objects in a value, each with the keys that lead to it."""
    level: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for _ in range(_DEPTH):
        deeper: list[tuple[tuple[str, ...], Any]] = []
        for path, item in level:
            if isinstance(item, list) and any(isinstance(record, dict) for record in item[:_SAMPLE]):
                yield path, item
            elif isinstance(item, dict):
                deeper.extend(((*path, key), inner) for key, inner in islice(item.items(), 1000))
        level = deeper


def _chosen(value: Any, source: Path, columns: Mapping[str, str] | None) -> tuple[tuple[str, ...], list[Any]]:
    """The list to read: the first with the words, or the first."""
    lists = list(_lists(value))
    if not lists:
        raise UnknownFormatError(source, None, None, f"The JSON holds no list of objects. {_SHAPE}")
    for path, records in lists:
        names = _names(records)
        if columns["text"] in names if columns and "text" in columns else _has_words(names, records):
            return path, records
    return lists[0]


def _left_out(path: tuple[str, ...], others: list[str]) -> list[Remark]:
    if not others:
        return []
    shown = ", ".join(map(repr, others[:8])) + (" and more" if len(others) > 8 else "")
    return [
        Remark(RemarkKind.DROPPED, f"Read from the list {'.'.join(path)!r}; other lists not read: {shown}.")
    ]


def _has_words(names: list[str], records: list[Any]) -> bool:
    return says_enough(guess(names, _sample(records)))


def _objects(text: str, source: Path) -> Iterator[tuple[Place, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, load(line)
            except ValueError as error:
                cut = "" if line.rstrip().endswith("}") else "; it may have been cut short"
                raise FormatError(source, number, line, f"The line is not JSON{cut}. {_SHAPE}") from error


def _by_field(
    rows: Iterator[tuple[Place, Any]], layout: Layout, source: Path
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    names = [(field, column.name) for field, column in layout.columns.items()]
    for place, record in rows:
        if not isinstance(record, dict):
            number = place if isinstance(place, int) else None
            where = "The line" if number else f"{place}:"
            raise FormatError(source, number, None, f"{where} is not an object. {_SHAPE}")
        yield place, {field: value_of(record, name) for field, name in names}


def _sample(records: list[Any]) -> list[Fields]:
    return [record for record in records[:_SAMPLE] if isinstance(record, dict)]


def _names(records: list[Any]) -> list[str]:
    """The keys of the first records, with those of objects inside them after a dot."""
    names: dict[str, None] = {}
    for record in _sample(records):
        for key, value in record.items():
            names[key] = None
            if isinstance(value, dict):
                names.update(dict.fromkeys(f"{key}.{inner}" for inner in islice(value, 30)))
    return list(names)
