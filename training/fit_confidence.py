"""Fit what `qa.confidence` says: does what is shown for this question hold its answer?

    python -m training.fit_confidence --data FOLDER

FOLDER holds qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released. Of FriendsQA
only the episodes count that the encoder was not trained on. Libraries of different sizes are made of them:
one meeting, four scenes, half of all scenes, one conversation. Each is asked its own questions and as many
foreign ones, half from other libraries of the same set, half from other sets. An answer is right when one of
its first `SHOWN` turns is judged relevant; to a foreign question none is. Every library is judged by what was
fitted to those that share no transcript with it; then what is fitted to all is printed.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from embeddings import Encoder, load_cross_encoder, load_encoder
from qa.answering import DEEPER, ranked
from qa.confidence import calibrated, evidence, observed
from qa.evaluation.datasets import load
from qa.evaluation.judged import JudgedQuestion, Pool
from qa.library import Library
from qa.reranking import Reranker, Rereading
from qa.retrieval.mentions import Relation
from qa.retrieval.understanding import understand
from qa.wishes import names_in
from training.fit_ranking import not_trained_on

Floats = npt.NDArray[np.float64]
Entry = tuple[Pool, tuple[JudgedQuestion, ...]]
Observed = tuple[tuple[float, ...], bool]  # what is weighed, and whether a relevant turn was shown
MOST = 40  # questions of each kind asked of one library, so that no set outweighs the others
RIDGE = 1e-3
SHOWN = 5  # turns, as many as an answer shows
BARS = (0.2, 0.25, 0.3, 0.4)


def libraries(folder: Path) -> list[tuple[str, list[Entry]]]:
    """Return the libraries: name of the set, entries."""
    scenes = list(not_trained_on(load(folder / "friendsqa/friendsqa_dev.json", "friendsqa")).asked())
    meetings = list(load(folder / "qmsum/val", "qmsum").asked())
    made = [("qmsum", [meeting]) for meeting in meetings[::2]]
    made += [("friendsqa", scenes[first : first + 4]) for first in range(0, len(scenes), 4)]
    made += [("friendsqa", scenes[first::2]) for first in range(2)]
    conversations = load(folder / "locomo/locomo_sample.json", "locomo").asked()
    return made + [("locomo", [conversation]) for conversation in conversations]


def observe(
    encoder: Encoder, reranker: Reranker, entries: list[Entry], questions: list[str]
) -> list[tuple[Observed, Observed]]:
    """Return what is observed of each question asked of a library of these entries: unread, read closely."""
    right = _relevant(entries)
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder), encoder) as library:
        for j, (pool, _) in enumerate(entries):
            for r, transcript in enumerate(pool.transcripts):
                library.add(transcript.reading, _name(j, r), pool.id)
        indexes = library.indexes()
        names = names_in(library, indexes)

        def asked(text: str, chosen: Reranker | None) -> Observed:
            reread = Rereading(chosen, text, library.stretches)
            understood = understand(text, indexes.table, names)
            hits = ranked(encoder, indexes, text, [text], DEEPER, understood=understood, reread=reread)
            whose = [one.text for one in understood.people if one.relation is Relation.BY]
            found = evidence(encoder, indexes, text, hits, whose=whose, closely=chosen is not None)
            if chosen is not None:
                found = replace(found, closely=found.closely or 0.0)
            places = {(hit.transcript_id, hit.position) for hit in hits[:SHOWN]}
            return observed(found), bool(places & right.get(text, set()))

        return [(asked(text, None), asked(text, reranker)) for text in questions]


def _name(entry: int, transcript: int) -> str:
    return f"{entry:06d}-{transcript:05d}"


def _relevant(entries: list[Entry]) -> dict[str, set[tuple[str, int]]]:
    """Return where the relevant turns of each question stand: transcript, position."""
    found: dict[str, set[tuple[str, int]]] = {}
    for j, (pool, questions) in enumerate(entries):
        where = {
            id_: (_name(j, r), position)
            for r, transcript in enumerate(pool.transcripts)
            for position, id_ in enumerate(transcript.turn_ids)
        }
        for one in questions:
            found.setdefault(one.text, set()).update(
                where[id_] for id_, gain in one.gains.items() if gain > 0
            )
    return found


def fit(features: Floats, labels: Floats) -> Floats:
    """Fit a logistic model; return its weights, the constant last. Weights are kept from being negative."""
    design = np.hstack([features, np.ones((len(features), 1))])

    def loss(weights: Floats) -> float:
        margins = (2 * labels - 1) * (design @ weights)
        return float(np.logaddexp(0, -margins).mean() + RIDGE * (weights[:-1] ** 2).sum())

    # More of any of these never speaks against an answer; a negative weight would only fit noise.
    bounds = [(0, None)] * features.shape[1] + [(None, None)]
    found: Floats = minimize(loss, np.zeros(design.shape[1]), bounds=bounds).x
    return found


def fit_shape(margins: Floats, labels: Floats) -> Floats:
    """Fit the three numbers of `qa.confidence.calibrated`, the first two kept from being negative."""

    def loss(shape: Floats) -> float:
        chances = np.clip(calibrated(margins, tuple(shape)), 1e-9, 1 - 1e-9)
        return float(-np.log(np.where(labels == 1, chances, 1 - chances)).mean())

    found: Floats = minimize(loss, np.array([1.0, 1.0, 0.0]), bounds=[(0, None), (0, None), (None, None)]).x
    return found


def probabilities(weights: Floats, shape: Floats, features: Floats) -> Floats:
    """Return the model's probabilities."""
    return calibrated(features @ weights[:-1] + weights[-1], tuple(shape))


def fit_both(features: Floats, labels: Floats) -> tuple[Floats, Floats]:
    """Return the weights of the logistic model and the shape of its calibration."""
    weights = fit(features, labels)
    return weights, fit_shape(features @ weights[:-1] + weights[-1], labels)


def left_out(features: Floats, labels: Floats, groups: npt.NDArray[np.int64], held: list[set[str]]) -> Floats:
    """Return the probabilities of each library by what was fitted to those that share nothing with it.

    Args:
        features: Of every question, shape (n, features).
        labels: 1 where a relevant turn was shown, shape (n,).
        groups: Of which library each question was asked, shape (n,).
        held: Transcripts of each library.
    """
    found = np.zeros(len(labels))
    for number, mine in enumerate(held):
        apart = np.isin(groups, [other for other, theirs in enumerate(held) if not mine & theirs])
        here = groups == number
        found[here] = probabilities(*fit_both(features[apart], labels[apart]), features[here])
    return found


def calibration_error(chances: Floats, labels: npt.NDArray[np.generic]) -> float:
    """Return by how much tenths of the range are off, on average (Naeini et al. 2015)."""
    bins = np.minimum((chances * 10).astype(int), 9)
    return float(
        sum((bins == b).mean() * abs(chances[bins == b].mean() - labels[bins == b].mean()) for b in set(bins))
    )


def report(name: str, chances: Floats, own: Floats, right: Floats) -> None:
    """Print how well probabilities tell own questions from foreign ones, and right answers from wrong ones.

    Few questions are off by chance: beside the calibration error stands its mean over a thousand draws of
    answers that are as likely as was said.
    """
    dice = np.random.default_rng(0)
    perfect = [calibration_error(chances, dice.random(len(chances)) < chances) for _ in range(1_000)]
    theirs, foreign = chances[own == 1], chances[own == 0]
    print(
        f"{name:10} own {len(theirs):4} foreign {len(foreign):4} AUROC {auroc(chances, own):.3f} "
        f"(right or not {auroc(chances, right):.3f}) "
        f"calibration {calibration_error(chances, right):.3f} (by chance {np.mean(perfect):.3f}); "
        "refused own/foreign at "
        + ", ".join(f"{bar}: {(theirs < bar).mean():.1%}/{(foreign < bar).mean():.1%}" for bar in BARS)
    )


def auroc(chances: Floats, labels: Floats) -> float:
    """Return how often a question of label 1 has the higher probability than one of label 0, ties by half."""
    ones, zeros = chances[labels == 1][:, None], chances[labels == 0][None, :]
    return float((ones > zeros).mean() + 0.5 * (ones == zeros).mean())


def main() -> None:
    """Fit, judge and print."""
    parser = argparse.ArgumentParser(description="Fit the weights of qa.confidence.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--observed", type=Path, help="where to keep what was observed (.npz)")
    given = parser.parse_args()
    made = libraries(given.data)
    dice = np.random.default_rng(0)
    encoder = load_encoder()
    texts = [[question.text for _, asked in entries for question in asked] for _, entries in made]
    held = [{pool.id for pool, _ in entries} for _, entries in made]
    reranker = Reranker(load_cross_encoder(), seconds=None)
    unread: list[Observed] = []
    read: list[Observed] = []
    labels, groups, names = [], [], []
    for number, (name, entries) in enumerate(made):
        own = list(dice.permutation(texts[number])[:MOST])
        near = [
            text
            for other, (kind, _) in enumerate(made)
            if kind == name and not held[number] & held[other]
            for text in texts[other]
        ]
        far = [text for other, (kind, _) in enumerate(made) if kind != name for text in texts[other]]
        half = len(own) // 2
        foreign = list(dice.permutation(near)[:half]) if near else []
        foreign += list(dice.permutation(far)[: len(own) - len(foreign)])
        foreign = [text for text in foreign if text not in set(texts[number])]
        for one, closely in observe(encoder, reranker, entries, [str(text) for text in own + foreign]):
            unread.append(one)
            read.append(closely)
        labels += [1.0] * len(own) + [0.0] * len(foreign)
        groups += [number] * (len(own) + len(foreign))
        names += [name] * (len(own) + len(foreign))
    y, kinds, of = np.array(labels), np.array(names), np.array(groups)
    for title, seen in (("not read", unread), ("read closely", read)):
        x = np.array([features for features, _ in seen])
        right = np.array([float(shown) for _, shown in seen])
        chances = left_out(x, right, of, held)
        print(title)
        for kind in sorted(set(names)):
            chosen = kinds == kind
            report(kind, chances[chosen], y[chosen], right[chosen])
        report("all", chances, y, right)
        weights, shape = fit_both(x, right)
        print("weights (own, context, covered, known, closely) and constant:", np.round(weights, 2))
        print("calibration:", np.round(shape, 2))
        if given.observed:
            file = given.observed.with_stem(f"{given.observed.stem}-{title.split()[0]}")
            np.savez(file, features=x, right=right, own=y, groups=of, names=kinds)


if __name__ == "__main__":
    main()
