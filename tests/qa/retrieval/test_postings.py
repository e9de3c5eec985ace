from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.postings import Postings

Found = dict[str, list[tuple[int, int]]]


def found_in(postings: Postings, *words: str) -> Found:
    """Return, for each word that is there, the rows it is in and how often."""
    every = [*words, *(term.decode() for term in postings.terms())]
    found = {}
    for word in every:
        rows, counts = postings.find(word)
        if len(rows):
            found[word] = list(zip(rows.tolist(), counts.tolist(), strict=True))
    return found


def plainly(rows: list[list[str]]) -> Found:
    """Return the same, counted by hand."""
    found: Found = {}
    for place, words in enumerate(rows):
        for word in dict.fromkeys(words):
            found.setdefault(word, []).append((place, words.count(word)))
    return found


def test_words_are_found_with_their_rows_and_counts() -> None:
    postings = Postings.of([["gate", "harbour", "gate"], [], ["gate"], ["wall"]])
    assert found_in(postings) == {"gate": [(0, 2), (2, 1)], "harbour": [(0, 1)], "wall": [(3, 1)]}
    assert postings.lengths.tolist() == [3, 0, 1, 1]
    assert len(postings) == 4


def test_terms_come_in_the_order_of_their_bytes() -> None:
    postings = Postings.of([["gate", "東", "é", "a", "Z", "gates", "gat", "😀"]])
    terms = list(postings.terms())
    assert terms == sorted(terms)
    assert [term.decode() for term in terms] == ["Z", "a", "gat", "gate", "gates", "é", "東", "😀"]


@pytest.mark.parametrize("word", ["", "a", "gat", "gates", "harbor", "zzz", "é", "😀", "\x00"])
def test_absent_word_is_in_no_row(word: str) -> None:
    rows, counts = Postings.of([["gate", "harbour"], ["wall"]]).find(word)
    assert (rows.tolist(), counts.tolist()) == ([], [])


@pytest.mark.parametrize("rows", [[], [[]], [[], [], []]])
def test_nothing_said_is_nothing_found(rows: list[list[str]], tmp_path: Path) -> None:
    for postings in (Postings.of(rows), Postings.join([(Postings.of(rows), None)])):
        assert (len(postings), list(postings.terms()), found_in(postings, "gate")) == (len(rows), [], {})
    postings.save(tmp_path)
    assert len(Postings.load(tmp_path)) == len(rows)


@pytest.mark.parametrize(("times", "counted"), [(50, 50), (51, 51), (52, 51), (1000, 51)])
def test_word_counts_fifty_one_times_at_most(times: int, counted: int) -> None:
    postings = Postings.of([["gate"] * times])
    assert found_in(postings) == {"gate": [(0, counted)]}
    assert postings.lengths.tolist() == [times]  # the length is not cut


WORD = st.sampled_from(["gate", "gates", "wall", "é", "ß", "東", "京", "😀", "a", ""]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=4
)
ROWS = st.lists(st.lists(WORD, max_size=8), max_size=8)


@given(rows=ROWS, absent=WORD)
def test_any_words_are_found_as_counted_by_hand(rows: list[list[str]], absent: str) -> None:
    postings = Postings.of(rows)
    assert found_in(postings, absent) == plainly(rows)
    assert postings.lengths.tolist() == [len(words) for words in rows]


@given(parts=st.lists(ROWS, min_size=1, max_size=4), data=st.data())
def test_joined_postings_are_those_of_the_rows_that_were_kept(
    parts: list[list[list[str]]], data: st.DataObject
) -> None:
    kept: list[list[str]] = []
    pairs = []
    for rows in parts:
        keep = data.draw(st.none() | st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
        mask = None if keep is None else np.array(keep, dtype=np.bool_)
        pairs.append((Postings.of(rows), mask))
        kept += rows if keep is None else [words for words, stays in zip(rows, keep, strict=True) if stays]
    joined, wanted = Postings.join(pairs), Postings.of(kept)
    for name in Postings.__dataclass_fields__:
        assert getattr(joined, name).tolist() == getattr(wanted, name).tolist(), name
        assert getattr(joined, name).dtype == getattr(wanted, name).dtype, name


def test_word_that_stood_only_in_what_was_left_out_is_gone() -> None:
    postings = Postings.of([["gate", "zeppelin"], ["gate"]])
    joined = Postings.join([(postings, np.array([False, True]))])
    assert list(joined.terms()) == [b"gate"]
    assert b"zeppelin" not in joined.spelling.tobytes()


@given(rows=ROWS, absent=WORD)
def test_saved_then_loaded_finds_the_same(
    rows: list[list[str]], absent: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("postings")
    Postings.of(rows).save(folder)
    loaded = Postings.load(folder)
    assert found_in(loaded, absent) == plainly(rows)
    assert loaded.lengths.tolist() == [len(words) for words in rows]
    again = Postings.join([(loaded, None), (loaded, None)])  # what is mapped can be joined
    assert found_in(again) == plainly(rows + rows)


SAID = [["gate", "harbour"], ["gate"], ["wall"]]


@pytest.mark.parametrize("name", ["spelling", "spelled", "ends", "rows", "counts"])
@pytest.mark.parametrize("change", ["longer", "shorter"])
def test_arrays_that_do_not_fit_together_are_refused(name: str, change: str, tmp_path: Path) -> None:
    Postings.of(SAID).save(tmp_path)
    whole = np.load(tmp_path / f"{name}.npy")
    np.save(tmp_path / f"{name}.npy", whole[:-1] if change == "shorter" else np.append(whole, whole[-1:]))
    with pytest.raises(ValueError, match="holds arrays that do not fit together"):
        Postings.load(tmp_path)


@pytest.mark.parametrize("name", list(Postings.__dataclass_fields__))
def test_damaged_file_is_refused(name: str, tmp_path: Path) -> None:
    Postings.of(SAID).save(tmp_path)
    file = tmp_path / f"{name}.npy"
    whole = file.read_bytes()
    for damaged in (b"garbage" * 50, whole[:30], whole[:-1]):
        file.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"."):
            Postings.load(tmp_path)
    file.write_bytes(b"")
    with pytest.raises((ValueError, EOFError)):
        Postings.load(tmp_path)
    file.unlink()
    with pytest.raises(FileNotFoundError):
        Postings.load(tmp_path)
