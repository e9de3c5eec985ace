"""Rows of token ids to padded batches of few different shapes.

Accepts rows in any order and of any length the model reads.
OpenVINO prepares its kernels anew for every shape it has not met: a batch of 1,024 tokens then takes 69 ms
instead of 56 (bfloat16, one core), and 55 instead of 36 in int8. Hence few widths and heights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Tokens = npt.NDArray[np.int64]

_STEP = 4  # widths are multiples of it: a step of 8 pads 20 % more in a batch of sentences
# A row alone takes as long with 16 tokens as with 8, and twice as long if the one before had another width.
_STEP_ALONE = 8
_NARROWEST_ALONE = 16
# Rows of a batch that is not full; the rows up to the next number are filled with one token each.
_HEIGHTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows computed together.

    Args:
        rows: Row numbers, in the order in which they stand in the batch.
        height: Rows of the padded batch, at least as many.
        width: Tokens of each padded row, at least as many as in the longest of the rows.
    """

    rows: list[int]
    height: int
    width: int


def shaped_batches(lengths: Sequence[int], budget: int, widest: int) -> Iterator[Batch]:
    """Group rows of similar length, the longest first, so that few shapes come up.

    Args:
        lengths: Tokens per row, each at most ``widest``.
        budget: Most tokens in a batch, padding included; a longer row makes a batch of its own.
        widest: Most tokens the model reads.

    Yields:
        Batches that hold each row once. A long batch begun last would leave other cores idle at the end,
        so the short ones come last.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    first = 0
    while first < len(order):
        longest = lengths[order[first]]
        width = min(_width_alone(longest) if len(order) == 1 else _rounded_up(longest, _STEP), widest)
        full = max(1, budget // width)
        rows = order[first : first + full]
        height = full
        if len(rows) < full:
            height = next((some for some in _HEIGHTS if len(rows) <= some <= full), full)
        yield Batch(rows, height, width)
        first += full


def _width_alone(length: int) -> int:
    return max(_rounded_up(length, _STEP_ALONE), _NARROWEST_ALONE)


def _rounded_up(length: int, step: int) -> int:
    return max(1, -(-length // step)) * step


def padded(batch: Batch, tokens: Sequence[Sequence[int]], pad_id: int) -> tuple[Tokens, Tokens]:
    """Return a batch's token ids and its mask, each of shape (height, width).

    Rows that only fill the batch have a mask of one token: a row without any would be divided by zero.
    """
    ids = np.full((batch.height, batch.width), pad_id, dtype=np.int64)
    mask = np.zeros((batch.height, batch.width), dtype=np.int64)
    mask[len(batch.rows) :, 0] = 1
    for place, row in enumerate(batch.rows):
        its = tokens[row]
        ids[place, : len(its)] = its
        mask[place, : len(its)] = 1
    return ids, mask
