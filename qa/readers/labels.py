"""Speaker labels at the start of a line: "Ana:", "Ana Lopez, Finance Minister:", "Question (Reuters):".

A colon alone proves nothing: "Here is the thing: it works" has one too. ``candidate`` finds what could be a
label by its shape; whether it is one depends on how often it comes and on the kind of file, so each reader
asks the question that fits: ``is_certain`` (press text, where most lines carry no label), ``is_plausible``
(plain transcripts, where every line should), ``caption_prefixes`` (captions, where few do).
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from qa.readers.people import core, has_office, is_name_like
from qa.readers.spacing import word_set

MAX_LENGTH = 120  # characters before the colon
MAX_WORDS = 12
MAX_NAME_WORDS = 6

# The colon of 10:30 belongs to a clock; Spanish briefings write "PREGUNTA.- ".
_COLON = re.compile(r"(?<!\d)[:：﹕]|[:：﹕](?!\d)|\.[-–—](?=\s)")
_WIDE_BRACKETS = re.compile("[【〖［〔]([^【】〖〗［］〔〕]+)[】〗］〕]")  # "【李娜】：", as in Chinese
_LETTER = re.compile(r"([QA])\.\s(?=\S)")  # "Q. Where were you?"
_BARE_Q = re.compile(
    r"Q\s(?=[(\[“\"—–-]{0,2}\s?[^\W\d_a-z])"
)  # "Q Thank you, Ana.", as the White House writes
_NOT_IN_LABELS = frozenset('{}<>="“”?!;\\…。！？、「」『』؟،؛')
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_MAX_UNSPACED = 20  # letters in a row of a script without spaces; names are shorter, sentences longer
_QUESTIONER = re.compile(
    r"(?:unidentified |unknown )?"
    r"(?:questioner|questions?|q|journalist|reporter|preguntas?|periodista|interlocutora?|interpelación"
    r"|(?:zusatz|nach|zwischen)?frage|fragesteller(?:in)?|journaliste|domanda|pergunta|jornalista|вопрос|سؤال|שאלה|質問|记者|記者|问|問)"
    r"(?:\s?\d{1,3})?\s*(?P<outlet>[(\[][^()\[\]]{1,80}[)\]]|[,–-]\s*[^,]{1,80})?",
    re.IGNORECASE,
)
_GERMAN_QUESTIONER = re.compile(  # "Frage Weiß:", "Zusatz Weiß:", as the Bundespressekonferenz writes
    r"(?:(?:[Zz]usatz|[Nn]ach|[Zz]wischen)?[Ff]rage|Zusatz)"
    r" (?P<outlet>[A-ZÄÖÜ][^\W\d_][^\s,:]{0,30}(?: [A-ZÄÖÜ]\S{1,30})?)"
)
_ANSWER = re.compile(
    r"(?:a|answers?|respuesta|réponse|antwort|risposta|resposta|ответ)(?:\s?\d{1,3})?", re.IGNORECASE
)
_OFFICES = word_set(
    "moderator host chair chairman chairwoman chairperson interviewer interviewee operator facilitator"
    " interpreter spokesperson presenter announcer anchor narrator witness"
) | {"the court", "the witness", "the clerk", "the chair", "the chairman", "the president"}
_PROSE_OPENERS = word_set(
    "a actually again also although an and anyway as at basically because before both but dear example"
    " finally first firstly for from good here hence hi hello honestly how however i if in it its just"
    " ladies last lastly let look maybe me more my no note now of ok okay on one or our p.s ps quote"
    " quick remember second secondly see since so still summary thank thanks that that's then there"
    " there's therefore these they third thirdly this those thus tip to today todo update warning we"
    " well what what's when where whereas which while who why with yes yet you your"
)


class Label(NamedTuple):
    """The words before the colon, and the words after it."""

    head: str
    rest: str


def candidate(line: str) -> Label | None:
    """Split a tidied line at the colon that could end a speaker's label.

    Args:
        line: One line without a time mark before the label.

    Returns:
        None when no colon comes early enough, or when what precedes it cannot be a name: a sentence, an
        address such as ``https://``, a time of day.
    """
    match = _COLON.search(line, 0, MAX_LENGTH)
    if (asked := _BARE_Q.match(line)) and (match is None or not _is_short_name(line[: match.start()])):
        return Label("Q", line[asked.end() :])
    if match is None and (letter := _LETTER.match(line)) is not None:
        return Label(letter.group(1), line[letter.end() :])
    if match is None or line.startswith("//", match.end()):
        return None
    head = line[: match.start()].strip()
    if bracketed := _WIDE_BRACKETS.fullmatch(head):
        head = bracketed[1].strip()
    return Label(head, line[match.end() :].strip()) if _could_name(head) else None


def _is_short_name(head: str) -> bool:
    words = head.split()
    return len(words) <= 3 and "," not in head and is_name_like(words)


def _could_name(head: str) -> bool:
    words = head.split()
    if not words or len(words) > MAX_WORDS or not any(c.isalpha() for c in head):
        return False
    if not (head[0].isalnum() or head[0] in "[(@~") or not _NOT_IN_LABELS.isdisjoint(head):
        return False
    if any(len(word) > _MAX_UNSPACED and _UNSPACED.search(word) for word in words):
        return False
    if head.count("(") != head.count(")") or head.count("[") != head.count("]"):
        return False
    return not any(word.endswith(".") and len(word) > 5 for word in words)  # "Prof." may stand in a label


def outlet(head: str) -> str | None:
    """Tell whether a label stands for an unnamed questioner.

    Args:
        head: The words before the colon.

    Returns:
        None when it does not; otherwise the outlet as written, such as "(Reuters)", or an empty string.
    """
    match = _QUESTIONER.fullmatch(head) or _GERMAN_QUESTIONER.fullmatch(head)
    return None if match is None else (match.group("outlet") or "").lstrip(",–- ")


def is_answer(head: str) -> bool:
    """Say whether a label stands for whoever answers, as "A" does below "Q"; a part, not a name."""
    return _ANSWER.fullmatch(head) is not None


def opens_like_prose(head: str) -> bool:
    """Say whether the first word begins sentences rather than names."""
    words = core(head)
    first = words[0].strip(",.'’").casefold().replace("’", "'") if words else ""
    return first in _PROSE_OPENERS and not (len(words) == 1 and len(first) == 1)  # "A:" answers "Q:"


def is_name_and_role(head: str) -> bool:
    """Say whether a label has the shape "Name, Role", "Role, Name" or "Name (Role)"."""
    name, bracket, office = head.partition(" (")
    if bracket and "," not in name and has_office(office.rstrip(")")):
        return len(name.split()) >= 2 and is_name_like(name.split()) and not opens_like_prose(head)
    left, comma, right = head.partition(",")
    a, b = left.split(), right.split()
    if not comma or opens_like_prose(head) or not (a and b and is_name_like(a)):
        return False
    if has_office(left):
        return is_name_like(b)
    return 2 <= len(a) <= 5 and (is_name_like(b) or has_office(right))


def is_certain(head: str, count: int) -> bool:
    """Judge a label in text where most lines carry none.

    Args:
        head: The words before the colon.
        count: How many lines begin with it.
    """
    if outlet(head) is not None or head.casefold() in _OFFICES or is_name_and_role(head):
        return True
    words = core(head)
    if opens_like_prose(head):
        return False
    if head.isupper() and 2 <= len(words) <= MAX_NAME_WORDS:
        return True
    return count >= 2 and (len(words) <= 3 or is_name_like(words))


def is_plausible(head: str, count: int) -> bool:
    """Judge a label in text where every line should carry one.

    Args:
        head: The words before the colon.
        count: How many lines begin with it.
    """
    words = core(head)
    if is_certain(head, count):
        return True
    if opens_like_prose(head) or not 1 <= len(words) <= MAX_NAME_WORDS:
        return False
    return len(words) <= 2 or is_name_like(words)


def caption_prefixes(labels: Sequence[Label | None]) -> frozenset[str]:
    """Pick the speakers among the first words of caption lines, where a colon is mostly speech.

    Args:
        labels: The candidate of each caption line of a file, in order; None for a line without one.

    Returns:
        Heads that come twice or are written in brackets; and heads that come once and look like names, when
        the file has another speaker or the head opens the file.
    """
    counts = Counter(label.head for label in labels if label is not None)
    named = frozenset(head for head, count in counts.items() if _names_in_caption(head, count))
    opening = labels[0].head if labels and labels[0] is not None else None
    lonely = len(named) == 1 and all(
        counts[head] == 1 and head != opening and not _in_brackets(head) for head in named
    )
    return frozenset() if lonely else named


def _names_in_caption(head: str, count: int) -> bool:
    if _in_brackets(head):
        return True
    words = core(head)
    if not 1 <= len(words) <= MAX_NAME_WORDS or opens_like_prose(head) or outlet(head) is not None:
        return False
    if count >= 2:
        return len(words) <= 3 or is_name_like(words)
    return len(words) <= 4 and "," not in head and is_name_like(words)


def _in_brackets(head: str) -> bool:
    """Whether the label is wholly in brackets, as in "[SPEAKER_01]:"."""
    return head.startswith("[") and head.endswith("]")
