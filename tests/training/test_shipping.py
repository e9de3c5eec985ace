import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from training.shipping import averaged, ship


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "config.json").write_text('{"hidden_size": 2}')
    (folder / "1_Pooling/config.json").write_text("{}")
    (folder / "README.md").write_text("the base's card")
    weights = {"kept": torch.tensor([1.0, 2.0]), "ids": torch.tensor([5]), "layer": torch.tensor([0.0, 4.0])}
    save_file(weights, folder / "model.safetensors")
    return folder


def test_average_lies_between() -> None:
    base, tuned = {"a": torch.tensor([0.0, 4.0]), "b": torch.zeros(1)}, {"a": torch.tensor([1.0, 0.0])}
    found = averaged(base, tuned, 0.75)
    assert set(found) == {"a"}
    assert found["a"].tolist() == [0.75, 1.0]


def test_folder_keeps_settings_and_holds_half_precision_that_loads_as_float32(
    base: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    (made / "old").mkdir(parents=True)
    ship(base, {"layer": torch.tensor([0.5, -1.0])}, made)
    weights = load_file(made / "model.safetensors")
    assert {name: value.tolist() for name, value in weights.items()} == {
        "kept": [1.0, 2.0],
        "ids": [5],
        "layer": [0.5, -1.0],
    }
    assert [weights[name].dtype for name in ("kept", "layer", "ids")] == [
        torch.float16,
        torch.float16,
        torch.int64,
    ]
    assert json.loads((made / "config.json").read_text()) == {"hidden_size": 2, "dtype": "float32"}
    names = sorted(str(file.relative_to(made)) for file in made.rglob("*") if file.is_file())
    assert names == ["1_Pooling/config.json", "config.json", "model.safetensors"]


def test_parameter_that_the_base_does_not_have_is_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"model\.safetensors has no stranger"):
        ship(base, {"stranger": torch.zeros(1)}, tmp_path / "made")
