"""The commands about people, run in this process with an encoder whose rankings can be foreseen."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main

TALK = """\
Ana Lopez, Mayor: The budget is 500 euros.
SPEAKER_00: When does the bridge open?
Ana Lopez, Mayor: The bridge opens on Monday.
SPEAKER_01: Good.
"""


@pytest.fixture(autouse=True)
def talk(
    monkeypatch: pytest.MonkeyPatch, encoder: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> str:
    """Add a transcript to a library; return its id."""
    monkeypatch.setattr("qa.opening.load_encoder", lambda _name, _backend: encoder)
    monkeypatch.setenv("TRANSCRIPT_QA_LIBRARY", str(tmp_path / "library"))
    file = tmp_path / "talk.txt"
    file.write_text(TALK, encoding="utf-8")
    return str(run_json(capsys, "add", str(file))[0]["transcript_id"])


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(run(capsys, *arguments, "--json"))


def test_speakers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "rename", "SPEAKER_00", "Ben Okoro", "--role", "Treasurer")
    assert run(capsys, "speakers", "talk") == (
        "Ana Lopez (Mayor)      2 turns in 1 transcript\n"
        "Ben Okoro (Treasurer)  1 turn in 1 transcript; also SPEAKER_00\n"
        "SPEAKER_01             1 turn in 1 transcript\n"
    )
    assert run_json(capsys, "speakers")[1] == {
        "name": "Ben Okoro",
        "role": "Treasurer",
        "roles": ["Treasurer"],
        "aliases": ["SPEAKER_00"],
        "turns": 1,
        "transcripts": 1,
    }


def test_short_form_and_full_name_in_one_transcript_are_suggested_for_merging(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, talk: str
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Ana: Six.\nBen Okoro: No.\nBen: Nine.\nCy Orr: Yes.\n", encoding="utf-8")
    added = run_json(capsys, "add", str(other))[0]["transcript_id"]
    # "Ana" stands in another transcript than "Ana Lopez": that says nothing.
    _, _, told = run(capsys, "speakers").partition("\n\n")
    assert told == (
        "Ben and Ben Okoro may be one person. If so:\n"
        f"    transcript-qa merge 'Ben' 'Ben Okoro' --transcript {added}\n"
    )
    assert "may be one person" not in run(capsys, "speakers", "talk")
    run(capsys, "merge", "Ben", "Ben Okoro", "--transcript", added)
    assert "may be one person" not in run(capsys, "speakers")


def test_renaming_says_what_it_did_and_links_stay(capsys: pytest.CaptureFixture[str], talk: str) -> None:
    assert run(
        capsys, "rename", "SPEAKER_00", "Ben Okoro", "--role", "Treasurer", "--transcript", "talk"
    ) == ("renamed    SPEAKER_00 is now Ben Okoro, Treasurer (1 turn in 1 transcript)\n")
    answer = run_json(capsys, "ask", "--speaker", "SPEAKER_00", "when does the bridge open?")
    (source,) = answer["sources"]
    assert (source["speaker"], source["role"], source["turn_id"]) == (
        "Ben Okoro",
        "Treasurer",
        f"{talk}:00001",
    )
    assert run_json(capsys, "rename", "Ben Okoro", "SPEAKER_00") == {
        "old": "Ben Okoro", "name": "SPEAKER_00", "role": None, "turns": 1, "transcripts": 1,
    }  # fmt: skip
    assert run(capsys, "rename", "SPEAKER_00", "SPEAKER_00") == "unchanged  SPEAKER_00\n"


def test_merging_must_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rename", "SPEAKER_01", "Ana Lopez"]) == 1
    assert capsys.readouterr().err == (
        "transcript-qa: Ana Lopez is a speaker already. If SPEAKER_01 is the same person, say so: "
        "transcript-qa merge 'SPEAKER_01' 'Ana Lopez'\n"
    )
    assert run(capsys, "merge", "SPEAKER_01", "ana lopez") == (
        "merged     SPEAKER_01 is now Ana Lopez, Mayor (1 turn in 1 transcript)\n"
    )
    assert [one["turns"] for one in run_json(capsys, "speakers")] == [3, 1]
    assert main(["merge", "SPEAKER_00", "Anna Lopes"]) == 1
    assert "Did you mean 'Ana Lopez'?" in capsys.readouterr().err


def test_nobody_is_named(capsys: pytest.CaptureFixture[str], talk: str) -> None:
    run(capsys, "remove", talk)
    assert run(capsys, "speakers") == "Nobody is named there.\n"
    assert run_json(capsys, "speakers") == []
    assert main(["speakers", "talk"]) == 1
    assert "no transcript is called" in capsys.readouterr().err
