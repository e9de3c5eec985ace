"""General text that the encoder keeps embedding as before, so that it does not lose what it knew.

Taken from docstrings of packages that the project needs anyway: numpy, scipy, SQLAlchemy and torch. Each text
is to get the vector that the base model gives it. The general check uses none of these texts, though those of
its docstrings, of Python's own library, are of the same kind; its package descriptions are not.
"""

import importlib.util
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings import Vectors
from training.general_check import docstrings

Encode = Callable[[Sequence[str]], Vectors]
_PACKAGES = ("numpy", "scipy", "sqlalchemy", "torch")
_AT_ONCE = 20  # texts a step
_WORDS = 45  # of each; about as many tokens as a row is cut to


@dataclass(frozen=True, slots=True)
class Anchor:
    """Texts and the vectors they had, unit length, float32, shape (texts, dim)."""

    texts: list[str]
    vectors: Vectors


def general_texts() -> list[str]:
    """Return summaries and first words of the rest, of all docstrings of the packages."""
    found = []
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            for summary, rest in docstrings(Path(spec.origin).parent):
                found += [summary, " ".join(rest.split()[:_WORDS])]
    return found


def anchors(texts: Sequence[str], encode: Encode, steps: int, seed: int) -> Iterator[Anchor]:
    """Yield some texts for each step, with their vectors by the model as it is now."""
    dice = random.Random(seed)
    wanted = [dice.choice(texts) for _ in range(steps * _AT_ONCE)] if texts else []
    vectors = encode(wanted)
    for first in range(0, len(wanted), _AT_ONCE):
        yield Anchor(wanted[first : first + _AT_ONCE], vectors[first : first + _AT_ONCE])
