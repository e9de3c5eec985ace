"""Speakers named by the first words of caption lines, as in ``Ana: hello`` and ``>> ANA: hello``.

Where a colon is mostly speech, a label must come twice, or look like a name and come where somebody new may
begin: at the start of the file, after ``>>`` or a dash, or after a finished sentence. A name with an office,
as in ``Ana Lopez, Mayor: hello``, need not come twice, nor need the name alone in the same file, nor a
question with its outlet, as in ``Question (Reuters): when?``. In a file that names somebody in most captions,
as Zoom does, any short label that comes once in such a place is one more of them: "iPhone (2)", "+1 415 …".
"""

import re
from collections import Counter

from qa.readers.caption import Caption
from qa.readers.cues import ends_sentence
from qa.readers.labels import Label, candidate, caption_prefixes, is_name_and_role, opens_like_prose, outlet
from qa.readers.payloads import Line
from qa.readers.people import core
from qa.types import QUESTIONER

_MAX_MARKED = 6  # words of a label after ">>"
_LABELLED = 0.6  # share of captions with a label, in a file that names whoever speaks
_MAX_UNLIKE = 4  # words of a label that is written in no way that names are
_TELEPHONE = re.compile(r"(\+?[\d*][\d* ()./-]{5,22}[\d*]):\s(?=\S)")
_PUNCTUATED = 0.2  # share of captions that end a sentence, in a text whose full stops can be relied on


def read_prefixes(captions: list[Caption]) -> list[Caption]:
    """Take speakers from the first words of lines.

    Args:
        captions: In order; their lines name nobody, or somebody in brackets.

    Returns:
        As many captions; a line that names somebody has a voice, or the role of a questioner.
    """
    labels = [[_label(line) for line in caption.lines] for caption in captions]
    marked = frozenset(
        label.head
        for caption, some in zip(captions, labels, strict=True)
        for line, label in zip(caption.lines, some, strict=True)
        if label is not None and line.opens and _follows_mark(label)
    )
    in_place = [label for some in _in_place(captions, labels) for label in some]
    heads = marked | _certain(in_place) | caption_prefixes(in_place)
    heads |= _rare(captions, labels, heads)
    if not heads:
        return captions
    return [
        caption.with_lines(tuple(map(_named, caption.lines, some, [heads] * len(some))))
        if any(some)
        else caption
        for caption, some in zip(captions, labels, strict=True)
    ]


def _label(line: Line) -> Label | None:
    if line.voice is not None or (":" not in line.text and "：" not in line.text):
        return None
    if line.text[0] in "+*0123456789" and (number := _TELEPHONE.match(line.text)):
        return Label(number.group(1), line.text[number.end() :])
    return candidate(line.text)


def _follows_mark(label: Label) -> bool:
    words = core(label.head)
    return 1 <= len(words) <= _MAX_MARKED and (
        not opens_like_prose(label.head) or outlet(label.head) is not None
    )


def _certain(labels: list[Label | None]) -> frozenset[str]:
    """Labels that are more than a name, and the names in them."""
    heads = {label.head for label in labels if label is not None}
    full = {head for head in heads if is_name_and_role(head)}
    names = {part.strip() for head in full for part in re.split(r"[,(]", head)}
    return frozenset(full | (heads & names) | {head for head in heads if outlet(head)})


def _rare(captions: list[Caption], labels: list[list[Label | None]], heads: frozenset[str]) -> frozenset[str]:
    """Labels that come once and are written unlike a name, in a file that names somebody in most captions."""
    first = [some[0] if some else None for some in labels]
    worded = sum(bool(caption.lines) for caption in captions)
    if sum(label is not None and label.head in heads for label in first) < _LABELLED * worded:
        return frozenset()
    found = set()
    finished = True  # whether the caption above ends its sentence
    for caption, label in zip(captions, first, strict=True):
        if label is not None and finished and label.head not in heads and _is_short(label.head):
            found.add(label.head)
        finished = ends_sentence(caption.lines[-1].text) if caption.lines else finished
    return frozenset(found)


def _is_short(head: str) -> bool:
    words = head.split()
    prose = opens_like_prose(head) or outlet(head) is not None
    telling = _has_case(head) or any(map(str.isdigit, head))
    return telling and len(words) <= _MAX_UNLIKE and "," not in head and not prose


def _in_place(captions: list[Caption], labels: list[list[Label | None]]) -> list[list[Label | None]]:
    """Leave out labels that come once and stand inside a sentence, as in "We know / Microsoft: a firm"."""
    counts = Counter(label.head for some in labels for label in some if label is not None)
    if not counts:
        return labels
    finished = [[ends_sentence(line.text) for line in caption.lines] for caption in captions]
    punctuated = sum(some[-1] for some in finished if some) >= _PUNCTUATED * len(finished)
    open_above: bool | None = None  # whether the line above leaves its sentence open; None without words
    placed: list[list[Label | None]] = []
    for caption, some, ends in zip(captions, labels, finished, strict=True):
        placed.append([])
        for line, label, ended in zip(caption.lines, some, ends, strict=True):
            inside = punctuated and open_above is True and not line.opens
            once = label is not None and counts[label.head] == 1 and not label.head.startswith("[")
            # Where nothing is written small, every word looks like a name.
            caseless = once and open_above is not None and label is not None and not _has_case(label.head)
            placed[-1].append(None if (once and inside) or (caseless and not line.opens) else label)
            open_above = not ended if line.text else None
    return placed


def _has_case(head: str) -> bool:
    return head.lower() != head.upper()


def _named(line: Line, label: Label | None, heads: frozenset[str]) -> Line:
    if label is None or label.head not in heads:
        return line
    asked = outlet(label.head)
    if asked is not None:  # speech, as in "Question: does it?", unless a mark or an outlet shows otherwise
        return line._replace(text=label.rest, role=QUESTIONER, opens=True) if line.opens or asked else line
    bracketed = label.head[0] + label.head[-1] in ("[]", "()")
    head = label.head[1:-1].strip() if bracketed else label.head
    return line._replace(text=label.rest, voice=head or None)
