from pathlib import Path

import numpy as np
import pytest

from tests.conftest import WordEncoder
from training.general_check import TRIPLES, digest, docstrings, judge, packages, triples

REST = "one two three four five six seven eight nine ten eleven twelve"


def test_docstring_is_split_into_its_summary_and_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        f'"""Summary of this whole module.\n\n{REST}\n"""\n'
        f'def f():\n    """Too short.\n\n    {REST}\n    """\n'
        'class C:\n    """Summary without any rest at all."""\n'
        f'    def g(self):\n        """A summary of\n        two lines.\n\n        {REST}\n        """\n'
    )
    (tmp_path / "broken.py").write_text("def (")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "b.py").write_text(f'"""Summary of a test module.\n\n{REST}\n"""\n')
    assert docstrings(tmp_path) == [
        ("Summary of this whole module.", REST),
        ("A summary of two lines.", REST),
    ]


def test_package_has_a_short_and_a_long_description(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text(
        f"Package: a\nDescription: a small thing\n {REST}\n .\n and more\nHomepage: x\n\n"
        "Package: b\nDescription: another\n too short\n\n"
    )
    assert packages(status) == [("a small thing", f"{REST} and more")]
    assert packages(tmp_path / "missing") == []


def test_finding_every_text_first_gives_100_and_second_less() -> None:
    encode = WordEncoder().encode_queries
    assert judge(encode, encode, [("cat", "the cat sat"), ("dog", "a dog barked")]) == (100, 100)
    # "cat" finds the text about cats alone first, its own second: nDCG 1 / log2(3) for half of the questions
    found = judge(encode, encode, [("cat", "the cat sat there"), ("sun", "cat sun")])
    assert found[0] == pytest.approx(50 + 50 / np.log2(3))
    assert found[1] == 50


def test_triples_are_three_sentences_each_and_words_alone_do_not_decide_them() -> None:
    assert len({sentence for triple in TRIPLES for sentence in triple}) == 3 * len(TRIPLES)
    right, gap = triples(WordEncoder().encode_queries)
    assert right < 40
    assert gap < 0


def test_digest_tells_texts_apart() -> None:
    assert digest([("a", "b")]) != digest([("a", "c")])
