"""A converted cross-encoder run by OpenVINO on the processor.

Accepts a folder as `embeddings.pair_conversion` writes it. Neither torch nor sentence-transformers is
imported.
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.batching import Batch, padded, shaped_batches
from embeddings.openvino import best_precision, compile_model, in_flight, streams_of, usable_cores

if TYPE_CHECKING:
    from embeddings.cross_encoder import Pair, Scores

# Padded tokens in one inference. Sixteen passages are some 1,600 tokens: several batches a core, so that none
# waits long for another to end, and a deadline is looked at often. With 256, 320, 384 and 512 they take 425,
# 417, 430 and 458 ms on two cores without AVX-512: what more tokens need does not fit in a core's cache.
_TOKEN_BUDGET = 320
_STREAMS = 4


class OpenVinoPairs:
    """Runs a converted cross-encoder; see `embeddings.cross_encoder.PairEngine`.

    Args:
        folder: Holds model.xml, model.bin, tokenizer.json and settings.json.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        self._inputs: list[str] = settings["inputs"]
        self._max_tokens: int = settings["max_tokens"]
        self._pad_id: int = settings["pad_id"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._max_tokens, strategy="longest_first")
        self.precision = best_precision()
        streams = min(usable_cores(), _STREAMS)
        compiled = compile_model(folder / "model.xml", streams, streams)
        self._requests = [compiled.create_infer_request() for _ in range(streams_of(compiled))]

    def __str__(self) -> str:
        return f"OpenVINO {self.precision}"

    def logits(self, pairs: "Sequence[Pair]", until: float | None) -> "Scores | None":
        """Return the model's output for each pair; see `PairEngine.logits`."""
        encoded = self._tokenizer.encode_batch_fast(list(pairs))
        tokens = [one.ids for one in encoded]
        types = [one.type_ids for one in encoded]
        batches = shaped_batches(list(map(len, tokens)), _TOKEN_BUDGET, self._max_tokens)
        logits = np.empty(len(pairs), dtype=np.float32)
        work = in_flight(self._requests, self._with_inputs(batches, tokens, types))
        for rows, found in work:
            logits[rows] = found[:, 0]
            if until is not None and time.monotonic() > until:
                work.close()  # type: ignore[attr-defined]  # waits for what is being computed
                return None
        return logits

    def _with_inputs(
        self, batches: Iterable[Batch], tokens: list[list[int]], types: list[list[int]]
    ) -> Iterator[tuple[list[int], list[Any]]]:
        for batch in batches:
            ids, mask = padded(batch, tokens, self._pad_id)
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": padded(batch, types, 0)[0]}
            yield batch.rows, [given[name] for name in self._inputs]
