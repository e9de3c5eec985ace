"""What became of the files that were added, in plain words."""

from collections.abc import Sequence

from qa.markup import button, element, escaped, facts
from qa.page.formats import format_name
from qa.page.wording import counted, listed, reason_text
from qa.reporting import Report, Summary

_SHOWN = 12  # reports that stand open; of more, those of files that were added are folded away
_STATUS = {
    "added": "Added",
    "unchanged": "Already there",
    "replaced": "Replaced",
    "refused": "Not added",
}


def outcome_html(reports: Sequence[Report], summary: Summary, named: int = 0) -> str:
    """Return what became of each file, the refused first.

    Args:
        reports: One a file.
        summary: Of all of them.
        named: How many of those that were there already have names that the user changed to no effect.
    """
    said = [
        f"{summary.added:,} added" if summary.added else None,
        f"{summary.unchanged:,} already there" if summary.unchanged else None,
        f"{summary.replaced:,} replaced" if summary.replaced else None,
        f"{summary.refused:,} not added" if summary.refused else None,
        f"{counted(summary.passed_over, 'file')} passed over" if summary.passed_over else None,
    ]
    title = ", ".join(piece for piece in said if piece) or "Nothing was added"
    parts = [element("h3", escaped(title[:1].upper() + title[1:]), tabindex="-1")]
    if summary.stopped:
        parts.append(element("p", "Stopped. What was finished before that is in the library.", class_="hint"))
    if summary.turns:
        took = f"{counted(summary.turns, 'turn')} in {_seconds(summary.seconds)}"
        parts.append(element("p", escaped(took), class_="hint"))
    if named:
        kept = "What was there already kept the names it has there; change them under Speakers below."
        parts.append(element("p", kept, class_="hint"))
    parts.append(_rows(sorted(reports, key=lambda report: report.status != "refused")))
    close = button("Close", "cancel", class_="link close")
    return element("div", close + "".join(parts), class_="outcome", role="status")


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} seconds" if seconds < 10 else f"{seconds:,.0f} seconds"


def _rows(reports: Sequence[Report]) -> str:
    rows = list(map(_report, reports))
    if len(rows) <= _SHOWN:
        return element("ul", "".join(rows), class_="reports") if rows else ""
    refused = sum(report.status == "refused" for report in reports)
    first = element("ul", "".join(rows[:refused]), class_="reports") if refused else ""
    summary = element("summary", escaped(f"{counted(len(rows) - refused, 'file')} in the library"))
    rest = element("ul", "".join(rows[refused:]), class_="reports")
    return first + element("details", summary + rest, class_="folded")


def _report(report: Report) -> str:
    status = element("span", _STATUS[report.status], class_=f"status {report.status}")
    name = element("span", escaped(report.path), class_="file", dir="auto")
    doing = ""
    if report.transcript_id is not None:
        doing = button(
            "Open", "transcript", data_transcript=report.transcript_id,
            aria_label=f"Open {report.title or report.path}",
        )  # fmt: skip
    about = reason = notes = ""
    if report.status == "refused":
        told = escaped(reason_text("".join(report.warnings[-1:]), report.path))
        reason = element("p", told, class_="reason", dir="auto")
    elif report.inspection is not None:
        names = [one.name for one in report.inspection.speakers if one.name]
        read = facts(
            [
                escaped(report.title) if report.title else None,
                counted(report.turns, "turn"),
                escaped(format_name(report.format or "")),
            ]
        )
        spoken = f"Speakers: {listed(names, 6)}" if names else "No speakers named"
        about = element("p", read, class_="hint", dir="auto") + element(
            "p", escaped(spoken), class_="speakers", dir="auto"
        )
        notes = _notes(report.warnings)
    line = element("div", status + name + doing, class_="line")
    return element("li", line + about + reason + notes, class_=report.status)


def _notes(warnings: Sequence[str]) -> str:
    if not warnings:
        return ""
    rows = "".join(element("li", escaped(reason_text(warning, "")), dir="auto") for warning in warnings)
    summary = element("summary", counted(len(warnings), "note"))
    return element("details", summary + element("ul", rows, class_="warnings"), class_="folded")
