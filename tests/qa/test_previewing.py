import io
import zipfile
from pathlib import Path

from qa.corrections import Corrections, Rename
from qa.gathering import Found, collect, found_in
from qa.inspection import inspect
from qa.previewing import Instructions, content_id, corrected, preview, preview_uploads

COUNCIL = b"Ana: the budget is settled\nBen: nobody ordered a zeppelin\n"
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ana>hello there\n"
RENAME = Corrections((Rename("Ana", "Ana Lopez", "Mayor"),))


def found(data: bytes, name: str = "talk.txt", *, named: bool = True, left_out: str | None = None) -> Found:
    return Found(name, lambda: data, named, name, left_out=left_out, file=name)


def test_ids_are_the_first_digits_of_the_contents_sha256() -> None:
    assert content_id(b"") == "e3b0c44298fc"  # sha256 of nothing: e3b0c442 98fc1c14 …
    assert content_id(b"abc") == "ba7816bf8f01"


def test_preview_holds_the_reading_what_was_understood_and_the_id_it_will_have() -> None:
    previewed = preview(found(COUNCIL), Instructions("Budget", "2025-03"))
    assert previewed.reading is not None
    assert (previewed.reading.title, previewed.reading.date) == ("Budget", "2025-03")
    assert previewed.inspection == inspect(previewed.reading)
    assert previewed.transcript_id == content_id(COUNCIL)
    assert (previewed.refusal, previewed.passed_over) == (None, False)


def test_refusal_names_the_file_and_the_reason(tmp_path: Path) -> None:
    missing = preview(next(found_in(collect([tmp_path / "none.txt"]))))
    assert missing.refusal == f"{tmp_path / 'none.txt'}: There is no such file. Check the name."
    prose = preview(
        found(b"Shopping\n\nmilk and bread and a long loaf of nothing in particular\n", named=False)
    )
    assert (prose.unknown, prose.passed_over, prose.reading) == (True, True, None)


def test_any_fault_of_the_disk_is_a_refusal() -> None:
    def fail() -> bytes:
        raise OSError("the cable is out")

    assert preview(Found("talk.txt", fail)).refusal == "talk.txt: the cable is out"


def test_corrections_show_in_the_preview() -> None:
    previewed = preview(found(COUNCIL), Instructions(corrections=RENAME))
    assert previewed.inspection is not None
    assert [(one.name, one.roles) for one in previewed.inspection.speakers] == [
        ("Ana Lopez", ("Mayor",)),
        ("Ben", ()),
    ]
    assert corrected(preview(found(COUNCIL)), RENAME).inspection == previewed.inspection


def test_correction_that_does_not_fit_refuses_the_file_or_is_left_out() -> None:
    wrong = Corrections((Rename("Zed", "Zoe"), Rename("Ana", "Ana Lopez")), opening="Zoe")
    refused = preview(found(COUNCIL), Instructions(corrections=wrong))
    assert refused.refusal is not None
    assert refused.refusal.startswith("talk.txt: no speaker is called 'Zed'.")
    lenient = preview(found(COUNCIL), Instructions(corrections=wrong, lenient=True))
    assert lenient.inspection is not None
    assert [one.name for one in lenient.inspection.speakers] == ["Ana Lopez", "Ben"]
    assert corrected(preview(found(COUNCIL)), wrong).refusal == refused.refusal
    assert corrected(refused, RENAME) == refused


def test_recording_left_in_an_archive_is_remarked_on_where_it_could_be_played() -> None:
    timed = preview(found(CAPTIONS, left_out="talk.mp3")).reading
    untimed = preview(found(COUNCIL, left_out="talk.mp3")).reading
    assert timed is not None
    assert untimed is not None
    assert timed.warnings == (
        "The recording talk.mp3 beside it in the archive is not kept; to play passages, unpack the archive "
        "and add the folder.",
    )
    assert untimed.warnings == ()


# --- uploads ---------------------------------------------------------------------------------------------


def lay(folder: Path, name: str, data: bytes, lies: str) -> tuple[str, Path]:
    (folder / lies).write_bytes(data)
    return name, folder / lies


def zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def test_uploads_are_previewed_archives_unpacked_and_two_of_a_name_told_apart(tmp_path: Path) -> None:
    uploads = [
        lay(tmp_path, "talk.vtt", CAPTIONS, "1"),
        lay(tmp_path, "talk.vtt", COUNCIL, "2"),
        lay(tmp_path, "talk.mp3", b"s", "3"),
        lay(
            tmp_path,
            "old.zip",
            zipped({"a.txt": COUNCIL, "b.png": b"x", "c.vtt": b"WEBVTT\n\nx --> y\n"}),
            "4",
        ),
        lay(tmp_path, "lone.wav", b"s", "5"),
    ]
    previews = preview_uploads(uploads)
    assert [(one.name, one.reading is not None) for one in previews] == [
        ("talk.vtt", True),
        ("talk.vtt (2)", True),
        ("old.zip/a.txt", True),
        ("old.zip/c.vtt", False),
        ("lone.wav", False),
    ]
    assert previews[0].recording is not None
    assert (previews[0].recording.name, previews[0].recording.path) == ("talk.mp3", tmp_path / "3")
    assert previews[-1].refusal == "lone.wav is a recording. Upload its transcript with it, named alike."
    assert {one.path for one in previews} == {None}


def test_upload_that_went_away_is_refused(tmp_path: Path) -> None:
    (gone,) = preview_uploads([("talk.vtt", tmp_path / "gone")])
    assert gone.refusal == "talk.vtt: There is no such file. Check the name."
