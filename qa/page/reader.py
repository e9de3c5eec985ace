"""A transcript to read: as many turns as a browser shows with ease, around the one that was cited."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from qa.judgments import Asked
from qa.library import Entry, Library
from qa.markup import Span, button, element, escaped, facts, marked
from qa.page.reasons import why_button
from qa.page.sources import inferred_mark, media_address
from qa.page.verdicts import Marks, marks_of, passage_verdict
from qa.page.wording import counted, date_text, excerpt, is_questioner, role_text, speaker_text
from qa.times import shown_time
from qa.types import TimeKind, Transcript, Turn, turn_id

BEFORE = 100  # turns shown before the cited one
AFTER = 200
STEP = 150  # turns that "earlier" and "later" add
MOST = 600  # turns shown at once; a window beyond this moves instead of growing
_COLOURS = 8


@dataclass(frozen=True, slots=True)
class Window:
    """Which turns are shown, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is opened.

    Args:
        transcript_id: Which transcript.
        position: Of the cited turn; None for the beginning, with no turn cited.
        highlight: Offsets of the cited sentence in that turn.
        answer: The answer in the conversation that cites it; None when there is none to go back to.
    """

    transcript_id: str
    position: int | None = None
    highlight: Span | None = None
    answer: int | None = None


def window_around(position: int | None, turns: int) -> Window:
    """Return the turns to show first around a cited one."""
    middle = position or 0
    return Window(max(0, middle - BEFORE), min(turns - 1, middle + AFTER))


def earlier_window(shown: Window) -> Window:
    """Return the window that also shows the turns before."""
    first = max(0, shown.first - STEP)
    return Window(first, min(shown.last, first + MOST - 1))


def later_window(shown: Window, turns: int) -> Window:
    """Return the window that also shows the turns after."""
    last = min(turns - 1, shown.last + STEP)
    return Window(max(shown.first, last - MOST + 1), last)


def reader_html(
    library: Library,
    place: Place,
    shown: Window | None = None,
    anchor: int | None = None,
    asked: Asked | None = None,
    sources: Collection[str] = (),
) -> str:
    """Return the transcript reader, or a message when the place is no longer there.

    Args:
        library: Holds the transcript.
        place: What to open.
        shown: Turns to show; None for those around the cited one.
        anchor: Position of the turn to scroll to; None for the cited one.
        asked: The question whose answer cites it; None when turns are read and not judged.
        sources: Ids of the turns that the answer cites.
    """
    entry = next((entry for entry in library.entries() if entry.id == place.transcript_id), None)
    if entry is None:
        return missing_html("This transcript is no longer in the library.", place.answer)
    if place.position is not None and place.position >= entry.turns:
        return missing_html(
            f"This transcript has {counted(entry.turns, 'turn')}; the one linked to is not among them.",
            place.answer,
        )
    window = shown or window_around(place.position, entry.turns)
    transcript = library.excerpt(entry.id, window.first, window.last)
    target = place.position if anchor is None else anchor
    # A place that goes back to no answer has no question, whatever is asked elsewhere.
    question = None if place.answer is None else asked
    marks = None if question is None else marks_of(library, question)
    body = _head(transcript, entry, place) + _turns(transcript, entry, place, window, marks, sources)
    return element(
        "section",
        body,
        class_="reader",
        aria_label=f"Transcript: {entry.title}",
        data_transcript=entry.id,
        data_answer=place.answer,
        data_scroll=None if target is None else turn_id(entry.id, target),
        data_hold=None if anchor is None else "true",
        data_cited=None if place.position is None else turn_id(entry.id, place.position),
        data_mark=None if place.highlight is None else "{}-{}".format(*place.highlight),
    )


def moved_html(
    library: Library,
    place: Place,
    shown: Window,
    *,
    later: bool,
    asked: Asked | None = None,
    sources: Collection[str] = (),
) -> str:
    """Return the reader with more turns after, or before, those shown; the view stays where it was."""
    entry = next((entry for entry in library.entries() if entry.id == place.transcript_id), None)
    turns = entry.turns if entry else 0
    window = later_window(shown, turns) if later else earlier_window(shown)
    return reader_html(library, place, window, shown.last if later else shown.first, asked, sources)


def missing_html(message: str, answer: int | None) -> str:
    """Return what stands in the reader's place when there is nothing to open."""
    back = _back(answer)
    return element(
        "section",
        back + element("p", escaped(message), class_="lead"),
        class_="reader missing",
        role="status",
    )


def _back(answer: int | None) -> str:
    if answer is None:
        return button("Close", "close", class_="link back")
    return button("← Back to sources", "choose", class_="link back", data_answer=answer)


def _head(transcript: Transcript, entry: Entry, place: Place) -> str:
    date = date_text(transcript.date)
    line = facts(
        [
            date and escaped(date),
            counted(entry.turns, "turn"),
            _source_name(transcript),
            button("Speakers", "people", class_="link", aria_label=f"Speakers of {entry.title}")
            if entry.speakers
            else None,
        ]
    )
    notes = "".join(element("li", escaped(note), dir="auto") for note in transcript.notes)
    parts = [
        _back(place.answer),
        element("h2", escaped(transcript.title), dir="auto"),
        element("p", line, class_="hint"),
    ]
    if transcript.media and transcript.time_kind is TimeKind.MEDIA:
        parts.append(_player(entry))
    # The head stays in view, the notes do not: on a phone they would take the place of what was said.
    return element("div", "".join(parts), class_="panel-head") + (
        element("ul", notes, class_="notes") if notes else ""
    )


def _source_name(transcript: Transcript) -> str:
    name = PurePath(transcript.source).name
    return element("span", escaped(name), class_="file") if name else ""


def _player(entry: Entry) -> str:
    return element(
        "audio",
        src=media_address(entry.id),
        preload="metadata",
        controls=True,
        aria_label=f"Recording of {entry.title}",
    )


def _turns(
    transcript: Transcript,
    entry: Entry,
    place: Place,
    window: Window,
    marks: Marks | None,
    sources: Collection[str],
) -> str:
    rows = [
        _turn(
            turn,
            turn_id(entry.id, position),
            _colour(turn, entry.speakers),
            transcript,
            place,
            previous,
            marks,
            sources,
        )
        for position, turn, previous in zip(
            range(window.first, window.last + 1),
            transcript.turns,
            (None, *transcript.turns),
            strict=False,
        )
    ]
    if window.first > 0:
        rows.insert(0, _more("Earlier turns", "earlier", window))
    if window.last < entry.turns - 1:
        rows.append(_more("Later turns", "later", window))
    return element("div", "".join(rows), class_="turns")


def _more(label: str, act: str, window: Window) -> str:
    return button(label, act, class_="act more", data_first=window.first, data_last=window.last)


def _colour(turn: Turn, speakers: Sequence[str]) -> str:
    """Name the colour of a speaker: by the order of first appearance, so that neighbours differ."""
    if turn.speaker is None or turn.speaker not in speakers:
        return "voice-none"
    return f"voice-{speakers.index(turn.speaker) % _COLOURS}"


def _turn(
    turn: Turn,
    identifier: str,
    colour: str,
    transcript: Transcript,
    place: Place,
    previous: Turn | None,
    marks: Marks | None,
    sources: Collection[str],
) -> str:
    cited = place.position is not None and identifier == turn_id(place.transcript_id, place.position)
    goes_on = previous is not None and turn.speaker is not None and previous.speaker == turn.speaker
    role = None if goes_on else role_text(turn)
    who = element("strong", escaped(speaker_text(turn)), class_="anonymous" if is_questioner(turn) else None)
    who += (element("span", escaped(role), class_="role") if role else "") + inferred_mark(turn)
    time = _time(turn, transcript)
    notes = "".join(element("em", escaped(note), class_="direction", dir="auto") for note in turn.notes)
    playable = cited and transcript.media is not None and turn.start is not None
    play = button("Play from here", "seek", data_at=f"{turn.start:.3f}") if playable else ""
    verdict = ""
    if marks is not None and place.answer is not None:
        what = f"{speaker_text(turn)}, “{excerpt(turn.text, 40)}”"
        verdict = passage_verdict(
            identifier,
            place.answer,
            marks,
            what,
            why_button(identifier, place.answer, what, cited=cited or identifier in sources),
        )
        if cited:
            verdict += element("p", "Does another turn answer it? Point at it and mark it.", class_="marking")
    return element(
        "div",
        element("div", who + time + play, class_="who")
        + element("p", marked(turn.text, place.highlight if cited else None), class_="turn-text", dir="auto")
        + notes
        + verdict,
        class_=f"turn {colour}{' cited' if cited else ''}",
        data_turn=identifier,
        data_start=None if turn.start is None else f"{turn.start:.3f}",
        tabindex="-1" if cited else None,
        aria_current="true" if cited else None,
    )


def _time(turn: Turn, transcript: Transcript) -> str:
    time = shown_time(turn.start, transcript.time_kind, transcript.date, day_beside=True)
    if not time:
        return ""
    if transcript.media is None or transcript.time_kind is not TimeKind.MEDIA:
        return element("span", escaped(time), class_="time")
    return button(
        time,
        "seek",
        class_="time seek",
        data_at=f"{turn.start:.3f}",
        title="Play from here",
        aria_label=f"Play from {time}",
    )
