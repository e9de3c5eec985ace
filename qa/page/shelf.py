"""The library on the page: what is in it, what can be added, and what to ask first."""

from collections.abc import Sequence
from pathlib import PurePath

from qa.library import Entry
from qa.markup import button, element, escaped, facts
from qa.page.formats import WHAT_CAN_BE_READ, format_name
from qa.page.wording import counted, date_text, listed

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
            f"Add what you have. {WHAT_CAN_BE_READ} A recording with the same name can come along, to be "
            "played from any passage."
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
    more = (
        "Archives and recordings too. You see what was understood before anything is added, and nothing "
        "leaves this machine."
    )
    formats = element("p", WHAT_CAN_BE_READ, class_="hint")
    return element("h2", "Add transcripts") + formats + element("p", more, class_="hint")


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
    doing = button("Open", "transcript", data_transcript=entry.id, aria_label=f"Open {entry.title}")
    if entry.speakers:
        doing += button(
            "Speakers", "people", data_transcript=entry.id, aria_label=f"Speakers of {entry.title}"
        )
    doing += _removal(entry)
    return element("li", element("div", text, class_="about") + element("div", doing, class_="doing"))


def _removal(entry: Entry) -> str:
    question = element(
        "p",
        f"Remove {escaped(f'“{entry.title}”')} from the library? The file it came from stays where it is.",
    )
    sure = button("Remove", "remove", class_="act danger", data_transcript=entry.id) + button("Keep", "keep")
    summary = element("summary", "Remove", class_="act", aria_label=f"Remove {entry.title}")
    return element("details", summary + element("div", question + sure, class_="sure"), class_="removal")
