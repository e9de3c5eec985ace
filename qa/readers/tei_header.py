"""What the header of a TEI document says: title, day, people, and the points of its timeline in seconds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qa.readers.dates import read_date
from qa.readers.marked_speech import text_of
from qa.readers.markup import Element, local_name
from qa.readers.moments import MAX_SECONDS
from qa.readers.spacing import tidy

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_UNITS = {"s": 1.0, "ms": 0.001, "min": 60.0, "m": 60.0, "h": 3600.0}
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_CLOCK = re.compile(r"(?:.{0,20}T)?(\d{1,4}):(\d{2}):(\d{2})(?:[.:,](\d{1,9}))?(?:Z|[+-]\d\d:?\d\d)?")


class Names(NamedTuple):
    """The people a document names.

    Args:
        by_id: The name for each id.
        aliases: Other names that the document gives them, each with that name.
    """

    by_id: Mapping[str, str]
    aliases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Point:
    """A point of the timeline as written: so many seconds after another one, or at a time of its own."""

    since: str | None
    seconds: float | None


def xml_id(element: Element) -> str:
    """Return the id of an element, "" when it has none."""
    return element.get(_ID) or element.get("id") or ""


def reference(value: str | None) -> str:
    """Return the id that "#AnaLopez" or "people.xml#AnaLopez" points to; "" when there is none."""
    return tidy(value or "").rpartition("#")[2]


def title_of(root: Element) -> str | None:
    """Return the main title of the first document in a file."""
    titles = list(root.iterfind(".//{*}teiHeader/{*}fileDesc/{*}titleStmt/{*}title"))
    main = [title for title in titles if title.get("type") in {None, "main"}]
    return next(filter(None, map(text_of, main or titles)), None)


def date_of(root: Element) -> str | None:
    """Return the day of the event: of the setting, otherwise of the recording or of the source."""
    for place in ("{*}setting", "{*}recording", "{*}sourceDesc/{*}bibl"):
        for date in root.iterfind(f".//{{*}}teiHeader//{place}/{{*}}date"):
            written = tidy(date.get("when") or date.get("from") or date.get("when-iso") or text_of(date))
            if written and (found := read_date(written[:10]) or read_date(written)):
                return found
    return None


def names_of(root: Element) -> Names:
    """Return the people in the lists of persons and the casts of a file."""
    by_id: dict[str, str] = {}
    aliases: list[tuple[str, str]] = []
    for person in root.iter("{*}person", "{*}personGrp", "{*}castItem"):
        names = list(dict.fromkeys(filter(None, map(_name, _name_elements(person)))))
        marks = [xml_id(person), *(xml_id(role) for role in person.iterfind("{*}role"))]
        marks += [alt.get("type") or "" for alt in person.iterfind(".//{*}alt")]
        for mark in filter(None, marks):
            by_id.setdefault(mark, names[0] if names else mark)
        aliases.extend((other, names[0]) for other in names[1:])
    return Names(by_id, tuple(aliases))


def _name_elements(person: Element) -> Iterator[Element]:
    yield from person.iterfind("{*}persName")
    yield from person.iterfind("{*}name")
    yield from person.iterfind("{*}role")


def _name(element: Element) -> str:
    """A name in reading order: "Lopez" and "Ana" in parts are "Ana Lopez"."""
    parts: dict[str, list[str]] = {}
    for part in element:
        parts.setdefault(local_name(part).lower(), []).append(text_of(part))
    order = ("forename", "namelink", "surname", "genname")
    if not parts.keys() & {"forename", "surname"}:
        return text_of(element)
    return " ".join(filter(None, (name for kind in order for name in parts.get(kind, []))))


def timeline_of(root: Element) -> Mapping[str, float]:
    """Return the points of the timeline that can be placed, in seconds from its origin.

    A file with several timelines has several recordings; their points cannot be told apart, so none is
    returned.
    """
    timelines = list(root.iter("{*}timeline"))
    if len(timelines) != 1:
        return {}
    timeline = timelines[0]
    unit = _UNITS.get(timeline.get("unit") or "s", 0.0)
    points: dict[str, _Point] = {}
    before = origin = reference(timeline.get("origin"))
    for when in timeline.iter("{*}when"):
        name = xml_id(when)
        origin = origin or name
        own_unit = _UNITS.get(when.get("unit") or "", unit)
        points.setdefault(name, _point(when, before, own_unit, first=name == origin))
        before = name
    zero = points.get(origin, _Point(None, 0.0))
    base = zero.seconds if zero.since is None and zero.seconds is not None else 0.0
    placed = _placed(points)
    return {name: round(at - base, 3) for name, at in placed.items() if 0 <= at - base <= MAX_SECONDS}


def _point(when: Element, before: str, unit: float, *, first: bool) -> _Point:
    interval, absolute = tidy(when.get("interval") or ""), tidy(when.get("absolute") or "")
    if interval and not first and unit:
        after = float(interval) * unit if _NUMBER.fullmatch(interval) else None
        return _Point(reference(when.get("since")) or before, after)
    if clock := _CLOCK.fullmatch(absolute):
        hours, minutes, seconds, fraction = clock.groups()
        whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return _Point(None, whole + float(f"0.{fraction or 0}"))
    if _NUMBER.fullmatch(absolute):
        return _Point(None, float(absolute) * unit)
    return _Point(None, 0.0 if first else None)


def _placed(points: Mapping[str, _Point]) -> dict[str, float]:
    """Follow points back to one that stands by itself; those in a circle or after nothing have no place."""
    placed: dict[str, float | None] = {}
    for name in points:
        chain: list[str] = []
        at: str | None = name
        while at is not None and at in points and at not in placed:
            placed[at] = None  # until the end of the chain is known; stays so in a circle
            chain.append(at)
            at = points[at].since
        known = 0.0 if at is None else placed.get(at)
        for link in reversed(chain):
            seconds = points[link].seconds
            known = None if known is None or seconds is None else known + seconds
            placed[link] = known
    return {name: at for name, at in placed.items() if at is not None}
