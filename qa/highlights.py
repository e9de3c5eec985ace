"""Which sentence of a turn answers a question: by meaning, words shared, and the kind of thing asked for."""

from collections.abc import Sequence

import numpy as np

from embeddings import Encoder
from qa.kinds import kinds_asked_for
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
        self._kinds = kinds_asked_for(question)

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
