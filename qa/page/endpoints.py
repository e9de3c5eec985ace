"""What programs may call: the page's main actions, which share nothing with anyone's conversation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.answering import ask, check_question
from qa.conversation import wordings
from qa.errors import QAError
from qa.filters import make_filter
from qa.importing import Progress, Report, add_uploads
from qa.json_forms import (
    JsonObject,
    answer_json,
    entry_json,
    judged_json,
    reason_json,
    report_json,
    transcript_json,
)
from qa.judgments import NOT_RELEVANT, RELEVANT, Asked
from qa.library import Library
from qa.reasons import why
from qa.wishes import make_wishes

MOST_SOURCES = 50
MOST_EXPLAINED = 100


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints of one library.

    Gradio describes each by its signature and calls it with plain values; an empty list or text is "any".

    Args:
        library: What is asked, added to and removed from.
        url: The beginning of every link.
    """

    library: Library
    url: str

    def ask(
        self,
        question: str,
        k: int = 5,
        transcripts: list[str] = [],  # noqa: B006  # Gradio shows it as the default; never changed
        speakers: list[str] = [],  # noqa: B006
        since: str = "",
        until: str = "",
        previous: list[str] = [],  # noqa: B006
        by: list[str] = [],  # noqa: B006
        about: list[str] = [],  # noqa: B006
        asked_of: list[str] = [],  # noqa: B006
        clues: bool = True,
    ) -> dict[str, Any]:
        """Answer a question, as `qa.json_forms.answer_json` writes it.

        Raises:
            QAError: If the question, a filter, a person wanted or k cannot be used.
        """
        if not 1 <= k <= MOST_SOURCES:
            raise QAError(f"k is {k}; ask for 1 to {MOST_SOURCES} sources.")
        within = make_filter(self.library, transcripts, speakers, since, until)
        wishes = make_wishes(self.library, by, about, asked_of, guess=clues)
        return answer_json(ask(self.library, question, k, within, previous, self.url, wishes))

    def why(
        self,
        question: str,
        turns: list[str],
        k: int = 5,
        transcripts: list[str] = [],  # noqa: B006
        speakers: list[str] = [],  # noqa: B006
        since: str = "",
        until: str = "",
        previous: list[str] = [],  # noqa: B006
        by: list[str] = [],  # noqa: B006
        about: list[str] = [],  # noqa: B006
        asked_of: list[str] = [],  # noqa: B006
        clues: bool = True,
    ) -> list[dict[str, Any]]:
        """Say why turns, given by id or link, are sources of the answer that `ask` gives, or why not.

        Returns:
            One for each of the turns, as `qa.json_forms.reason_json` writes it.

        Raises:
            QAError: As for `ask`; or if there is no such turn.
        """
        if not 1 <= k <= MOST_SOURCES:
            raise QAError(f"k is {k}; ask for 1 to {MOST_SOURCES} sources.")
        if len(turns) > MOST_EXPLAINED:
            raise QAError(f"{len(turns)} turns are named; ask about {MOST_EXPLAINED} at most.")
        within = make_filter(self.library, transcripts, speakers, since, until)
        wishes = make_wishes(self.library, by, about, asked_of, guess=clues)
        found = why(self.library, question, turns, k, within, previous, wishes)
        return [reason_json(reason) for reason in found]

    def judge(
        self,
        question: str,
        turn: str,
        relevant: bool | None = True,
        transcripts: list[str] = [],  # noqa: B006
        speakers: list[str] = [],  # noqa: B006
        since: str = "",
        until: str = "",
        previous: list[str] = [],  # noqa: B006
    ) -> dict[str, Any]:
        """Note whether a turn answers a question; None takes it back. The question is named as for `ask`.

        Returns:
            What is judged of the question now, as `qa.json_forms.judged_json` writes it; empty for nothing.

        Raises:
            QAError: If the question or a filter cannot be used, or there is no such turn.
        """
        question = check_question(question)
        within = make_filter(self.library, transcripts, speakers, since, until)
        asked = Asked(question, wordings(question, previous), within)
        gain = None if relevant is None else RELEVANT if relevant else NOT_RELEVANT
        self.library.judgments.judge(asked, turn, gain)
        judged = self.library.judgments.of(asked)
        return {} if judged is None else judged_json(judged)

    def judgments(self) -> list[dict[str, Any]]:
        """List what is judged, question by question."""
        return [judged_json(one) for one in self.library.judgments.all()]

    def list_transcripts(self) -> list[dict[str, Any]]:
        """List what is in the library, the latest date first."""
        return [entry_json(entry) for entry in self.library.entries()]

    def show_transcript(self, transcript: str) -> dict[str, Any]:
        """Return a whole transcript, named by its id or words of its title.

        Raises:
            NotFoundError: If that fits none, or several.
        """
        return transcript_json(self.library.transcript(self.library.find(transcript).id))

    def remove(self, transcript: str) -> dict[str, Any]:
        """Remove a transcript, named likewise; return what it was.

        Raises:
            NotFoundError: If that fits none, or several.
        """
        entry = self.library.find(transcript)
        self.library.remove(entry.id)
        return entry_json(entry)

    def add(self, files: list[str] | None) -> list[JsonObject]:
        """Add uploaded files; one report each, as `qa.json_forms.report_json` writes it but for one key.

        The file's name goes by ``file``: whatever has a ``path``, Gradio's clients try to download.
        """
        reports = add_uploaded(self.library, files or [], lambda _: None)
        return [
            {("file" if key == "path" else key): value for key, value in report_json(report).items()}
            for report in reports
        ]


def add_uploaded(
    library: Library, uploads: Sequence[str], on_progress: Callable[[Progress], None]
) -> list[Report]:
    """Add uploaded files to a library, and delete what was uploaded.

    Args:
        library: Where to add them.
        uploads: Where the uploads lie, each under the name it had.
        on_progress: Called as the work goes on.
    """
    paths = [Path(upload) for upload in uploads]
    try:
        reports = list(add_uploads(library, [(path.name, path) for path in paths], on_progress))
        library.compact_soon()
        return reports
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
