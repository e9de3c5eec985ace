"""A multilingual model small enough to be made in a test: XLM-RoBERTa's design with weights drawn at random.

Its tokenizer is SentencePiece's unigram model, trained on `tests.languages`; it has the prompts of E5 and
knows no language. What its vectors have in common is shared pieces of words.
"""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.languages import MEETINGS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PROMPTS = {"query": "query: ", "document": "passage: "}
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]  # in XLM-RoBERTa's order: padding is 1
_PIECES = 1500
_MOST_TOKENS = 128


def make_multilingual_model(folder: Path, *, lower_case: bool = False) -> Path:
    """Write the model as sentence-transformers does and return its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import XLMRobertaConfig, XLMRobertaModel

    base = folder / "base"
    _save_tokenizer(base)
    torch.manual_seed(24)
    config = XLMRobertaConfig(
        vocab_size=_PIECES, hidden_size=384, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=384, max_position_embeddings=_MOST_TOKENS + 2,
        pad_token_id=1, bos_token_id=0, eos_token_id=2, initializer_range=0.02,
    )  # fmt: skip
    drawn = XLMRobertaModel(config)
    with torch.no_grad():
        # What all texts have in common would leave so little between them that rounding orders them.
        drawn.embeddings.position_embeddings.weight.zero_()
        drawn.embeddings.token_type_embeddings.weight.zero_()
        drawn.embeddings.word_embeddings.weight[: len(_SPECIAL)] = 0
    drawn.save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=_MOST_TOKENS, do_lower_case=lower_case)
    pooling = Pooling(config.hidden_size, pooling_mode="mean")
    model = SentenceTransformer(modules=[transformer, pooling, Normalize()], prompts=PROMPTS, device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


def _save_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram
    from tokenizers.trainers import UnigramTrainer
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = UnigramTrainer(
        vocab_size=_PIECES, special_tokens=_SPECIAL, unk_token=_SPECIAL[3], show_progress=False
    )
    spoken = [line for meeting in MEETINGS for line in (*meeting.lines, *(one for one, _ in meeting.asked))]
    tokenizer.train_from_iterator([*spoken, *PROMPTS.values()], trainer)
    tokenizer.model = Unigram(_in_order(tokenizer), unk_id=_SPECIAL.index("<unk>"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names: dict[str, Any] = dict(
        zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), _SPECIAL, strict=True)
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, model_max_length=_MOST_TOKENS, **names
    ).save_pretrained(folder)


def _in_order(trained: "Tokenizer") -> list[tuple[str, float]]:
    """Return pieces and log-probabilities, the same in every run.

    The trainer orders equals by chance and gives rare characters log-probabilities a hair apart in that
    order. A piece's place is its id, and its id says which of the drawn vectors it gets.
    """
    pieces = [
        (piece, math.floor(10 * score) / 10)
        for piece, score in json.loads(trained.to_str())["model"]["vocab"]
    ]
    special = len(_SPECIAL)
    return pieces[:special] + sorted(pieces[special:])
