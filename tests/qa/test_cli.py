"""The command line, run in this process with an encoder whose rankings can be foreseen."""

import io
import json
import signal
import subprocess
import sys
import zipfile
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
    assert answer["reranked"] == "none"  # the words of these tests are no model of the package
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
    found = run_json(capsys, "ask", "bridge", "--until", "2025-03-04")["sources"]
    assert sum(1 + len(source["beside"]) for source in found) == 3
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
        "heavy = {'numpy', 'faiss', 'torch', 'gradio', 'sqlalchemy', 'qa.readers.recognising'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "commands:" in done.stdout


# --- reading without a library ---------------------------------------------------------------------------


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make loading a model a failure; return where the library would be."""

    def refuse(*_: object) -> None:
        raise AssertionError("no model may be loaded")

    monkeypatch.setattr("qa.opening.load_encoder", refuse)
    return tmp_path / "library"


@pytest.mark.parametrize("command", [["doctor"], ["add", "--dry-run"]])
def test_what_is_understood_is_told_without_a_library(
    command: list[str], no_library: Path, standup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, str(standup)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{standup}\n  Format      plain, because ")
    assert "  Title       Standup, 2025-03-04\n" in out
    assert "  Speakers    Ana, Mayor     2 turns        10 words\n" in out
    assert not no_library.exists()


def test_dry_run_tells_the_same_for_machines_over_folders_and_archives(
    no_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "bad.txt").write_text("Ana: hello\nand so on\n", encoding="utf-8")
    (folder / "photo.png").write_bytes(b"x")
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        archive.writestr("standup.txt", STANDUP)
    assert main(["add", "--dry-run", "--json", str(folder)]) == 1
    captured = capsys.readouterr()
    bad, standup, photo = json.loads(captured.out)
    assert (photo["path"], photo["status"]) == (str(folder / "photo.png"), "passed over")
    assert (bad["path"], bad["status"], bad["inspection"]) == (str(folder / "bad.txt"), "refused", None)
    assert bad["warnings"][0].startswith(f"{folder / 'bad.txt'}:2: cannot read 'and so on'.")
    assert (standup["path"], standup["status"]) == (f"{folder}/old.zip/standup.txt", "readable")
    assert (standup["turns"], standup["inspection"]["speakers"][0]["name"]) == (3, "Ana")
    assert captured.err == "1 readable, 1 refused, 1 passed over\n"
    assert not no_library.exists()


def test_doctor_reads_standard_input(
    no_library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"SPEAKER_00: Hello.\nBen: Good day.\n")))
    assert main(["doctor", "-"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("-\n")
    assert "transcript-qa add - --rename 'SPEAKER_00=Ana Lopez'" in out


def test_doctor_names_what_it_passes_over_in_a_folder_and_says_why(
    no_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("Ana: hello\nBen: good day\n", encoding="utf-8")
    (tmp_path / "b.json").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "c.txt").write_text("Only prose.\nMore of it.\n", encoding="utf-8")
    assert main(["doctor", str(tmp_path)]) == 0
    _, _, told = capsys.readouterr().out.partition("\nPassed over")
    assert told == (
        ", because nobody named them and they are in no format that is read:\n"
        f"  {tmp_path / 'b.json'}: The JSON is an object with 'a', which is no format that is read.\n"
        f"  {tmp_path / 'c.txt'}: line 1: cannot read 'Only prose.'. The file is in no format that is read.\n"
        "\n1 readable, 0 refused, 2 passed over\n"
    )


def test_doctor_says_that_there_is_nothing_to_read(
    no_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["doctor", str(tmp_path / "empty")]) == 1
    assert capsys.readouterr().out == "\n0 readable, 0 refused, 0 passed over\n"


def test_doctor_loads_nothing_heavy(standup: Path) -> None:
    code = (
        f"import sys\nfrom qa.cli import main\nmain(['doctor', {str(standup)!r}])\n"
        "heavy = {'numpy', 'faiss', 'torch', 'gradio', 'sqlalchemy'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Standup, 2025-03-04" in done.stdout


# --- adding ----------------------------------------------------------------------------------------------


def test_names_are_put_right_while_adding(standup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (added,) = run_json(capsys, "add", str(standup), "--rename", "Ben=Ben Marsh, Engineer")
    assert [one["name"] for one in added["inspection"]["speakers"]] == ["Ana", "Ben Marsh"]
    assert run_json(capsys, "show", "standup")["turns"][1]["speaker"] == "Ben Marsh"


def test_wrong_name_refuses_the_one_file_and_is_a_complaint_about_several(
    standup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", str(standup), "--rename", "Zed=Zoe"]) == 1
    assert f"refused    {standup}: no speaker is called 'Zed'." in capsys.readouterr().out
    other = tmp_path / "other.txt"
    other.write_text("Cy: the gate held\nDee: the wall did not\n", encoding="utf-8")
    assert main(["add", str(standup), str(other), "--rename", "Zed=Zoe", "--rename", "Cy=Cyril"]) == 1
    captured = capsys.readouterr()
    assert captured.err == "transcript-qa: --rename: no speaker is called 'Zed' in any of the files.\n"
    assert main(["doctor", str(standup), str(other), "--rename", "Cy=Cyril"]) == 0
    assert "Cyril" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--rename", "Ana"], "--rename: cannot read 'Ana' as a new name."),
        (["--map", "who=speaker"], "--map: 'who' is no field of a turn"),
        (["--date", "soon"], "--date: 'soon' is not a date"),
    ],
)
@pytest.mark.parametrize("command", ["add", "doctor"])
def test_options_that_make_no_sense_are_refused_before_anything_is_read(
    command: str, options: list[str], complaint: str, no_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "nowhere.txt", *options]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith(f"transcript-qa: {complaint}")
    assert captured.out == ""


def test_what_the_file_leaves_open_is_handed_to_the_reader(
    no_library: Path, standup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa import readers
    from qa.readers import ReadOptions

    given: list[ReadOptions] = []
    honest = readers.read_bytes

    def read_bytes(data: bytes, source: Path, options: ReadOptions) -> Any:
        given.append(options)
        return honest(data, source)

    monkeypatch.setattr("qa.readers.read_bytes", read_bytes)
    main(["doctor", str(standup), "--private", "--date-order", "day-first", "--map", "text=said,speaker=who"])
    assert given == [ReadOptions("day-first", True, {"text": "said", "speaker": "who"})]


def test_archive_is_added_and_the_summary_counts_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("standup.txt", STANDUP)
        archive.writestr("photo.png", b"x")
    assert main(["add", str(tmp_path / "old.zip")]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"added      {tmp_path}/old.zip/standup.txt: Standup (plain, 3 turns, id ")
    assert "\nFiles\n  added               1\n  passed over         1\n  turns               3  in " in out
    assert main(["add", str(tmp_path / "old.zip"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)[0]["status"] == "unchanged"
    assert "unchanged           1" in captured.err


def test_one_file_needs_no_summary(standup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["add", str(standup)]) == 0
    assert "Files" not in capsys.readouterr().out


def test_ctrl_c_keeps_what_was_finished_says_so_and_exits_130(
    standup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from qa.cli_console import Bar

    other = tmp_path / "other.txt"
    other.write_text("Cy: the gate held\nDee: the wall did not\n", encoding="utf-8")

    def press(_: Bar, step: Any) -> None:
        if step.file == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bar, "show", press)
    before = signal.getsignal(signal.SIGINT)
    assert main(["add", str(standup), str(other), "nowhere.txt"]) == 130
    captured = capsys.readouterr()
    assert "added               1\n" in captured.out
    assert captured.err == "\nStopping…\nStopped. What was reported as added is in the library.\n"
    assert [entry["title"] for entry in run_json(capsys, "list")] == ["Standup"]
    assert signal.getsignal(signal.SIGINT) is before


def test_second_ctrl_c_breaks_off_at_once(
    standup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from qa.cli_console import Bar

    def press_twice(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bar, "show", press_twice)
    assert main(["add", str(standup)]) == 130
    captured = capsys.readouterr()
    assert "Stopped. What was reported as added is in the library." in captured.err
    assert captured.out == ""  # no summary: nobody waits for one


def test_bar_tells_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.cli_console import Bar
    from qa.reporting import Progress

    drawn: list[tuple[float, int, str]] = []
    monkeypatch.setattr(Bar, "_draw", lambda _, done, total, text, form: drawn.append((done, total, text)))
    Bar().show(Progress(1, 1, "a.vtt"))
    Bar().show(Progress(2, 4, "b.vtt", 1, 2, share=0.25, turns=1_200, seconds=30.0))
    assert drawn == [(0.0, 1, "a.vtt"), (0.25, 1, "file 2 of 4 · 40 turns/s · 1:30 left · b.vtt")]


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


def test_ask_says_why_under_each_source(standup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_json(capsys, "add", str(standup))
    question = "When does the bridge open?"
    found = run_json(capsys, "ask", "--why", question)
    assert found["sources"][0]["why"]["standing"] == "source"
    assert found["sources"][0]["why"]["rank"] == 1
    assert "why" not in run_json(capsys, "ask", question)["sources"][0]
    assert main(["ask", "--why", question]) == 0
    assert "    · Source 1: 1st of 3 turns for this question." in capsys.readouterr().out
    assert main(["ask", question]) == 0
    assert "· Source 1:" not in capsys.readouterr().out


def test_why_tells_of_any_turn_with_the_filters_of_ask(
    standup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_json(capsys, "add", str(standup))
    question = "When does the bridge open?"
    source = run_json(capsys, "ask", question)["sources"][0]
    turn = f"{source['transcript_id']}:00000"
    (reason, linked) = run_json(capsys, "why", "-k", "1", question, turn, source["link"])
    assert (reason["turn_id"], reason["standing"], reason["rank"]) == (turn, "lower", 3)
    assert reason["ahead"]["turn_id"] == source["turn_id"]
    assert set(reason["shares"]) == set(
        "meaning meaning_near words words_near speaker time answers kind closely alike".split()
    )
    assert (linked["turn_id"], linked["standing"]) == (source["turn_id"], "source")
    assert main(["why", "-k", "1", question, turn]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(
        "Ana, Mayor · Standup\n    “The budget is 500 euros.”\n    · It is 3rd of 3 turns"
    )
    assert main(["why", "--speaker", "Ben", question, turn]) == 0
    assert "the speaker filter leaves it out" in capsys.readouterr().out


def test_why_of_an_unknown_turn_says_what_to_do(standup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", str(standup)])
    capsys.readouterr()
    assert main(["why", "The bridge?", "the second one"]) == 1
    assert "'the second one' names no turn. Give its id" in capsys.readouterr().err
    assert main(["why", "The bridge?", "3f2a9c0b7d14:00012"]) == 1
    assert "List them with: transcript-qa list" in capsys.readouterr().err
