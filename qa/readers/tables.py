"""Tables: CSV and TSV, a header row and one turn a row.

The delimiter is the comma, the semicolon or the tab that cuts the rows most evenly; cells in double quotes
may hold it, and line breaks. ``sep=;`` above the header, as spreadsheets write it, is understood. The
columns are those the user names (``--map speaker=who,text=utterance,start=t0``) or those whose names say
what they hold; what the times may look like is told in ``rows`` and ``moments``.
Refuses a table whose columns do not say where the words are, rows with more cells than the header, because an
unquoted comma would cut words off, and quotes that never close. Prose with commas is no table: its first line
does not name a column for the words and another one.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from qa.errors import FormatError
from qa.readers.columns import Layout, choose, guess, says_enough
from qa.readers.rows import read_rows
from qa.readers.spacing import tidy
from qa.types import Reading

FORMAT = "table"

_DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
_SAMPLE = 50  # rows
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.()\[\]/-]{0,40}")
_SPACED = re.compile(r"\A[^\n]{0,200}[,;] ")  # as in prose, and hardly ever between the names of columns
_MAX_HEADER = 2_000  # characters; a longer first line is prose


class _Dialect(NamedTuple):
    """How a table is cut: at which character, whether quotes mean anything, and how many lines come first."""

    delimiter: str
    quoted: bool
    skipped: int = 0


def recognises(head: str) -> str | None:
    """Say why a text is a table: its first line names the columns, one of them for the words of a turn."""
    dialect, names, sample = _looked_at(head, None)
    if len(names) < 2 or max(map(len, names)) > 60:
        return None
    cut = f"the first line names columns cut by {_DELIMITERS[dialect.delimiter]}"
    known = guess(names, sample)
    if says_enough(known) and len(known) >= 2:
        return cut
    even = len(sample) >= 2 and all(None not in row.values() for row in sample)
    return (
        cut if even and all(map(_IDENTIFIER.fullmatch, names)) and not _SPACED.search(head, 0, 200) else None
    )


def parse(text: str, source: Path, columns: Mapping[str, str] | None = None) -> Reading:
    """Read a table.

    Args:
        text: The whole file; lines end in a line feed.
        source: Named in errors, never opened.
        columns: What the user says the columns hold; None to go by their names.

    Raises:
        FormatError: If the columns are not what is said, or a row cannot be read; it names the line.
    """
    dialect, names, sample = _looked_at(text[: _SAMPLE * 4_000], columns)
    layout = choose(names, sample, columns, source)
    return read_rows(_rows(text, dialect, names, layout, source), layout, FORMAT, source)


def _looked_at(
    head: str, columns: Mapping[str, str] | None
) -> tuple[_Dialect, list[str], list[dict[str, Any]]]:
    """The dialect that fits best, the names of the columns, and the first rows by column."""
    skipped, given = _separator(head)
    lines = head.split("\n", skipped + 1)
    if len(lines) <= skipped or len(lines[skipped]) > _MAX_HEADER:
        return _Dialect(",", quoted=True), [], []
    best: tuple[tuple[bool, float, int, bool], _Dialect, list[list[str]]] | None = None
    for delimiter in [given] if given else _DELIMITERS:
        for quoted in (True, False) if delimiter == "\t" else (True,):
            dialect = _Dialect(delimiter, quoted, skipped)
            rows = _first_rows(head, dialect)
            if not rows or len(rows[0]) < 2:
                continue
            names = [tidy(name) for name in rows[0]]
            told = bool(guess(names)) if columns is None else not names_missing(names, columns)
            even = sum(len(row) == len(names) for row in rows) / len(rows)
            merit = (told, even, len(rows), quoted)  # a broken quote costs rows
            if best is None or merit > best[0]:
                best = merit, dialect, rows
    if best is None:
        rows = _first_rows(head, _Dialect(",", quoted=True, skipped=skipped))
        best = (False, 0.0, 0, True), _Dialect(",", quoted=True, skipped=skipped), rows
    _, dialect, rows = best
    names = [tidy(name) for name in rows[0]] if rows else []
    cells = [[*row, *[None] * (len(names) - len(row))] for row in rows[1:] if len(row) <= len(names)]
    return dialect, names, [dict(zip(names, row, strict=True)) for row in cells]


def names_missing(names: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Return the columns a user named that a header does not hold, not minding case and units."""
    have = {name.casefold() for name in names}
    wanted = (tidy(column).casefold() for column in columns.values())
    return [column for column in wanted if column not in have and column.rpartition(":")[0] not in have]


def _separator(head: str) -> tuple[int, str]:
    """How many lines stand above the header, and the delimiter they tell: ``sep=;``."""
    first = head.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5 and first[4] in _DELIMITERS:
        return 1, first[4]
    return 0, ""


def _first_rows(head: str, dialect: _Dialect) -> list[list[str]]:
    """The rows of the sample; those before the first that cannot be cut."""
    rows: list[list[str]] = []
    reader = _reader(head, dialect)
    try:
        rows.extend(row for row in islice(reader, _SAMPLE) if any(map(str.strip, row)))
    except csv.Error:
        return rows
    return rows


def _reader(text: str, dialect: _Dialect) -> Any:
    lines = io.StringIO(text, newline="")
    for _ in range(dialect.skipped):
        lines.readline()
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE
    return csv.reader(lines, delimiter=dialect.delimiter, quoting=quoting, strict=True)


def _rows(
    text: str, dialect: _Dialect, names: list[str], layout: Layout, source: Path
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header: the line each begins in, and its cells by field."""
    places = {field: names.index(column.name) for field, column in layout.columns.items()}
    numbered = _numbered(text, dialect, source)
    next(numbered, None)
    for line, row in numbered:
        if len(row) > len(names) and any(map(str.strip, row[len(names) :])):
            cut = _DELIMITERS[dialect.delimiter][:-1]
            remedy = (
                f"The row has {len(row)} cells, the header names {len(names)}. Put double quotes around each"
                f" cell that holds a {cut}."
            )
            raise FormatError(source, line, dialect.delimiter.join(row), remedy)
        yield line, {field: row[place] for field, place in places.items() if place < len(row)}


def _numbered(text: str, dialect: _Dialect, source: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it begins in."""
    reader = _reader(text, dialect)
    first = dialect.skipped + 1
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield first, row
            first = reader.line_num + dialect.skipped + 1
    except csv.Error as error:
        remedy = (
            f"The row that starts here cannot be cut into cells ({error}). Close its double quotes, and"
            " double those inside a cell."
        )
        raise FormatError(source, first, None, remedy) from error
