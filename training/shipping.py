"""From trained parameters to a folder of weights in half precision that sentence-transformers reads."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedModel

# What shapes a vector, and what tokenisers of either kind read. The base's own card and data are not ours.
_FILES = (
    "config_sentence_transformers.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json",
    "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
)  # fmt: skip
_WEIGHTS = "model.safetensors"

State = dict[str, Tensor]


def averaged(base: Mapping[str, Tensor], tuned: Mapping[str, Tensor], share: float) -> State:
    """Return parameters between two models' (Wortsman et al. 2022, arXiv:2109.01903).

    Args:
        base: Parameters before training, by name.
        tuned: Those that were trained, after it; names are among the base's.
        share: 1 for the tuned model, 0 for the base.
    """
    return {name: (1 - share) * base[name].float() + share * value for name, value in tuned.items()}


def ship(base: Path, tuned: Mapping[str, Tensor], folder: Path) -> None:
    """Write a model folder: the base's settings, its weights where they were not trained, all in float16.

    The folder says float32, so that it is loaded as such: half precision is how it is kept, not how it runs.

    Args:
        base: Folder of the model that training began with.
        tuned: Trained parameters, by their names in the base's weights.
        folder: Made new.

    Raises:
        ValueError: If a trained parameter is not in the base's weights.
    """
    weights = load_file(base / _WEIGHTS)
    strangers = sorted(set(tuned) - set(weights))
    if strangers:
        raise ValueError(f"{base / _WEIGHTS} has no {strangers[0]}")
    weights |= {name: value.detach().cpu() for name, value in tuned.items()}
    half = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in weights.items()
    }
    shutil.rmtree(folder, ignore_errors=True)
    for name in _FILES:
        if (base / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(base / name, folder / name)
    config: dict[str, Any] = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config["dtype"] = str(torch.float32).removeprefix("torch.")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    save_file(half, folder / _WEIGHTS, metadata={"format": "pt"})


def ship_cross_encoder(
    base: Path, model: PreTrainedModel, folder: Path, marks: tuple[str, str], max_tokens: int
) -> None:
    """Write a folder that sentence-transformers loads as a cross-encoder, its weights in float16.

    Args:
        base: Holds the tokeniser's files.
        model: With one output; not changed.
        folder: Made new.
        marks: What stands around the passage to judge.
        max_tokens: Longer pairs are cut.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("special_tokens_map.json", "tokenizer.json", "vocab.txt"):
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)
    settings = json.loads((base / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings["model_max_length"] = max_tokens
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    config = {key: value for key, value in model.config.to_dict().items() if key != "transformers_version"}
    config |= {"dtype": "float32", "passage_marks": list(marks), "architectures": [type(model).__name__]}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    half = {name: value.detach().cpu().half().contiguous() for name, value in model.state_dict().items()}
    save_file(half, folder / _WEIGHTS, metadata={"format": "pt"})
