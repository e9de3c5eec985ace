"""Lines of a caption that are one bracket: who speaks next, or what is heard besides speech.

Broadcasters write a name in brackets on a line of its own, and sounds in the same way. A bracket is a name
when it is written like one, words follow it in the same caption, and it is neither a known sound nor a
participle ("(Whispering)"). In capitals, where everything looks like a name, it must come twice.
"""

import re
from collections import Counter

from qa.readers.caption import Caption
from qa.readers.cues import ends_sentence
from qa.readers.directions import split_directions
from qa.readers.payloads import Line
from qa.readers.people import is_name_like
from qa.readers.spacing import word_set

_ONE_BRACKET = re.compile(r"[(\[]([^()\[\]]{1,80})[)\]]:?")
_SPEAKER = re.compile(r"speaker[ _]?\d{1,4}", re.IGNORECASE)
_MAX_NAME = 4  # words
_MAX_DIRECTION = 4  # words; a longer bracket may be speech, as in "(We have to leave now)"
_ING_NAMES = word_set("king sterling fleming manning golding browning harding keating ming ling bing")
# Sounds, moods and languages that stand in brackets above speech. Whatever is not here and is taken for a
# name shows up in the list of speakers; whatever is here can be no name.
_SOUNDS = word_set(
    "music applause laughter laughs chuckles chuckle giggles gasps groans grunts moans sobs cries screams"
    " shouts whispers murmurs mutters sighs coughs sniffs sniffles snores yawns hums sings whistles cheers"
    " beeps beep rings thunder gunshot gunshots gunfire explosion siren sirens silence pause static bell"
    " bells door knock knocks footsteps noise crosstalk inaudible unintelligible indistinct foreign english"
    " spanish french german italian russian chinese japanese arabic ukrainian portuguese narrator music."
    " musik applaus lachen gelächter stille pfiffe jubel"
    " musique rires applaudissements silence soupir bruit música risas aplausos silencio suspira"
    " musica applausi risate risata aplauso risos palmas muziek gelach applaus музыка смех аплодисменты"
    " 音楽 音乐 笑 笑声 拍手 掌声"
)


def read_brackets(captions: list[Caption]) -> list[Caption]:
    """Give the lines below a name in brackets to that name, and set sounds apart as notes.

    Args:
        captions: In order; their lines name nobody.

    Returns:
        As many captions. A line that names somebody is gone; a line that is a sound has a note and no text.
    """
    if not any(line.text[:1] in ("(", "[") for caption in captions for line in caption.lines):
        return captions
    names = _names(captions)
    read: list[Caption] = []
    voice: str | None = None
    for caption in captions:
        lines: list[Line] = []
        for i, line in enumerate(caption.lines):
            words = _bracket(line)
            if words is not None and words in names:
                voice = words
                continue
            if words is not None and _is_direction(caption.lines, i):
                line = line._replace(text="", notes=(line.text,))
            elif voice is not None:
                line, voice = line._replace(voice=voice), None
            lines.append(line)
        read.append(caption.with_lines(tuple(lines)))
    return read


def _bracket(line: Line) -> str | None:
    match = _ONE_BRACKET.fullmatch(line.text) if line.text[:1] in ("(", "[") else None
    return match.group(1).strip() if match else None


def _names(captions: list[Caption]) -> frozenset[str]:
    """Brackets that name somebody, by how often words follow them in the same caption."""
    followed = Counter(
        words
        for caption in captions
        for line, below in zip(caption.lines, caption.lines[1:], strict=False)
        if (words := _bracket(line)) is not None and _bracket(below) is None and _could_name(words)
    )
    return frozenset(
        words
        for words, count in followed.items()
        if not words.isupper() or count > 1 or _SPEAKER.fullmatch(words)
    )


def _could_name(bracket: str) -> bool:
    if _SPEAKER.fullmatch(bracket):
        return True
    words = bracket.split()
    plain = [word.strip(".,'’").casefold() for word in words]
    return (
        1 <= len(words) <= _MAX_NAME
        and is_name_like(words)
        and all(word[0].isalpha() for word in words)
        and not any(word in _SOUNDS for word in plain)
        and not (plain[-1].endswith("ing") and plain[-1] not in _ING_NAMES)
        and not (bracket.isupper() and len(words) > 1 and plain[-1].endswith("s"))  # "(DOOR SLAMS)"
        and split_directions(f"({bracket})", trailing=False)[0] != ""
    )


def _is_direction(lines: tuple[Line, ...], at: int) -> bool:
    """Whether a bracket is a sound rather than an aside that the width of the screen put on its own line."""
    line = lines[at].text
    if split_directions(line, trailing=False)[0] == "":
        return True
    above = lines[at - 1].text if at else ""
    settled = not above or ends_sentence(above) or _ONE_BRACKET.fullmatch(above) is not None
    return settled and len(line.split()) <= _MAX_DIRECTION and not ends_sentence(line)
