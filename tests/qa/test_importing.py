import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from qa.corrections import Corrections, Rename
from qa.gathering import collect
from qa.importing import (
    Import,
    Progress,
    Report,
    add_bytes,
    add_paths,
    add_previewed,
    add_samples,
    add_uploads,
)
from qa.library import Library
from qa.previewing import Instructions, content_id, preview_uploads
from qa.reporting import Summary
from tests.conftest import WordEncoder

COUNCIL = "Ana: the budget is settled\nBen: nobody ordered a zeppelin\n"
HARBOUR = "Cy: the gate held\nDee: the wall did not\n"
CAPTIONS = (
    "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ana>hello there\n\n00:02.000 --> 00:04.000\n<v Ben>hello to you\n"
)
BROKEN = "Ana: hello\nand so on\n"


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """Make a folder of files of every kind."""
    folder = tmp_path / "talks"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "council.txt").write_text(COUNCIL)
    (folder / "deep" / "harbour.txt").write_text(HARBOUR)
    (folder / "deep" / "deeper" / "captions.vtt").write_text(CAPTIONS)
    (folder / "deep" / "deeper" / "captions.mp3").write_bytes(b"sound")
    (folder / "broken.txt").write_text(BROKEN)
    (folder / "notes.md").write_text("Shopping\n\nmilk and bread and a long loaf of nothing in particular\n")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / ".hidden" / "secret.txt").write_text("Eve: secret\n")
    (folder / ".secret.txt").write_text("Eve: secret\n")
    return folder


def by_name(reports: list[Report]) -> dict[str, Report]:
    return {Path(report.path).name: report for report in reports}


def test_folder_is_walked_and_one_bad_file_does_not_stop_the_rest(library: Library, talks: Path) -> None:
    reports = by_name(list(add_paths(library, [talks])))
    assert {name: (report.status, report.turns) for name, report in reports.items()} == {
        "broken.txt": ("refused", 0),
        "captions.vtt": ("added", 2),
        "council.txt": ("added", 2),
        "harbour.txt": ("added", 2),
    }
    assert {entry.source for entry in library.entries()} == {"captions.vtt", "council.txt", "harbour.txt"}
    assert {report.format for report in reports.values()} == {"plain", "webvtt", None}


def test_refused_file_carries_place_and_remedy(library: Library, talks: Path) -> None:
    (report,) = add_paths(library, [talks / "broken.txt"])
    assert (report.status, report.format, report.transcript_id, report.title) == ("refused", None, None, None)
    assert report.path == str(talks / "broken.txt")
    assert report.warnings[-1].startswith(f"{talks / 'broken.txt'}:2: cannot read 'and so on'")


def test_file_that_was_named_and_is_no_transcript_is_refused(library: Library, talks: Path) -> None:
    (report,) = add_paths(library, [talks / "notes.md"])
    assert report.status == "refused"
    assert "The file is in no format that is read." in report.warnings[-1]


def test_missing_file_is_refused_and_the_rest_added(library: Library, talks: Path) -> None:
    missing, council = add_paths(library, [talks / "none.txt", talks / "council.txt"])
    assert missing.warnings == (f"{talks / 'none.txt'}: There is no such file. Check the name.",)
    assert (missing.status, council.status) == ("refused", "added")


def test_refused_twice_is_refused_and_adds_nothing(library: Library, talks: Path) -> None:
    assert [report.status for report in add_paths(library, [talks / "broken.txt"] * 2)] == ["refused"]
    assert library.entries() == []


def test_adding_again_changes_nothing_and_says_so(library: Library, talks: Path) -> None:
    list(add_paths(library, [talks / "council.txt"]))
    (again,) = add_paths(library, [str(talks / "council.txt")])
    assert (again.status, again.turns) == ("unchanged", 2)
    assert again.transcript_id == content_id(COUNCIL.encode())
    assert len(library.entries()) == 1


def test_changed_file_replaces_its_old_version_however_its_path_is_written(
    library: Library, talks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(add_paths(library, [talks / "council.txt"]))
    (talks / "council.txt").write_text(HARBOUR)
    monkeypatch.chdir(talks / "deep")
    (report,) = add_paths(library, ["../council.txt"])
    assert (report.status, report.path) == ("replaced", "../council.txt")
    assert [entry.id for entry in library.entries()] == [content_id(HARBOUR.encode())]


def test_standard_input_replaces_nothing(library: Library) -> None:
    (first,) = add_bytes(library, COUNCIL.encode(), "standard input")
    (second,) = add_bytes(library, HARBOUR.encode(), "standard input")
    assert (first.status, second.status, second.title) == ("added", "added", "Standard input")
    assert len(library.entries()) == 2


def test_recording_of_the_same_name_is_linked_to_a_timed_transcript(library: Library, talks: Path) -> None:
    (talks / "council.mp3").write_bytes(b"sound")
    list(add_paths(library, [talks]))
    media = {entry.source: entry.media for entry in library.entries()}
    assert media == {
        "captions.vtt": str((talks / "deep" / "deeper" / "captions.mp3").resolve()),
        "council.txt": None,  # it has no times: nothing could be played from a turn
        "harbour.txt": None,
    }


def test_recording_of_a_name_with_brackets_is_found(library: Library, tmp_path: Path) -> None:
    (tmp_path / "talk [final]*.vtt").write_text(CAPTIONS)
    (tmp_path / "talk [final]*.mp3").write_bytes(b"sound")
    (tmp_path / "talk f.mp3").write_bytes(b"other")
    list(add_paths(library, [tmp_path / "talk [final]*.vtt"]))
    assert library.entries()[0].media == str((tmp_path / "talk [final]*.mp3").resolve())


def test_report_says_what_was_understood(library: Library, talks: Path) -> None:
    (report,) = add_paths(library, [talks / "council.txt"])
    assert report.inspection is not None
    assert report.inspection.recognised == "lines start with a speaker and a colon"
    assert [(one.name, one.turns) for one in report.inspection.speakers] == [("Ana", 1), ("Ben", 1)]
    (refused,) = add_paths(library, [talks / "broken.txt"])
    assert refused.inspection is None


# --- how far it has come ---------------------------------------------------------------------------------


def test_progress_tells_the_file_and_its_passages(library: Library, talks: Path) -> None:
    steps: list[Progress] = []
    list(add_paths(library, [talks / "council.txt", talks / "none.txt"], steps.append))
    assert steps[:2] == [
        Progress(1, 2, "council.txt", 0, 0, 0.0, 0),
        Progress(1, 2, "council.txt", 2, 2, 1.0, 2),  # a file that is missing weighs nothing
    ]
    assert all(step.file == 2 for step in steps[2:])


def test_files_count_by_their_bytes(library: Library, tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("Ana: a\n" * 3)  # 21 bytes, then 63: a quarter and three
    two.write_text("Ana: b\n" * 9)
    steps: list[Progress] = []
    list(add_paths(library, [one, two], steps.append))
    assert [(step.name, step.share, step.turns) for step in steps] == [
        ("one.txt", 0.0, 0), ("one.txt", 0.25, 3), ("two.txt", 0.25, 3), ("two.txt", 1.0, 12),
    ]  # fmt: skip


def test_rate_and_time_left_follow_from_what_is_done() -> None:
    step = Progress(1, 4, "a.txt", share=0.25, turns=120, seconds=30.0)
    assert (step.turns_per_second, step.seconds_left) == (4.0, 90.0)
    assert (Progress(1, 4, "a.txt").turns_per_second, Progress(1, 4, "a.txt").seconds_left) == (0.0, None)


def test_summary_counts_every_kind(library: Library, talks: Path) -> None:
    run = Import(library)
    list(run.add(collect([talks])))
    first = run.summary()
    assert first == Summary(3, 0, 0, 1, 2, 6, first.seconds)  # notes.md and photo.jpg were passed over
    (talks / "council.txt").write_text("Ana: another budget\n")
    run = Import(library)
    list(run.add(collect([talks])))
    second = run.summary()
    assert second == Summary(0, 2, 1, 1, 2, 1, second.seconds)
    assert Summary(turns=120, seconds=30.0).turns_per_second == 4.0


# --- what goes wrong -------------------------------------------------------------------------------------


def test_fault_of_the_disk_does_not_stop_the_rest(
    library: Library, talks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Path.open

    def opened(self: Path, *arguments: Any, **more: Any) -> Any:
        if self.name == "council.txt":
            raise OSError(5, "Input/output error")
        return honest(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", opened)
    reports = by_name(list(add_paths(library, [talks])))
    assert reports["council.txt"].warnings == (f"{talks / 'council.txt'}: Input/output error",)
    assert reports["harbour.txt"].status == "added"


def test_stopping_keeps_what_was_finished(library: Library, talks: Path) -> None:
    run = Import(library, cancelled=lambda: len(library.entries()) == 2)
    reports = list(run.add(collect([talks])))
    assert [report.status for report in reports] == ["refused", "added", "added"]
    summary = run.summary()
    assert (summary.added, summary.refused, summary.stopped) == (2, 1, True)
    assert [entry.source for entry in library.entries()] == ["captions.vtt", "council.txt"]
    assert (library.folder / "index" / "manifest.json").exists()


def test_stopping_while_a_file_is_embedded_leaves_that_file_out(
    library: Library, talks: Path, encoder: WordEncoder
) -> None:
    run = Import(library, cancelled=lambda: encoder.encoded > 2)  # the second file's vectors are being made
    reports = list(run.add(collect([talks / "council.txt", talks / "deep" / "harbour.txt"])))
    assert [report.path for report in reports] == [str(talks / "council.txt")]
    assert run.summary().stopped
    assert [entry.source for entry in library.entries()] == ["council.txt"]


def test_names_are_left_as_they_are_in_what_is_there_already(library: Library, talks: Path) -> None:
    corrections = Corrections((Rename("Ana", "Ana Lopez"),))
    inputs = collect([talks / "council.txt"])
    list(Import(library).add(inputs))
    (again,) = Import(library).add(inputs, Instructions(corrections=corrections))
    assert (again.status, again.warnings[-1]) == (
        "unchanged",
        "It was in the library already; names were left as they are there. "
        "Change them with: transcript-qa rename",
    )


def test_corrections_are_in_what_is_added(library: Library, talks: Path) -> None:
    corrections = Corrections((Rename("Ana", "Ana Lopez"),))
    (report,) = Import(library).add(collect([talks / "council.txt"]), Instructions(corrections=corrections))
    assert report.transcript_id == content_id(COUNCIL.encode())  # the id is that of the file
    assert library.entries()[0].speakers == ("Ana Lopez", "Ben")


# --- archives --------------------------------------------------------------------------------------------


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return held.getvalue()


def test_archive_is_added_member_by_member(library: Library, tmp_path: Path) -> None:
    files = [("june/council.txt", COUNCIL.encode()), ("bad.txt", BROKEN.encode()), ("a.png", b"x")]
    (tmp_path / "old.zip").write_bytes(zipped(files))
    run = Import(library)
    council, bad = run.add(collect([tmp_path / "old.zip"]))
    assert (council.path, council.status) == (f"{tmp_path}/old.zip/june/council.txt", "added")
    assert (bad.path, bad.status) == (f"{tmp_path}/old.zip/bad.txt", "refused")
    assert run.summary().passed_over == 1
    assert library.entries()[0].source == "old.zip/june/council.txt"
    assert library.entries()[0].title == "Council"


def test_member_of_a_newer_archive_takes_the_place_of_the_old_one(library: Library, tmp_path: Path) -> None:
    archive = tmp_path / "old.zip"
    archive.write_bytes(zipped([("a.txt", COUNCIL.encode()), ("b.txt", b"Eva: hello\n")]))
    list(add_paths(library, [archive]))
    archive.write_bytes(zipped([("a.txt", HARBOUR.encode()), ("b.txt", b"Eva: hello\n")]))
    assert [report.status for report in add_paths(library, [archive])] == ["replaced", "unchanged"]
    assert {entry.id for entry in library.entries()} == {
        content_id(HARBOUR.encode()), content_id(b"Eva: hello\n"),
    }  # fmt: skip


def test_same_content_in_an_archive_and_beside_it_is_one_transcript(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zipped([("council.txt", COUNCIL.encode())]))
    (folder / "b.txt").write_text(COUNCIL)
    assert [report.status for report in add_paths(library, [folder])] == ["added", "unchanged"]
    assert len(library.entries()) == 1


def test_index_is_saved_once_when_all_is_added(library: Library, talks: Path) -> None:
    reports = add_paths(library, [talks])
    next(reports)
    assert not (library.folder / "index").exists()
    list(reports)
    assert {path.name.partition("-")[0] for path in (library.folder / "index").iterdir()} == {
        "manifest.json", "segment"
    }  # fmt: skip


# --- uploads ---------------------------------------------------------------------------------------------


def lay(folder: Path, name: str, data: bytes) -> tuple[str, Path]:
    """Put an upload where a web server would, under a name of its own."""
    folder.mkdir(exist_ok=True)
    lies = folder / f"upload-{content_id(name.encode())}"
    lies.write_bytes(data)
    return name, lies


def media_files(library: Library) -> list[Path]:
    return sorted(library.media_folder.iterdir()) if library.media_folder.exists() else []


def test_uploaded_recording_is_copied_and_linked(library: Library, tmp_path: Path) -> None:
    text = lay(tmp_path / "up", "talk.vtt", CAPTIONS.encode())
    sound = lay(tmp_path / "up", "talk.MP3", b"sound")
    (report,) = add_uploads(library, [sound, text])
    assert (report.path, report.status) == ("talk.vtt", "added")
    (entry,) = library.entries()
    assert entry.media is not None
    (kept,) = media_files(library)
    assert Path(entry.media) == kept.resolve()
    assert kept.read_bytes() == b"sound"
    assert kept.suffix == ".mp3"  # of the name it had, wherever it lies: browsers go by it
    library.remove(entry.id)
    assert media_files(library) == []


def test_recording_without_a_transcript_is_refused_with_the_remedy(library: Library, tmp_path: Path) -> None:
    (report,) = add_uploads(library, [lay(tmp_path / "up", "talk.mp3", b"sound")])
    assert report == Report(
        "talk.mp3",
        "refused",
        warnings=("talk.mp3 is a recording. Upload its transcript with it, named alike.",),
    )


def test_recording_of_a_refused_transcript_is_not_kept(library: Library, tmp_path: Path) -> None:
    text = lay(tmp_path / "up", "talk.vtt", BROKEN.encode())
    sound = lay(tmp_path / "up", "talk.mp3", b"sound")
    reports = list(add_uploads(library, [text, sound]))
    assert [report.status for report in reports] == ["refused"]
    assert media_files(library) == []


def test_recording_of_a_transcript_without_times_is_not_kept(library: Library, tmp_path: Path) -> None:
    text = lay(tmp_path / "up", "council.txt", COUNCIL.encode())
    sound = lay(tmp_path / "up", "council.mp3", b"sound")
    list(add_uploads(library, [text, sound]))
    assert [entry.media for entry in library.entries()] == [None]
    assert media_files(library) == []


def test_recording_uploaded_after_its_transcript_is_linked_or_not_kept(
    library: Library, tmp_path: Path
) -> None:
    text = lay(tmp_path / "up", "talk.vtt", CAPTIONS.encode())
    list(add_uploads(library, [text]))
    (report,) = add_uploads(library, [text, lay(tmp_path / "up", "talk.mp3", b"sound")])
    assert report.status == "unchanged"
    (entry,) = library.entries()
    assert [str(file.resolve()) for file in media_files(library)] == ([entry.media] if entry.media else [])
    library.remove(entry.id)
    assert media_files(library) == []


def test_uploading_the_same_pair_twice_keeps_the_recording(library: Library, tmp_path: Path) -> None:
    pair = [
        lay(tmp_path / "up", "talk.vtt", CAPTIONS.encode()),
        lay(tmp_path / "up", "talk.mp3", b"sound"),
    ]
    list(add_uploads(library, pair))
    (again,) = add_uploads(library, pair)
    assert again.status == "unchanged"
    assert len(media_files(library)) == 1


def test_second_recording_of_a_transcript_is_not_kept(library: Library, tmp_path: Path) -> None:
    text = lay(tmp_path / "up", "talk.vtt", CAPTIONS.encode())
    list(add_uploads(library, [text, lay(tmp_path / "up", "talk.mp3", b"sound")]))
    list(add_uploads(library, [text, lay(tmp_path / "up", "talk.wav", b"other")]))
    assert [file.suffix for file in media_files(library)] == [".mp3"]


def test_recording_of_an_upload_that_was_stopped_is_not_kept(
    library: Library, tmp_path: Path, encoder: WordEncoder
) -> None:
    uploads = [
        lay(tmp_path / "up", "talk.vtt", CAPTIONS.encode()),
        lay(tmp_path / "up", "talk.mp3", b"sound"),
    ]
    assert list(add_uploads(library, uploads, cancelled=lambda: encoder.encoded > 0)) == []
    assert media_files(library) == []


def test_one_bad_upload_does_not_stop_the_rest(library: Library, tmp_path: Path) -> None:
    uploads = [
        lay(tmp_path / "up", "broken.txt", BROKEN.encode()),
        lay(tmp_path / "up", "council.txt", COUNCIL.encode()),
        lay(tmp_path / "up", "empty.txt", b""),
    ]
    reports = list(add_uploads(library, uploads))
    assert [report.status for report in reports] == ["refused", "added", "refused"]
    assert reports[2].warnings == ("empty.txt: The file is empty. Export the transcript again.",)


def test_uploaded_archive_is_added_member_by_member(library: Library, tmp_path: Path) -> None:
    uploads = [lay(tmp_path / "up", "old.zip", zipped([("a.txt", COUNCIL.encode()), ("b.png", b"x")]))]
    (report,) = add_uploads(library, uploads)
    assert (report.path, report.status) == ("old.zip/a.txt", "added")
    (again,) = add_uploads(library, uploads)
    assert again.status == "unchanged"


def test_uploads_can_be_stopped(library: Library, tmp_path: Path) -> None:
    uploads = [
        lay(tmp_path / "up", "council.txt", COUNCIL.encode()),
        lay(tmp_path / "up", "harbour.txt", HARBOUR.encode()),
    ]
    reports = list(add_uploads(library, uploads, cancelled=lambda: bool(library.entries())))
    assert [report.path for report in reports] == ["council.txt"]


def test_previewed_uploads_are_added_with_what_the_user_changed(library: Library, tmp_path: Path) -> None:
    previewed = preview_uploads(
        [
            lay(tmp_path / "up", "talk.vtt", CAPTIONS.encode()),
            lay(tmp_path / "up", "talk.mp3", b"sound"),
            lay(tmp_path / "up", "council.txt", COUNCIL.encode()),
            lay(tmp_path / "up", "broken.txt", BROKEN.encode()),
        ]
    )
    assert library.entries() == []
    steps: list[Progress] = []
    corrections = {
        "talk.vtt": Corrections((Rename("Ana", "Ana Lopez"),)),
        "council.txt": Corrections((Rename("Z", "Y"),)),
    }
    reports = list(add_previewed(library, previewed, corrections, steps.append))
    assert [(report.path, report.status) for report in reports] == [
        ("talk.vtt", "added"), ("council.txt", "refused"), ("broken.txt", "refused"),
    ]  # fmt: skip
    assert reports[1].warnings[0].startswith("council.txt: no speaker is called 'Z'.")
    (entry,) = library.entries()
    assert entry.speakers == ("Ana Lopez", "Ben")
    assert [str(file.resolve()) for file in media_files(library)] == [entry.media]
    assert [(step.name, step.share) for step in steps] == [
        # two turns and one for the file itself: half of the whole; what was refused weighs nothing
        ("talk.vtt", 0.0), ("talk.vtt", 0.5), ("council.txt", 0.5), ("broken.txt", 1.0),
    ]  # fmt: skip


def test_adding_what_was_previewed_can_be_stopped(library: Library, tmp_path: Path) -> None:
    previewed = preview_uploads(
        [
            lay(tmp_path / "up", "council.txt", COUNCIL.encode()),
            lay(tmp_path / "up", "harbour.txt", HARBOUR.encode()),
        ]
    )
    reports = list(add_previewed(library, previewed, {}, cancelled=lambda: bool(library.entries())))
    assert [report.path for report in reports] == ["council.txt"]


# --- samples ---------------------------------------------------------------------------------------------


def test_samples_are_added_once_and_stay_removed(library: Library) -> None:
    reports = add_samples(library)
    assert {report.status for report in reports} == {"added"}
    assert {(report.format, report.turns >= 60) for report in reports} == {
        ("press", True),
        ("webvtt", True),
        ("whisper", True),
    }
    media = {entry.format: entry.media is not None for entry in library.entries()}
    assert media == {"press": False, "webvtt": False, "whisper": True}
    for entry in library.entries():
        library.remove(entry.id)
    assert add_samples(library) == []
    assert library.entries() == []
