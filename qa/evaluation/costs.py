"""What a system costs: speed of embedding, size of the index, latency of a question, memory.

Questions are timed one after another, when all have been ranked once and everything is loaded. Embedding a
question is timed apart from finding its turns, for which its vector is then ready; so is reading the best of
them closely.
"""

import time
from collections.abc import Sequence

import numpy as np

from qa.evaluation.bench import Bench, System
from qa.evaluation.judged import JudgedQuestion, Pool
from qa.evaluation.machine import PeakMemory
from qa.evaluation.results import Costs, Percentiles

TIMED = 200  # questions at most, evenly spread: p99 is then the second slowest
TIMED_READING = 10  # where passages are read closely, half a second each on a slow machine
DEPTH = 30  # turns ranked for each: as many as the product ranks for an answer


def measure_costs(
    system: System,
    bench: Bench,
    asked: Sequence[tuple[JudgedQuestion, Pool | None]],
    build_seconds: float,
    memory: PeakMemory,
) -> Costs:
    """Measure what a system costs, once it has ranked all questions.

    Args:
        system: To be timed.
        bench: What it was built of.
        asked: The questions, each with what is searched for it.
        build_seconds: How long it took to build.
        memory: Begun before it was built.
    """
    encode, search, rerank = [], [], []
    number = min(TIMED if system.pairs is None else TIMED_READING, len(asked))
    timed = [asked[place * len(asked) // number] for place in range(number)]
    for question, pool in timed:
        encode.append(system.model.question_seconds(question.text) if system.model else 0.0)
        begun = time.perf_counter()
        system.rank(question.text, pool, DEPTH)
        search.append(time.perf_counter() - begun)
        rerank.append(_reading_seconds(system, question, pool))
    turns = len(bench.ids)
    embedded = system.embedded
    seconds = embedded.seconds if embedded else 0.0
    return Costs(
        turns_per_second=turns / seconds if seconds else None,
        embedded=embedded.made if embedded else "",
        build_seconds=build_seconds,
        bytes_per_turn=system.index_bytes() / turns,
        peak_mib=memory.mib(),
        peak_since_start=memory.since_start,
        questions=len(timed),
        depth=DEPTH,
        total=_percentiles([sum(parts) for parts in zip(encode, search, rerank, strict=True)]),
        encode=_percentiles(encode),
        search=_percentiles(search),
        rerank=_percentiles(rerank),
    )


def _reading_seconds(system: System, question: JudgedQuestion, pool: Pool | None) -> float:
    """Return how long the cross-encoder takes for a question; its scores are ready in the other timing."""
    if system.pairs is None:
        return 0.0
    with system.pairs.timed() as seconds:
        system.rank(question.text, pool, DEPTH)
    return sum(seconds)


def _percentiles(seconds: Sequence[float]) -> Percentiles:
    p50, p95, p99 = np.percentile(1000 * np.array(seconds), [50, 95, 99]).tolist()
    return Percentiles(p50, p95, p99)
