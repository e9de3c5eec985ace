"""What the tests share: a cheap encoder whose rankings can be worked out by hand, and libraries made with it.

No test reaches the network, the user's library or the user's cache. The embedded default model is a package
that is installed with the project; tests of it share one converted copy, made once a session.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import hashlib
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from embeddings import Vectors, load_encoder, unit_rows
from embeddings.encoder import ModelEncoder
from qa.library import Library
from qa.types import QUESTIONER, Reading, TimeKind, Turn

# Examples run in a fraction of a second each, but on a busy machine any one may be slow: no deadlines.
settings.register_profile(
    "suite", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
# HYPOTHESIS_PROFILE=long looks for what nobody has thought of; run it after changing a reader.
settings.register_profile("long", settings.get_profile("suite"), max_examples=100_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

ROOT = Path(__file__).parents[1]
SEED = ROOT.parent / "shared" / "seed" / "nato_odesa_press_statement.txt"


class WordEncoder:
    """Hashes each word to a column, so that texts sharing words come out close.

    Args:
        name: Another name is another model: other columns, another checksum.
        width: Columns of a vector; so many that the words of a test seldom share one.
    """

    def __init__(self, name: str = "words", width: int = 1024) -> None:
        self.name = name
        self.dim = width
        self.encoded = 0  # texts so far, so that a test can see that nothing was embedded again

    @property
    def checksum(self) -> str:
        return hashlib.sha256(f"{self.name} {self.dim}".encode()).hexdigest()

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        self.encoded += len(texts)
        if progress is not None:
            progress(len(texts))
        return self._encode(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def column(self, word: str) -> int:
        # crc32, since hash() changes from run to run
        return zlib.crc32(f"{self.name} {word}".encode()) % self.dim

    def _encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()) or [""]:
                rows[row, self.column(word)] += 1
        return unit_rows(rows)


def turn_of(line: str) -> Turn:
    """Read "Ana: hello", "Ana, Mayor: hello", "Question: why?" or, without a colon, words of nobody named."""
    name, colon, text = line.partition(": ")
    if not colon:
        return Turn(line)
    if name == "Question":
        return Turn(text, role=QUESTIONER)
    speaker, _, role = name.partition(", ")
    return Turn(text, speaker, role or None)


def reading_of(
    *lines: str, title: str | None = "Standup", date: str | None = None, notes: tuple[str, ...] = ()
) -> Reading:
    """Build what a reader would make of lines as `turn_of` reads them."""
    return Reading("plain", tuple(map(turn_of, lines)), TimeKind.NONE, title, date, notes)


def id_of(*lines: str) -> str:
    """Return the transcript id that `put` gives these lines."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


COUNCIL = ("Ana, Mayor: the budget is settled", "Question: and the zeppelin?", "Ben: nobody ordered one")
HARBOUR = ("Cy: the gate held", "Dee: the wall did not")


def put(
    library: Library,
    *lines: str,
    title: str | None = "Standup",
    date: str | None = None,
    path: Path | None = None,
) -> str:
    """Add lines to a library; return the transcript's id."""
    reading = reading_of(*lines, title=title, date=date)
    return library.add(reading, id_of(*lines), "standup.txt", path=path).transcript_id


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep this process and its children away from the user's cache and library."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRANSCRIPT_QA_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("TRANSCRIPT_QA_LIBRARY", str(tmp_path_factory.mktemp("default") / "library"))
        yield


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def library(tmp_path: Path, encoder: WordEncoder) -> Iterator[Library]:
    with Library(tmp_path / "library", encoder) as opened:
        yield opened


@pytest.fixture
def filled(library: Library) -> Library:
    """Put two transcripts in the library and save its index."""
    put(library, *COUNCIL)
    put(library, *HARBOUR)
    library.save_index()
    return library


@pytest.fixture(scope="session")
def first_use(_own_folders: None) -> str:
    """Convert the default model in a process of its own; return what that process said of its imports."""
    code = (
        "import sys\nfrom embeddings import load_encoder\n"
        "print(load_encoder().encode_queries(['hello']).shape, sys.modules['openvino_telemetry'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def real_encoder(first_use: str) -> ModelEncoder:
    """Return the embedded default model, as the application loads it."""
    return load_encoder()
