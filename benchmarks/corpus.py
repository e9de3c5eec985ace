"""A synthetic library of any size, made of real turns; the same every time.

    python -m benchmarks.corpus --data FOLDER --cache FOLDER --turns 100000 --library FOLDER

--data holds qmsum/train, qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released.
Their turns are put in one row, those above 90 words cut at sentences so that one turn is one passage, and the
distinct ones are encoded once and kept in --cache.

A transcript has 150 to 250 turns, in runs of 5 to 20 neighbours from that row. Three to eight of 2,000
invented people speak in it, and every thousandth turn of the whole belongs to `RARE_SPEAKER`; it has a date
within ten years. So that no two turns are the same, each word gives way, with a chance of 15 %, to a word
of some other turn, and a text that is there already gets more such words at its end.

The vector of a turn is not that of its changed words, which would take half an hour for a million turns, but
that of the real turn mixed with that of another: unit(v + λu), λ uniform between 0.2 and 0.6. Copies of one
real turn are therefore close, as restatements are, and never tie.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings import Encoder, Vectors, load_encoder, unit_rows
from qa.evaluation.datasets import load
from qa.evaluation.judged import Dataset
from qa.library import Library
from qa.sentences import split_at_sentences
from qa.types import Reading, Turn

Made = tuple[str, Reading, Vectors]  # id, reading, the vectors of its turns
Numbers = npt.NDArray[np.int64]

LONGEST = 90  # words of a real turn; leaves room below the 100 of a passage for words put at its end
REPLACED = 0.15  # share of words
MIXED = (0.2, 0.6)  # weight of the other vector
RARE_EVERY = 1_000  # turns
RARE_SPEAKER = "Zephyrine Quillfeather"
_FIRST_DAY, _DAYS = date(2015, 1, 1), 3_652
_STARTS = "Al Ber Cor Da El Fen Gar Hal Is Jor Kel Lu Mar Nor Or Pel Ros Sel Tam Vor".split()
_ENDS = "an ric ina mund ys".split()
_FAMILIES = (
    "Ashcombe Birchall Corvane Drummel Eastlow Farrowby Gantry Hollis Ingram Jessop Kettle Lorne Marchbank "
    "Northey Oakhurst Penhale Quarles Redfern Stanmore Thackray"
).split()
PEOPLE = tuple(f"{start}{end} {family}" for family in _FAMILIES for start in _STARTS for end in _ENDS)


@dataclass(frozen=True, slots=True)
class Row:
    """The real turns one after another, by reference to the distinct ones.

    Args:
        texts: The distinct texts.
        order: For each place in the row, which text stands there.
    """

    texts: tuple[str, ...]
    order: Numbers


def judged_sets(data: Path) -> list[Dataset]:
    """Load the released data sets."""
    return [
        load(data / "qmsum/train", "qmsum"),
        load(data / "qmsum/val", "qmsum"),
        load(data / "friendsqa/friendsqa_dev.json", "friendsqa"),
        load(data / "locomo/locomo_sample.json", "locomo"),
    ]


def questions(data: Path) -> list[str]:
    """Return the distinct questions asked about the real transcripts, always in the same random order."""
    asked = list(
        dict.fromkeys(question.text for dataset in judged_sets(data) for question in dataset.questions)
    )
    return [asked[place] for place in np.random.default_rng(0).permutation(len(asked))]


def real_turns(data: Path) -> Row:
    """Put the real turns in a row, none longer than `LONGEST` words; those without a word are left out."""
    code: dict[str, int] = {}
    order = []
    for transcript in (transcript for dataset in judged_sets(data) for transcript in dataset.transcripts()):
        for turn in transcript.reading.turns:
            for start, end in split_at_sentences(turn.text, LONGEST):
                text = " ".join(turn.text[start:end].split())
                if any(character.isalnum() for character in text):
                    order.append(code.setdefault(text, len(code)))
    return Row(tuple(code), np.array(order, dtype=np.int64))


def encoded(encoder: Encoder, texts: Sequence[str], cache: Path) -> Vectors:
    """Return the vectors of texts, from the cache when it holds them; else encode and keep them."""
    digest = hashlib.blake2b("\n".join(texts).encode(), digest_size=8).hexdigest()
    file = cache / f"{encoder.checksum[:16]}-{digest}.npy"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        vectors = encoder.encode_documents(texts)
        unfinished = file.with_suffix(".writing.npy")
        np.save(unfinished, vectors)
        unfinished.rename(file)
    kept: Vectors = np.load(file)
    return kept


class Corpus:
    """Synthetic transcripts; iterating makes them one by one, so that any number fits in memory.

    A smaller corpus is the beginning of a larger one with the same seed, except for where its last transcript
    ends. Corpora of different seeds share no transcript, but may share short turns.

    Args:
        data: As for `questions`.
        cache: Where the vectors of the real turns are kept.
        turns: How many to make.
        seed: Another seed makes other transcripts.
        encoder: None for the default model.
    """

    def __init__(
        self, data: Path, cache: Path, turns: int, seed: int = 0, encoder: Encoder | None = None
    ) -> None:
        row = real_turns(data)
        self.turns = turns
        self._seed = seed
        self._order = row.order
        self._vectors = encoded(encoder or load_encoder(), row.texts, cache)
        vocabulary: dict[str, int] = {}
        self._words = np.array(
            [vocabulary.setdefault(word, len(vocabulary)) for text in row.texts for word in text.split()],
            dtype=np.int32,
        )
        self._vocabulary = list(vocabulary)
        self._lengths: Numbers = np.array([len(text.split()) for text in row.texts], dtype=np.int64)
        self._begins: Numbers = np.cumsum(self._lengths) - self._lengths

    def __iter__(self) -> Iterator[Made]:
        """Yield the id, the reading and the vectors of its turns, unit-length float32 rows."""
        said: set[int] = set()
        made = number = 0
        while made < self.turns:
            dice = np.random.default_rng([self._seed, number])
            size = min(int(dice.integers(150, 251)), self.turns - made)
            real = self._picked(dice, size)
            texts = self._texts(dice, real, said)
            speakers = self._speakers(dice, size, made)
            day = _FIRST_DAY + timedelta(days=int(dice.integers(_DAYS)))
            title = f"Meeting {self._seed}.{number}"
            spoken = tuple(Turn(text, who) for text, who in zip(texts, speakers, strict=True))
            # Ids come in no order, like those drawn from content.
            key = hashlib.blake2b(f"{self._seed} {number}".encode(), digest_size=6).hexdigest()
            yield key, Reading("jsonl", spoken, title=title, date=day.isoformat()), self._mixed(dice, real)
            made += size
            number += 1

    def _picked(self, dice: np.random.Generator, size: int) -> Numbers:
        """Return which real turns a transcript is made of."""
        runs = dice.integers(5, 21, size=size // 5 + 1)
        starts = dice.integers(len(self._order) - 20, size=len(runs))
        places = np.concatenate([np.arange(at, at + run) for at, run in zip(starts, runs, strict=True)])
        picked: Numbers = self._order[places[:size]]
        return picked

    def _texts(self, dice: np.random.Generator, real: Numbers, said: set[int]) -> list[str]:
        """Return the words of the turns, some replaced."""
        lengths = self._lengths[real]
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
        tokens = self._words[np.repeat(self._begins[real], lengths) + within]
        others = self._words[dice.integers(len(self._words), size=len(tokens))]
        tokens = np.where(dice.random(len(tokens)) < REPLACED, others, tokens)
        words = [self._vocabulary[token] for token in tokens.tolist()]
        texts = []
        for length, end in zip(lengths.tolist(), ends.tolist(), strict=True):
            text = " ".join(words[end - length : end])
            while hash(text) in said:
                text += f" {self._vocabulary[self._words[dice.integers(len(self._words))]]}"
            said.add(hash(text))
            texts.append(text)
        return texts

    def _speakers(self, dice: np.random.Generator, size: int, made: int) -> list[str]:
        present = dice.choice(len(PEOPLE), size=int(dice.integers(3, 9)), replace=False)
        names = [PEOPLE[person] for person in present[dice.integers(len(present), size=size)].tolist()]
        for place in range(-(made + 1) % RARE_EVERY, size, RARE_EVERY):
            names[place] = RARE_SPEAKER
        return names

    def _mixed(self, dice: np.random.Generator, real: Numbers) -> Vectors:
        others = self._vectors[dice.integers(len(self._vectors), size=len(real))]
        weights = dice.uniform(*MIXED, size=(len(real), 1)).astype(np.float32)
        return unit_rows(self._vectors[real] + weights * others)


class CorpusEncoder:
    """The real encoder, but for the transcript being added, whose vectors are given.

    Args:
        real: Encodes questions, and documents while ``coming`` is None.
    """

    def __init__(self, real: Encoder) -> None:
        self._real = real
        self.coming: Vectors | None = None

    @property
    def name(self) -> str:
        """The real model's name."""
        return self._real.name

    @property
    def checksum(self) -> str:
        """The real model's."""
        return self._real.checksum

    @property
    def dim(self) -> int:
        """Width of a vector."""
        return self._real.dim

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Return the vectors that are coming, if any.

        Raises:
            ValueError: If there are not as many as texts: some turn was not one passage.
        """
        if self.coming is None:
            return self._real.encode_documents(texts, progress)
        if len(texts) != len(self.coming):
            raise ValueError(f"{len(texts)} passages, but vectors for {len(self.coming)} turns")
        return self.coming

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions with the real model."""
        return self._real.encode_queries(texts)


def fill(
    library: Library, transcripts: Iterable[Made], progress: Callable[[int], None] | None = None
) -> None:
    """Add transcripts with vectors that are given.

    Args:
        library: Opened with a `CorpusEncoder`.
        transcripts: Such as a `Corpus`.
        progress: Called with the number of turns of each transcript added.

    Raises:
        TypeError: If the library has another encoder.
    """
    encoder = library.encoder
    if not isinstance(encoder, CorpusEncoder):
        raise TypeError(f"the library's encoder is {encoder!r}; open it with a CorpusEncoder")
    for transcript_id, reading, vectors in transcripts:
        encoder.coming = vectors
        try:
            library.add(reading, transcript_id, "synthetic")
        finally:
            encoder.coming = None
        if progress is not None:
            progress(len(reading.turns))


def main() -> None:
    """Make a library."""
    parser = argparse.ArgumentParser(description="A synthetic library of any size, made of real turns.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--turns", type=int, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    encoder = load_encoder()
    corpus = Corpus(given.data, given.cache, given.turns, given.seed, encoder)
    begun = time.perf_counter()
    added = 0

    def show(turns: int) -> None:
        nonlocal added
        added += turns
        print(f"\r{added:,} turns", end="", file=sys.stderr)

    with Library(given.library, CorpusEncoder(encoder)) as library:
        fill(library, corpus, show)
        library.save_index()
    print(f"\n{added / (time.perf_counter() - begun):,.0f} turns a second, the index saved", file=sys.stderr)


if __name__ == "__main__":
    main()
