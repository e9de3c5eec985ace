"""What recognisers' mistakes cost: ranking and the sentence quoted, on FriendsQA spoilt step by step.

    python -m benchmarks.noise --data FOLDER

FOLDER holds friendsqa/friendsqa_dev.json as released. Its text is written as a recogniser would: in small
letters without marks, then with words misheard (six of ten mistakes are another word of the set that looks
like it, a quarter are words left out, the rest words put in), and at last with turns run together to 80
words and more, as where nobody tells speakers apart. Mistakes are drawn with one seed. Questions stay.

Printed are, ranked without reading closely, nDCG@10 in the question's own scene and recall@5 over all
scenes; of the questions whose first turn is right, how many highlights hold the answer, however it was
misheard (all of its words, or as many as are left of them); and how long highlights are.
"""

import argparse
import difflib
import random
import re
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from benchmarks.quality import Entry, entries, fill, own_pool, rank
from embeddings import load_encoder
from qa.evaluation.judged import JudgedQuestion, JudgedTranscript
from qa.evaluation.measures import ndcg_at_k, recall_at_k
from qa.highlights import Highlighter
from qa.library import Library
from qa.types import Turn

_JOINED = 80  # words of a turn at least, where turns are run together
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Level:
    """A way to spoil a text.

    Args:
        name: For the table.
        marks: Whether capital letters, commas and points are kept.
        wrong: Share of words misheard.
        joined: Whether turns are run together.
    """

    name: str
    marks: bool = False
    wrong: float = 0.0
    joined: bool = False


LEVELS = (
    Level("as written", marks=True),
    Level("without marks"),
    Level("5 % misheard", wrong=0.05),
    Level("10 % misheard", wrong=0.1),
    Level("23 % misheard", wrong=0.23),
    Level("40 % misheard", wrong=0.4),
    Level("run together, with marks", marks=True, joined=True),
    Level("run together", joined=True),
    Level("run together, 23 % misheard", wrong=0.23, joined=True),
)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A turn as it was misheard.

    Args:
        text: What is left.
        places: For each word of the turn as written, where it stands in the text now; None when left out.
        words: Where each word stood before.
    """

    text: str
    places: tuple[Span | None, ...]
    words: tuple[Span, ...]

    def now(self, before: Span) -> Span | None:
        """Return where a stretch of the turn as written stands now; None when nothing is left of it."""
        left = [
            place
            for place, word in zip(self.places, self.words, strict=True)
            if place is not None and word[0] < before[1] and before[0] < word[1]
        ]
        return (left[0][0], left[-1][1]) if left else None


class Mishearing:
    """Puts words in the place of others that look like them.

    Args:
        vocabulary: Words to choose from.
        seed: Of the mistakes.
    """

    def __init__(self, vocabulary: Sequence[str], seed: int = 1) -> None:
        self._vocabulary = sorted(set(vocabulary))
        self._dice = random.Random(seed)  # noqa: S311  # the same mistakes each time are the point
        self._alike = cache(self._all_alike)

    def heard(self, word: str, wrong: float) -> list[str]:
        """Return what is heard of a word: itself, another, nothing, or two words; the last is its own."""
        if self._dice.random() >= wrong:
            return [word]
        kind = self._dice.random()
        if kind < 0.6:
            return [self._dice.choice(self._alike(word))]
        return [] if kind < 0.85 else [self._dice.choice(self._vocabulary), word]

    def _all_alike(self, word: str) -> list[str]:
        near = [one for one in self._vocabulary if abs(len(one) - len(word)) < 3 and one[0] == word[0]]
        alike = difflib.get_close_matches(word, near, n=6, cutoff=0.5)
        return [one for one in alike if one != word] or self._vocabulary


def spoil(text: str, level: Level, mishearing: Mishearing) -> Spoilt:
    """Return a turn's text as a recogniser would write it."""
    words = tuple(match.span() for match in _WORD.finditer(text))
    if level.marks:
        return Spoilt(text, words, words)
    parts: list[str] = []
    places: list[Span | None] = []
    at = 0
    for start, end in words:
        heard = mishearing.heard(text[start:end].lower(), level.wrong)
        for one in heard:
            parts.append(one)
            at += len(one) + 1
        places.append((at - 1 - len(heard[-1]), at - 1) if heard else None)
    return Spoilt(" ".join(parts), tuple(places), words)


Answers = dict[tuple[str, str], list[Span]]  # a question and a turn, to where the answer stands in it


def spoilt(judged: Sequence[Entry], level: Level) -> tuple[list[Entry], Answers]:
    """Return a data set spoilt, each scene by itself, and where the answers of its questions stand then."""
    texts = [turn.text for pool, _ in judged for one in pool.transcripts for turn in one.reading.turns]
    vocabulary = [word.lower() for text in texts for word in _WORD.findall(text)]
    mishearing = Mishearing(vocabulary)
    made: list[Entry] = []
    answers: Answers = {}
    for pool, questions in judged:
        (scene,) = pool.transcripts
        turns = [spoil(turn.text, level, mishearing) for turn in scene.reading.turns]
        groups = list(_groups(turns, level))
        ids = tuple(scene.turn_ids[group[0]] for group in groups)
        of = {
            scene.turn_ids[place]: (id_, group)
            for id_, group in zip(ids, groups, strict=True)
            for place in group
        }
        heard = tuple(_turn(scene, turns, group, level) for group in groups)
        asked = []
        for question in questions:
            gains = {of[id_][0]: gain for id_, gain in question.gains.items()}
            asked.append(replace(question, gains=gains, answer_turns={}))
            _note(answers, question, scene, turns, of)
        reading = replace(scene.reading, turns=heard, read_as=())
        transcript = replace(scene, reading=reading, turn_ids=ids)
        made.append((replace(pool, transcripts=(transcript,)), tuple(asked)))
    return made, answers


def _groups(turns: Sequence[Spoilt], level: Level) -> Iterator[list[int]]:
    """Yield which turns make one: each by itself, or as many as give enough words."""
    group: list[int] = []
    for place in range(len(turns)):
        group.append(place)
        count = sum(len(turns[one].text.split()) for one in group)
        last = place == len(turns) - 1
        if not level.joined or count >= _JOINED or last:
            yield group
            group = []


def _turn(scene: JudgedTranscript, turns: Sequence[Spoilt], group: Sequence[int], level: Level) -> Turn:
    text = " ".join(turns[place].text for place in group if turns[place].text) or "um"
    return Turn(text, None if level.joined else scene.reading.turns[group[0]].speaker)


def _note(
    answers: Answers,
    question: JudgedQuestion,
    scene: JudgedTranscript,
    turns: Sequence[Spoilt],
    of: dict[str, tuple[str, list[int]]],
) -> None:
    for id_, texts in question.answer_turns.items():
        place = scene.turn_ids.index(id_)
        now, group = of[id_]
        shift = sum(len(turns[one].text) + 1 for one in group if one < place and turns[one].text)
        for text in texts:
            begin = scene.reading.turns[place].text.find(text)
            found = turns[place].now((begin, begin + len(text))) if begin >= 0 else None
            if found is not None:
                answers.setdefault((question.id, now), []).append((shift + found[0], shift + found[1]))


def quoted(library: Library, judged: Sequence[Entry], answers: Answers) -> tuple[int, int, list[int]]:
    """Count questions whose first turn is right, and those whose highlight holds the answer.

    Returns:
        Both, and the words of each highlight.
    """
    ranker = library.indexes().retriever(library.encoder)
    lexicon = library.indexes().lexicon
    right, held, lengths = 0, 0, []
    for place, (pool, questions) in enumerate(judged):
        (scene,) = pool.transcripts
        for question in questions:
            hit = ranker.retrieve(question.text, 1, own_pool(list(judged), place))[0]
            spans = answers.get((question.id, scene.turn_ids[hit.position]))
            if not spans:
                continue
            turn = scene.reading.turns[hit.position]
            (shown,) = Highlighter(library.encoder, lexicon, question.text).best_sentences(
                [(turn, (hit.start, hit.end))]
            )
            right += 1
            held += any(shown[0] <= start and end <= shown[1] for start, end in spans)
            lengths.append(len(turn.text[slice(*shown)].split()))
    return right, held, lengths


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What recognisers' mistakes cost, on FriendsQA.")
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    written = entries(given.data / "friendsqa/friendsqa_dev.json", "friendsqa")
    print("| text | turns | nDCG@10 | pooled recall@5 | highlights with the answer | words, median | 95 % |")
    print("|---|---|---|---|---|---|---|")
    for level in LEVELS:
        judged, answers = spoilt(written, level)
        with tempfile.TemporaryDirectory() as folder, Library(Path(folder), load_encoder()) as library:
            fill(library, judged)
            ranker = library.indexes().retriever(library.encoder)
            own = statistics.fmean(
                ndcg_at_k(ranking, gold, 10) for ranking, gold in rank(ranker, judged, pooled=False, k=10)
            )
            all_ = statistics.fmean(
                recall_at_k(ranking, gold, 5) for ranking, gold in rank(ranker, judged, pooled=True, k=5)
            )
            right, held, lengths = quoted(library, judged, answers)
        turns = sum(len(pool.transcripts[0].reading.turns) for pool, _ in judged)
        longest = statistics.quantiles(lengths, n=20)[-1]
        print(
            f"| {level.name} | {turns:,} | {100 * own:.1f} | {100 * all_:.1f} | {held} of {right}, "
            f"{100 * held / right:.0f} % | {statistics.median(lengths):.0f} | {longest:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
