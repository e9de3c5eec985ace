"""What holds for every data set: recognition, ids, checksums, and that no broken release is a KeyError.

The small releases under tests/data/evaluation are written for these tests, in the layouts of the real ones.
"""

import contextlib
import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import QAError
from qa.evaluation import datasets
from qa.evaluation.judged import UNKNOWN_RELEASE, Dataset
from qa.evaluation.runs import format_qrels, parse_qrels
from qa.evaluation.sets import releases
from qa.library import Library
from tests.conftest import HARBOUR, ROOT, put

DATA = ROOT / "tests/data/evaluation"
SHARED = ROOT.parent / "shared/benchmarks"
SMALL = {
    "qmsum": "qmsum/data/ALL/val",
    "qmsum-content": "qmsum/val",
    "friendsqa": "friendsqa/dev",
    "longmemeval": "longmemeval",
    "locomo": "locomo",
    "locomo-captions": "locomo/data/locomo10.json",
    "spoken-squad": "spoken_squad/spoken_test-v1.1.json",
    "spoken-squad-paragraphs": "spoken_squad/WER44",
    "beir": "beir",
    "trec": "trec",
    "own": "own/questions.jsonl",
}
released = pytest.mark.skipif(not SHARED.is_dir(), reason="the released data sets are not on this machine")


def test_every_format_has_a_small_release() -> None:
    assert list(SMALL) == list(datasets.FORMATS)


@pytest.mark.parametrize("name", SMALL)
def test_what_every_data_set_keeps(name: str) -> None:
    dataset = datasets.load(DATA / SMALL[name], name)
    assert (dataset.name, dataset.release) == (name, UNKNOWN_RELEASE)
    assert len(dataset.checksum) == 64
    ids = [id_ for transcript in dataset.transcripts() for id_ in transcript.turn_ids]
    assert len(set(ids)) == len(ids) == dataset.turns
    for transcript in dataset.transcripts():
        assert list(transcript.turn_ids) == sorted(transcript.turn_ids)
    for pool, questions in dataset.asked():
        within = {id_ for transcript in pool.transcripts for id_ in transcript.turn_ids}
        for question in questions:
            relevant = {id_ for id_, gain in question.gains.items() if gain > 0}
            assert relevant <= within
            assert all(span <= relevant for span in question.spans)
            assert question.slices["gold"]
    qrels = {question.id: question.gains for question in dataset.questions}
    assert parse_qrels(format_qrels(qrels), Path("qrels")) == qrels
    assert all((dataset.card.title, dataset.card.source, dataset.card.licence, dataset.card.gold))
    assert datasets.load(DATA / SMALL[name], name) == dataset


@pytest.mark.parametrize("name", [name for name in SMALL if "-content" not in name and "-cap" not in name])
def test_the_format_is_told_by_the_content(name: str) -> None:
    expected = "spoken-squad" if name == "spoken-squad-paragraphs" else name
    assert datasets.recognise(DATA / SMALL[name]) == expected
    assert datasets.load(DATA / SMALL[name]).name == expected


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    content = (DATA / "locomo/data/locomo10.json").read_bytes()
    (tmp_path / "questions.json").write_bytes(content)
    assert datasets.recognise(tmp_path / "questions.json") == "locomo"


def test_a_library_is_handed_to_the_users_own_questions(tmp_path: Path, library: Library) -> None:
    put(library, *HARBOUR)
    questions = tmp_path / "asked.jsonl"
    questions.write_text('{"question": "What held?", "answer": "the gate"}\n', encoding="utf-8")
    assert [one.pool for one in datasets.load(questions, library=library).questions] == [
        library.entries()[0].id
    ]


def test_an_unknown_format_lists_those_there_are() -> None:
    with pytest.raises(QAError, match=r"'squad' is no format of data sets\. Name one of: qmsum, "):
        datasets.load(DATA / "qmsum/val", "squad")


def test_a_path_in_no_layout_says_so(tmp_path: Path) -> None:
    with pytest.raises(QAError, match=r"is in no layout that is known\. Name its format, one of: qmsum"):
        datasets.load(tmp_path)
    with pytest.raises(QAError, match=r"nowhere does not exist\."):
        datasets.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", SMALL)
def test_a_path_that_does_not_exist_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(QAError, match="nowhere"):
        datasets.load(tmp_path / "nowhere", name)


def test_a_release_is_named_by_its_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = datasets.load(DATA / SMALL["locomo"]).checksum
    monkeypatch.setitem(releases.RELEASES, whole, "ours")
    assert datasets.load(DATA / SMALL["locomo"]).release == "ours"
    monkeypatch.delitem(releases.RELEASES, whole)
    monkeypatch.setitem(releases.RELEASES, whole[:8], "ours")
    assert datasets.load(DATA / SMALL["locomo"]).release == "ours (by the first 8 digits of its checksum)"


def test_an_unknown_release_of_a_known_size_is_remarked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "_SIZES", {("locomo", 2, 0, 4): "a small LoCoMo"})
    dataset = datasets.load(DATA / SMALL["locomo"])
    assert dataset.release == UNKNOWN_RELEASE
    assert str(dataset.remarks[-1]) == "No checksum of it is known here; it has the size of a small LoCoMo."


def test_a_data_set_without_any_gold_says_what_became_of_it(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(
        '{"meeting_transcripts": [{"content": "hello"}], "specific_query_list": []}', encoding="utf-8"
    )
    with pytest.raises(QAError, match="has no question whose answering turns are known"):
        datasets.load(tmp_path)


# --- broken releases ---------------------------------------------------------------------------------------

JSON_FILES = {
    "qmsum": "qmsum/data/ALL/val/ES2004a.json",
    "friendsqa": "friendsqa/dat/friendsqa_dev.json",
    "longmemeval": "longmemeval/longmemeval_s_cleaned.json",
    "locomo": "locomo/data/locomo10.json",
    "spoken-squad": "spoken_squad/spoken_test-v1.1.json",
}
WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**12),
    st.just(math.nan),
    st.sampled_from(["", " ", "7", "-1", "D1:1", "D999999:1", "\ud800", "\0", "#x y", "_abs", "9" * 400]),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([["1"]]),
    st.just([{}]),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container with a key or index in it."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [pair for key in keys for pair in [(value, key), *places(value[key])]]


@pytest.mark.parametrize("name", JSON_FILES)
@given(data=st.data())
def test_a_broken_release_is_an_error_for_the_user_never_a_crash(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    value = json.loads((DATA / JSON_FILES[name]).read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(value) or [([0], 0)]))
        if data.draw(st.booleans()):
            container[key] = copy.deepcopy(data.draw(WRONG))
        else:
            del container[key]
    folder = tmp_path_factory.mktemp("broken")
    (folder / "ES2004a.json").write_text(json.dumps(value), encoding="utf-8")
    with contextlib.suppress(QAError):
        check(datasets.load(folder if name == "qmsum" else folder / "ES2004a.json", name))


def check(dataset: Dataset) -> None:
    """What a run over the data set needs."""
    format_qrels({question.id: question.gains for question in dataset.questions})
    for transcript in dataset.transcripts():
        assert list(transcript.turn_ids) == sorted(set(transcript.turn_ids))
        transcript.id.encode()
        for turn in transcript.reading.turns:
            turn.text.encode()
    for question in dataset.questions:
        question.text.encode()


@pytest.mark.parametrize("name", ["beir", "trec", "own"])
@given(data=st.data())
def test_a_broken_folder_is_an_error_for_the_user_never_a_crash(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    files = sorted(file for file in (DATA / name).rglob("*") if file.is_file())
    broken = data.draw(st.sampled_from(files))
    for file in files:
        content = file.read_bytes()
        if file == broken:
            at = data.draw(st.integers(0, len(content)))
            cut = data.draw(st.integers(0, 12))
            content = content[:at] + data.draw(st.binary(max_size=4)) + content[at + cut :]
        target = folder / file.relative_to(DATA / name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    with contextlib.suppress(QAError):
        check(datasets.load(folder, name))


# --- the released files ------------------------------------------------------------------------------------


@released
@pytest.mark.parametrize(
    ("path", "release", "sizes"),
    [
        ("qmsum/train", "QMSum train", (162, 162, 88_336, 1_095)),
        ("qmsum/val", "QMSum val", (35, 35, 20_123, 237)),
        (
            "friendsqa/friendsqa_dev.json",
            "FriendsQA friendsqa_dev.json (episodes 23–25)",
            (136, 136, 2_847, 1_182),
        ),
        ("locomo/locomo_sample.json", "LoCoMo sample conv-26", (1, 19, 419, 197)),
    ],
)
def test_the_released_files_are_known_and_whole(
    path: str, release: str, sizes: tuple[int, int, int, int]
) -> None:
    dataset = datasets.load(SHARED / path)
    transcripts = sum(1 for _ in dataset.transcripts())
    assert dataset.release == release
    assert (len(dataset.pools), transcripts, dataset.turns, len(dataset.questions)) == sizes


@released
def test_general_queries_and_sessions_never_held_are_counted_in_the_released_files() -> None:
    for path, said in (
        ("qmsum/val", "General queries, which have no span, left out: 35."),
        ("qmsum/train", "General queries, which have no span, left out: 162."),
        ("locomo/locomo_sample.json", "Dates of sessions that were never held: 16."),
    ):
        assert said in map(str, datasets.load(SHARED / path).remarks)


@released
def test_half_of_the_questions_of_friendsqa_are_paired_with_a_paraphrase() -> None:
    dataset = datasets.load(SHARED / "friendsqa/friendsqa_dev.json")
    wording = [question.slices["wording"] for question in dataset.questions]
    assert (wording.count("original"), wording.count("paraphrased")) == (730, 452)
