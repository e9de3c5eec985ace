import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers.decoding import decode

SOURCE = Path("talk.txt")


def warnings(data: bytes) -> list[str]:
    return [str(remark) for remark in decode(data, SOURCE).remarks]


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"%PDF-1.7\n", "This is a PDF. Export the transcript as .docx or .txt"),
        (b"{\\rtf1 a}", "rich-text document. Open it in a word processor and save it as .docx or .txt"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            r"old Word document \(\.doc\), or one protected by a password",
        ),
        (
            b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text",
            "OpenDocument text.*save it as .docx",
        ),
        (b"PK\x03\x04 and so on", "zip archive. Give it to `transcript-qa add`"),
        (b"ID3\x04\x00", "recording, not a transcript"),
        (b"\x00\x00\x00\x20ftypM4A ", "recording, not a transcript"),
        (b"RIFF\x00\x00\x00\x00WAVE", "recording, not a transcript"),
    ],
)
def test_document_of_another_program_is_refused_with_what_to_do(data: bytes, remedy: str) -> None:
    with pytest.raises(FormatError, match=remedy):
        decode(data, SOURCE)


def test_utf_16_without_a_mark_is_read_and_reported() -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        decoded = decode("Ana: hello, Zoë\r\nBen: bye\r\n".encode(codec), SOURCE)
        assert (decoded.text, decoded.encoding) == ("Ana: hello, Zoë\nBen: bye\n", "UTF-16")
        assert len(decoded.remarks) == 1


def test_mixed_line_ends_become_line_feeds() -> None:
    assert decode(b"a\r\nb\rc\nd", SOURCE).text == "a\nb\nc\nd"


def test_windows_1252_is_assumed_and_reported() -> None:
    assert decode("Zoë: café – “naïve”".encode("cp1252"), SOURCE).text == "Zoë: café – “naïve”"
    assert warnings("Zoë".encode("cp1252")) == [
        "The file is not UTF-8; it was read as Windows-1252, so accented letters may be wrong."
    ]


def test_few_damaged_bytes_do_not_change_the_encoding_of_the_rest() -> None:
    data = "Zoë: café, naïve, übel\r\nBen: déjà vu".encode() + b"\xff\r\nAna: hi"
    decoded = decode(data, SOURCE)
    assert decoded.text == "Zoë: café, naïve, übel\nBen: déjà vu\ufffd\nAna: hi"
    assert decoded.encoding == "UTF-8"
    assert warnings(data) == ["Bytes that are not UTF-8, shown as \ufffd: 1 (line 2)."]


def test_text_in_an_encoding_that_cannot_be_told_is_refused() -> None:
    with pytest.raises(FormatError, match=r"cannot be told for sure\. Save it as UTF-8"):
        decode(("Анна: добрый день, коллеги. " * 4).encode("cp1251"), SOURCE)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff")),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_in_unicode_is_read_back(text: str, codec: str) -> None:
    told = f"Ana: {text}"
    assert decode(told.encode(codec), SOURCE).text == told


def test_utf_16_that_ends_inside_a_letter_is_read_and_reported() -> None:
    text, encoding, remarks = decode("Ana: hello".encode("utf-16")[:-1], Path("a.txt"))
    assert (text, encoding) == ("Ana: hell", "UTF-16")
    assert [str(remark) for remark in remarks] == [
        "The file ends in the middle of a letter, which is left out; it may have been cut short."
    ]


def test_word_document_cut_short_is_called_damaged() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(FormatError, match="damaged or cut short"):
        decode(archive.getvalue()[:-30], Path("a.docx"))


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "Привет, как дела? Всё хорошо, спасибо."),
        ("gbk", "今天的主题是水。欢迎收看，我们现在开始。"),
        ("shift_jis", "今日はありがとうございます。では、始めます。"),
    ],
)
def test_captions_in_another_script_are_refused_rather_than_read_as_accented_letters(
    encoding: str, words: str
) -> None:
    data = f"1\n00:00:01,000 --> 00:00:03,000\n{words}\n".encode(encoding)
    with pytest.raises(FormatError, match=r"cannot be told for sure\. Save it as UTF-8"):
        decode(data, Path("a.srt"))


def test_accented_words_among_times_are_still_windows_1252() -> None:
    words = "Où est-elle passée, la clé dorée d’été ?"
    data = f"1\n00:00:01,000 --> 00:00:03,000\n{words}\n".encode("cp1252")
    assert words in decode(data, Path("a.srt")).text
