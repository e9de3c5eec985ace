"""Which sentence of a turn answers a question: by meaning, words shared, and the kind of thing asked for.

Where a recogniser wrote no marks, a whole turn would be one sentence: there a stretch of it is chosen.
"""

import re
from collections.abc import Sequence

import numpy as np

from embeddings import Encoder
from qa.kinds import kinds_asked_for
from qa.passages import label
from qa.retrieval.lexical import Lexicon, words
from qa.sentences import Span, sentence_spans
from qa.types import Turn
from qa.writing import ends_in_question, word_spans

# Tuned on FriendsQA's answer spans with `benchmarks/quality.py`.
SHARED = 0.35  # share of the question's words, weighted by rarity, that the sentence has
KIND = 0.15  # it holds the kind of thing asked for
INSIDE = 0.05  # it lies in the passage that was found
ASKS = 0.15  # taken off a sentence that asks itself
_CLOSE = 0.05  # from here on the words have decided
_ENCODED = 2  # sentences at most; 0.25 and 3 hold the answer in 446 of 557, these in 450
_WHOLE_TURN = 12  # sentences or stretches; in a longer turn only the passage found is looked at
# Words of a sentence without marks that is shown whole, of a stretch of a longer one, and between the
# beginnings of two. With turns of FriendsQA run together to 80 words without marks (`benchmarks/noise.py`),
# such stretches hold the answer in 82 % of cases, those of 30 words begun every 10 in 79 %, sentences of the
# same turns with their marks, 14 words at the median, in 57 %.
_UNMARKED, _STRETCH, _STEP = 60, 40, 20
_ENCODED_STRETCHES = 4  # they overlap, so that several share the words; with 2, one in forty is worse
_WORDS_TO_A_MARK = 30  # more of them between two marks, and the marks are chance
_MARK = re.compile(r"[,;:]\s|[–—،؛、，；：]")


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
            sentences = sentence_spans(turn.text)
            parts = [part for sentence in sentences for part in _stretches(turn.text, sentence)]
            spans = _candidates(parts, passage)
            scores = [self._score(turn, passage, span) for span in spans]
            if place == 0 and len(spans) > 1:
                encoded = _ENCODED if len(parts) == len(sentences) else _ENCODED_STRETCHES
                scores = self._with_meaning(turn, spans, scores, encoded)
            chosen.append(spans[int(np.argmax(scores))])  # the earlier sentence wins a tie
        return chosen

    def _with_meaning(
        self, turn: Turn, spans: Sequence[Span], scores: Sequence[float], encoded: int
    ) -> list[float]:
        close = sorted(range(len(spans)), key=lambda place: -scores[place])[:encoded]
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


def _candidates(spans: list[Span], passage: Span) -> list[Span]:
    if len(spans) <= _WHOLE_TURN:
        return spans
    return [span for span in spans if span[0] < passage[1] and passage[0] < span[1]]


def _stretches(text: str, sentence: Span) -> list[Span]:
    """Return a sentence, or the stretches of one so long and without marks that it is none."""
    begin, end = sentence
    words = [(begin + first, begin + last) for first, last in word_spans(text[begin:end])]
    marks = len(_MARK.findall(text, begin, end))
    if len(words) <= _UNMARKED or marks * _WORDS_TO_A_MARK > len(words):
        return [sentence]
    firsts = [*range(0, len(words) - _STRETCH, _STEP), len(words) - _STRETCH]
    return [(words[first][0], words[first + _STRETCH - 1][1]) for first in firsts]
