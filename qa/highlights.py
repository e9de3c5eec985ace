"""Which sentence of a turn answers a question: by meaning, words shared, and the kind of thing asked for."""

import re
from collections.abc import Sequence

import numpy as np

from embeddings import Encoder
from qa.passages import label
from qa.retrieval.lexical import Lexicon, words
from qa.sentences import Span, sentence_spans
from qa.types import Turn
from qa.writing import ends_in_question

# Tuned on FriendsQA's answer spans with `benchmarks/quality.py`.
SHARED = 0.35  # share of the question's words, weighted by rarity, that the sentence has
KIND = 0.15  # it holds the kind of thing asked for
INSIDE = 0.05  # it lies in the passage that was found
ASKS = 0.15  # taken off a sentence that asks itself
_CLOSE = 0.05  # from here on the words have decided
_ENCODED = 2  # sentences at most; 0.25 and 3 hold the answer in 446 of 557, these in 450
_WHOLE_TURN = 12  # sentences; in a longer turn only the passage found is looked at

_NUMBER_WORD = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(thir|four|fif|six|seven|eigh|nine)teen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|half|quarter|third|"
    r"dozen|percent|per cent"
)
_NUMBER = re.compile(rf"\d|\b({_NUMBER_WORD})s?\b", re.IGNORECASE)
_TIME = re.compile(
    r"\d{1,2}[:.]\d{2}|\b(19|20)\d\d\b|\b(monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|"
    r"march|april|may|june|july|august|september|october|november|december|today|tomorrow|yesterday|tonight|morning|"
    r"afternoon|evening|night|noon|midnight|week|weeks|month|months|year|years|day|days|hour|hours|ago|o'clock|"
    r"spring|summer|autumn|winter|christmas|easter|until|since|before|after|soon)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?…]\s)(?<!^)\b[A-ZÀ-ÖØ-Þ]\w+")
_REASON = re.compile(
    r"\b(because|since|so that|due to|in order to|to make sure|reason|that is why)\b", re.IGNORECASE
)
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"\bhow (much|many|long|far|old|often|high|big|large|deep|fast|tall|wide)\b", re.I), _NUMBER),
    (
        re.compile(
            r"\bwhat (was|is|were|are) .*\b(number|figure|cost|price|wage|salary|sum|total|rate)\b", re.I
        ),
        _NUMBER,
    ),
    (re.compile(r"\b(when|what (time|day|date|year|month)|how long ago)\b", re.I), _TIME),
    (re.compile(r"\b(who|whom|whose|where|which)\b", re.I), _NAME),
    (re.compile(r"\bwhy\b|\bwhat (made|reason)\b|\bhow come\b", re.I), _REASON),
)


class Highlighter:
    """Finds the answering sentence of turns, for one question.

    Args:
        encoder: Embeds the sentences, spoken by their speaker.
        lexicon: Knows how rare a word is in the library.
        question: As searched.
    """

    def __init__(self, encoder: Encoder, lexicon: Lexicon, question: str) -> None:
        self._encoder = encoder
        self._vector = encoder.encode_queries([question])[0]
        self._weights = {word: lexicon.rarity(word) for word in set(words(question))}
        self._kinds = [holds for asked, holds in _KINDS if asked.search(question)]

    def best_sentences(self, found: Sequence[tuple[Turn, Span]]) -> list[Span]:
        """Return the answering sentence of each turn, as offsets in its text.

        Meaning decides between the sentences of the first turn that the words leave close together; in the
        other turns the words decide alone. On FriendsQA the highlight of the first turn holds the answer in
        80 % of cases whether all its sentences are encoded or only those, and in 79.5 % by words alone;
        encoding the sentences of all turns took two thirds of the time of a question.

        Args:
            found: Turns, best first, each with the offsets of the passage that was found in it.
        """
        chosen = []
        for place, (turn, passage) in enumerate(found):
            spans = _candidates(turn, passage)
            scores = [self._score(turn, passage, span) for span in spans]
            if place == 0 and len(spans) > 1:
                scores = self._with_meaning(turn, spans, scores)
            chosen.append(spans[int(np.argmax(scores))])  # the earlier sentence wins a tie
        return chosen

    def _with_meaning(self, turn: Turn, spans: Sequence[Span], scores: Sequence[float]) -> list[float]:
        close = sorted(range(len(spans)), key=lambda place: -scores[place])[:_ENCODED]
        close = [place for place in close if scores[place] >= max(scores) - _CLOSE]
        if len(close) == 1:
            return list(scores)
        # The speaker's name helps to compare meanings, but is no part of what was said.
        texts = [label(turn) + turn.text[slice(*spans[place])] for place in close]
        judged = [-np.inf] * len(spans)
        for place, likeness in zip(close, self._encoder.encode_documents(texts) @ self._vector, strict=True):
            judged[place] = scores[place] + float(likeness)
        return judged

    def _score(self, turn: Turn, passage: Span, span: Span) -> float:
        inside = passage[0] <= span[0] and span[1] <= passage[1]
        return self._bonus(turn.text[slice(*span)]) + INSIDE * inside

    def _bonus(self, sentence: str) -> float:
        total = sum(self._weights.values())
        has = set(words(sentence))
        shared = (
            sum(weight for word, weight in self._weights.items() if word in has) / total if total else 0.0
        )
        fits = any(kind.search(sentence) for kind in self._kinds)
        return SHARED * shared + KIND * fits - ASKS * ends_in_question(sentence)


def _candidates(turn: Turn, passage: Span) -> list[Span]:
    spans = sentence_spans(turn.text)
    if len(spans) <= _WHOLE_TURN:
        return spans
    return [span for span in spans if span[0] < passage[1] and passage[0] < span[1]]
