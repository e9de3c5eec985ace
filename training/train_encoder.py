"""Train the encoder for transcripts that the package ships; docs/encoder.md says what came of it.

    python -m training.train_encoder --data FOLDER --out DIR [--seed 1] [--all]

FOLDER holds qmsum/train, qmsum/val, friendsqa/friendsqa_dev.json and locomo/locomo_sample.json as released.
Trained on: QMSum train and the scenes of FriendsQA that are not held out (``--all``: all of them). Validated
on: meetings of QMSum val, held-out scenes, the LoCoMo sample. DIR gets the model, in half precision,
and curves.json: seed, recipe, checksums of the data, loss and measures along the way, and the general check.
The same seed makes the same weights on the same kind of processor.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from embeddings import ModelFiles, load_encoder, locate_model
from embeddings.encoder import load_sentence_transformer
from qa.evaluation.datasets import load
from training import general_check
from training.batches import Batch, Chooser, make_batch, scene
from training.learning import Learner, Recipe
from training.mining import confused
from training.notes import Notes
from training.rehearsal import Anchor, anchors, general_texts
from training.shipping import averaged, ship
from training.talks import Talk, friendsqa_talks, qmsum_talks
from training.validation import Held, held_out, validate

BASE = "all-MiniLM-L6-v2"
_AVERAGES = (0.7, 0.85, 1.0)  # shares of the tuned model that are tried
_AS_GOOD = 0.1  # by so much the mean may be lower where more of the base is kept
Note = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Round:
    """The steps of a training, at the end of which the learning rate is 0.

    Args:
        rate: The highest learning rate.
        steps: A batch each; all 162 meetings are looked at before one is again.
        right: Stretches of a meeting that answer one of its questions.
        wrong: Stretches that only look as if they did.
        scenes: Scenes beside the meeting.
        mined: How many of these are among those the model takes the first for.
    """

    rate: float
    steps: int = 120
    right: int = 3
    wrong: int = 1
    scenes: int = 3
    mined: int = 0


ROUND = Round(8e-5)
_EVERY = 60  # steps between two validations
_PATIENCE = 2  # validations without a better one after which training ends


def batches(
    meetings: Sequence[Chooser], scenes: Sequence[Talk], plan: Round, near: Sequence[Sequence[int]], seed: int
) -> Iterator[Batch]:
    """Yield the batches of a round: one meeting each, with scenes beside it.

    Args:
        meetings: To choose from.
        scenes: Likewise.
        plan: Says how many.
        near: For each scene those it is taken for, from `confused`; only looked at if any are wanted.
        seed: Of every choice.
    """
    dice = random.Random(seed)
    order: list[int] = []
    turn: list[int] = []
    for _ in range(plan.steps):
        order = order or _shuffled(len(meetings), dice)
        fresh = plan.scenes - plan.mined
        if len(turn) < fresh:
            turn = _shuffled(len(scenes), dice)
        chosen = [turn.pop() for _ in range(fresh)]
        if plan.mined:
            beside = [place for place in near[chosen[0]] if place not in chosen]
            chosen += dice.sample(beside, min(plan.mined, len(beside)))
        stretches = meetings[order.pop()].stretches(dice, plan.right, plan.wrong)
        yield make_batch([*stretches, *(scene(scenes[one], dice) for one in chosen)], dice)


def _shuffled(number: int, dice: random.Random) -> list[int]:
    places = list(range(number))
    dice.shuffle(places)
    return places


@dataclass
class Best:
    """The parameters that validated best so far."""

    mean: float
    state: dict[str, Tensor]


def train(
    learner: Learner,
    given: Iterator[tuple[Batch, Anchor]],
    sets: Sequence[Held],
    best: Best,
    note: Note,
) -> None:
    """Train until the batches or the patience end; keep the parameters that validate best."""
    losses: list[float] = []
    worse = 0
    begun = time.monotonic()
    for batch, anchor in given:
        losses.append(learner.step(batch, anchor))
        step = len(losses)
        if step % 20 == 0:
            mean = round(float(np.mean(losses[-20:])), 4)
            note(step=step, loss=mean, seconds=round(time.monotonic() - begun))
        if step % _EVERY == 0:
            found = validate(learner.encode, sets)
            note(step=step, **found)
            worse = 0 if found["mean"] > best.mean else worse + 1
            if not worse:
                best.mean, best.state = found["mean"], learner.state()
            if worse >= _PATIENCE:
                return


def best_average(
    learner: Learner, base: dict[str, Tensor], tuned: dict[str, Tensor], sets: Sequence[Held], note: Note
) -> Best:
    """Return the mixture with most of the base among those that validate best, or as good as that."""
    tried: list[Best] = []
    for share in _AVERAGES:
        state = averaged(base, tuned, share)
        learner.set_state(state)
        found = validate(learner.encode, sets)
        note(share=share, **found)
        tried.append(Best(found["mean"], state))
    least = max(one.mean for one in tried) - _AS_GOOD
    return next(one for one in tried if one.mean >= least)


def checksums(data: Path) -> dict[str, str]:
    """Return the SHA-256 over each set's files, by its place in the folder."""
    sets = {
        "qmsum/train": "qmsum",
        "qmsum/val": "qmsum",
        "friendsqa/friendsqa_dev.json": "friendsqa",
        "locomo/locomo_sample.json": "locomo",
    }
    return {place: load(data / place, name).checksum for place, name in sets.items()}


def main() -> None:
    """Train, average, ship, check."""
    parser = argparse.ArgumentParser(description="Train the encoder for transcripts.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="train on the held-out scenes as well")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    note = Notes(given.out)
    note(seed=given.seed, all_scenes=given.all, data=checksums(given.data))
    files = locate_model(BASE)
    ship(files.folder, tuned(files, given, note), given.out / "model")
    for name in (BASE, str(given.out / "model")):
        encoder = load_encoder(name)
        note(model=Path(name).name, **general_check.check(encoder.encode_documents, encoder.encode_queries))


def tuned(files: ModelFiles, given: argparse.Namespace, note: Note) -> dict[str, Tensor]:
    """Return the parameters to ship."""
    held = None if given.all else False
    scenes = friendsqa_talks(given.data / "friendsqa/friendsqa_dev.json", held_out=held)
    meetings = [Chooser(meeting) for meeting in qmsum_talks(given.data / "qmsum/train")]
    sets = held_out(given.data, meetings=4)
    model = load_sentence_transformer(files).to("cpu").float()
    recipe = Recipe(rate=ROUND.rate)
    note(round=asdict(ROUND), recipe=asdict(recipe))
    learner = Learner(model, recipe, ROUND.steps, given.threads)
    base = learner.state()
    found = validate(learner.encode, sets)
    note(step=0, **found)
    best = Best(found["mean"], base)
    near = confused(learner.encode, scenes) if ROUND.mined else []
    kept = anchors(general_texts(), learner.encode, ROUND.steps, given.seed)
    made = batches(meetings, scenes, ROUND, near, given.seed)
    train(learner, zip(made, kept, strict=True), sets, best, note)
    return best_average(learner, base, best.state, sets, note).state


if __name__ == "__main__":
    main()
