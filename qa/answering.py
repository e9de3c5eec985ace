"""A question and what the library holds, to an answer with its sources, or an honest "not found".

The answer is a sentence of the best source, word for word; nothing is written that nobody said.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from embeddings import Encoder
from qa.backchannels import is_backchannel
from qa.confidence import BAR, HARDLY, confidence_of, evidence
from qa.conversation import wordings
from qa.errors import QAError
from qa.grouping import says_the_same, side_by_side
from qa.highlights import Highlighter
from qa.indexes import Indexes
from qa.library import Library
from qa.reranking import Reranked, Rereading
from qa.resemblance import by_resemblance
from qa.retrieval import Filter, Hit, merge_hits
from qa.retrieval.mentions import Relation
from qa.retrieval.priors import about_asking
from qa.retrieval.understanding import NOTHING_UNDERSTOOD, Understood, Wishes, understand
from qa.types import TimeKind, Transcript, Turn, turn_id
from qa.wishes import names_in

MOST_CHARACTERS = 2_000  # a page of text; the model reads the first 250 words or so
NEIGHBOURS = 2
DEFAULT_URL = "http://127.0.0.1:7860"
_NEARLY = 0.9  # of the score of a question; tuned on LoCoMo, FriendsQA and QMSum val
DEEPER = 30  # turns ranked for each wording, so that two rankings can be merged


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A turn beside a source, shown as its context."""

    turn_id: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class Repeat:
    """Another place in which nearly the same words were said.

    Args:
        turn_id: Of the turn there.
        turn: That turn.
        transcript_title: Where it stands.
        date: ISO date of that transcript; None when unknown.
        time_kind: What its times count from.
        link: Address of the page, opened there.
    """

    turn_id: str
    turn: Turn
    transcript_title: str
    date: str | None
    time_kind: TimeKind
    link: str


@dataclass(frozen=True, slots=True)
class Source:
    """A turn offered as evidence, with everything needed to cite it.

    Args:
        rank: From 1, best first.
        score: Higher is better; comparable within one answer only.
        highlight: (start, end) offsets in the turn's text of the sentence that answers best.
        link: Address of the page, opened at this turn.
        media: Path of the recording; None when there is none.
        before: Up to two turns before, in order.
        after: Up to two turns after.
        parts: What each view gave, 0 to 1: dense own, dense context, lexical own, lexical context.
        closely: How well a cross-encoder thinks it answers, 0 to 1; None when it was not read.
        others: Whether somebody's words are wanted and these are another's.
        beside: Ids of turns in ``before`` and ``after`` that were found for the question, too.
        repeats: Where else nearly the same was said, best first.
    """

    rank: int
    score: float
    turn_id: str
    turn: Turn
    transcript_id: str
    transcript_title: str
    date: str | None
    time_kind: TimeKind
    highlight: tuple[int, int] | None
    link: str
    media: str | None
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]
    parts: tuple[float, ...]
    closely: float | None = None
    others: bool = False
    beside: tuple[str, ...] = ()
    repeats: tuple[Repeat, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library has to say to a question.

    Args:
        question: As asked.
        answer: The sentence that answers it, word for word from the first source; None when not answered.
        confidence: 0 to 1: how likely one of the first five turns found holds what was asked for.
        sources: Best first. When the question is not answered, the nearest passages.
        searched: The wordings that were searched for, the question itself first.
        elapsed_ms: From question to answer.
        understood: What the question was taken to say of who and when; it moved sources, and hid none.
        reranked: Whether the best passages were read closely (see `qa.reranking`).
        said: Share of the question's words, by rarity and without names of those whose words are wanted, in
            the first source and its neighbours.
    """

    question: str
    answer: str | None
    confidence: float
    sources: tuple[Source, ...]
    searched: tuple[str, ...]
    elapsed_ms: float
    understood: Understood = NOTHING_UNDERSTOOD
    reranked: Reranked = Reranked.NONE
    said: float = 1.0

    @property
    def answered(self) -> bool:
        """Whether the library answers the question."""
        return self.answer is not None

    @property
    def instead_of(self) -> str | None:
        """Whose words were wanted, where it is answered in another's; None otherwise."""
        if not (self.answered and self.sources[0].others):
            return None
        return self._whose

    @property
    def off_topic(self) -> str | None:
        """Whose words were wanted, where what is quoted has hardly any word of what was asked about.

        Everything somebody said is close to a question that names them, so that such an answer may be about
        something else. None otherwise, or if the words are another's, which is said already.
        """
        if not self.answered or self.instead_of or self.said >= HARDLY:
            return None
        return self._whose or None

    @property
    def _whose(self) -> str:
        return " or ".join(one.who for one in self.understood.people if one.relation is Relation.BY)


def ask(
    library: Library,
    question: str,
    k: int = 5,
    within: Filter = Filter(),  # noqa: B008  # frozen
    previous: Sequence[str] = (),
    url: str = DEFAULT_URL,
    wishes: Wishes = Wishes(),  # noqa: B008  # frozen
) -> Answer:
    """Answer a question from a library.

    Args:
        library: Where to look.
        question: In plain words, at most `MOST_CHARACTERS` characters.
        k: Sources wanted, at least 1.
        within: What may be searched.
        previous: Earlier questions of the conversation, oldest first; used when this one leans on them.
        url: Where the page is served; the beginning of every link.
        wishes: What is wanted instead of what the question seems to say of who and when.

    Raises:
        QAError: If the question is empty or too long.
        ValueError: If ``k < 1``.
    """
    begun = time.perf_counter()
    question = check_question(question)
    searched = wordings(question, previous)
    if k < 1:
        raise ValueError(f"k is {k}; expected at least 1")
    indexes = library.indexes()
    understood = understand(searched[-1], indexes.table, names_in(library, indexes), wishes)
    rereading = Rereading(library.reranker, searched[-1], library.stretches)
    deep = max(k, DEEPER)
    hits = ranked(library.encoder, indexes, question, searched, deep, within, understood, rereading)
    found = _sources(library, indexes, hits, k, url)
    if found:
        hits = hits[hits.index(found[0][1]) :]  # what was passed over says nothing about the answer
    sources: tuple[Source, ...] = ()
    confidence, said = 0.0, 1.0
    if found:
        highlighter = Highlighter(library.encoder, indexes.lexicon, searched[-1])
        sources = _highlighted(found, highlighter)
        seen = evidence(
            library.encoder,
            indexes,
            question,
            hits,
            searched[-1],
            whose=[one.text for one in understood.people if one.relation is Relation.BY],
            closely=rereading.calibrated,
        )
        confidence, said = confidence_of(seen), seen.said
    answer = None
    if sources and confidence >= BAR:
        start, end = sources[0].highlight or (0, len(sources[0].turn.text))
        answer = sources[0].turn.text[start:end]
    elapsed_ms = 1000 * (time.perf_counter() - begun)
    return Answer(
        question, answer, confidence, sources, searched, elapsed_ms, understood, rereading.state, said
    )  # fmt: skip


def ranked(
    encoder: Encoder,
    indexes: Indexes,
    question: str,
    searched: Sequence[str],
    deep: int,
    within: Filter = Filter(),  # noqa: B008  # frozen
    understood: Understood | None = None,
    reread: Rereading | None = None,
) -> list[Hit]:
    """Return the turns found for a question in the order in which an answer lists them.

    Args:
        encoder: Encodes the question.
        indexes: What is searched.
        question: As asked.
        searched: Its wordings; see `qa.conversation.wordings`.
        deep: Turns wanted, at least 1.
        within: What may be searched.
        understood: What is said of who and when; None to read it out of each wording.
        reread: Reads the best passages closely, and looks up what was said.
    """
    retriever = indexes.retriever(encoder)
    hits = merge_hits([retriever.retrieve(wording, deep, within, understood) for wording in searched], deep)
    hits = reread(hits) if reread else hits
    hits = hits if about_asking(question) else _answer_first(hits, indexes, reread)
    return by_resemblance(hits, indexes.near)


def _answer_first(hits: list[Hit], indexes: Indexes, reread: Rereading | None) -> list[Hit]:
    """Move the answer to a question that came first in front of it: people want what was said, not asked.

    A turn that tells something and then asks may say more than what is said to it: there the answer moves
    only if it was found nearly as well. Always moving it cost 1.5 points of nDCG@10 on LoCoMo, 0.8 on
    FriendsQA.
    """
    if not hits or not indexes.asks(hits[0]):
        return hits
    question = hits[0]
    nothing_else = indexes.by_questioner(question) or (reread is not None and reread.only_asks(question))
    least = 0.0 if nothing_else else _NEARLY * question.score
    for place, hit in enumerate(hits):
        follows = hit.transcript_id == question.transcript_id and hit.position == question.position + 1
        if follows and hit.score >= least and indexes.answers(hit) and not indexes.asks(hit):
            return [replace(hit, score=question.score), *hits[:place], *hits[place + 1 :]]
    return hits


def check_question(question: str) -> str:
    """Return the question without surrounding space.

    Raises:
        QAError: If nothing or too much is left.
    """
    question = " ".join(question.split())
    if not question:
        raise QAError(
            "The question is empty. Ask in plain words, as in: What did they decide about the budget?"
        )
    if len(question) > MOST_CHARACTERS:
        raise QAError(
            f"The question has {len(question):,} characters; at most {MOST_CHARACTERS:,} are searched. "
            "Ask for one thing, in a sentence or two."
        )
    return question


def _sources(
    library: Library, indexes: Indexes, hits: Sequence[Hit], k: int, url: str
) -> list[tuple[Source, Hit]]:
    """Look up the best k turns that can be an answer, those that belong together as one.

    Passed over are turns that another process removed since the search, and "Yeah." unless it answers a
    question. A turn beside a better one is shown with it, and so is one that says the same elsewhere.
    """
    found: list[tuple[Source, Hit]] = []
    for first in range(0, len(hits), k):  # more than once only when something was passed over
        some = [hit for hit in hits[first : first + k] if not _shown_beside(found, hit, indexes)]
        places = [(hit.transcript_id, hit.position - NEIGHBOURS, hit.position + NEIGHBOURS) for hit in some]
        for hit, transcript in zip(some, library.excerpts(places), strict=True):
            if transcript is None or len(found) == k or _shown_beside(found, hit, indexes):
                continue
            source = _source(transcript, len(found) + 1, hit, url)
            passed_over = not indexes.answers(hit) and is_backchannel(source.turn.text)
            if not passed_over and not _shown_as_repeat(found, source):
                found.append((source, hit))
        if len(found) == k:
            break
    return found


def _shown_beside(found: list[tuple[Source, Hit]], hit: Hit, indexes: Indexes) -> bool:
    """Show a turn with the source that it stands beside, where there is one; "Okay." is there unmarked."""
    for place, (source, other) in enumerate(found):
        if side_by_side(hit, other):
            neighbours = (*source.before, *source.after)
            turn = next((one.turn for one in neighbours if one.turn_id == hit.turn_id), None)
            quiet = turn is None or (is_backchannel(turn.text) and not indexes.answers(hit))
            if hit.turn_id not in source.beside and not quiet:
                found[place] = replace(source, beside=(*source.beside, hit.turn_id)), other
            return True
    return False


def _shown_as_repeat(found: list[tuple[Source, Hit]], source: Source) -> bool:
    """Name a turn with the source that says the same, where there is one."""
    for place, (earlier, hit) in enumerate(found):
        if says_the_same(earlier.turn.text, source.turn.text):
            found[place] = replace(earlier, repeats=(*earlier.repeats, _repeat(source))), hit
            return True
    return False


def _repeat(source: Source) -> Repeat:
    title, date, kind = source.transcript_title, source.date, source.time_kind
    return Repeat(source.turn_id, source.turn, title, date, kind, source.link)


def _source(transcript: Transcript, rank: int, hit: Hit, url: str) -> Source:
    first = max(0, hit.position - NEIGHBOURS)
    turns = [Neighbour(turn_id(transcript.id, first + i), turn) for i, turn in enumerate(transcript.turns)]
    here = hit.position - first
    return Source(
        rank=rank,
        score=hit.score,
        turn_id=hit.turn_id,
        turn=turns[here].turn,
        transcript_id=transcript.id,
        transcript_title=transcript.title,
        date=transcript.date,
        time_kind=transcript.time_kind,
        highlight=None,
        link=turn_link(hit.turn_id, url),
        media=transcript.media,
        before=tuple(turns[:here]),
        after=tuple(turns[here + 1 :]),
        parts=hit.parts,
        closely=hit.closely,
        others=hit.others,
    )


def _highlighted(found: Sequence[tuple[Source, Hit]], highlighter: Highlighter) -> tuple[Source, ...]:
    spans = highlighter.best_sentences([(source.turn, (hit.start, hit.end)) for source, hit in found])
    return tuple(replace(source, highlight=span) for (source, _), span in zip(found, spans, strict=True))


def turn_link(turn: str, url: str = DEFAULT_URL) -> str:
    """Return the address that opens the page at a turn."""
    return f"{url.rstrip('/')}/?turn={quote(turn, safe=':')}"
