"""The command line, run in this process with an encoder whose rankings can be foreseen."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embeddings import Vectors
from qa.cli import main

STANDUP = """\
Ana, Mayor: The budget is 500 euros.
Ben: When does the bridge open?
Ana, Mayor: The bridge opens on Monday.
"""
SOURCE_KEYS = set(
    "rank score turn_id transcript_id transcript_title speaker role start end date text "
    "highlight link".split()
)


@pytest.fixture(autouse=True)
def _cheap_encoder(monkeypatch: pytest.MonkeyPatch, encoder: Any, tmp_path: Path) -> None:
    monkeypatch.setattr("qa.opening.load_encoder", lambda _name, _backend: encoder)
    monkeypatch.setenv("TRANSCRIPT_QA_LIBRARY", str(tmp_path / "library"))


@pytest.fixture
def standup(tmp_path: Path) -> Path:
    file = tmp_path / "2025-03-04_standup.txt"
    file.write_text(STANDUP, encoding="utf-8")
    return file


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_add_reports_what_became_of_each_file(
    standup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (added,) = run_json(capsys, "add", str(standup))
    assert (added["path"], added["format"], added["status"], added["turns"]) == (
        str(standup),
        "plain",
        "added",
        3,
    )
    assert run_json(capsys, "add", str(standup))[0]["status"] == "unchanged"
    standup.write_text(STANDUP + "Ben: Thanks.\n", encoding="utf-8")
    (changed,) = run_json(capsys, "add", str(standup))
    assert (changed["status"], changed["turns"]) == ("replaced", 4)
    bad = tmp_path / "bad.txt"
    bad.write_text("Ana: hello\nand so on\n", encoding="utf-8")
    assert main(["add", str(bad), "--json"]) == 1
    (refused,) = json.loads(capsys.readouterr().out)
    assert (refused["status"], refused["transcript_id"], refused["turns"]) == ("refused", None, 0)
    assert refused["warnings"][-1].startswith(f"{bad}:2: cannot read 'and so on'.")


def test_a_missing_file_is_refused_and_the_rest_added(
    standup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", "nowhere.vtt", str(standup)]) == 1
    out = capsys.readouterr().out
    assert "refused    nowhere.vtt: There is no such file. Check the name." in out
    assert "added " in out


def test_standard_input_is_a_transcript(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(STANDUP.encode())))
    (added,) = run_json(capsys, "add", "-", "--title", "Bridge talk", "--date", "2025-03")
    assert (added["path"], added["status"]) == ("-", "added")
    shown = run_json(capsys, "show", "bridge talk")
    assert (shown["title"], shown["date"], shown["time_kind"]) == ("Bridge talk", "2025-03", "none")


def test_ask_json_has_the_promised_keys(standup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", str(standup), "--json"])
    capsys.readouterr()
    answer = run_json(capsys, "ask", "When does the bridge open?", "-k", "2")
    assert {"question", "answered", "answer", "confidence", "elapsed_ms", "sources"} <= answer.keys()
    assert len(answer["sources"]) == 2
    best = answer["sources"][0]
    assert best.keys() >= SOURCE_KEYS
    assert (best["speaker"], best["role"], best["start"], best["date"]) == (
        "Ana",
        "Mayor",
        None,
        "2025-03-04",
    )
    assert best["text"][slice(*best["highlight"])] == answer["answer"] == "The bridge opens on Monday."
    assert best["link"] == f"http://127.0.0.1:7860/?turn={best['turn_id']}"


def test_filters_narrow_the_search(standup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", str(standup), "--json"])
    capsys.readouterr()
    sources = run_json(capsys, "ask", "bridge", "--speaker", "ben")["sources"]
    assert [source["speaker"] for source in sources] == ["Ben"]
    assert run_json(capsys, "ask", "bridge", "--since", "2025-04")["sources"] == []
    assert len(run_json(capsys, "ask", "bridge", "--until", "2025-03-04")["sources"]) == 3
    assert main(["ask", "bridge", "--speaker", "Carla"]) == 1
    assert "Ana" in capsys.readouterr().err


def test_show_and_list_and_remove(standup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", str(standup), "--json"])
    capsys.readouterr()
    (entry,) = run_json(capsys, "list")
    shown = run_json(capsys, "show", entry["id"][:6])
    assert shown.keys() >= {"id", "title", "date", "time_kind", "notes", "turns"}
    assert [turn["turn_id"] for turn in shown["turns"]] == [
        f"{entry['id']}:{place:05d}" for place in range(3)
    ]
    assert shown["turns"][0].keys() >= {"turn_id", "speaker", "role", "start", "end", "text"}
    assert main(["show", "standup"]) == 0
    assert "Ana, Mayor:\n    The budget is 500 euros." in capsys.readouterr().out
    assert run_json(capsys, "remove", "standup")["status"] == "removed"
    assert run_json(capsys, "list") == []
    assert main(["remove", "standup"]) == 1
    assert "The library is empty." in capsys.readouterr().err


def test_text_answer_names_speaker_transcript_and_link(
    standup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["add", str(standup), "--json"])
    capsys.readouterr()
    assert main(["ask", "When does the bridge open?", "-k", "1"]) == 0
    out = capsys.readouterr().out
    assert "“The bridge opens on Monday.”" in out
    assert "— Ana, Mayor · Standup, 4 March 2025" in out
    assert "/?turn=" in out


def test_nothing_found_is_said_with_the_nearest_passages(
    standup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["add", str(standup), "--json"])
    capsys.readouterr()
    assert main(["ask", "zebra migration"]) == 0
    assert (
        "Nothing in the library answers this (1 transcript searched). The nearest passages:"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", ""], "The question is empty."),
        (["ask", "x" * 3000], "The question has 3,000 characters; at most 2,000"),
        (["ask", "x", "--since", "2025-13"], "since"),
        (["add", "--date", "soon", "x.txt"], "--date: 'soon' is not a date"),
        (["show", "nothing"], "no transcript is called 'nothing'"),
    ],
)
def test_what_the_user_can_mend_exits_1_and_says_how(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("transcript-qa: ")
    assert words in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "x", "-k", "0"], ["fly"], []])
def test_misuse_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_a_model_that_is_not_there_is_an_error_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from embeddings import load_encoder

    monkeypatch.setattr("qa.opening.load_encoder", load_encoder)
    assert main(["list", "--model", str(tmp_path)]) == 1
    assert "holds no model" in capsys.readouterr().err


def test_a_wrong_model_is_refused_with_the_remedy(
    standup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["add", str(standup), "--json"])

    class Other:
        name, checksum, dim = "other", "0" * 64, 4

        def encode_documents(self, texts: Any, progress: Any = None) -> Vectors:
            raise AssertionError("nothing may be embedded with the wrong model")

        encode_queries = encode_documents

    monkeypatch.setattr("qa.opening.load_encoder", lambda _name, _backend: Other())
    capsys.readouterr()
    assert main(["ask", "bridge"]) == 1
    assert "Pass --model words" in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom qa.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'faiss', 'torch', 'gradio', 'sqlalchemy'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "commands:" in done.stdout


# --- compacting ------------------------------------------------------------------------------------------


def test_compact_says_whether_there_was_anything_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for done, said in ((True, "compacted\n"), (False, "nothing to do\n")):
        monkeypatch.setattr("qa.library.Library.compact", lambda _, done=done: done)
        assert main(["compact"]) == 0
        assert capsys.readouterr().out == said


@pytest.mark.parametrize(("there", "advised"), [(0, False), (8, False), (40, True)])
def test_adding_little_to_a_large_library_advises_to_compact_and_adding_much_does_it(
    there: int, advised: bool, standup: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The file has three turns: a quarter of what is there then, or less."""
    if there:
        before = tmp_path / "before.txt"
        before.write_text("".join(f"Ana: turn number {turn}\n" for turn in range(there)), encoding="utf-8")
        assert main(["add", str(before)]) == 0
    compacted: list[Any] = []
    monkeypatch.setattr("qa.library.Library.compaction_due", lambda _: True)
    monkeypatch.setattr("qa.library.Library.compact", lambda library: compacted.append(library))
    capsys.readouterr()
    assert main(["add", str(standup)]) == 0
    assert ("transcript-qa compact --library" in capsys.readouterr().err) is advised
    assert bool(compacted) is not advised
