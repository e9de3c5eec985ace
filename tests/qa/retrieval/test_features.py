import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.features import first_features, with_sections
from qa.retrieval.ranking import FEATURES
from qa.retrieval.views import Query
from tests.qa.retrieval.test_fusion import FixedView
from tests.qa.retrieval.test_views import table_of


@given(
    lengths=st.lists(st.integers(1, 150), min_size=1, max_size=4),
    seed=st.integers(0, 9_999),
    share=st.floats(0.01, 1),
)
def test_stretches_are_looked_at_as_one_would_one_by_one(lengths: list[int], seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    table = table_of(
        *[(code, "Ana", None) for code, length in enumerate(lengths) for _ in range(length)],
        dates=("2025",) * len(lengths),
    )
    number = sum(lengths)
    views = [FixedView(0, 1, *random.random(max(0, number - 2)))] * 4 if number > 1 else [FixedView(1)] * 4
    rows = random.permutation(number)[: max(1, int(share * number))]  # in any order
    query = Query("harbour", np.empty(0, dtype=np.float32))
    found = with_sections(first_features(table, views, query, rows, None), table, views, query, rows, None)
    scores = views[0].scores(query, np.arange(number))
    begins = np.concatenate([[0], np.cumsum(lengths)])
    for place, row in enumerate(rows.tolist()):
        begin, end = begins[table.transcript[row]], begins[table.transcript[row] + 1]
        section = scores[max(begin, row - 16) : min(end, row + 17)].mean()
        heard = scores[max(begin, row - 24) : row + 1]
        peak = (scores[begin:end] if end - begin <= 64 else heard).max()
        for name, expected in (("dense section", section), ("dense peak", peak), ("lexical peak", peak)):
            np.testing.assert_allclose(found[FEATURES.index(name), place], expected, rtol=1e-5)
