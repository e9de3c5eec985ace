"""What counts how much in the ranking: a linear model, learned from judged questions, that can be read.

A passage is described by a few features between 0 and 1 (`qa.retrieval.features`); its score is their
weighted sum. How much a feature counts may depend on how long the transcript is: in a scene of twenty turns
each turn must stand by itself, in a meeting of six hundred the stretch it stands in says more. The weights
and how they were made are in `ranking.json`; ``python -m training.fit_ranking`` makes them again.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

FEATURES = (
    "dense own", "dense near", "dense section", "dense peak",
    "lexical own", "lexical near", "lexical peak",
    "dense asked", "lexical asked",
    "asks", "answers", "brief", "length",
)  # fmt: skip
VIEWS = {name: FEATURES.index(name) for name in ("dense own", "dense near", "lexical own", "lexical near")}
SHORT, LONG = 16, 1_024  # passages of a transcript; beyond, length changes nothing more


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights; between short and long transcripts they change with the logarithm of the length.

    Args:
        short: Of each of `FEATURES`, in a transcript of 16 passages or fewer.
        long: The same in one of 1,024 passages or more.
        made: On what they were fitted, and how well they did; for people.
    """

    short: tuple[float, ...]
    long: tuple[float, ...]
    made: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not len(self.short) == len(self.long) == len(FEATURES):
            raise ValueError(
                f"there are {len(self.short)} weights for short transcripts and {len(self.long)} for long "
                f"ones; expected {len(FEATURES)} of each"
            )
        if max(*self.short, *self.long) <= 0:
            raise ValueError("no weight is above 0, so nothing can be ranked")

    def pieces(self, features: Floats, lengths: npt.NDArray[Any]) -> Floats:
        """Return what each feature adds to the score of each passage.

        Args:
            features: In the order of `FEATURES`, between 0 and 1, shape (features, n).
            lengths: Passages in the transcript of each, at least 1, shape (n,).

        Returns:
            Shape (features, n). A passage's pieces add up to its score: 1 at the most, below 0 only for one
            of which nothing but bad is known.
        """
        long = how_long(lengths)
        short_weights, long_weights = np.array(self.short)[:, None], np.array(self.long)[:, None]
        weighed = ((1 - long) * short_weights + long * long_weights) * features / self._highest()
        pieces: Floats = weighed.astype(np.float32)
        return pieces

    def only(self, wanted: Collection[str]) -> "Ranking":
        """Return the same with all other features counting nothing."""
        kept = [name in wanted for name in FEATURES]
        short = tuple(weight * keep for weight, keep in zip(self.short, kept, strict=True))
        return Ranking(short, tuple(weight * keep for weight, keep in zip(self.long, kept, strict=True)))

    def as_dict(self) -> dict[str, list[float]]:
        """Return the weights as plain values: for each feature, in short and in long transcripts."""
        return {name: list(pair) for name, *pair in zip(FEATURES, self.short, self.long, strict=True)}

    def _highest(self) -> float:
        """Return the highest sum there can be."""
        return max(sum(max(weight, 0) for weight in weights) for weights in (self.short, self.long))


def how_long(lengths: npt.NDArray[Any]) -> Floats:
    """Return how long transcripts are, between 0 for `SHORT` passages and 1 for `LONG` ones."""
    doublings = np.log2(np.clip(lengths, SHORT, LONG) / SHORT)
    long: Floats = (doublings / np.log2(LONG / SHORT)).astype(np.float32)
    return long


@cache
def default_ranking() -> Ranking:
    """Return the weights that come with the package."""
    stored = json.loads((files("qa.retrieval") / "ranking.json").read_text(encoding="utf-8"))
    return Ranking(
        tuple(stored["weights"][name][0] for name in FEATURES),
        tuple(stored["weights"][name][1] for name in FEATURES),
        stored["made"],
    )
