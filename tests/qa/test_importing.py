from pathlib import Path

import pytest

from qa.importing import (
    Progress,
    Report,
    add_bytes,
    add_paths,
    add_samples,
    add_uploads,
    collect,
    content_id,
)
from qa.library import Library

COUNCIL = "Ana: the budget is settled\nBen: nobody ordered a zeppelin\n"
HARBOUR = "Cy: the gate held\nDee: the wall did not\n"
CAPTIONS = (
    "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ana>hello there\n\n00:02.000 --> 00:04.000\n<v Ben>hello to you\n"
)
BROKEN = "WEBVTT\n\nxx:00.000 --> 00:02.000\n<v Ana>hello there\n"


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
    (folder / "broken.vtt").write_text(BROKEN)
    (folder / "notes.md").write_text("Shopping\n\nmilk and bread and a long loaf of nothing in particular\n")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / ".hidden" / "secret.txt").write_text("Eve: secret\n")
    (folder / ".secret.txt").write_text("Eve: secret\n")
    return folder


def by_name(reports: list[Report]) -> dict[str, Report]:
    return {Path(report.path).name: report for report in reports}


def test_named_files_come_before_found_ones_without_repeats(talks: Path) -> None:
    council = talks / "council.txt"
    named, found = collect([council, talks, council, talks / "deep"])
    assert named == [council]
    assert [file.name for file in found] == ["broken.vtt", "captions.vtt", "harbour.txt", "notes.md"]


def test_folder_is_walked_and_one_bad_file_does_not_stop_the_rest(library: Library, talks: Path) -> None:
    reports = by_name(list(add_paths(library, [talks])))
    assert {name: (report.status, report.turns) for name, report in reports.items()} == {
        "broken.vtt": ("refused", 0),
        "captions.vtt": ("added", 2),
        "council.txt": ("added", 2),
        "harbour.txt": ("added", 2),
    }
    assert {entry.source for entry in library.entries()} == {"captions.vtt", "council.txt", "harbour.txt"}
    assert {report.format for report in reports.values()} == {"plain", "webvtt", None}


def test_refused_file_carries_place_and_remedy(library: Library, talks: Path) -> None:
    (report,) = add_paths(library, [talks / "broken.vtt"])
    assert (report.status, report.format, report.transcript_id, report.title) == ("refused", None, None, None)
    assert report.path == str(talks / "broken.vtt")
    assert report.warnings[-1].startswith(f"{talks / 'broken.vtt'}:3: cannot read 'xx:00.000 --> 00:02.000'")


def test_file_that_was_named_and_is_no_transcript_is_refused(library: Library, talks: Path) -> None:
    (report,) = add_paths(library, [talks / "notes.md"])
    assert report.status == "refused"
    assert "The file is in no format that is read." in report.warnings[-1]


def test_missing_file_is_refused_and_the_rest_added(library: Library, talks: Path) -> None:
    missing, council = add_paths(library, [talks / "none.txt", talks / "council.txt"])
    assert missing.warnings == (f"{talks / 'none.txt'}: There is no such file. Check the name.",)
    assert (missing.status, council.status) == ("refused", "added")


def test_refused_twice_is_refused_and_adds_nothing(library: Library, talks: Path) -> None:
    assert [report.status for report in add_paths(library, [talks / "broken.vtt"] * 2)] == ["refused"]
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
    add_bytes(library, COUNCIL.encode(), Path("-"))
    report = add_bytes(library, HARBOUR.encode(), Path("-"))
    assert report.status == "added"
    assert len(library.entries()) == 2


def test_ids_are_the_first_digits_of_the_contents_sha256() -> None:
    assert content_id(b"") == "e3b0c44298fc"  # sha256 of nothing: e3b0c442 98fc1c14 …
    assert content_id(b"abc") == "ba7816bf8f01"


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


def test_progress_tells_the_file_and_its_passages(library: Library, talks: Path) -> None:
    steps: list[Progress] = []
    list(add_paths(library, [talks / "council.txt", talks / "none.txt"], steps.append))
    assert steps[:2] == [Progress(1, 2, "council.txt", 0, 0), Progress(1, 2, "council.txt", 2, 2)]
    assert all(step.file == 2 for step in steps[2:])


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


def test_one_bad_upload_does_not_stop_the_rest(library: Library, tmp_path: Path) -> None:
    uploads = [
        lay(tmp_path / "up", "broken.vtt", BROKEN.encode()),
        lay(tmp_path / "up", "council.txt", COUNCIL.encode()),
        lay(tmp_path / "up", "empty.txt", b""),
    ]
    reports = list(add_uploads(library, uploads))
    assert [report.status for report in reports] == ["refused", "added", "refused"]
    assert reports[2].warnings == ("empty.txt: The file is empty. Export the transcript again.",)


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
