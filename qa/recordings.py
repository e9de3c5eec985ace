"""The recording of a transcript, while that is added to a library."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import LibraryError
from qa.gathering import Recording
from qa.library import Library


@contextmanager
def recording_of(library: Library, transcript_id: str, recording: Recording | None) -> Iterator[Path | None]:
    """Have a recording at hand to be linked to a transcript.

    An upload is copied into the library before, and the copy deleted afterwards unless the transcript was
    linked to it.

    Args:
        library: To which the transcript is added meanwhile.
        transcript_id: Its id.
        recording: None when there is none.

    Yields:
        Where the recording lies; None when there is none.

    Raises:
        LibraryError: If it cannot be copied.
    """
    if recording is None or recording.stays:
        yield recording.path.resolve() if recording else None
        return
    kept = library.media_folder / f"{transcript_id}{Path(recording.name).suffix.lower()}"
    if not kept.exists():
        _copy(recording.path, kept)
    try:
        yield kept
    finally:
        linked = library.excerpt(transcript_id, 0, 0).media if library.holds(transcript_id) else None
        if linked != str(kept.resolve()):
            kept.unlink(missing_ok=True)


def _copy(recording: Path, media: Path) -> None:
    scratch = media.with_name(f"{media.name}.part")
    try:
        media.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(recording, scratch)
        scratch.replace(media)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise LibraryError(f"cannot keep the recording in {media.parent}: {error.strerror}") from error
