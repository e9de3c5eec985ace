"""Where a library is, and opening it with the model that suits it."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import platformdirs

from embeddings import DEFAULT_MODEL, INT8, PACKAGED, Encoder, load_cross_encoder, load_encoder
from embeddings.remembering import RememberingCrossEncoder
from qa.library import Library
from qa.reranking import SECONDS, Reranker

NO_RERANKER = "none"


def library_folder(given: Path | str | None = None) -> Path:
    """Return the library's folder: the one given, else ``$TRANSCRIPT_QA_LIBRARY``, else the platform's."""
    if given is not None:
        return Path(given).expanduser().resolve()
    from_environment = os.environ.get("TRANSCRIPT_QA_LIBRARY")
    if from_environment:
        return Path(from_environment).expanduser().resolve()
    return Path(platformdirs.user_data_dir("transcript-qa", appauthor=False)) / "library"


def open_library(
    folder: Path | str | None = None,
    model: str | None = None,
    *,
    int8: bool = False,
    reranker: str | None = None,
) -> Library:
    """Open a library, making it when there is none.

    Args:
        folder: As for `library_folder`.
        model: A model folder, or a name on the Hugging Face hub. None for the one the library was made with
            where that comes with the package, else for the default.
        int8: Run the model in 8-bit integers: faster, with vectors that fit no other library.
        reranker: A cross-encoder's folder, or its name on the Hugging Face hub, or `NO_RERANKER`. None for
            the one that comes with the package, where the embedding model does, too.

    Raises:
        LibraryError: If the folder cannot be used, or was made with another model or a newer version.
        ModelLoadError: If there is no such model.
    """
    place = library_folder(folder)
    wanted = model or _made_with(place) or DEFAULT_MODEL
    encoder: Encoder = load_encoder(wanted, "int8" if int8 else "auto")
    reader = make_reranker(reranker, encoder.name)
    if reader is not None:
        reader = replace(reader, model=RememberingCrossEncoder(reader.model))
    return Library(place, encoder, reader)


def make_reranker(name: str | None, model: str, seconds: float | None = SECONDS) -> Reranker | None:
    """Prepare what reads the best passages closely; its weights are loaded when first needed.

    Args:
        name: As for `open_library`.
        model: The embedding model. The cross-encoder that comes with the package reads English, as the
            package's embedding models do; whoever chose another model, for another language perhaps, has to
            choose what reads closely as well.
        seconds: What it may take for a question; None for as long as it takes.

    Raises:
        ModelLoadError: If there is no such model.
    """
    english = model.removesuffix(INT8) in {one.name for one in PACKAGED}
    if name == NO_RERANKER or (name is None and not english):
        return None
    return Reranker(load_cross_encoder(name), seconds)


def _made_with(folder: Path) -> str | None:
    """Return the model that a library was made with, if it is one of the package; None when unknown.

    Other models have to be named: a library from somebody else must not choose what is loaded here.
    """
    file = folder / "library.sqlite"
    if not file.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            stored = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('model', 'width')"))
    except sqlite3.Error:
        return None  # opening it will tell what is wrong
    named = stored.get("model", "").removesuffix(INT8) if stored.get("width") else ""
    return named if named in {one.name for one in PACKAGED} else None
