"""What a turn's context vector costs and how well it ranks, made in four ways.

    python -m benchmarks.context_cost --data FOLDER

FOLDER is that of `benchmarks.quality`. "re-encoded": the turn is encoded again with its neighbours' words
around it. "late chunking" (Günther et al., arXiv:2409.04701): one pass over as many turns as the model reads,
then the mean of each turn's token states; with windows end to end, or each sharing half with the next, where
a turn takes its vector from the window that has it nearer the middle. "pooled": ours, the weighted mean of
the neighbours' own vectors. The cost is the time for it in parts of the time for encoding the turns alone, by
the same engine: ours for the first, torch in bfloat16 for late chunking, which needs token states.
nDCG@10 is that of dense retrieval alone, own 0.3 and context 0.7, in the question's own pool.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import LOADERS, Entry
from embeddings import Encoder, Vectors, load_encoder, locate_model, unit_rows
from embeddings.encoder import load_sentence_transformer
from qa.evaluation.measures import ndcg_at_k
from qa.passages import Passage, PassageSettings, context_texts, cut_turns, own_texts, pool_neighbours

OWN, CONTEXT = 0.3, 0.7
SETTINGS = PassageSettings()
WINDOW = 254  # tokens, and two that begin and end a text
SAMPLE = 1500  # turns by which torch's own speed is taken


class LateChunking:
    """Vectors of passages from one pass over many of them."""

    def __init__(self) -> None:
        import torch

        self._torch = torch
        model = load_sentence_transformer(locate_model()).to("cpu").bfloat16()
        self._model: Any = model
        self._transformer: Any = model[0]
        self._tokenizer: Any = model.tokenizer

    def alone(self, texts: list[str]) -> Vectors:
        """Encode texts each by itself."""
        vectors: Vectors = self._model.encode(texts, batch_size=32, show_progress_bar=False)
        return vectors

    def encode(self, texts: list[str], overlapping: bool) -> Vectors:
        """Return a vector for each of the texts, which follow one another; shape (len(texts), dim)."""
        ids = [
            tokens[:WINDOW] or [self._tokenizer.unk_token_id]
            for tokens in self._tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        ]
        best: dict[int, tuple[float, Vectors]] = {}
        places = list(windows([len(tokens) for tokens in ids], overlapping))
        for first in range(0, len(places), 8):
            batch = places[first : first + 8]
            for (begin, end), states in zip(batch, self._states(ids, batch), strict=True):
                offset = 1
                total = sum(map(len, ids[begin:end]))
                for row in range(begin, end):
                    after = offset + len(ids[row])
                    off_middle = abs((offset + after) / 2 - total / 2)
                    if row not in best or off_middle < best[row][0]:
                        best[row] = (off_middle, states[offset:after].mean(axis=0))
                    offset = after
        return unit_rows(np.array([best[row][1] for row in range(len(texts))], dtype=np.float32))

    def _states(self, ids: list[list[int]], batch: list[tuple[int, int]]) -> Iterator[Vectors]:
        start, stop = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        rows = [
            [start, *(token for tokens in ids[begin:end] for token in tokens), stop] for begin, end in batch
        ]
        padded = self._tokenizer.pad({"input_ids": rows}, return_tensors="pt")
        with self._torch.inference_mode():
            states = self._transformer(dict(padded))["token_embeddings"]
        yield from states.float().numpy()


def windows(lengths: list[int], overlapping: bool) -> Iterator[tuple[int, int]]:
    """Yield begin and end of stretches that fit the model, covering all passages."""
    begin = 0
    while begin < len(lengths):
        end, total = begin, 0
        while end < len(lengths) and total + lengths[end] <= WINDOW:
            total += lengths[end]
            end += 1
        yield begin, end
        if end == len(lengths):
            return
        begin = max(begin + 1, (begin + end) // 2) if overlapping else end


def scaled(scores: Vectors) -> Vectors:
    """Scale scores to 0 to 1, as fusion does."""
    low, high = scores.min(), scores.max()
    between: Vectors = (scores - low) / (high - low if high > low else 1)
    return between


def quality(
    judged: list[Entry], passages: list[list[list[Passage]]], own: Any, context: Any, asked: Any
) -> float:
    """Return mean nDCG@10 in percent."""
    values = []
    for (pool, questions), cut, its_own, its_context, vectors in zip(
        judged, passages, own, context, asked, strict=True
    ):
        ids = [
            transcript.turn_ids[passage.position]
            for transcript, its in zip(pool.transcripts, cut, strict=True)
            for passage in its
        ]
        all_own, all_context = np.concatenate(its_own), np.concatenate(its_context)
        for question, vector in zip(questions, vectors, strict=True):
            scores = OWN * scaled(all_own @ vector) + CONTEXT * scaled(all_context @ vector)
            ranking = list(dict.fromkeys(ids[row] for row in np.argsort(-scores, kind="stable")))
            values.append(ndcg_at_k(ranking, question.gains, 10))
    return 100 * statistics.fmean(values)


class Timed:
    """Adds up the seconds spent inside it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._begun


def split(vectors: Vectors, passages: list[list[list[Passage]]]) -> list[list[Vectors]]:
    """Cut the rows of all passages into those of each reading of each entry."""
    sizes = [len(reading) for entry in passages for reading in entry]
    parts = iter(np.split(vectors, np.cumsum(sizes)[:-1]))
    return [[next(parts) for _ in entry] for entry in passages]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What a turn's context vector costs.")
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    encoder: Encoder = load_encoder()
    late = LateChunking()
    encoder.encode_documents(["warm up"])
    times = {name: Timed() for name in ("alone", "re-encoded", "late", "late, overlapping", "pooled")}
    rows: dict[str, list[float]] = {}
    sample: list[str] = []
    turns = 0
    for load in LOADERS.values():
        judged = load(given.data)
        readings = [[transcript.reading for transcript in pool.transcripts] for pool, _ in judged]
        passages = [[cut_turns(reading.turns, SETTINGS) for reading in entry] for entry in readings]
        texts = [
            [own_texts(reading.turns, cut, reading.date) for reading, cut in zip(entry, its, strict=True)]
            for entry, its in zip(readings, passages, strict=True)
        ]
        longer = [
            text
            for entry, its in zip(readings, passages, strict=True)
            for reading, cut in zip(entry, its, strict=True)
            for text in context_texts(reading.turns, cut, reading.date, SETTINGS)
        ]
        flat = [text for entry in texts for reading in entry for text in reading]
        turns += len(flat)
        sample += flat[: SAMPLE // len(LOADERS)]
        with times["alone"]:
            own = split(encoder.encode_documents(flat), passages)
        contexts = {}
        with times["re-encoded"]:
            contexts["re-encoded"] = split(encoder.encode_documents(longer), passages)
        for name in ("late", "late, overlapping"):
            with times[name]:
                contexts[name] = [
                    [late.encode(reading, "overlapping" in name) for reading in entry] for entry in texts
                ]
        with times["pooled"]:
            contexts["pooled"] = [[pool_neighbours(vectors, SETTINGS) for vectors in entry] for entry in own]
        asked = [encoder.encode_queries([one.text for one in questions]) for _, questions in judged]
        for name, context in {"own vectors only": own, **contexts}.items():
            rows.setdefault(name, []).append(quality(judged, passages, own, context, asked))
    begun = time.perf_counter()
    late.alone(sample)
    torch_alone = (time.perf_counter() - begun) / len(sample) * turns
    print(f"{turns:,} passages; {turns / times['alone'].seconds:.0f} a second alone")
    print(f"{'':20} {'cost':>7} " + " ".join(f"{name:>14}" for name in LOADERS))
    for name, cells in rows.items():
        basis = torch_alone if name.startswith("late") else times["alone"].seconds
        cost = times[name].seconds / basis if name in times else 0.0
        print(f"{name:20} {cost:7.3f} " + " ".join(f"{cell:14.2f}" for cell in cells))


if __name__ == "__main__":
    main()
