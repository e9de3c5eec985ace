"""Does a tuned encoder still rank general text? A check that runs on any machine, without a download.

    python -m training.general_check [MODEL ...]

Two sets are made of text that is there: docstrings of Python's standard library, where the summary line asks
for the rest, and descriptions of installed Debian packages, where the short one asks for the long one. A
third is of sentences of ours: which of two means the same. The encoder is trained on none of it.
The texts depend on the machine, so compare models on one machine; the digest says which texts they were.
"""

import argparse
import ast
import hashlib
import re
import statistics
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from embeddings import Vectors, load_encoder
from qa.evaluation.measures import ndcg_at_k

Pairs = list[tuple[str, str]]  # what asks, what is found
Encode = Callable[[Sequence[str]], Vectors]
MOST = 1500
_LEAST_WORDS = 12
_STATUS = Path("/var/lib/dpkg/status")
# The first two of each line mean the same; the third only shares words or a subject with the first.
TRIPLES = (
    ("The ferry was late because of fog.", "Fog delayed the boat.", "The ferry was painted white last year."),
    ("He bought a second-hand car.", "He got himself a used vehicle.", "He sold the car to his second son."),
    ("The vaccine lowers the risk of flu.", "Flu is less likely once vaccinated.", "Flu spreads in winter."),
    ("Prices rose by a tenth.", "Things became ten percent dearer.", "A tenth of the shops closed."),
    ("She taught herself the violin.", "She learned the violin without a teacher.", "She taught the violin."),
    ("The bridge cannot carry lorries.", "Heavy trucks may not cross it.", "The lorries carry bridge parts."),
    ("Bees have vanished from the valley.", "There are no bees in the valley now.", "The valley has honey."),
    ("The court threw out the case.", "The judges dismissed the lawsuit.", "The case was thrown into court."),
    ("My phone ran out of battery.", "The mobile was dead.", "I bought a phone with a large battery."),
    ("It has not rained for weeks.", "The dry spell has lasted many days.", "It rained for weeks."),
    ("The team lost its captain to injury.", "Their leader is hurt and cannot play.", "The team lost."),
    ("Water boils sooner on a mountain.", "Boiling takes less heat up high.", "The mountain has water."),
    (
        "The museum is free on Sundays.",
        "On Sundays you need no ticket there.",
        "The museum shuts on Sundays.",
    ),
    ("The bank raised interest rates.", "Borrowing money now costs more.", "The river bank was raised."),
    ("He is allergic to nuts.", "Eating nuts makes him ill.", "He sells nuts and dried fruit."),
    ("The train was full, so we stood.", "There was no seat left for us.", "The train stood for an hour."),
    ("She turned down the job.", "She did not accept the position.", "She turned the job into a career."),
    ("The lake froze over in December.", "By year's end it was covered in ice.", "We swam in the lake."),
    ("Voting is compulsory there.", "Citizens must cast a ballot.", "Voting machines are made there."),
    (
        "The file is too large to send.",
        "It cannot be mailed for its size.",
        "The file was sent to a large firm.",
    ),
    ("The dog would not stop barking.", "The animal made noise all the time.", "The dog stopped at a tree."),
    ("They postponed the wedding.", "The marriage was put off.", "The wedding took place in a post office."),
    ("Coffee keeps me awake.", "I cannot sleep after an espresso.", "I make coffee when I wake."),
    (
        "The roof leaks when it pours.",
        "Heavy rain comes through the ceiling.",
        "They poured a concrete roof.",
    ),
)


def docstrings(folder: Path | None = None) -> Pairs:
    """Return summary and rest of the docstrings in a folder of sources, the standard library's by default."""
    root = Path(sysconfig.get_paths()["stdlib"]) if folder is None else folder
    found: dict[str, str] = {}
    for file in sorted(root.rglob("*.py")):
        if {"site-packages", "dist-packages", "test", "tests", "idlelib"} & set(file.relative_to(root).parts):
            continue
        for summary, rest in _described(file):
            found.setdefault(summary, rest)
    return _spread(list(found.items()))


def _described(file: Path) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return  # some of the library's files are broken on purpose, for its own tests
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            summary, _, rest = (ast.get_docstring(node) or "").partition("\n\n")
            if len(summary.split()) >= 4 and len(rest.split()) >= _LEAST_WORDS:
                yield _plain(summary), _plain(rest)


def packages(status: Path = _STATUS) -> Pairs:
    """Return short and long description of each installed package; none on a system without Debian's list."""
    if not status.is_file():
        return []
    found: dict[str, str] = {}
    for match in re.finditer(
        r"^Description: (.+)\n((?: .*\n)+)",
        status.read_text(encoding="utf-8", errors="replace"),
        re.MULTILINE,
    ):
        if len(match[2].split()) >= _LEAST_WORDS:
            found.setdefault(_plain(match[1]), _plain(re.sub(r"^ \.$", "", match[2], flags=re.MULTILINE)))
    return _spread(list(found.items()))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _spread(pairs: Pairs) -> Pairs:
    """Keep at most `MOST`, evenly spread."""
    step = max(1, -(-len(pairs) // MOST))
    return pairs[::step]


def judge(encode: Encode, queries: Encode, pairs: Pairs) -> tuple[float, float]:
    """Return nDCG@10 and recall@1, times 100, of finding each text among all by what asks for it."""
    texts = [rest for _, rest in pairs]
    scores = queries([asks for asks, _ in pairs]) @ encode(texts).T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    rankings = [[str(row) for row in rows] for rows in order]
    gains = [ndcg_at_k(ranking, {str(row): 1}, 10) for row, ranking in enumerate(rankings)]
    return 100 * statistics.fmean(gains), 100 * float((order[:, 0] == np.arange(len(pairs))).mean())


def triples(encode: Encode) -> tuple[float, float]:
    """Return in how many of `TRIPLES` what means the same is nearer, in percent, and the mean difference."""
    one, same, other = (encode(column) for column in zip(*TRIPLES, strict=True))
    gap = (one * same).sum(1) - (one * other).sum(1)
    return 100 * float((gap > 0).mean()), float(gap.mean())


def digest(pairs: Pairs) -> str:
    """Name the texts, so that two tables can be told to be of the same."""
    return hashlib.sha256(repr(pairs).encode()).hexdigest()[:12]


def check(encode: Encode, queries: Encode) -> dict[str, float]:
    """Return all measures by name; a set that this machine does not have is left out."""
    found: dict[str, float] = {}
    for name, pairs in (("docstrings", docstrings()), ("packages", packages())):
        if pairs:
            gain, first = judge(encode, queries, pairs)
            found |= {f"{name} ndcg@10": round(gain, 2), f"{name} recall@1": round(first, 2)}
    right, gap = triples(encode)
    return found | {"triples right": round(right, 1), "triples gap": round(gap, 3)}


def main() -> None:
    """Print the measures of some models, one line each."""
    parser = argparse.ArgumentParser(description="General text, ranked by some models.")
    parser.add_argument("model", nargs="*", default=["all-MiniLM-L6-v2", "transcripts-minilm-l6"])
    for name, pairs in (("docstrings", docstrings()), ("packages", packages())):
        print(f"{name}: {len(pairs)} pairs, digest {digest(pairs)}")
    for name in parser.parse_args().model:
        encoder = load_encoder(name)
        print(name, check(encoder.encode_documents, encoder.encode_queries), flush=True)


if __name__ == "__main__":
    main()
