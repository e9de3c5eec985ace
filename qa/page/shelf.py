"""The library on the page: what is in it, what became of the files that were added, and what to ask first."""

from collections.abc import Sequence
from pathlib import PurePath

from qa.importing import Report
from qa.library import Entry
from qa.page.markup import button, element, escaped, facts
from qa.page.wording import counted, date_text, listed

# Names of formats as people know them; a format that is not here is shown by its own name.
_FORMATS = {
    "webvtt": "WebVTT captions",
    "srt": "SRT captions",
    "whisper": "Whisper JSON",
    "press": "Press conference",
    "plain": "Plain text",
    "jsonl": "JSON lines",
}
_STATUS = {
    "added": "Added",
    "unchanged": "Already there",
    "replaced": "Replaced",
    "refused": "Not added",
}
# Questions about the sample transcripts, by the beginning of the sample's file name.
_STARTERS = {
    "2026-02-17_harbour_flood": (
        "How many fishing boats went down?",
        "When will it be safe to swim in the harbour again?",
    ),
    "2026-03-12_school_meals": ("How cold was the pasta when the children at Ropewalk were served?",),
    "2026-04-21_lighthouse_keeper": ("Who played chess with Abel by radio?",),
}


def header_html(entries: Sequence[Entry]) -> str:
    """Return the page's heading with what the library holds."""
    turns = sum(entry.turns for entry in entries)
    count = (
        f"{counted(len(entries), 'transcript')} · {counted(turns, 'turn')}"
        if entries
        else "The library is empty"
    )
    name = element("h1", "Transcript Q&amp;A") + element(
        "p", "Ask your transcripts. Every answer is a quotation, with its source.", class_="tagline"
    )
    return element(
        "div", element("div", name) + element("p", count, class_="count", role="status"), class_="masthead"
    )


def welcome_html(entries: Sequence[Entry]) -> str:
    """Return what stands in the chat before the first question."""
    if not entries:
        steps = (
            "Add a transcript: WebVTT, SRT, Whisper JSON, JSON lines or plain text with “Speaker: words”. "
            "A recording with the same name can come along, to be played from any passage."
        )
        inner = (
            element("h2", "Your library is empty")
            + element("p", steps)
            + button("Add transcripts", "library", class_="act primary")
        )
        return element("div", inner, class_="welcome")
    heading = element("h2", "What would you like to know?")
    hint = element("p", "Ask in plain words. The answer is quoted from the transcripts, never made up.")
    asked = starters(entries)
    offered = "".join(button(question, "starter", class_="starter") for question in asked)
    offers = element("div", offered, class_="starters") if asked else ""
    return element("div", heading + hint + offers, class_="welcome")


def starters(entries: Sequence[Entry]) -> list[str]:
    """Return questions to begin with, each answered by a sample transcript that is in the library."""
    return [
        question
        for beginning, questions in _STARTERS.items()
        if any(PurePath(entry.source).name.startswith(beginning) for entry in entries)
        for question in questions
    ]


def adding_html() -> str:
    """Return what one can add, above the place where it is dropped."""
    formats = (
        "WebVTT, SRT, Whisper JSON, JSON lines, press conferences, or plain text with “Speaker: words” on "
        "each line. A recording goes with the transcript of the same name. Nothing leaves this machine."
    )
    return element("h2", "Add transcripts") + element("p", formats, class_="hint")


def shelf_html(entries: Sequence[Entry]) -> str:
    """Return the list of transcripts, each with what one can do with it."""
    if not entries:
        return element("p", "Nothing here yet. Add a file above.", class_="lead nothing")
    rows = "".join(_row(entry) for entry in entries)
    return element("ul", rows, class_="shelf", aria_label="Transcripts in the library")


def _row(entry: Entry) -> str:
    date = date_text(entry.date)
    line = facts(
        [
            date and escaped(date),
            counted(entry.turns, "turn"),
            escaped(format_name(entry.format)),
            '<span class="has-audio">With recording</span>' if entry.media else None,
        ]
    )
    speakers = escaped(listed(list(entry.speakers), 6)) if entry.speakers else "No speakers named"
    text = (
        element("h3", escaped(entry.title), dir="auto")
        + element("p", line, class_="hint")
        + element("p", speakers, class_="speakers", dir="auto")
        + element("p", escaped(PurePath(entry.source).name), class_="file")
    )
    doing = button(
        "Open", "transcript", data_transcript=entry.id, aria_label=f"Open {entry.title}"
    ) + _removal(entry)
    return element("li", element("div", text, class_="about") + element("div", doing, class_="doing"))


def _removal(entry: Entry) -> str:
    question = element(
        "p",
        f"Remove {escaped(f'“{entry.title}”')} from the library? The file it came from stays where it is.",
    )
    sure = button("Remove", "remove", class_="act danger", data_transcript=entry.id) + button("Keep", "keep")
    summary = element("summary", "Remove", class_="act", aria_label=f"Remove {entry.title}")
    return element("details", summary + element("div", question + sure, class_="sure"), class_="removal")


def reports_html(reports: Sequence[Report], entries: Sequence[Entry]) -> str:
    """Return what became of each file, in plain words.

    Args:
        reports: One a file.
        entries: What the library holds now, to say who speaks.
    """
    if not reports:
        return ""
    speakers = {entry.id: entry.speakers for entry in entries}
    rows = "".join(_report(report, speakers.get(report.transcript_id or "", ())) for report in reports)
    refused = sum(report.status == "refused" for report in reports)
    summary = f"{counted(len(reports), 'file')} read" + (f", {refused} not added" if refused else "")
    return element(
        "div",
        element("h3", escaped(summary)) + element("ul", rows, class_="reports"),
        class_="outcome",
        role="status",
    )


def _report(report: Report, speakers: Sequence[str]) -> str:
    status = element("span", _STATUS[report.status], class_=f"status {report.status}")
    name = element("span", escaped(PurePath(report.path).name), class_="file")
    about = ""
    if report.status != "refused":
        read = facts(
            [
                escaped(report.title) if report.title else None,
                counted(report.turns, "turn"),
                escaped(format_name(report.format or "")),
            ]
        )
        named = f"Speakers: {listed(list(speakers), 6)}" if speakers else "No speakers named"
        about = element("p", read, class_="hint") + element(
            "p", escaped(named), class_="speakers", dir="auto"
        )
    warnings = "".join(
        element("li", escaped(_without_folder(w, report)), dir="auto") for w in report.warnings
    )
    notes = element("ul", warnings, class_="warnings") if warnings else ""
    doing = ""
    if report.transcript_id is not None:
        doing = button("Open", "transcript", data_transcript=report.transcript_id)
    return element(
        "li", element("div", status + name + doing, class_="line") + about + notes, class_=report.status
    )


def _without_folder(warning: str, report: Report) -> str:
    """Drop the folder from a message: for an upload it is a place on the server that means nothing."""
    return warning.replace(report.path, PurePath(report.path).name)


def format_name(name: str) -> str:
    """Return the name of a format as people know it."""
    return _FORMATS.get(name, name)
