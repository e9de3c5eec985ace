import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.batching import Batch, padded, shaped_batches


def test_batches_group_rows_of_like_length_the_longest_first() -> None:
    # Sorted by length: row 2 (9), row 0 (5), row 3 (3), row 1 (2). Widths are 12, 8 and 4; the budget holds
    # one row of 12, two of 8 and five of 4, so rows 0 and 3 share a width of 8 and row 1 is left.
    batches = list(shaped_batches([5, 2, 9, 3], budget=20, widest=256))
    assert batches == [Batch([2], 1, 12), Batch([0, 3], 2, 8), Batch([1], 1, 4)]


def test_last_batch_is_filled_up_to_one_of_few_heights() -> None:
    # 100 // 4 = 25 rows of width 4 fit; 5 rows are left, and 6 is the next height on the list.
    heights = [batch.height for batch in shaped_batches([4] * 30, budget=100, widest=256)]
    assert heights == [25, 6]


def test_one_row_alone_has_one_of_few_widths() -> None:
    widths = [next(shaped_batches([length], 1024, 256)).width for length in (1, 16, 17, 24, 250, 256)]
    assert widths == [16, 16, 24, 24, 256, 256]


def test_no_batch_is_wider_than_the_model_reads() -> None:
    assert [batch.width for batch in shaped_batches([510, 509], 1024, widest=510)] == [510]
    assert next(shaped_batches([5], 1024, widest=10)).width == 10


def test_rows_that_only_fill_a_batch_have_one_token() -> None:
    ids, mask = padded(Batch([1, 0], height=3, width=4), [[7], [5, 6, 8]], pad_id=9)
    assert ids.tolist() == [[5, 6, 8, 9], [7, 9, 9, 9], [9, 9, 9, 9]]
    assert mask.tolist() == [[1, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]]
    assert ids.dtype == mask.dtype == np.dtype(np.int64)


@given(lengths=st.lists(st.integers(0, 60), max_size=80), budget=st.integers(1, 200))
def test_every_row_is_in_one_batch_and_each_batch_in_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(shaped_batches(lengths, budget, widest=60))
    assert sorted(row for batch in batches for row in batch.rows) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch.rows) <= batch.height
        assert max(lengths[row] for row in batch.rows) <= batch.width <= 60
        assert batch.height == 1 or batch.height * batch.width <= budget
