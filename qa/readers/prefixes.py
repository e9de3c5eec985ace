"""Speakers named by the first words of caption lines, as in ``Ana: hello`` and ``>> ANA: hello``.

Where a colon is mostly speech, a label must come twice, or look like a name and come where somebody new may
begin: at the start of the file, after ``>>`` or a dash, or after a finished sentence. A name with an office,
as in ``Ana Lopez, Mayor: hello``, need not come twice, nor need the name alone in the same file, nor a
question with its outlet, as in ``Question (Reuters): when?``.
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
