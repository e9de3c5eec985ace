"""Dates, names, counts and confidence as people write them."""

import re

from qa.answering import Source
from qa.confidence import BAR
from qa.times import shown_date, shown_time, states_day
from qa.types import QUESTIONER, Turn

# From here upwards an answer is called clear, or likely, rather than possible.
_CLEAR, _LIKELY = 0.75, 0.5

_PLACE = re.compile(r"(?::(\d+))?: ")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_OF_TERMINAL = re.compile(r"(?<!\S)--[a-z]|\btranscript-qa ")
_OPTION_ASIDE = re.compile(r" \([^()]*--[a-z][^()]*\)|; [^;.]*(?<!\S)--[a-z][^;.]*")


def date_text(date: str | None) -> str | None:
    """Return "2025-04-15" as "15 April 2025", "2025-04" as "April 2025", and a year as it is."""
    return None if date is None else shown_date(date)


def moment_text(source: Source) -> str:
    """Return when a source was said: on a clock with its day, in a recording how far in; "" when unknown."""
    return shown_time(source.turn.start, source.time_kind, source.date)


def day_text(source: Source) -> str | None:
    """Return the date of a source's transcript; None where `moment_text` has said the day already."""
    stated = states_day(source.turn.start, source.time_kind, source.date)
    return None if stated else date_text(source.date)


def speaker_text(turn: Turn) -> str:
    """Return who speaks, without the role unless the role is all there is."""
    if turn.speaker is not None:
        return turn.speaker
    return role_name(turn.role) if turn.role else "Speaker not named"


def role_text(turn: Turn) -> str | None:
    """Return the role to show beside the name; None where there is none, or it stands in for the name."""
    return turn.role if turn.speaker is not None and turn.role else None


def role_name(role: str) -> str:
    """Return a role as a heading: "Questioner"."""
    return role[:1].upper() + role[1:]


def is_questioner(turn: Turn) -> bool:
    """Say whether a turn is a question from somebody who is not named."""
    return turn.speaker is None and turn.role == QUESTIONER


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 turn", "1,204 turns"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 3) -> str:
    """Return names in one line: "Ana, Ben, Cleo and 2 more"."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def band(confidence: float, *, doubted: bool = False) -> tuple[str, str]:
    """Return a confidence as a word, and what the word means; a doubted answer is never called clear."""
    if confidence < BAR:
        return "Weak match", "Nothing found is close to the question."
    held = f"Of ten questions matched like this, about {round(10 * confidence)} have their answer among the "
    held += "first five passages."
    if confidence >= _CLEAR and not doubted:
        return "Clear match", f"The passages are close to the question in words and meaning. {held}"
    if confidence >= _LIKELY:
        return "Likely match", f"The passages fit the question, but less closely. {held}"
    return "Possible match", f"The passages fit the question in part: read them first. {held}"


def excerpt(text: str, most: int) -> str:
    """Return a text cut at a word to at most ``most`` characters, with an ellipsis when cut."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    cut = flat[: most - 1]
    whole = cut[: cut.rfind(" ")] if " " in cut[most // 2 :] else cut
    return f"{whole.rstrip(' ,;:')}…"


def quoted_text(source: Source) -> str:
    """Return the sentence of a source that answers best, or the whole turn."""
    if source.highlight is None:
        return source.turn.text
    return source.turn.text[slice(*source.highlight)]


def attribution(source: Source) -> str:
    """Return a quotation with who, where, when and a link, fit for pasting into an article."""
    facts = (
        speaker_text(source.turn),
        role_text(source.turn),
        source.transcript_title,
        day_text(source),
        moment_text(source),
    )
    return f"“{quoted_text(source)}” — {', '.join(fact for fact in facts if fact)}\n{source.link}"


def reason_text(message: str, file: str) -> str:
    """Return a message as the page shows it beside a file: without its name, and what only a terminal can do.

    Args:
        message: As "talk.srt:12: cannot read …".
        file: The name that it may begin with.
    """
    rest = message.removeprefix(file)
    place = _PLACE.match(rest) if rest != message else None
    if place is not None:
        rest = rest[place.end() :]
        rest = f"Line {place[1]}: {rest}" if place[1] else rest[:1].upper() + rest[1:]
    rest = _OPTION_ASIDE.sub("", rest)
    kept = [sentence for sentence in _SENTENCE_END.split(rest) if not _OF_TERMINAL.search(sentence)]
    return " ".join(kept) or rest
