"""The step of training: texts to vectors with gradients, the loss, the weights after it.

Written out instead of using a trainer, because rows are compared by themselves and among their neighbours in
one loss, as the product does, and because the machine has no graphics card: micro-batches of texts of similar
length are computed by threads side by side, each alone on its core, which on a busy machine is twice as fast
as all threads in every product. Repeats exactly for the same seed, threads or not: the model runs without
dropout, and gradients are added up in the order of the micro-batches.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor
from torch.nn.functional import normalize

from embeddings import Vectors
from qa.passages import PassageSettings
from training.batches import Batch
from training.rehearsal import Anchor

_BUDGET = 1024  # padded tokens of a micro-batch


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything about the steps that a person may choose.

    Args:
        rate: Highest learning rate, reached after ``warm_up`` of all steps, falling linearly to 0.
        warm_up: Share of the steps.
        decay: AdamW's weight decay.
        scale: What cosines are multiplied by; 20 is a temperature of 0.05.
        among: Share of a row's vector among its neighbours in the score of the second loss.
        max_tokens: Longer texts are cut.
        frozen: Layers, from the lowest, that stay as they were, besides the word vectors.
        anchor: How much it counts how far general texts move: 1 - cosine, on average.
    """

    rate: float = 8e-5
    warm_up: float = 0.1
    decay: float = 0.01
    scale: float = 20.0
    among: float = 0.65
    max_tokens: int = 64
    frozen: int = 0
    anchor: float = 25.0


class Learner:
    """A model being trained.

    Args:
        model: Changed in place.
        recipe: How.
        steps: How many there will be.
        threads: How many micro-batches are computed at once.
    """

    def __init__(self, model: SentenceTransformer, recipe: Recipe, steps: int, threads: int = 2) -> None:
        torch.set_num_threads(1)
        self._recipe = recipe
        self._tokenizer = model.tokenizer
        transformer: Any = model[0]
        self._body: Any = transformer.model
        self._body.eval()  # no dropout
        self._pool = ThreadPoolExecutor(threads, "learner", lambda: torch.set_num_threads(1))
        self._named = _unfrozen(self._body, recipe.frozen)
        self._learned = list(self._named.values())
        self._optimizer = torch.optim.AdamW(self._learned, lr=recipe.rate, weight_decay=recipe.decay)
        first = max(1, round(steps * recipe.warm_up))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer,
            lambda step: min((step + 1) / first, max(0.0, (steps - step) / max(1, steps - first))),
        )

    def state(self) -> dict[str, Tensor]:
        """Return copies of the parameters that are trained, by their names in the model's weights."""
        return {name: value.detach().clone() for name, value in self._named.items()}

    def set_state(self, state: Mapping[str, Tensor]) -> None:
        """Put parameters as `state` returns them in place."""
        with torch.no_grad():
            for name, value in state.items():
                self._named[name].copy_(value)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32, shape (texts, dim)."""
        with torch.inference_mode():
            parts = self._micro_batches(texts)
            found = list(self._pool.map(self._forward_alone, [inputs for _, inputs in parts]))
            vectors = torch.empty((len(texts), found[0].shape[1] if found else 0))
            for (places, _), part in zip(parts, found, strict=True):
                vectors[places] = part
            return vectors.numpy()

    def step(self, batch: Batch, anchor: Anchor | None = None) -> float:
        """Learn from one batch, keeping the vectors of general texts; return the loss of the batch before."""
        texts = [*batch.rows, *batch.questions, *(anchor.texts if anchor else [])]
        parts = self._micro_batches(texts)
        outputs = list(self._pool.map(self._forward, [inputs for _, inputs in parts]))
        leaves = [output.detach().requires_grad_() for output in outputs]
        order = torch.cat([torch.tensor(places) for places, _ in parts]).argsort()
        vectors = normalize(torch.cat(leaves)[order])
        first, last = len(batch.rows), len(batch.rows) + len(batch.questions)
        value = loss(vectors[:first], vectors[first:last], batch, self._recipe)
        total = value
        if anchor:
            moved = 1 - (vectors[last:] * torch.from_numpy(anchor.vectors)).sum(1)
            total = value + self._recipe.anchor * moved.mean()
        total.backward()  # type: ignore[no-untyped-call]
        jobs = [(output, leaf.grad) for output, leaf in zip(outputs, leaves, strict=True)]
        self._apply(self._pool.map(self._backward, jobs))
        return float(value.detach())

    def _apply(self, gradients: Iterable[Sequence[Tensor]]) -> None:
        for number, found in enumerate(gradients):
            for parameter, gradient in zip(self._learned, found, strict=True):
                parameter.grad = gradient if number == 0 else parameter.grad + gradient  # type: ignore[operator]
        torch.nn.utils.clip_grad_norm_(self._learned, 1.0)
        self._optimizer.step()
        self._schedule.step()

    def _forward_alone(self, inputs: dict[str, Tensor]) -> Tensor:
        with torch.inference_mode():  # each thread has a mode of its own
            return normalize(self._forward(inputs))

    def _forward(self, inputs: dict[str, Tensor]) -> Tensor:
        hidden: Tensor = self._body(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        return (hidden * mask).sum(1) / mask.sum(1)

    def _backward(self, job: tuple[Tensor, Tensor]) -> Sequence[Tensor]:
        output, gradient = job
        return torch.autograd.grad(output, self._learned, gradient)

    def _micro_batches(self, texts: Sequence[str]) -> list[tuple[list[int], dict[str, Tensor]]]:
        """Tokenise; group texts of similar length, the longest first."""
        tokens = self._tokenizer(
            list(texts), truncation=True, max_length=self._recipe.max_tokens, return_attention_mask=False
        )["input_ids"]
        order = sorted(range(len(texts)), key=lambda place: -len(tokens[place]))
        parts = []
        while order:
            most = max(1, _BUDGET // len(tokens[order[0]]))
            places, order = order[:most], order[most:]
            parts.append((places, _padded([tokens[place] for place in places], self._tokenizer.pad_token_id)))
        return parts


def _padded(tokens: Sequence[Sequence[int]], pad: int) -> dict[str, Tensor]:
    width = max(map(len, tokens))
    ids = torch.tensor([[*row, *[pad] * (width - len(row))] for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in tokens])
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}


def _unfrozen(body: Any, frozen: int) -> dict[str, Tensor]:
    """Freeze word vectors and the lowest layers; return the other parameters that shape a vector, by name."""
    learned = {}
    for name, parameter in body.named_parameters():
        layer = re.match(r"encoder\.layer\.(\d+)\.", name)
        learns = layer is not None and int(layer[1]) >= frozen
        parameter.requires_grad_(learns)
        if learns:
            learned[name] = parameter
    return learned


def among_neighbours(rows: Tensor, bounds: Sequence[int], settings: PassageSettings) -> Tensor:
    """Return unit vectors of rows among their neighbours, as `qa.passages.pool_neighbours` does.

    Args:
        rows: Unit vectors, stretch after stretch, shape (n, dim).
        bounds: First row of each stretch, and the end of the last.
        settings: Says how far neighbours count, and how much.
    """
    places = torch.arange(len(rows))
    stretch = torch.bucketize(places, torch.tensor(bounds[1:-1]), right=True)
    steps = (places[:, None] - places[None, :]).abs()
    near = (steps <= settings.pooled) & (stretch[:, None] == stretch[None, :])
    shares = torch.where(near, settings.decay ** steps.to(rows.dtype), 0.0)
    return normalize(shares @ rows)


def loss(rows: Tensor, questions: Tensor, batch: Batch, recipe: Recipe) -> Tensor:
    """Return the mean over questions of two losses: rows alone, and as they score with their neighbours.

    Alone, one of the right rows must stand out from all wrong ones. Among neighbours, every right row must.
    """
    own = questions @ rows.T
    mixed = own * (1 - recipe.among)
    mixed = mixed + recipe.among * (questions @ among_neighbours(rows, batch.bounds, PassageSettings()).T)
    weights = torch.tensor(batch.weights)
    total = _contrast(own, batch.own_right, batch.own_wrong, weights, recipe.scale, _any_right)
    return total + _contrast(mixed, batch.among_right, batch.among_wrong, weights, recipe.scale, _each_right)


def _contrast(
    scores: Tensor,
    right: Any,
    wrong: Any,
    weights: Tensor,
    scale: float,
    rule: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> Tensor:
    rights, wrongs = torch.from_numpy(right), torch.from_numpy(wrong)
    asked = rights.any(1) & wrongs.any(1)
    if not asked.any():
        return scores.sum() * 0
    values = rule((scores * scale)[asked], rights[asked], wrongs[asked])
    return (values * weights[asked]).sum() / weights[asked].sum()


def _any_right(scores: Tensor, right: Tensor, wrong: Tensor) -> Tensor:
    low = torch.tensor(-1e4)
    every = torch.logsumexp(torch.where(right | wrong, scores, low), 1)
    return every - torch.logsumexp(torch.where(right, scores, low), 1)


def _each_right(scores: Tensor, right: Tensor, wrong: Tensor) -> Tensor:
    against = torch.logsumexp(torch.where(wrong, scores, torch.tensor(-1e4)), 1, keepdim=True)
    each = torch.logaddexp(scores, against) - scores
    return (each * right).sum(1) / right.sum(1)
