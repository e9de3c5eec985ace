"""Archives of every kind, and those made to do harm."""

import gzip
import io
import json
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.archive_entries import kind_of, printable
from qa.archives import Limits, Member, walk
from qa.errors import FormatError
from qa.readers import read_bytes

TALK = b"Ana: hello\nBen: hello to you\n"
LEADS_OUT = "Its name leads out of the archive; such archives are made to overwrite other files."
DAMAGED = "It is damaged and cannot be unpacked. Download or export it again."


def zipped(files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


def gzipped_tar(files: Mapping[str, bytes]) -> bytes:
    return gzip.compress(tarred(files))


def walked(data: bytes, limits: Limits = Limits(), name: str = "a.zip") -> list[Member]:  # noqa: B008  # frozen
    return list(walk(io.BytesIO(data), name, limits))


def read(data: bytes, limits: Limits = Limits(), name: str = "a.zip") -> dict[str, bytes | str | None]:  # noqa: B008
    """Return what became of each member: its content, why it was refused, or None when passed over."""
    members = walked(data, limits, name)
    assert len({member.name for member in members}) == len(members)
    return {member.name: member.data if member.refusal is None else member.refusal for member in members}


# --- what is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [zipped, tarred, gzipped_tar])
def test_files_are_read_under_the_name_of_the_archive(make: Callable[[Mapping[str, bytes]], bytes]) -> None:
    files = {"june/talk.txt": TALK, "./note.txt": b"n", "ünï/čase.txt": b"u"}
    assert read(make(files)) == {
        "a.zip/june/talk.txt": TALK,
        "a.zip/note.txt": b"n",
        "a.zip/ünï/čase.txt": b"u",
    }


@pytest.mark.parametrize("make", [zipped, tarred, gzipped_tar])
def test_hidden_files_and_what_macos_adds_are_left_out(
    make: Callable[[Mapping[str, bytes]], bytes],
) -> None:
    files = {"__MACOSX/._talk.txt": b"x", ".DS_Store": b"x", "a/.git/config": b"x", "talk.txt": TALK}
    assert read(make(files)) == {"a.zip/talk.txt": TALK}


def test_what_is_never_a_transcript_is_passed_over_unread() -> None:
    assert read(zipped({"photo.JPG": b"x" * 50, "talk.txt": TALK}), Limits(total=len(TALK))) == {
        "a.zip/photo.JPG": None,
        "a.zip/talk.txt": TALK,
    }


def test_recording_beside_a_transcript_is_named_and_not_read() -> None:
    members = walked(zipped({"june/talk.vtt": b"W", "june/talk.mp3": b"s", "july/talk.vtt": b"W"}))
    assert [(member.name, member.recording) for member in members if member.data] == [
        ("a.zip/june/talk.vtt", "talk.mp3"),
        ("a.zip/july/talk.vtt", None),
    ]
    assert next(member for member in members if member.name == "a.zip/june/talk.mp3").data is None


def test_archives_within_archives_are_read() -> None:
    inner = gzipped_tar({"deep/talk.txt": TALK})
    assert read(zipped({"x/inner.tgz": inner, "y.zip": zipped({"t.txt": b"t"})})) == {
        "a.zip/x/inner.tgz/deep/talk.txt": TALK,
        "a.zip/y.zip/t.txt": b"t",
    }


def test_single_gzipped_file_is_read() -> None:
    assert read(gzip.compress(TALK), name="talk.txt.gz") == {"talk.txt.gz/talk.txt": TALK}


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "mimetype"])
def test_document_is_no_archive(part: str) -> None:
    document = zipped({part: b"<x/>"})
    assert kind_of(io.BytesIO(document)) is None
    assert read(zipped({"minutes.docx": document})) == {"a.zip/minutes.docx": document}
    with pytest.raises(ValueError, match=r"minutes\.docx is not an archive"):
        walked(document, name="minutes.docx")


def test_text_is_no_archive_and_the_stream_stays_at_its_beginning() -> None:
    stream = io.BytesIO(TALK)
    assert kind_of(stream) is None
    assert stream.tell() == 0


def test_empty_archives_hold_nothing() -> None:
    assert read(zipped({})) == {}
    assert read(gzip.compress(b"")) == {"a.zip/a.zip": b""}


def test_share_grows_to_one_by_what_members_take_up() -> None:
    inner = zipped({"one.txt": b"1" * 100, "two.txt": b"2" * 300}, zipfile.ZIP_STORED)
    files = {"first.txt": b"x" * len(inner), "inner.zip": inner}
    members = walked(zipped(files, zipfile.ZIP_STORED))
    # Half for the first file; the inner archive's half is shared 1 : 3.
    assert [member.share for member in members] == [0.5, 0.625, 1.0]


def test_members_are_unpacked_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    honest = zipfile.ZipFile.open

    def counted(self: zipfile.ZipFile, name: zipfile.ZipInfo, *args: Any, **more: Any) -> Any:
        opened.append(name.filename)
        return honest(self, name, *args, **more)

    data = zipped({f"{n}.txt": TALK for n in range(3)})
    monkeypatch.setattr(zipfile.ZipFile, "open", counted)
    members = walk(io.BytesIO(data), "a.zip")
    next(members)
    assert opened == ["0.txt"]


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../talk.txt", "a/../../talk.txt", "/etc/talk.txt", "C:/talk.txt", "c:\\talk.txt", "..\\talk.txt",
     "\\\\host\\talk.txt", "../photo.jpg", "a/..", "../.hidden"],
)  # fmt: skip
@pytest.mark.parametrize("make", [zipped, tarred])
def test_names_that_lead_out_are_refused_and_the_rest_read(
    make: Callable[[Mapping[str, bytes]], bytes], name: str
) -> None:
    shown = "a.zip/" + name.replace("\\", "/")
    assert read(make({name: TALK, "talk.txt": TALK})) == {shown: LEADS_OUT, "a.zip/talk.txt": TALK}


def test_overlong_names_are_refused() -> None:
    long, deep = "x" * 1_001, "/".join("d" * 60)
    refused = read(zipped({long: b"", deep: b"", "talk.txt": TALK}))
    assert refused.pop("a.zip/talk.txt") == TALK
    assert set(refused.values()) == {"Its name is longer than any folder needs. Unpack the archive first."}


def test_links_and_devices_are_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    said = "It is a link to another file, not a file. Put the file itself into the archive."
    assert read(held.getvalue()) == {"a.zip/link.txt": said}

    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("talk.txt"))
        for name, kind in (
            ("soft.txt", tarfile.SYMTYPE),
            ("hard.txt", tarfile.LNKTYPE),
            ("pipe.txt", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "talk.txt"
            archive.addfile(info)
    assert read(held.getvalue()) == {
        "a.zip/talk.txt": b"",
        "a.zip/soft.txt": said,
        "a.zip/hard.txt": said,
        "a.zip/pipe.txt": "It is a device or a pipe, not a file. Put the file itself into the archive.",
    }


def marked_encrypted(data: bytes, name: bytes) -> bytes:
    """Set the flag of encryption in a zip's directory, at one file."""
    at = data.index(b"PK\x01\x02")
    while data[at + 46 : at + 46 + len(name)] != name:
        at = data.index(b"PK\x01\x02", at + 1)
    return data[: at + 8] + struct.pack("<H", 1) + data[at + 10 :]


def test_encrypted_file_is_refused_and_the_rest_read() -> None:
    data = marked_encrypted(zipped({"secret.txt": TALK, "talk.txt": TALK}), b"secret.txt")
    assert read(data) == {
        "a.zip/secret.txt": "It is encrypted. Unpack the archive with its password, and add the folder.",
        "a.zip/talk.txt": TALK,
    }


def test_unusual_packing_is_refused() -> None:
    said = "It is packed in a way that is not read. Unpack the archive, and add the folder."
    assert read(zipped({"talk.txt": TALK}, zipfile.ZIP_LZMA)) == {"a.zip/talk.txt": said}


def test_second_file_of_a_name_is_told_apart_from_the_first() -> None:
    held = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the second
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("talk.txt", b"first")
            archive.writestr("talk.txt", b"second")
    assert read(held.getvalue()) == {"a.zip/talk.txt": b"first", "a.zip/talk.txt#2": b"second"}


def test_names_with_control_characters_are_shown_without_them() -> None:
    assert read(zipped({"ta\x1b[31mlk.txt": TALK})) == {"a.zip/ta\ufffd[31mlk.txt": TALK}
    assert printable("a\udcff.txt") == "a\ufffd.txt"


# --- limits ----------------------------------------------------------------------------------------------

SMALL = Limits(entries=5, total=4_000, file=2_000, ratio=20, ratio_from=1_000, depth=2)
UNPACKED = bytes(range(256)) * 8  # 2,048 bytes


def test_file_over_the_limit_is_refused_and_the_rest_read() -> None:
    limits = Limits(file=3 * 2**20)
    data = zipped({"large.txt": b"x" * (3 * 2**20 + 1), "talk.txt": TALK})
    assert read(data, limits) == {
        "a.zip/large.txt": "It is larger than 3 MB. Split it, or add a text file.",
        "a.zip/talk.txt": TALK,
    }


def test_bomb_is_refused_by_its_ratio() -> None:
    bomb = zipped({"bomb.txt": b"\0" * (11 * 2**20), "talk.txt": TALK})
    assert len(bomb) < 20_000  # packed about 1,000 to 1
    refused = read(bomb)
    assert refused["a.zip/bomb.txt"] == (
        "It unpacks to more than 100 times its size, which no transcript does. "
        "If you trust it, unpack it, and add the folder."
    )
    assert refused["a.zip/talk.txt"] == TALK


def test_well_packed_small_file_is_no_bomb() -> None:
    data = b"Ana: yes\n" * 100_000  # 900 kB
    assert read(zipped({"talk.txt": data})) == {"a.zip/talk.txt": data}


def test_gzip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(b"\0" * (30 * 2**20))
    assert list(read(bomb).values()) == [
        "It unpacks to more than 100 times its size, which no transcript does. "
        "If you trust it, unpack it, and add the folder."
    ]


def with_size(data: bytes, size: int) -> bytes:
    """Let both headers of a zip's only file claim another size unpacked."""
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    for at in (local + 22, central + 24):
        data = data[:at] + struct.pack("<I", size) + data[at + 4 :]
    return data


def test_header_that_lies_about_the_size_gains_nothing() -> None:
    bomb = with_size(zipped({"bomb.txt": b"\0" * (11 * 2**20)}), 100)
    (member,) = walked(bomb)
    assert member.data is None
    assert member.refusal == DAMAGED  # what comes out is not what was promised
    claims = with_size(zipped({"talk.txt": TALK}), 2**31)
    assert "larger than 500 MB" in str(read(claims)["a.zip/talk.txt"])


def test_walk_ends_when_all_together_is_too_much() -> None:
    limits = Limits(total=2 * 2**20)
    megabyte = bytes(range(256)) * 4_000  # 1,024,000 bytes; two fit, the third does not
    files = {f"{n}.txt": megabyte for n in range(4)} | {"after.txt": b"small"}
    assert read(zipped(files, zipfile.ZIP_STORED), limits) == {
        "a.zip/0.txt": megabyte,
        "a.zip/1.txt": megabyte,
        "a.zip": "The archive unpacks to more than 2 MB. Unpack it, and add the folder. "
        "Not read: a.zip/2.txt and what follows it.",
    }


def test_limit_of_all_together_counts_inner_archives() -> None:
    limits = Limits(total=3 * 2**20)
    inner = zipped({"one.txt": bytes(range(256)) * 4_000}, zipfile.ZIP_STORED)
    # Each inner zip is a megabyte, and so is its file: the second file is the fourth megabyte.
    refused = read(zipped({"1.zip": inner, "2.zip": inner}, zipfile.ZIP_STORED), limits)
    assert list(refused) == ["a.zip/1.zip/one.txt", "a.zip"]


@pytest.mark.parametrize("make", [zipped, tarred, gzipped_tar])
def test_too_many_entries_are_refused_as_a_whole(make: Callable[[Mapping[str, bytes]], bytes]) -> None:
    limits = Limits(entries=5)
    assert len(read(make({f"{n}.txt": b"x" for n in range(5)}), limits)) == 5
    assert read(make({f"{n}.txt": b"x" for n in range(6)}), limits) == {
        "a.zip": "It has more than 5 entries. Unpack it, and add the folder."
    }


def test_depth_ends_at_the_limit() -> None:
    data = TALK
    for level in range(4, 0, -1):
        data = zipped({f"{level}.zip" if level < 4 else "talk.txt": data, f"at{level}.txt": b"x"})
    assert read(data) == {
        "a.zip/1.zip/2.zip/3.zip": "Archives are opened 3 deep, and this one lies deeper. "
        "Unpack it, and add the folder.",
        "a.zip/1.zip/2.zip/at3.txt": b"x",
        "a.zip/1.zip/at2.txt": b"x",
        "a.zip/at1.txt": b"x",
    }


def test_directory_of_absurd_size_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({f"{n}.txt": b"" for n in range(1_000)})  # its directory takes 50 bytes a file and more
    monkeypatch.setattr("qa.archive_entries._MOST_READ", 66_000)  # what looking for the directory takes
    assert len(read(data)) == 1_000
    assert read(zipped({f"{n}.txt": b"" for n in range(2_000)})) == {"a.zip": DAMAGED}


# --- damage ----------------------------------------------------------------------------------------------


def test_damaged_archive_is_an_error_for_itself_alone() -> None:
    whole = zipped({"talk.txt": TALK})
    assert read(
        zipped({"cut.zip": whole[:-30], "whole.zip": whole, "cut.tgz": gzipped_tar({"t": TALK})[:-9]})
    ) == {
        "a.zip/cut.zip": DAMAGED,
        "a.zip/whole.zip/talk.txt": TALK,
        "a.zip/cut.tgz": DAMAGED,
    }


def test_damaged_file_is_an_error_for_itself_alone() -> None:
    data = zipped({"bad.txt": b"first words", "talk.txt": TALK}, zipfile.ZIP_STORED)
    assert read(data.replace(b"first words", b"other words")) == {
        "a.zip/bad.txt": DAMAGED,
        "a.zip/talk.txt": TALK,
    }


@pytest.mark.parametrize("cut", [700, 1_300])
def test_tar_cut_short_is_refused(cut: int) -> None:
    """Two files of a header and a block each: cut within the first block, or within the second header."""
    assert read(tarred({"one.txt": TALK, "two.txt": TALK})[:cut])["a.zip"] == DAMAGED


def test_tar_with_an_unreadable_header_in_the_middle_is_refused() -> None:
    data = bytearray(tarred({"one.txt": TALK, "two.txt": TALK}))
    data[1_024 + 148 : 1_024 + 156] = b"99999999"  # the checksum of the second header
    assert read(bytes(data)) == {"a.zip": DAMAGED}


@given(
    kind=st.sampled_from([zipped, tarred, gzipped_tar]),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    end=st.floats(0, 1),
)
def test_nothing_in_an_archive_raises(
    kind: Callable[[Mapping[str, bytes]], bytes], changes: list[tuple[float, int]], end: float
) -> None:
    data = bytearray(kind({"talk.txt": TALK, "in.zip": zipped({"a/b.txt": TALK}), "users.json": b"[]"}))
    for place, value in changes:
        data[min(int(place * len(data)), len(data) - 1)] = value
    cut = bytes(data[: 20 + int(end * len(data))])
    if kind_of(io.BytesIO(cut)) is not None:
        for member in walked(cut):
            assert member.refusal is None or member.data is None


# --- Slack -----------------------------------------------------------------------------------------------


def day(text: str, ts: str) -> bytes:
    return json.dumps([{"type": "message", "user": "U1", "text": text, "ts": ts}]).encode()


SLACK = {
    "users.json": b'[{"id": "U1", "name": "ana", "profile": {"real_name": "Ana Lopez"}}]',
    "channels.json": b'[{"id": "C1", "name": "general"}]',
    "general/2024-03-01.json": day("hello", "1709280000.000100"),
    "general/2024-03-02.json": day("again", "1709366400.000100"),
}


@pytest.mark.parametrize("root", ["", "export/", "a/b/"])
def test_slack_export_gives_one_member_a_channel(root: str) -> None:
    files = {f"{root}{name}": data for name, data in SLACK.items()}
    members = walked(zipped({**files, "beside.txt": TALK, "photo.png": b"x"}))
    read_ = [member for member in members if member.data]
    assert [member.name for member in read_] == [f"a.zip/{root}general", "a.zip/beside.txt"]
    reading = read_bytes(read_[0].data or b"", Path(read_[0].name))
    assert [(turn.speaker, turn.text) for turn in reading.turns] == [
        ("Ana Lopez", "hello"),
        ("Ana Lopez", "again"),
    ]
    assert members[-1].share == 1.0


def test_slack_channel_with_an_encrypted_day_is_made_to_be_refused_and_the_others_read() -> None:
    other = SLACK["general/2024-03-01.json"]
    data = marked_encrypted(zipped({**SLACK, "random/2024-03-01.json": other}), b"general/2024-03-02.json")
    general, random = (member.data or b"" for member in walked(data))
    with pytest.raises(FormatError, match=r"general/2024-03-02\.json cannot be read \(It is encrypted\."):
        read_bytes(general, Path("a.zip/general"))
    assert [turn.text for turn in read_bytes(random, Path("a.zip/random")).turns] == ["hello"]


def test_names_that_lead_out_of_a_slack_export_are_refused() -> None:
    members = walked(zipped({**SLACK, "../out.json": b"[]", "general/../../x.json": b"[]"}))
    assert [(member.name, member.refusal) for member in members] == [
        ("a.zip/general", None),
        ("a.zip/../out.json", LEADS_OUT),
        ("a.zip/general/../../x.json", LEADS_OUT),
    ]


def test_slack_export_without_a_readable_list_of_users_is_refused() -> None:
    (member,) = walked(zipped({**SLACK, "users.json": b"{"}))
    assert member.name == "a.zip"
    assert member.refusal is not None
    assert member.refusal.startswith("The file is not valid JSON")


def test_names_are_paths_that_exist_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read(zipped({"../out.txt": TALK, "in/talk.txt": TALK}))
    assert list(tmp_path.iterdir()) == []
