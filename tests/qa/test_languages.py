"""Questions in many languages: words alone find the turn that answers, and so does the whole of `ask`."""

import hashlib
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pytest

from embeddings import Encoder, Vectors, unit_rows
from qa.answering import ask
from qa.library import Library
from qa.passages import PassageSettings, cut_turns, own_texts
from qa.retrieval import LexicalView, Lexicon
from qa.retrieval.folding import fold
from qa.retrieval.views import Query
from tests.conftest import put, turn_of
from tests.languages import MEETINGS, Meeting

Form = Literal["NFC", "NFD", "NFKC"]
FORMS: tuple[Form, ...] = get_args(Form)
NO_VECTOR = np.zeros(1, dtype=np.float32)
MEETING_IDS = [meeting.language for meeting in MEETINGS]


class KnowsNothing:
    """Finds every question as unlike every text, so that words and what is known of a turn alone decide."""

    name = "nothing"
    dim = 8192

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        if progress is not None:
            progress(len(texts))
        return self._encode(texts, 1)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, 0)

    def _encode(self, texts: Sequence[str], side: int) -> Vectors:
        return np.eye(1, self.dim, side, dtype=np.float32).repeat(len(texts), axis=0)


class KnowsLetters(KnowsNothing):
    """Hashes two letters in a row to columns: parts of words in any script, as a subword model has them."""

    name = "letters"

    def _encode(self, texts: Sequence[str], side: int) -> Vectors:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for pair in pairwise(f" {fold(text)} "):
                rows[row, zlib.crc32("".join(pair).encode()) % self.dim] += 1
        return unit_rows(rows)


def library_with(encoder: Encoder, folder: Path) -> Library:
    """Return a library of all meetings, whatever their language."""
    library = Library(folder, encoder)
    for meeting in MEETINGS:
        put(library, *meeting.lines, title=meeting.language)
    return library


@pytest.fixture(scope="module")
def by_words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_with(KnowsNothing(), tmp_path_factory.mktemp("words")) as library:
        yield library


@pytest.fixture(scope="module")
def by_letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library_with(KnowsLetters(), tmp_path_factory.mktemp("letters")) as library:
        yield library


@pytest.mark.parametrize("meeting", MEETINGS, ids=MEETING_IDS)
def test_words_alone_find_the_turn_that_answers(meeting: Meeting) -> None:
    turns = [turn_of(line) for line in meeting.lines]
    passages = cut_turns(turns, PassageSettings())
    view = LexicalView(Lexicon.of(own_texts(turns, passages, None)))
    best = {question: view.best(Query(question, NO_VECTOR), 1, None) for question, _ in meeting.asked}
    found = {question: [passages[row].position for row in rows] for question, rows in best.items()}
    assert found == {question: [place] for question, place in meeting.asked}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("meeting", MEETINGS, ids=MEETING_IDS)
def test_turn_that_answers_is_the_first_source_among_all_languages(
    by_letters: Library, meeting: Meeting, form: Form
) -> None:
    found = {}
    for question, _ in meeting.asked:
        (source,) = ask(by_letters, unicodedata.normalize(form, question), k=1).sources
        found[question] = source.turn.text
    assert found == {question: turn_of(meeting.lines[place]).text for question, place in meeting.asked}


@pytest.mark.parametrize("meeting", MEETINGS, ids=MEETING_IDS)
def test_turn_that_answers_is_shown_first_by_words_alone(by_words: Library, meeting: Meeting) -> None:
    """Without meaning the neighbours of the answer may come first; then it is shown beside them."""
    for question, place in meeting.asked:
        (source,) = ask(by_words, question, k=1).sources
        shown = [source.turn.text, *(one.turn.text for one in (*source.before, *source.after))]
        assert source.transcript_title == meeting.language
        assert turn_of(meeting.lines[place]).text in shown, question


@pytest.mark.parametrize("meeting", MEETINGS, ids=MEETING_IDS)
def test_highlight_is_the_sentence_that_answers(by_letters: Library, meeting: Meeting) -> None:
    question, _ = meeting.asked[0]
    (source,) = ask(by_letters, question, k=1).sources
    assert source.highlight is not None
    assert source.turn.text[slice(*source.highlight)] == meeting.quote


@pytest.mark.parametrize("language", ["zh", "ja", "th"])
def test_long_turn_without_spaces_makes_several_passages(tmp_path: Path, language: str) -> None:
    meeting = MEETINGS[MEETING_IDS.index(language)]
    talk = "".join(turn_of(line).text for line in meeting.lines) * 8
    turn = turn_of(f"A: {talk}")
    pieces = [talk[piece.start : piece.end] for piece in cut_turns([turn], PassageSettings())]
    assert len(pieces) > 3
    assert all(100 <= len(piece) <= 600 for piece in pieces[:-1])
    with Library(tmp_path / "library", KnowsNothing()) as library:
        put(library, f"A: {talk}", *meeting.lines)
        assert len(library.indexes().table) > len(pieces)
