"""Why a turn stands where it does, as sentences for people: on the page and in a terminal.

No word of the machinery: "meaning" for vectors, "words" for what is matched, ranks as "2nd of 412".
"""

from dataclasses import dataclass

from qa.explaining import VIEWS, Reasons
from qa.reasons import Ahead, Reason, Standing
from qa.retrieval.lexical import words
from qa.retrieval.places import places

MINUS = "−"
_LEAST = 0.003  # smaller pieces of a score are not worth a line
_MOST = 3  # differences told
LABELS = {
    "meaning": "Meaning",
    "meaning_near": "Meaning of what is around it",
    "words": "Words",
    "words_near": "Words around it",
    "speaker": "Who",
    "time": "When",
    "answers": "Answers a question",
    "kind": "What kind of turn",
    "closely": "Read closely",
    "alike": "Like the first ones",
}
_TOLD = {
    "speaker": "the question names its speaker, or whom it names; in a long meeting those beside gain, too",
    "time": "said when the question wants it",
    "answers": "the turn before it asks something like your question",
    "kind": "replies and long turns gain; questions and short ones lose",
    "closely": "how well it answers, read together with the question: of the first sixteen, and in a long "
    "transcript also of what stands beside them",
    "alike": "in a long transcript, what comes after the first five is ordered by how like them it is",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question, as they are matched, each with how it is written there."""

    written: dict[str, str]

    @classmethod
    def of(cls, question: str) -> "Asked":
        """Take a question apart."""
        written: dict[str, str] = {}
        for word in words(question):
            if word not in written:
                first = places(question, {word})[:1]
                written[word] = question[slice(*first[0])] if first else word
        return cls(written)

    def named(self, some: tuple[str, ...]) -> str:
        """Return words as the question writes them."""
        return ", ".join(self.written.get(word, word) for word in some)


def instead_text(whose: str) -> str:
    """Say that an answer is in another's words than were asked for.

    Args:
        whose: See `qa.answering.Answer.instead_of`.
    """
    return f"Not said by {whose}: somebody else's words fit the question better."


def off_topic_text(whose: str) -> str:
    """Say that an answer has hardly any word of what was asked about.

    Args:
        whose: See `qa.answering.Answer.off_topic`.
    """
    return f"Said by {whose}, but hardly in the words of your question: it may be about something else."


def ordinal(rank: int) -> str:
    """Return a rank in words: "1st", "12th", "1,002nd"."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"


def standing_text(reason: Reason) -> str:
    """Say in one or two sentences what became of a turn."""
    if reason.rank is None:
        return _unsearched(reason)
    place = f"{ordinal(reason.rank)} of {_turns(reason.searched)} for this question"
    if reason.standing is Standing.SOURCE:
        moved = " It was moved to the front: it answers the question that came first." if reason.moved else ""
        return f"Source {reason.source}: {place}.{moved}"
    if reason.standing is Standing.BESIDE:
        return f"It is shown already: it stands beside source {reason.source}. By itself it is {place}."
    if reason.standing is Standing.REPEAT:
        return f"It says the same as source {reason.source}, which stands for both. By itself it is {place}."
    if reason.standing is Standing.BACKCHANNEL:
        why = "It only shows that somebody listens, and answers no question"
        return f"{why}, so it is never a source. By itself it is {place}."
    best = "the best one is" if reason.shown == 1 else f"the best {reason.shown:,} are"
    return f"It is {place}; {best} shown." if reason.shown else f"It is {place}."


def ahead_text(reason: Reason, asked: Asked) -> str:
    """Say what comes before a turn, and why; nothing where nothing does."""
    ahead = reason.ahead
    if ahead is None or reason.reasons is None:
        return ""
    for_it = [name for name, value in ahead.differences if value > 0][:_MOST]
    against = [name for name, value in ahead.differences if value < 0][:1]
    before = f"Source {ahead.source} comes before it"
    if not for_it:
        return f"{before} by very little."
    told = "; ".join(_difference(name, ahead, reason.reasons, asked) for name in for_it)
    but = f" This one is better in one thing: {LABELS[against[0]].lower()}." if against else ""
    return f"{before}: {told}.{but}"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a turn's place comes from.

    Args:
        name: One of `qa.explaining.SHARES`.
        label: In words.
        known: What is known of it: a rank, words, or what it stands for.
        share: Of the score: "31 %"; "" where the whole score is nothing.
    """

    name: str
    label: str
    known: str
    share: str


def rows(reason: Reason, asked: Asked) -> list[Row]:
    """Return what a turn's place comes from, but for what counts next to nothing."""
    reasons = reason.reasons
    if reasons is None:
        return []
    total = sum(reasons.shares.values())
    ranks = dict(zip(VIEWS, reasons.ranks, strict=True))
    return [
        Row(name, LABELS[name], _known(name, reason, ranks.get(name), asked), _percent(value, total))
        for name, value in reasons.shares.items()
        if name in VIEWS or abs(value) > _LEAST
    ]


def reason_lines(reason: Reason, asked: Asked) -> list[str]:
    """Write a reason for a terminal, in a few lines: meaning, words, and all the rest."""
    lines = [" ".join(filter(None, [standing_text(reason), ahead_text(reason, asked)]))]
    told = rows(reason, asked)
    for names in (VIEWS[:2], VIEWS[2:]):
        some = [f"{row.label}: {row.known} ({_share(row)})" for row in told if row.name in names]
        lines += [". ".join(some)] if some else []
    rest = [f"{row.label}: {row.share}" for row in told if row.name not in VIEWS and row.share]
    return [*lines, ". ".join(rest)] if rest else lines


def _share(row: Row) -> str:
    """Write a share, the first one with what it is of."""
    return f"{row.share} of its score" if row.name == VIEWS[0] and row.share else row.share or "0 %"


def _unsearched(reason: Reason) -> str:
    if reason.standing is Standing.WORDLESS:
        return "Nothing of it is searched: it holds no words."
    kept = " and the ".join(reason.filters) or "chosen"
    return (
        f"It was not searched: the {kept} filter{'s leave' if len(reason.filters) > 1 else ' leaves'} it out."
    )


def _turns(number: int) -> str:
    return f"{number:,} turn{'' if number == 1 else 's'}"


def _known(name: str, reason: Reason, rank: int | None, asked: Asked) -> str:
    reasons = reason.reasons
    if name not in VIEWS or reasons is None:
        return _TOLD[name]
    nothing = "no word of the question" if name == "words" else "none right beside it"
    place = nothing if rank is None else f"{ordinal(rank)} of {reason.searched:,}"
    some = {"words": reasons.words, "words_near": reasons.near}.get(name, ())
    return f"{place}: {asked.named(some)}" if some else place


def _percent(value: float, total: float) -> str:
    share = f"{100 * value / total:.0f} %".replace("-", MINUS) if total > _LEAST else ""
    return "0 %" if share == f"{MINUS}0 %" else share


def _difference(name: str, ahead: Ahead, own: Reasons, asked: Asked) -> str:
    if name in VIEWS:
        at = VIEWS.index(name)
        ranks = f"({_place(ahead.reasons.ranks[at])} against {_place(own.ranks[at])})"
        return {
            "meaning": f"it is nearer to the question in meaning {ranks}",
            "meaning_near": f"what is said around it is nearer in meaning {ranks}",
            "words": f"it has more, or rarer, words of the question {ranks}{_more(ahead, own, asked)}",
            "words_near": f"more words of the question stand around it {ranks}",
        }[name]
    return {
        "speaker": "its speaker, or whom it names, fits the question better",
        "time": "it was said when the question wants it",
        "answers": "the turn before it asks something more like your question",
        "kind": "it is more like an answer: a reply, or longer",
        "closely": "read together with the question, it answers better",
        "alike": "it is more like the passages found first",
    }[name]


def _place(rank: int | None) -> str:
    return "none" if rank is None else ordinal(rank)


def _more(ahead: Ahead, own: Reasons, asked: Asked) -> str:
    """Name the words of the question that only the one ahead has."""
    only = tuple(word for word in ahead.reasons.words if word not in own.words)
    return f", among them {asked.named(only)}" if only else ""
