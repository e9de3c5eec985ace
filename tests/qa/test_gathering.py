import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.errors import FormatError, UnknownFormatError
from qa.gathering import Found, Input, Recording, collect, found_in, found_in_data

TALK = b"Ana: hello\nBen: hello to you\n"


def lay(folder: Path, *names: str) -> None:
    """Make small files, with the folders they lie in."""
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(TALK)


def zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def names(inputs: list[Input], folder: Path) -> list[str]:
    return [one.path.relative_to(folder).as_posix() for one in inputs]


def outcome(found: Found) -> bytes | str:
    """Return what reading gives: the content, or the beginning of the reason."""
    try:
        return found.read()
    except UnknownFormatError:
        return "passed over"
    except (FormatError, OSError) as error:
        return str(error)


# --- folders ---------------------------------------------------------------------------------------------


def test_named_files_come_before_found_ones_without_repeats(tmp_path: Path) -> None:
    lay(
        tmp_path, "b.txt", "a.txt", "deep/c.txt", "deep/deeper/d.txt", ".hidden/e.txt", ".f.txt", "deep/g.mp3"
    )
    named = tmp_path / "deep" / "c.txt"
    inputs = collect([named, tmp_path, named, tmp_path / "deep"])
    assert names(inputs, tmp_path) == ["deep/c.txt", "a.txt", "b.txt", "deep/deeper/d.txt"]
    assert [one.named for one in inputs] == [True, False, False, False]
    assert {one.size for one in inputs} == {len(TALK)}


def test_thousands_of_files_are_found_once_each_and_folders_listed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, *(f"{n}.txt" for n in range(3_000)))
    listed: list[Path] = []
    honest = Path.iterdir

    def counted(self: Path) -> Iterator[Path]:
        listed.append(self)
        return honest(self)

    monkeypatch.setattr(Path, "iterdir", counted)
    assert len(collect([tmp_path])) == 3_000
    assert listed == [tmp_path.resolve()]  # for recordings: not once for each file


def test_links_in_a_circle_are_not_followed(tmp_path: Path) -> None:
    lay(tmp_path, "talks/a.txt")
    (tmp_path / "talks" / "again").symlink_to(tmp_path)
    (tmp_path / "talks" / "self.txt").symlink_to(tmp_path / "talks" / "self.txt")
    (tmp_path / "talks" / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    assert names(collect([tmp_path]), tmp_path) == ["talks/a.txt"]
    (named,) = found_in(collect([tmp_path / "talks" / "self.txt"]))
    assert "Too many levels of symbolic links" in str(outcome(named))


def test_folder_that_cannot_be_listed_is_refused_and_the_rest_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "closed/a.txt", "open/b.txt")
    honest = os.scandir

    def scandir(path: str | Path = ".") -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return honest(path)

    monkeypatch.setattr(os, "scandir", scandir)
    closed, open_ = found_in(collect([tmp_path]))
    assert outcome(closed) == (
        f"{tmp_path / 'closed'}: The folder cannot be read (Permission denied). Check its permissions."
    )
    assert outcome(open_) == TALK


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_name_that_is_no_text_can_be_shown_and_stored(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"talk\xff.txt")).write_bytes(TALK)
    (found,) = found_in(collect([tmp_path]))
    assert (found.kept_as, found.read()) == ("talk\ufffd.txt", TALK)
    assert str(found.path).encode().endswith("talk\ufffd.txt".encode())


def test_recording_of_the_same_name_goes_with_a_file(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "talk [1]*.vtt",
        "talk [1]*.mp3",
        "talk 1.mp3",
        "other.vtt",
        "other.en.mp3",
        "two.vtt",
        "two.wav",
        "two.M4A",
    )
    recordings = {one.path.name: one.recording and one.recording.name for one in collect([tmp_path])}
    assert recordings == {"talk [1]*.vtt": "talk [1]*.mp3", "other.vtt": None, "two.vtt": "two.M4A"}


def test_pictures_in_a_folder_are_passed_over_and_read_when_named(tmp_path: Path) -> None:
    lay(tmp_path, "photo.jpg", "talk.txt")
    assert [outcome(found) for found in found_in(collect([tmp_path]))] == ["passed over", TALK]
    assert [outcome(found) for found in found_in(collect([tmp_path / "photo.jpg"]))] == [TALK]


def test_what_a_library_keeps_for_itself_is_left_out(tmp_path: Path) -> None:
    lay(
        tmp_path, "library.sqlite", "index/manifest.json", "media/talk.txt", "talk.txt", "deep/index/talk.txt"
    )
    assert names(collect([tmp_path]), tmp_path) == ["deep/index/talk.txt", "library.sqlite", "talk.txt"]


def test_file_that_is_gone_fails_when_it_is_read(tmp_path: Path) -> None:
    (found,) = found_in(collect([tmp_path / "nowhere.txt"]))
    assert "No such file" in str(outcome(found))


def test_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.gathering.MOST_BYTES", 2**20)
    (tmp_path / "large.txt").write_bytes(b"x" * (2**20 + 1))
    (found,) = found_in(collect([tmp_path]))
    assert str(outcome(found)).endswith("It is larger than 1 MB. Split it, or name a text file.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names there")
def test_pipe_is_read_once() -> None:
    reading, writing = os.pipe()
    os.write(writing, TALK)
    os.close(writing)
    (found,) = found_in(collect([Path(f"/dev/fd/{reading}")]))
    assert found.read() == TALK
    os.close(reading)


# --- archives --------------------------------------------------------------------------------------------


def test_archive_in_a_folder_gives_its_members_under_its_name(tmp_path: Path) -> None:
    files = {"june/talk.txt": TALK, "photo.png": b"x", "june/talk.mp3": b"s", "../out.txt": b"x"}
    lay(tmp_path, "first.txt")
    (tmp_path / "old.zip").write_bytes(zipped(files))
    first, talk, photo, _, out = found_in(collect([tmp_path]))
    assert outcome(first) == TALK
    assert (talk.name, talk.kept_as) == (f"{tmp_path}/old.zip/june/talk.txt", "old.zip/june/talk.txt")
    assert (talk.path, talk.file) == (tmp_path.resolve() / "old.zip/june/talk.txt", f"{tmp_path}/old.zip")
    assert (outcome(talk), talk.named, talk.left_out) == (TALK, False, "talk.mp3")
    assert outcome(photo) == "passed over"
    assert str(outcome(out)).startswith(f"{tmp_path}/old.zip/../out.txt: Its name leads out of the archive")


def test_what_is_done_is_counted_in_bytes_of_the_files_on_disk(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "z.txt")
    inner = zipped({"one.txt": b"x" * 50, "two.txt": b"x" * 50})
    (tmp_path / "m.zip").write_bytes(inner)
    found = list(found_in(collect([tmp_path])))
    size = len(TALK)
    assert [(one.number, one.done) for one in found] == [
        (1, size), (2, size + round(len(inner) / 2)), (2, size + len(inner)), (3, 2 * size + len(inner)),
    ]  # fmt: skip


def test_damaged_archive_that_was_named_is_refused_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(zipped({"talk.txt": TALK})[:-30])
    (found,) = found_in(collect([tmp_path / "cut.zip"]))
    assert (found.named, found.kept_as) == (True, "cut.zip")
    assert outcome(found) == (
        f"{tmp_path}/cut.zip: It is damaged and cannot be unpacked. Download or export it again."
    )


def test_upload_stays_nowhere(tmp_path: Path) -> None:
    lay(tmp_path, "upload-1")
    (tmp_path / "upload-2").write_bytes(zipped({"talk.txt": TALK}))
    recording = Recording("talk.mp3", tmp_path / "upload-3", stays=False)
    uploads = [
        Input("talk.txt", tmp_path / "upload-1", stays=False, recording=recording),
        Input("old.zip", tmp_path / "upload-2", stays=False),
    ]
    assert [(one.name, one.path, one.recording) for one in found_in(uploads)] == [
        ("talk.txt", None, recording),
        ("old.zip/talk.txt", None, None),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [(lambda: TALK, ["standard input"]), (lambda: zipped({"a.txt": TALK}), ["standard input/a.txt"])],
)
def test_standard_input_may_be_an_archive(data: Callable[[], bytes], expected: list[str]) -> None:
    found = list(found_in_data(data(), "standard input"))
    assert [one.name for one in found] == expected
    assert [outcome(one) for one in found] == [TALK]


# --- Slack -----------------------------------------------------------------------------------------------


def test_unpacked_slack_export_gives_its_channels(tmp_path: Path) -> None:
    day = b'[{"type": "message", "user": "U1", "text": "hello", "ts": "1709280000.000100"}]'
    lay(tmp_path, "talk.txt")
    for name, data in {
        "users.json": b'[{"id": "U1", "real_name": "Ana Lopez"}]',
        "channels.json": b'[{"id": "C1", "name": "general"}]',
        "general/2024-03-01.json": day,
        "random/2024-03-01.json": day,
    }.items():
        lay(tmp_path / "export", name)
        (tmp_path / "export" / name).write_bytes(data)
    inputs = collect([tmp_path])
    assert [(one.path.name, one.export) for one in inputs] == [("export", True), ("talk.txt", False)]
    found = list(found_in(inputs))
    assert [one.kept_as for one in found] == ["export/general", "export/random", "talk.txt"]
    assert found[0].path == tmp_path.resolve() / "export" / "general"
    assert b"hello" in found[0].read()
    (tmp_path / "export" / "users.json").write_bytes(b"{")
    refused, talk = found_in(collect([tmp_path]))
    assert "The file is not valid JSON" in str(outcome(refused))
    assert outcome(talk) == TALK
