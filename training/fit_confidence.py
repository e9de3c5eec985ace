"""Fit the weights of `qa.confidence`: does this library answer this question at all?

    python -m training.fit_confidence --data FOLDER

FOLDER holds qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released. Of FriendsQA
only the episodes count that the encoder was not trained on. Libraries of
different sizes are made of them: one meeting, four scenes, half of all scenes, one conversation. Each is
asked its own questions and as many foreign ones, half from other libraries of the same set, half from other
sets. Weights are fitted on the even libraries and judged on the odd ones, then printed as fitted on all.
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
from qa.confidence import Evidence, evidence, observed
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
MOST = 40  # questions of each kind asked of one library, so that no set outweighs the others
RIDGE = 1e-3


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
) -> list[tuple[Evidence, Evidence]]:
    """Return the evidence for each question asked of a library of these entries: unread, and read closely."""
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder), encoder) as library:
        for j, (pool, _) in enumerate(entries):
            for r, transcript in enumerate(pool.transcripts):
                library.add(transcript.reading, f"{j:06d}-{r:05d}", pool.id)
        indexes = library.indexes()
        names = names_in(library, indexes)

        def asked(text: str, chosen: Reranker | None) -> Evidence:
            reread = Rereading(chosen, text, library.stretches)
            understood = understand(text, indexes.table, names)
            hits = ranked(encoder, indexes, text, [text], DEEPER, understood=understood, reread=reread)
            whose = [one.text for one in understood.people if one.relation is Relation.BY]
            return evidence(encoder, indexes, text, hits, whose=whose, closely=chosen is not None)

        return [(asked(text, None), asked(text, reranker)) for text in questions]


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


def probabilities(weights: Floats, features: Floats) -> Floats:
    """Return the model's probabilities."""
    chances: Floats = 1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1])))
    return chances


def calibration_error(chances: Floats, labels: npt.NDArray[np.generic]) -> float:
    """Return by how much tenths of the range are off, on average (Naeini et al. 2015)."""
    bins = np.minimum((chances * 10).astype(int), 9)
    return float(
        sum((bins == b).mean() * abs(chances[bins == b].mean() - labels[bins == b].mean()) for b in set(bins))
    )


def report(name: str, chances: Floats, labels: Floats) -> None:
    """Print how well probabilities tell own questions from foreign ones.

    Few questions are off by chance: beside the calibration error stands its mean over a thousand draws of
    answers that are as likely as was said.
    """
    own, foreign = chances[labels == 1], chances[labels == 0]
    auroc = (own[:, None] > foreign[None, :]).mean() + 0.5 * (own[:, None] == foreign[None, :]).mean()
    dice = np.random.default_rng(0)
    right = [calibration_error(chances, dice.random(len(chances)) < chances) for _ in range(1_000)]
    print(
        f"{name:10} own {len(own):4} foreign {len(foreign):4} AUROC {auroc:.3f} "
        f"calibration {calibration_error(chances, labels):.3f} (by chance {np.mean(right):.3f}); "
        "refused own/foreign at "
        + ", ".join(
            f"{bar}: {(own < bar).mean():.1%}/{(foreign < bar).mean():.1%}" for bar in (0.35, 0.4, 0.5)
        )
    )


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
    reranker = Reranker(load_cross_encoder(), seconds=None)
    unread: list[tuple[float, ...]] = []
    read: list[tuple[float, ...]] = []
    labels, groups, names = [], [], []
    for number, (name, entries) in enumerate(made):
        held = {pool.id for pool, _ in entries}
        own = list(dice.permutation(texts[number])[:MOST])
        near = [
            text
            for other, (kind, theirs) in enumerate(made)
            if kind == name and not held & {pool.id for pool, _ in theirs}
            for text in texts[other]
        ]
        far = [text for other, (kind, _) in enumerate(made) if kind != name for text in texts[other]]
        half = len(own) // 2
        foreign = list(dice.permutation(near)[:half]) if near else []
        foreign += list(dice.permutation(far)[: len(own) - len(foreign)])
        foreign = [text for text in foreign if text not in set(texts[number])]
        seen = observe(encoder, reranker, entries, [str(text) for text in own + foreign])
        unread += [observed(one) for one, _ in seen]
        read += [observed(replace(one, closely=one.closely or 0.0)) for _, one in seen]
        labels += [1.0] * len(own) + [0.0] * len(foreign)
        groups += [number] * (len(own) + len(foreign))
        names += [name] * (len(own) + len(foreign))
    y, even, kinds = np.array(labels), np.array(groups) % 2 == 0, np.array(names)
    for title, features in (("not read", unread), ("read closely", read)):
        x = np.array(features)
        weights = fit(x[even], y[even])
        chances = probabilities(weights, x)
        print(title)
        for kind in sorted(set(names)):
            if (~even & (kinds == kind)).any():
                report(kind, chances[~even & (kinds == kind)], y[~even & (kinds == kind)])
        report("held out", chances[~even], y[~even])
        report("fitted on", chances[even], y[even])
        print("held-out fit", np.round(weights, 2))
        print("weights (own, context, covered, known, closely) and constant:", np.round(fit(x, y), 2))
    if given.observed:
        np.savez(given.observed, unread=unread, read=read, labels=labels, groups=groups, names=names)


if __name__ == "__main__":
    main()
