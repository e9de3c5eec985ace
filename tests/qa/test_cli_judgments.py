"""The command ``judgments``, and judgments as a gate: ``evaluate --judgments --fail-under``."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.judgments import Asked
from qa.library import Library
from qa.retrieval import Filter
from tests.conftest import COUNCIL, HARBOUR, ROOT, WordEncoder, id_of, put

ANSWER, GATE = f"{id_of(*COUNCIL)}:00002", f"{id_of(*HARBOUR)}:00000"
WHO = "Who ordered the zeppelin?"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: WordEncoder) -> Path:
    """Make a library with judgments the default one; return its folder."""
    monkeypatch.setattr("embeddings.load_encoder", lambda _name=None, _backend="auto": encoder)
    monkeypatch.setattr("qa.opening.load_encoder", lambda _name, _backend: encoder)
    monkeypatch.setenv("TRANSCRIPT_QA_LIBRARY", str(tmp_path / "library"))
    with Library(tmp_path / "library", encoder) as library:
        put(library, *COUNCIL)
        put(library, *HARBOUR)
        library.judgments.judge(Asked(WHO), ANSWER, 1)
        library.judgments.judge(Asked(WHO), GATE, 0)
        library.judgments.judge(Asked("What held?", within=Filter(speakers=frozenset({"Cy"}))), GATE, 1)
        library.judgments.confirm(Asked("Where is Australia?"), True)
    return tmp_path / "library"


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("folder")
def test_judgments_are_listed_with_the_words_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judgments"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line[15:] if line.startswith("q") else line for line in lines) == sorted(
        [
            WHO,
            f"  relevant      {ANSWER}  Ben: nobody ordered one",
            f"  not relevant  {GATE}  Cy: the gate held",
            "What held?",
            "  within        speakers: Cy",
            f"  relevant      {GATE}  Cy: the gate held",
            "Where is Australia?",
            "  nothing answers it",
        ]
    )


@pytest.mark.usefixtures("folder")
def test_judgments_are_plain_values_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    found = {one["question"]: one for one in run_json(capsys, "judgments")}
    assert list(found[WHO]) == ["id", "question", "searched", "within", "unanswerable", "judged", "turns"]
    assert {turn["turn_id"]: turn["gain"] for turn in found[WHO]["turns"]} == {ANSWER: 1, GATE: 0}
    assert found["What held?"]["within"] == {"speakers": ["Cy"]}
    assert found["Where is Australia?"]["unanswerable"] is True


def test_no_judgments_say_how_to_make_some(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judgments", "--clear", "--yes"]) == 0
    assert capsys.readouterr().out == "deleted    the judgments of 3 questions\n"
    assert main(["judgments"]) == 0
    assert "Nothing is judged yet" in capsys.readouterr().err
    assert main(["evaluate", "--judgments"]) == 1
    assert f"Nothing is judged in {folder}. Ask on the page" in capsys.readouterr().err
    assert main(["judgments", "--export", str(folder / "x")]) == 1
    assert run_json(capsys, "judgments", "--clear") == {"questions": 0, "status": "deleted"}


@pytest.mark.usefixtures("folder")
def test_clearing_asks_first(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["judgments", "--clear"]) == 1
    assert "The judgments of 3 questions would be deleted. To do that, add --yes." in capsys.readouterr().err
    for answer, status in (("n", "kept"), ("", "kept"), ("y", "deleted")):
        terminal = io.StringIO(f"{answer}\n")
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        assert main(["judgments", "--clear"]) == 0
        out = capsys.readouterr().out
        assert out.startswith("Delete the judgments of 3 questions, for good? [y/N] ")
        assert status in out


@pytest.mark.usefixtures("folder")
def test_library_and_export_give_the_same_numbers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = run_json(capsys, "judgments", "--export", tmp_path / "out")
    assert [Path(file).name for file in files] == [
        "questions.jsonl",
        "qrels.trec",
        "topics.tsv",
        "library.jsonl",
    ]
    given = ["evaluate", "--cache", str(tmp_path / "cache"), "--system", "default", "bm25"]
    straight = run_json(capsys, *given, "--judgments")
    read = run_json(capsys, *given, "--data", tmp_path / "out", "--format", "own")
    assert straight["dataset"]["name"] == "judgments"
    assert (straight["asked"], read["asked"]) == (2, 2)
    assert [one["measures"] for one in straight["systems"]] == [one["measures"] for one in read["systems"]]
    without = run_json(capsys, "judgments", "--export", tmp_path / "out", "--no-transcripts")
    assert [Path(file).name for file in without] == ["questions.jsonl", "qrels.trec", "topics.tsv"]
    again = run_json(capsys, *given, "--data", tmp_path / "out")  # of the library, as it is now
    assert [one["measures"] for one in again["systems"]] == [one["measures"] for one in read["systems"]]


def test_library_named_as_data_is_its_judgments(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run_json(capsys, "evaluate", "--data", folder, "--system", "bm25")
    assert (found["dataset"]["name"], found["asked"]) == ("judgments", 2)


@pytest.mark.usefixtures("folder")
def test_what_was_left_out_is_said_beside_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--judgments", "--system", "bm25"]) == 0
    out = capsys.readouterr().out
    assert "read: Questions left out because somebody said that nothing answers them: 1." in out
    assert "read: Questions asked within the filter that was in force: 1." in out
    assert "judged@10" in out


def test_judgments_and_data_exclude_each_other(tmp_path: Path) -> None:
    for given in (["evaluate"], ["evaluate", "--judgments", "--data", str(tmp_path)]):
        with pytest.raises(SystemExit) as stopped:
            main(given)
        assert stopped.value.code == 2


# --- the gate, as a team's CI runs it --------------------------------------------------------------------


def gate(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qa", "evaluate", *map(str, arguments), "--cache", str(folder / "cache"),
         "--no-save"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip


def test_a_change_that_finds_less_fails_the_gate(folder: Path, tmp_path: Path) -> None:
    """BM25 ranks the answer second: nDCG@10 is 1 / log2(3) = 0.6309.

    "and the zeppelin?" and "nobody ordered one" share one word each with the question, as rare as the other,
    and the first is shorter. Within what Cy says there is one turn, so 1. The mean is 0.8155.
    """
    main(["judgments", "--export", str(tmp_path / "out")])
    given = ("--data", tmp_path / "out", "--system", "bm25", "--fail-under")
    passed = gate(tmp_path, *given, "ndcg@10=0.81")
    assert (passed.returncode, passed.stderr) == (0, "")
    failed = gate(tmp_path, *given, "ndcg@10=0.82")
    assert failed.returncode == 1
    assert failed.stderr == "transcript-qa: bm25: ndcg@10 is 0.8155, below 0.82.\n"
