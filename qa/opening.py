"""Where a library is, and opening it with the model that suits it."""

import os
from pathlib import Path

import platformdirs

from embeddings import DEFAULT_MODEL, Encoder, load_encoder
from qa.library import Library


def library_folder(given: Path | str | None = None) -> Path:
    """Return the library's folder: the one given, else ``$TRANSCRIPT_QA_LIBRARY``, else the platform's."""
    if given is not None:
        return Path(given).expanduser().resolve()
    from_environment = os.environ.get("TRANSCRIPT_QA_LIBRARY")
    if from_environment:
        return Path(from_environment).expanduser().resolve()
    return Path(platformdirs.user_data_dir("transcript-qa", appauthor=False)) / "library"


def open_library(
    folder: Path | str | None = None, model: str | None = None, *, int8: bool = False
) -> Library:
    """Open a library, making it when there is none.

    Args:
        folder: As for `library_folder`.
        model: None for the default; else a model folder or a name on the Hugging Face hub.
        int8: Run the model in 8-bit integers: faster, with vectors that fit no other library.

    Raises:
        LibraryError: If the folder cannot be used, or was made with another model or a newer version.
        ModelLoadError: If there is no such model.
    """
    encoder: Encoder = load_encoder(model or DEFAULT_MODEL, "int8" if int8 else "auto")
    return Library(library_folder(folder), encoder)
