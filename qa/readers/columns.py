"""Which column of a table, or key of a record, holds which field of a turn.

The user says so (``--map speaker=who,text=utterance,start=t0``), or the names do: "speaker", "who" and "name"
are read as the speaker, "start_time" and "begin" as the start, and so on, whatever their case, and so are
"Sprecher", "hablante" and their like in other languages. What the names do not say is not guessed: without a
column for the words the table is refused, with the columns found and the mapping to write. A time column
whose name ends in "ms" holds milliseconds.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import FormatError, UnknownFormatError
from qa.readers.options import COLUMN_FIELDS
from qa.readers.spacing import tidy
from qa.types import Remark, RemarkKind

Sample = Sequence[Mapping[str, Any]]  # the first rows, by column

TIME_FIELDS = frozenset({"start", "end", "duration"})
_UNITS = {"ms": 1000, "s": 1}
_KNOWN: dict[str, Sequence[str]] = {  # most telling name first
    "text": (
        "text utterance transcript transcription content speech message sentence caption body words said"
        " utterance_text spoken_text message_text turn_text line quote texto texte testo tekst wortlaut"
        " äußerung transkript transkription transcripción transcrição trascrizione mensaje mensagem nachricht"
    ).split(),
    "speaker": (
        "speaker speaker_name who participant participant_name name person author author_name user user_name"
        " username sender speaker_label speaker_id sprecher sprecherin redner rednerin hablante orador"
        " oradora locuteur locutrice intervenant falante parlante relatore spreker"
    ).split(),
    "role": "role speaker_role".split(),
    "start": (
        "start start_time starttime starts start_at begin begin_time onset t0 timestamp time time_start"
        " start_timestamp offset ts datetime date_time created_at sent_at startzeit anfang beginn inicio"
        " início début inizio"
    ).split(),
    "end": (
        "end end_time endtime ends end_at stop stop_time finish t1 time_end end_timestamp endzeit ende fin"
        " fim fine einde"
    ).split(),
    "duration": "duration dur length dauer duración durée duração durata".split(),
    "date": "date day session_date meeting_date datum fecha".split(),
    "notes": "notes note".split(),
}
_PERHAPS = "; if one of them holds the speaker or the time, say so with --map"
_TELLING = frozenset("text utterance transcript transcription utterance_text spoken_text turn_text".split())
_BESIDE = (
    "speaker",
    "role",
    "start",
)  # "message" or "content" alone may be anything, such as a log of errors
_MILLISECONDS = re.compile(
    r"(.+?)_(?:in_)?(?:ms|msecs?|millis|milliseconds)|(start|begin|end|stop|time|t0|t1|dur|duration)ms"
)
_SECONDS = re.compile(r"(.+?)_(?:in_)?(?:s|secs?|seconds)")
_TIME_LIKE = re.compile(r"[\d:.,]{1,20}|\d{4}-\d\d-\d\d[T ].{1,30}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: As in the file.
        per_second: Units in a second, where the user or the name gives the unit; None otherwise.
        told: Whether the user gave the unit.
    """

    name: str
    per_second: int | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are read.

    Args:
        columns: By field.
        remarks: What was taken for granted, and which columns are left out.
    """

    columns: Mapping[str, Column]
    remarks: tuple[Remark, ...] = ()


def choose(names: Sequence[str], sample: Sample, given: Mapping[str, str] | None, source: Path) -> Layout:
    """Say which columns to read.

    Args:
        names: All columns, in the order of the file.
        sample: The first rows.
        given: What the user said, as ``parse_columns`` returns it; None to go by the names.
        source: Named in errors.

    Raises:
        FormatError: If the user names a column or a field that is not there.
        UnknownFormatError: If no name says where the words are.
    """
    if given is not None:
        columns = {field: _named(field, column, names, sample, source) for field, column in given.items()}
        if "text" not in columns:
            remedy = f"The mapping must say which column holds the text. {advice(names, sample)}"
            raise FormatError(source, None, None, remedy, offered(names, sample))
        return Layout(columns, _unused(names, columns))
    columns = guess(names, sample)
    if not says_enough(columns):
        remedy = f"No column is known to hold the words. {advice(names, sample)}"
        raise UnknownFormatError(source, None, None, remedy, offered(names, sample))
    chosen = ", ".join(f"{field} from {_with_unit(column)}" for field, column in columns.items())
    assumed = Remark(RemarkKind.ASSUMED, f"Columns chosen by their names: {chosen}.")
    advised = "" if {"speaker", "start"} <= columns.keys() else _PERHAPS
    return Layout(columns, (assumed, *_unused(names, columns, advised)))


def guess(names: Sequence[str], sample: Sample = ()) -> dict[str, Column]:
    """Choose columns by their names alone.

    Args:
        names: All columns.
        sample: The first rows; a column without a letter in any of them does not hold the words.

    Returns:
        The column of each field that some name tells; without "text" when none tells where the words are.
    """
    by_name: dict[str, list[str]] = {}
    for name in names:
        by_name.setdefault(_normal(name), []).append(name)
    timed = {_without_unit(normal): normal for normal in reversed(by_name)}
    chosen: dict[str, Column] = {}
    for field in COLUMN_FIELDS:
        for known in _KNOWN[field]:
            normal = timed.get(known, "") if field in TIME_FIELDS and known not in by_name else known
            found = next(iter(by_name.get(normal, [])), None)
            if found is not None and _fits(field, found, sample):
                chosen[field] = Column(found, _unit(found) if field in TIME_FIELDS else None)
                break
    return chosen


def says_enough(columns: Mapping[str, Column]) -> bool:
    """Say whether guessed columns make a transcript: words, and who said them or when unless it is clear."""
    if "text" not in columns:
        return False
    return _normal(columns["text"].name) in _TELLING or not columns.keys().isdisjoint(_BESIDE)


def advice(names: Sequence[str], sample: Sample) -> str:
    """Say which columns there are, and the mapping that would probably be right."""
    shown = ", ".join(repr(_short(name)) for name in names[:20]) + (", …" if len(names) > 20 else "")
    likely = {"text": "COLUMN"} | _likely(names, sample)
    mapping = ",".join(f"{field}={likely[field]}" for field in COLUMN_FIELDS if field in likely)
    quoted = f"'{mapping}'" if re.search(r"[^\w=,.:-]", mapping) else mapping
    return f"The columns are {shown}. Say which holds what, as in: --map {quoted}"


def offered(names: Sequence[str], sample: Sample) -> dict[str, str]:
    """Return the columns there are, each with the field that it probably holds, or ""."""
    fields = {name: field for field, name in _likely(names, sample).items()}
    return {name: fields.get(name, "") for name in names}


def _likely(names: Sequence[str], sample: Sample) -> dict[str, str]:
    """Choose a column for words, speaker and start, by name or else by what the first rows look like."""
    likely = {field: column.name for field, column in guess(names, sample).items()}
    left = [name for name in names if name not in likely.values()]
    wordy = sorted((n for n in left if _has_words(n, sample)), key=lambda name: -_mean_length(name, sample))
    if "text" not in likely and wordy:
        likely["text"] = wordy.pop(0)
    texts = [name for name in left if name in wordy]
    if "speaker" not in likely and texts:
        likely["speaker"] = texts[0]
    times = [name for name in left if name not in likely.values() and _is_time_like(name, sample)]
    if "start" not in likely and times:
        likely["start"] = times[0]
    return likely


def value_of(record: Mapping[str, Any], name: str) -> Any:
    """Return what a record holds under a key, or a path of keys such as "author.name"; None if nothing."""
    if name in record:
        return record[name]
    value: Any = record
    for key in name.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def _named(field: str, given: str, names: Sequence[str], sample: Sample, source: Path) -> Column:
    """The column that the user means, which may carry a unit."""
    if field not in COLUMN_FIELDS:
        remedy = f"{field!r} is no field of a turn; choose from {', '.join(COLUMN_FIELDS)}."
        raise FormatError(source, None, None, remedy)
    bare, colon, unit = given.rpartition(":")
    for wanted, per_second in ((given, None), (bare, _UNITS.get(unit) if colon else None)):
        if wanted is bare and (per_second is None or field not in TIME_FIELDS):
            continue
        if name := _find(wanted, names):
            per = per_second or (_unit(name) if field in TIME_FIELDS else None)
            return Column(name, per, told=per_second is not None)
    remedy = f"There is no column {given!r}. {advice(names, sample)}"
    raise FormatError(source, None, None, remedy, offered(names, sample))


def _find(wanted: str, names: Iterable[str]) -> str | None:
    """A column by its name, exactly or but for case and white space."""
    same = [name for name in names if tidy(name).casefold() == tidy(wanted).casefold()]
    return wanted if wanted in same else next(iter(same), None)


def _unused(names: Sequence[str], columns: Mapping[str, Column], advised: str = "") -> tuple[Remark, ...]:
    used = {column.name for column in columns.values()}
    parents = {name.split(".")[0] for name in used}
    left = [repr(_short(name)) for name in names if name and name not in used and name not in parents]
    if not left:
        return ()
    more = f" and {len(left) - 20} more" if len(left) > 20 else ""
    return (Remark(RemarkKind.DROPPED, f"Columns not read: {', '.join(left[:20])}{more}{advised}."),)


def _with_unit(column: Column) -> str:
    return f"{_short(column.name)!r}" + (" in milliseconds" if column.per_second == 1000 else "")


def _normal(name: str) -> str:
    """Lower case, words joined by underscores: "Start Time (ms)" and "startTimeMs" are "start_time_ms"."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", tidy(name)[:80])
    return re.sub(r"[^\w]+", "_", parted.lower()).strip("_")


def _without_unit(normal: str) -> str:
    match = _MILLISECONDS.fullmatch(normal) or _SECONDS.fullmatch(normal)
    return next(filter(None, match.groups())) if match else normal


def _unit(name: str) -> int | None:
    normal = _normal(name)
    if _MILLISECONDS.fullmatch(normal):
        return 1000
    return 1 if _SECONDS.fullmatch(normal) else None


def _texts(name: str, sample: Sample) -> list[str]:
    values = (value_of(row, name) for row in sample)
    return [value if isinstance(value, str) else str(value) for value in values if _is_plain(value)]


def _is_plain(value: object) -> bool:
    return isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 10**15)


def _fits(field: str, name: str, sample: Sample) -> bool:
    if field == "text" and _normal(name) not in _TELLING:
        return _has_words(name, sample)
    return not any(isinstance(value_of(row, name), dict) for row in sample)


def _has_words(name: str, sample: Sample) -> bool:
    values = [value_of(row, name) for row in sample]
    return not values or any(isinstance(v, str) and any(c.isalpha() for c in v) for v in values)


def _is_time_like(name: str, sample: Sample) -> bool:
    texts = list(filter(None, map(tidy, _texts(name, sample))))
    return bool(texts) and all(_TIME_LIKE.fullmatch(text) for text in texts)


def _mean_length(name: str, sample: Sample) -> float:
    texts = _texts(name, sample)
    wordy = [len(text) for text in texts if any(c.isalpha() for c in text)]
    return sum(wordy) / len(texts) if texts else 0.0


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"
