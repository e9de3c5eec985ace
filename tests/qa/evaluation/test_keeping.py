import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.errors import QAError
from qa.evaluation.keeping import Evaluations, evaluations_folder, read_evaluation
from qa.evaluation.results import Evaluation
from qa.evaluation.results_json import as_json, from_json
from tests.qa.evaluation.small_evaluation import evaluation_of


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    made = evaluation_of(tmp_path_factory.mktemp("cache"), "bm25", "instant")
    return replace(made, made="2026-04-15T11:30:00+02:00")


@pytest.fixture
def evaluations(tmp_path: Path) -> Evaluations:
    return Evaluations(evaluations_folder(tmp_path / "library"))


def test_nothing_is_there_before_the_first_is_kept(evaluations: Evaluations) -> None:
    assert evaluations.kept() == []
    assert not evaluations.folder.exists()


def test_what_is_kept_comes_back_and_is_summed_up(evaluations: Evaluations, found: Evaluation) -> None:
    assert evaluations.keep(found) == "20260415T093000Z-small"  # in UTC
    assert evaluations.open("20260415T093000Z-small") == found
    (one,) = evaluations.kept()
    assert one.summary is not None
    assert one.size == (evaluations.folder / one.name / "evaluation.json").stat().st_size
    assert (one.problem, one.summary.dataset.release, one.summary.asked) == ("", "release 1", 2)
    assert next(iter(one.summary.labels)) == "mrr@10"
    bm25, instant = one.summary.systems
    # BM25 has the gold first and second.
    assert (bm25.name, bm25.measures["mrr@10"].micro, instant.name) == ("bm25", 0.75, "instant")


def test_the_same_is_kept_once_and_another_of_the_same_second_beside_it(
    evaluations: Evaluations, found: Evaluation
) -> None:
    names = [evaluations.keep(found), evaluations.keep(found), evaluations.keep(replace(found, command="x"))]
    assert names == ["20260415T093000Z-small"] * 2 + ["20260415T093000Z-small~2"]
    assert evaluations.keep(replace(found, command="x")) == names[-1]


def test_the_newest_comes_first_and_what_cannot_be_read_last(
    evaluations: Evaluations, found: Evaluation
) -> None:
    names = [evaluations.keep(replace(found, made=f"2026-04-{day}T09:30:00+00:00")) for day in (15, 17, 16)]
    (evaluations.folder / "19990101T000000Z-old").mkdir()
    assert [one.name for one in evaluations.kept()] == [
        names[1], names[2], names[0], "19990101T000000Z-old",
    ]  # fmt: skip


def test_files_put_there_by_hand_are_listed_too(evaluations: Evaluations, found: Evaluation) -> None:
    evaluations.folder.mkdir(parents=True)
    (evaluations.folder / "mine.json").write_text(json.dumps(as_json(found)))
    (evaluations.folder / "theirs").mkdir()
    (evaluations.folder / "theirs" / "evaluation.json").write_text(json.dumps(as_json(found)))
    for passed in (".hidden.json", "notes.txt"):
        (evaluations.folder / passed).write_text("x")
    assert [(one.name, one.problem) for one in evaluations.kept()] == [("mine.json", ""), ("theirs", "")]
    assert evaluations.open("mine.json") == evaluations.open("theirs") == found
    evaluations.remove("mine.json")
    evaluations.remove("theirs")
    assert sorted(path.name for path in evaluations.folder.iterdir()) == [".hidden.json", "notes.txt"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is not JSON, or was cut short, at line 1"),
        (b'{"format": 2,\n"systems": [', "it is not JSON, or was cut short, at line 2"),
        (b"caf\xe9", "it is not JSON"),
        (b"[" * 200_000, "it is not JSON"),
        (b"[]", "it is not an evaluation as transcript-qa evaluate writes it"),
        (b'{"format": 9, "systems": []}', "it is in format 9; this version reads format 1 to 2"),
        (b'{"format": 2, "systems": []}', "evaluation.dataset is None; expected a value"),
    ],
)
def test_damaged_file_is_listed_with_what_is_wrong(
    evaluations: Evaluations, content: bytes, problem: str
) -> None:
    (evaluations.folder / "damaged").mkdir(parents=True)
    (evaluations.folder / "damaged" / "evaluation.json").write_bytes(content)
    (one,) = evaluations.kept()
    assert (one.name, one.summary) == ("damaged", None)
    assert one.problem == f"evaluation.json cannot be read: {problem}."
    with pytest.raises(QAError, match="cannot be read"):
        evaluations.open("damaged")


def test_folder_without_an_evaluation_is_said_to_have_none(evaluations: Evaluations) -> None:
    (evaluations.folder / "empty").mkdir(parents=True)
    assert [one.problem for one in evaluations.kept()] == ["The folder holds no evaluation.json."]
    with pytest.raises(QAError, match="cannot be opened"):
        evaluations.open("empty")


def test_damaged_summary_is_made_up_for(evaluations: Evaluations, found: Evaluation) -> None:
    name = evaluations.keep(found)
    (before,) = evaluations.kept()
    (evaluations.folder / name / "summary.json").write_text('{"made": 3}')
    assert evaluations.kept() == [before]


@pytest.mark.parametrize("name", ["..", "../library.sqlite", "/etc", "", ".", "missing"])
def test_only_what_is_listed_can_be_opened_or_deleted(
    evaluations: Evaluations, found: Evaluation, name: str
) -> None:
    evaluations.keep(found)
    for act in (evaluations.open, evaluations.remove):
        with pytest.raises(QAError, match="there is no evaluation"):
            act(name)
    assert len(evaluations.kept()) == 1


def test_link_is_taken_away_without_what_it_points_to(
    evaluations: Evaluations, found: Evaluation, tmp_path: Path
) -> None:
    elsewhere = Evaluations(tmp_path / "elsewhere")
    name = elsewhere.keep(found)
    evaluations.folder.mkdir(parents=True)
    (evaluations.folder / "link").symlink_to(elsewhere.folder / name, target_is_directory=True)
    evaluations.remove("link")
    assert (evaluations.kept(), elsewhere.open(name)) == ([], found)


def test_changed_file_is_read_again(evaluations: Evaluations, found: Evaluation) -> None:
    name = evaluations.keep(found)
    evaluations.open(name)
    changed = replace(found, command="another one")
    (evaluations.folder / name / "evaluation.json").write_text(json.dumps(as_json(changed)))
    assert evaluations.open(name) == changed


def test_data_set_and_time_from_elsewhere_make_a_safe_name(
    evaluations: Evaluations, found: Evaluation
) -> None:
    odd = replace(found, made="yesterday", dataset=replace(found.dataset, name="../a/b:c" + "x" * 200))
    name = evaluations.keep(odd)
    assert name.partition("Z-")[2] == "a-b-c" + "x" * 55
    assert evaluations.open(name) == odd


def _first_system(whole: dict[str, Any]) -> Any:
    return whole["systems"][0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda whole: whole.update(systems=[]), "no system, no measure or no question"),
        (lambda whole: whole["systems"].append(_first_system(whole)), "is there twice"),
        (lambda whole: whole["labels"].clear(), "'mrr@10' has no label"),
        (lambda whole: whole.update(ties="coin"), "its ties are 'coin'"),
        (lambda whole: whole.update(pool="sea"), "its pool is 'sea'"),
        (lambda whole: _first_system(whole)["best"].update(q9=[]), "a question that was not asked: 'q9'"),
        (lambda whole: whole["contrasts"][0].update(system="x"), "compares a system that it does not have"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_together_are_refused(
    found: Evaluation, change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    whole = json.loads(json.dumps(as_json(found)))
    assert from_json(whole) == found
    change(whole)
    with pytest.raises(ValueError, match=complaint):
        from_json(whole)


def test_first_format_is_read_without_reasons(found: Evaluation, tmp_path: Path) -> None:
    whole = json.loads(json.dumps(as_json(found)))
    whole["format"] = 1
    for system in whole["systems"]:
        del system["missed"]
        for best in system["best"].values():
            for placed in best:
                del placed["why"]
    (tmp_path / "old.json").write_text(json.dumps(whole))
    old = read_evaluation(tmp_path / "old.json")
    assert old.system("instant").best["q1"][0].why is None
    assert old.system("instant").missed == {}
    assert old.system("instant").values == found.system("instant").values
