"""The command ``evaluate``, run in this process on a small set of your own, with a cheap encoder."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.evaluation.keeping import Evaluations
from qa.evaluation.runs import read_qrels, read_run
from tests.conftest import WordEncoder

TRANSCRIPTS = {
    "council": ["The budget is settled.", "And the zeppelin?", "Nobody ordered a zeppelin.", "Yes."],
    "harbour": ["The gate held.", "The wall did not.", "The wall broke on Monday.", "Good."],
}
QUESTIONS = [
    {"id": "q1", "question": "Who ordered the zeppelin?", "turns": ["council:00002"]},
    {"id": "q2", "question": "When did the wall break?", "turns": ["harbour:00002"]},
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: WordEncoder) -> Path:
    """Write questions beside an exported library; return the folder."""
    monkeypatch.setattr("embeddings.load_encoder", lambda _name=None, _backend="auto": encoder)
    monkeypatch.setattr("qa.opening.load_encoder", lambda _name, _backend: encoder)
    monkeypatch.setenv("TRANSCRIPT_QA_LIBRARY", str(tmp_path / "library"))
    folder = tmp_path / "data"
    folder.mkdir()
    exported = [
        {"id": id_, "title": id_, "date": None, "turns": [{"text": text, "speaker": "Ana"} for text in texts]}
        for id_, texts in TRANSCRIPTS.items()
    ]
    (folder / "library.jsonl").write_text("\n".join(map(json.dumps, exported)), encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")
    return folder


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    assert main(["evaluate", "--json", *map(str, arguments)]) == 0
    return json.loads(capsys.readouterr().out)


def test_default_is_evaluated_when_nothing_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run_json(capsys, "--data", data)
    assert [system["name"] for system in found["systems"]] == ["default"]
    assert (found["pool"], found["ties"], found["depth"], found["asked"]) == ("transcript", "trec", 1000, 2)
    assert found["dataset"]["name"] == "own"


def test_options_reach_the_evaluation(data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = run_json(
        capsys, "--data", data, "--format", "own", "--pool", "library", "--system", "bm25", "dense",
        "--limit", "1", "--depth", "5", "--ties", "average", "--measures", "p@1,ap", "rprec",
        "--cache", tmp_path / "cache",
    )  # fmt: skip
    assert [system["name"] for system in found["systems"]] == ["bm25", "dense"]
    assert (found["pool"], found["ties"], found["depth"], found["asked"]) == ("library", "average", 5, 1)
    assert list(found["labels"]) == ["p@1", "ap", "rprec"]
    assert [contrast["system"] for contrast in found["contrasts"]] == ["dense"] * 3
    assert list((tmp_path / "cache").rglob("*.vectors"))


def test_run_and_judgments_are_written_and_judged_again(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run, qrels = tmp_path / "bm25.trec", tmp_path / "qrels.trec"
    first = run_json(capsys, "--data", data, "--system", "bm25", "--run", run, "--qrels", qrels)
    assert read_run(run).ranking("q1")[:2] == ["council:00002", "council:00001"]
    assert read_qrels(qrels) == {"q1": {"council:00002": 1}, "q2": {"harbour:00002": 1}}
    again = run_json(capsys, "--data", data, "--run-in", run)
    assert [system["name"] for system in again["systems"]] == ["bm25"]
    assert again["systems"][0]["measures"] == first["systems"][0]["measures"]
    assert again["systems"][0]["card"]["run"] == str(run)


def test_the_table_says_what_was_evaluated(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["evaluate", "--data", str(data), "--system", "bm25", "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("own: unknown release; Your own questions\nsize: 2 transcripts in 2 pools, 8 turns")
    assert "\nbm25 " in out
    assert "13 files written to" in err
    assert (tmp_path / "out/bm25/run.trec").is_file()


def test_what_was_found_is_kept_beside_the_library_unless_told_otherwise(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = ["evaluate", "--data", str(data), "--system", "bm25"]
    kept = Evaluations(tmp_path / "library" / "evaluations")
    assert main([*given, "--no-save"]) == main([*given, "--out", str(tmp_path / "out")]) == 0
    assert kept.kept() == []
    capsys.readouterr()
    assert main(given) == 0
    (one,) = kept.kept()
    assert capsys.readouterr().err == f"kept as {one.name}; the page shows it under Benchmarks\n"
    assert re.fullmatch(r"\d{8}T\d{6}Z-own", one.name)
    assert [system.name for system in kept.open(one.name).systems] == ["bm25"]
    assert not (tmp_path / "library" / "library.sqlite").exists()


def test_numbers_are_printed_even_when_they_cannot_be_kept(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "library").write_text("in the way")
    assert main(["evaluate", "--data", str(data), "--system", "bm25"]) == 0
    out, err = capsys.readouterr()
    assert "\nbm25 " in out
    assert re.search(r"cannot be kept in .*evaluations: .*\. Use --out DIR, or --no-save\.\n$", err)


def test_a_mean_below_the_gate_is_status_1(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # BM25 has the gold first and second: MRR 0.75.
    given = ["evaluate", "--no-save", "--data", str(data), "--system", "bm25", "--fail-under"]
    assert main([*given, "mrr@10=0.75"]) == 0
    assert capsys.readouterr().err == ""
    assert main([*given, "mrr@10=0.76", "--fail-under", "mrr@7=0.1"]) == 1
    assert capsys.readouterr().err == "transcript-qa: bm25: mrr@10 is 0.7500, below 0.76.\n"
    assert main([*given, "span-hit@5=0"]) == 1
    assert "span-hit@5 is not defined, below 0." in capsys.readouterr().err


def test_a_library_is_asked_when_one_is_named(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "talk.txt").write_text(
        "Ana: The bridge opens on Monday.\nBen: And the gate?\n", encoding="utf-8"
    )
    assert main(["add", str(tmp_path / "talk.txt"), "--json"]) == 0
    (added,) = json.loads(capsys.readouterr().out)
    asked = {"question": "When does the bridge open?", "turns": [f"{added['transcript_id']}:00000"]}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(asked), encoding="utf-8")
    found = run_json(capsys, "--data", questions, "--measures", "p@1")
    assert found["dataset"]["turns"] == 2
    assert found["systems"][0]["measures"]["p@1"]["micro"] == 1
    elsewhere = run_json(capsys, "--data", questions, "--library", tmp_path / "library", "--system", "bm25")
    assert elsewhere["dataset"]["turns"] == 2


def test_a_report_is_written_and_made_again_without_running_anything(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, encoder: WordEncoder
) -> None:
    first, out = tmp_path / "new" / "first.html", tmp_path / "out"
    given = ["--system", "bm25", "dense", "--report", str(first), "--out", str(out)]
    assert main(["evaluate", "--data", str(data), *given]) == 0
    made = first.read_text(encoding="utf-8")
    assert made.startswith("<!doctype html>")
    assert (out / "report.html").read_text(encoding="utf-8") == made
    for path in data.iterdir():
        path.unlink()
    encoded = encoder.encoded
    (out / "report.html").unlink()
    capsys.readouterr()
    assert main(["report", str(out / "evaluation.json")]) == 0
    assert capsys.readouterr().out == f"{out / 'report.html'}\n"
    assert (out / "report.html").read_text(encoding="utf-8") == made
    assert main(["report", str(out), "--out", str(tmp_path / "it.md"), "--csv", str(tmp_path / "csv")]) == 0
    names = ["measures.csv", "slices.csv", "comparison.csv", "costs.csv", "questions.csv"]
    written = [tmp_path / "it.md", *(tmp_path / "csv" / name for name in names)]
    assert capsys.readouterr().out.splitlines() == list(map(str, written))
    assert written[0].read_text(encoding="utf-8") == (out / "comparison.md").read_text(encoding="utf-8")
    assert written[1].read_text(encoding="utf-8") == (out / "measures.csv").read_text(encoding="utf-8")
    assert encoder.encoded == encoded


def test_a_report_of_what_is_no_evaluation_is_status_1(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(data / "questions.jsonl")]) == 1
    assert "questions.jsonl is no evaluation that can be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--system", "bm26"], "'bm26' is no system. Name one of bm25"),
        (["--format", "qmsun"], "no format of data sets"),
        (["--run-in", "missing.trec"], "missing.trec: It cannot be opened"),
        (["--system", "bm25", "dense", "--run", "x"], "--run writes the run of one system"),
    ],
)
def test_what_the_user_can_mend_is_status_1(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert main(["evaluate", "--data", str(data), *arguments]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--measures", "recall"], ["--limit", "0"], ["--fail-under", "ndcg@10"], ["--fail-under", "ndcg@10=55"],
     ["--fail-under", "=0.5"], ["--ties", "none"], ["--pool", "all"]],
)  # fmt: skip
def test_misuse_is_status_2(data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["evaluate", "--data", str(data), *arguments])
    assert stopped.value.code == 2
    assert arguments[0] in capsys.readouterr().err
