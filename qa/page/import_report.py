"""Files that wait to be added, as a list: what can be read, what should be checked, what cannot be read."""

from collections.abc import Sequence

from qa.markup import button, element, escaped, facts
from qa.page.formats import format_name
from qa.page.import_details import details_html
from qa.page.pending import OPEN_AT_ONCE, Candidate, Pending
from qa.page.wording import counted, excerpt, reason_text
from qa.reporting import Progress

_MOST_NAMES = 200  # files passed over that are named


def report_html(pending: Pending) -> str:
    """Return the report on everything that waits to be added."""
    numbered = list(enumerate(pending.candidates))
    if len(numbered) > OPEN_AT_ONCE:
        numbered.sort(key=lambda pair: _urgency(pair[1]))
    rows = "".join(_row(one, item, pending) for item, one in numbered[: pending.shown])
    more = ""
    if len(numbered) > pending.shown:
        more = button(f"Show the other {len(numbered) - pending.shown:,}", "more-files", class_="act more")
    listed = element("ul", rows, class_="files") if rows else ""
    return element(
        "section",
        _head(pending) + listed + more + _passed_over(pending.passed_over),
        class_="import pending",
        aria_label="What was understood of the files",
    )


def _urgency(one: Candidate) -> int:
    """Put what cannot be read first, then what should be checked; as first read, so that rows stay put."""
    if one.read.inspection is None:
        return 0
    return 1 if one.read.inspection.suggestions else 2


def _head(pending: Pending) -> str:
    readable = sum(one.now.reading is not None for one in pending.candidates)
    refused = len(pending.candidates) - readable
    there = sum(one.there for one in pending.candidates)
    title = f"{counted(readable, 'transcript')} read" if readable else "Nothing here could be read"
    to_check = sum(bool(one.suggestions) for one in pending.candidates)
    said = facts(
        [
            f"{refused:,} cannot be read" if refused else None,
            f"{there:,} already there" if there else None,
            f"{to_check:,} to check" if to_check else None,
            f"{counted(len(pending.passed_over), 'file')} passed over" if pending.passed_over else None,
        ]
    )
    if readable and not said:
        said = "Nothing is added before you say so"
    doing = button("Cancel" if readable else "Close", "cancel")
    if pending.wanted:
        doing = (
            button(f"Add {counted(pending.wanted, 'transcript')}", "confirm", class_="act primary") + doing
        )
    words = element("h3", escaped(title), tabindex="-1") + element("p", said, class_="hint", role="status")
    return element(
        "header", element("div", words) + element("div", doing, class_="doing"), class_="import-head"
    )


def _row(one: Candidate, item: int, pending: Pending) -> str:
    label, kind = _status(one)
    opened = item in pending.open
    status = element("span", escaped(label), class_=f"status {kind}")
    name = element("span", escaped(one.read.name), class_="file", dir="auto")
    doing = [
        button(
            "Hide details" if opened else "Details", "look", class_="link", data_item=item,
            aria_expanded="true" if opened else "false", aria_label=f"Details of {one.read.name}",
        )
    ]  # fmt: skip
    if one.now.reading is not None:
        word = "Take in" if one.left_out else "Leave out"
        doing.append(
            button(word, "leave", class_="link", data_item=item, aria_label=f"{word} {one.read.name}")
        )
    gist = element("span", name + _sketch(one, opened), class_="gist")
    line = status + gist + element("span", "".join(doing), class_="doing")
    inside = element("div", details_html(one, item), class_="details") if opened else ""
    return element("li", element("div", line, class_="line") + inside, class_=kind)


def _status(one: Candidate) -> tuple[str, str]:
    """Return how a file stands, in words and as a class."""
    if one.now.inspection is None:
        return "Cannot be read", "refused"
    if one.left_out:
        return "Left out", "out"
    if one.there:
        return "Already there", "there"
    found = len(one.suggestions)
    return (f"{found} to check", "check") if found else ("Reads well", "fine")


def _sketch(one: Candidate, opened: bool) -> str:
    """Return the gist of a file, or of what is wrong with it, in one line."""
    inspection = one.now.inspection
    if inspection is None:
        reason = "" if opened else excerpt(reason_text(one.now.refusal or "", one.read.name), 120)
        return element("span", escaped(reason), class_="hint", dir="auto")
    speakers = len(inspection.speakers)
    said = facts(
        [
            escaped(excerpt(inspection.title, 60)) if inspection.title else None,
            counted(inspection.turns, "turn"),
            counted(speakers, "speaker") if speakers else "nobody named",
            escaped(format_name(inspection.format)),
        ]
    )
    return element("span", said, class_="hint", dir="auto")


def _passed_over(names: Sequence[str]) -> str:
    if not names:
        return ""
    said = f"Passed over in archives: {counted(len(names), 'file')} in no format that is read"
    rows = "".join(element("li", escaped(name), dir="auto") for name in names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    end = element("li", f"and {rest:,} more") if rest > 0 else ""
    return element(
        "details",
        element("summary", escaped(said)) + element("ul", rows + end, class_="passed"),
        class_="folded",
    )


# --- work under way --------------------------------------------------------------------------------------


def reading_html(done: int, files: int) -> str:
    """Return what stands in the place of the report while files are read.

    Args:
        done: Transcripts read so far; an archive may hold many.
        files: That were dropped.
    """
    said = f"{counted(done, 'transcript')} so far" if done else f"{counted(files, 'file')} to read"
    return _working("Reading", said, None)


def adding_progress_html(step: Progress | None, stopping: bool) -> str:
    """Return how far the adding has come, with the rate, the time left and a way to stop it.

    Args:
        step: The latest step; None before the first.
        stopping: Whether it was told to stop.
    """
    if stopping:
        return _working("Stopping", "What is finished is kept", step.share if step else 0.0, stop=False)
    if step is None:
        return _working("Adding", "Starting", 0.0)
    pieces = [f"{excerpt(step.name, 80)} ({step.file:,} of {step.files:,})"]
    if step.turns_per_second >= 1:
        pieces.append(f"{step.turns_per_second:,.0f} turns a second")
    if step.seconds_left is not None and step.seconds > 1:
        pieces.append(f"{_left(step.seconds_left)} left")
    return _working("Adding", " · ".join(pieces), step.share)


def _left(seconds: float) -> str:
    """Say how long something will take: "about 5 seconds", "about 3 minutes"."""
    if seconds < 55:
        return f"about {counted(max(1, round(seconds)), 'second')}"
    if seconds < 3300:
        return f"about {counted(max(1, round(seconds / 60)), 'minute')}"
    return f"about {counted(max(1, round(seconds / 3600)), 'hour')}"


def _working(title: str, said: str, share: float | None, *, stop: bool = True) -> str:
    bar = element(
        "progress", max=1000, value=None if share is None else round(share * 1000), aria_label=title
    )
    words = element("h3", title) + element("p", escaped(said), class_="hint", dir="auto")
    doing = element("div", button("Stop", "stop"), class_="doing") if stop else ""
    head = element("header", element("div", words) + doing, class_="import-head")
    return element("section", head + bar, class_="import pending working", aria_label=title)
