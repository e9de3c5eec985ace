"""The README tells the truth: its Python runs, its commands parse, its links lead somewhere."""

import inspect
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from qa.cli import _parser
from qa.evaluation.judging import DEFAULT_MEASURES
from qa.evaluation.measures import MEASURE_NAMES
from qa.evaluation.systems import SYSTEMS
from qa.page.endpoints import Endpoints
from tools import dataset_cards

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    return [line.strip() for block in blocks("console") for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("transcript-qa")])
def test_every_command_parses(line: str) -> None:
    assert callable(_parser().parse_args(shlex.split(line)[1:]).run)


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("make")])
def test_every_make_target_exists(line: str) -> None:
    target = line.split()[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_plain_request_has_values_that_are_taken() -> None:
    (asked,) = re.findall(r"/api/ask \\\n  -d '(.*)'", README)
    assert set(json.loads(asked)) <= set(inspect.signature(Endpoints.ask).parameters)


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], encoder: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("qa.opening.load_encoder", lambda _name, _backend: encoder)
    (tmp_path / "interview.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ana>We decided about the budget: they keep it.\n",
        encoding="utf-8",
    )
    (example,) = blocks("python")
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102  # our own README
    out = capsys.readouterr().out
    assert "added Interview 1" in out
    assert "We decided about the budget: they keep it. Ana 1.0 http://127.0.0.1:7860/?turn=" in out


def test_every_link_into_the_repository_leads_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{name} links to {target}"


def test_the_cards_of_the_data_sets_are_those_of_the_code() -> None:
    # python -m tools.dataset_cards > docs/datasets.md
    assert (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8") == dataset_cards.document()


def test_every_measure_and_system_is_in_the_documentation() -> None:
    told = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    kinds = {name.partition("@")[0] for name in (*MEASURE_NAMES, *DEFAULT_MEASURES)}
    assert [kind for kind in sorted(kinds) if f"`{kind}@k`" not in told and f"`{kind}`" not in told] == []
    assert [name for name in SYSTEMS if f"`{name}`" not in told] == []
