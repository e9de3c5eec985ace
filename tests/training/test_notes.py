import json
from pathlib import Path

import pytest

from training.notes import Notes


def test_notes_are_kept_and_printed_as_they_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = Notes(tmp_path / "made" / "new")
    note(step=1, loss=0.5)
    note(step=2)
    stored = json.loads((tmp_path / "made" / "new" / "curves.json").read_text())
    assert stored == [{"step": 1, "loss": 0.5}, {"step": 2}]
    assert '{"step": 1, "loss": 0.5}' in capsys.readouterr().err
