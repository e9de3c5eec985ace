"""Inspections, reports and the summary of an import as text for a terminal."""

from collections.abc import Iterator, Sequence

from qa.inspection import Inspection, SpeakerCount, Stretch
from qa.reporting import Report, Summary
from qa.types import RemarkKind, TimeKind
from qa.widths import padded, width, wrapped

_WIDTH = 96
_LABEL = 12
_MOST_SPEAKERS = 30
_MOST_STRETCHES = 10
_TIMES = {
    TimeKind.MEDIA: "from the start of the recording",
    TimeKind.CLOCK: "of the clock",
    TimeKind.NONE: "none",
}
_REMARKS = {
    RemarkKind.DROPPED: "Left out",
    RemarkKind.COLLAPSED: "Collapsed",
    RemarkKind.INFERRED: "Inferred",
    RemarkKind.ASSUMED: "Assumed",
}
_MENDS = {"name": "Name {} with:", "merge": "{} If so:", "opening": "{} Give it to someone with:"}


def inspection_text(name: str, inspection: Inspection, file: str) -> str:
    """Write what was understood of a file.

    Args:
        name: The file as it is shown, with the archive it lies in.
        inspection: What was understood.
        file: What to name in the commands that mend something: the file or archive.
    """
    return "\n".join(
        [name, *_facts(inspection), *_speakers(inspection), *_gaps(inspection), *_mends(file, inspection)]
    )


def _facts(inspection: Inspection) -> Iterator[str]:
    why = f", because {inspection.recognised}" if inspection.recognised else ""
    read = f"; read as {inspection.encoding}" if inspection.encoding else ""
    yield from _line("Format", f"{inspection.format}{why}{read}")
    dated = f", {inspection.date}" if inspection.date else ", date unknown"
    yield from _line("Title", f"{inspection.title or 'none'}{dated}")
    length = f", {_length(inspection.duration)} long" if inspection.duration else ""
    yield from _line(
        "Content", f"{_count(inspection.turns, 'turn')}, {_count(inspection.words, 'word')}{length}"
    )
    yield from _line("Times", _TIMES[inspection.time_kind])


def _speakers(inspection: Inspection) -> Iterator[str]:
    shown = inspection.speakers[:_MOST_SPEAKERS]
    names = [_name(speaker) for speaker in shown]
    columns = min(max(map(width, names), default=0), 48)
    for place, (name, speaker) in enumerate(zip(names, shown, strict=True)):
        also = f"   also: {', '.join(speaker.aliases)}" if speaker.aliases else ""
        counts = f"{_count(speaker.turns, 'turn'):>12}  {_count(speaker.words, 'word'):>14}"
        yield f"  {'Speakers' if place == 0 else '':{_LABEL}}{padded(name, columns)}{counts}{also}"
    if len(inspection.speakers) > len(shown):
        yield from _line("", f"and {len(inspection.speakers) - len(shown):,} more")
    if not shown:
        yield from _line("Speakers", "nobody is named")


def _name(speaker: SpeakerCount) -> str:
    if speaker.name is None:
        return f"({', '.join(speaker.roles)}, unnamed)"
    return ", ".join((speaker.name, *speaker.roles))


def _gaps(inspection: Inspection) -> Iterator[str]:
    if inspection.time_kind is not TimeKind.NONE:
        yield from _stretches("No time", inspection.untimed)
    yield from _stretches("No speaker", inspection.unlabelled)
    if inspection.inferred:
        yield from _line("Inferred", f"the speaker of {_count(inspection.inferred, 'turn')}")
    for remark in inspection.remarks:
        yield from _line(_REMARKS[remark.kind], str(remark))


def _stretches(label: str, stretches: Sequence[Stretch]) -> Iterator[str]:
    for place, stretch in enumerate(stretches[:_MOST_STRETCHES]):
        run = (
            f"turn {stretch.first}"
            if stretch.first == stretch.last
            else f"turns {stretch.first}–{stretch.last}"
        )
        yield from _line("" if place else label, f"{run}: “{stretch.words}”")
    if len(stretches) > _MOST_STRETCHES:
        yield from _line("", f"and {len(stretches) - _MOST_STRETCHES:,} more places")


def _mends(file: str, inspection: Inspection) -> list[str]:
    lines: list[str] = []
    for place, suggestion in enumerate(inspection.suggestions):
        about = suggestion.speakers[0] if suggestion.kind == "name" else suggestion.message
        lines += _line("" if place else "To mend", _MENDS[suggestion.kind].format(about))
        lines.append(f"{'':{_LABEL + 4}}transcript-qa add {_shell(file)} {suggestion.option}")
    return lines


def _shell(name: str) -> str:
    plain = all(letter.isalnum() or letter in "/\\._-:" for letter in name)
    return name if plain else "'" + name.replace("'", "'\\''") + "'"


def _line(label: str, text: str) -> list[str]:
    start = f"  {label:{_LABEL}}"
    return wrapped(text, _WIDTH, start, " " * len(start)) or [start]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _length(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def report_text(report: Report) -> str:
    """Write what became of one file, in a line and one for each warning."""
    if report.status == "refused":
        return f"refused    {report.warnings[-1]}"
    size = f"{report.format}, {report.turns} turns, id {report.transcript_id}"
    head = f"{report.status:10} {report.path}: {report.title} ({size})"
    return "\n".join([head, *(f"           {warning}" for warning in report.warnings)])


def summary_text(summary: Summary) -> str:
    """Write the table that ends an import."""
    counts = (
        ("added", summary.added),
        ("unchanged", summary.unchanged),
        ("replaced", summary.replaced),
        ("refused", summary.refused),
        ("passed over", summary.passed_over),
    )
    rate = f" ({summary.turns_per_second:,.0f} turns a second)" if summary.turns else ""
    took = f"{summary.turns:>9,}  in {summary.seconds:,.1f} s{rate}"
    lines = [f"  {label:{_LABEL}}{number:>9,}" for label, number in counts if number or label == "added"]
    return "\n".join(["Files", *lines, f"  {'turns':{_LABEL}}{took}"])
