import io
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read_bytes, word_document
from qa.readers.word_document import is_word, read_word
from qa.types import Turn

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SOURCE = Path("talk.docx")


def package(body: str, *, name: str = "word/document.xml", head: str = "", **members: str) -> bytes:
    """A Word document with the given XML between the tags of its body."""
    xml = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
        for member, text in members.items():
            archive.writestr(member, text)
    return data.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def lines(body: str) -> list[str]:
    return read_word(package(body), SOURCE).text.split("\n")


def saved(document: docx.document.Document) -> bytes:
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def test_line_breaks_and_tabs_inside_a_paragraph_are_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Ana Lopez")
    paragraph.add_run("   0:04").add_break()
    paragraph.add_run("Nine\tberths.")
    assert read_word(saved(document), SOURCE).text == "Ana Lopez   0:04\nNine\tberths."


def test_teams_document_with_its_speech_in_one_paragraph_is_read_turn_by_turn() -> None:
    document = docx.Document()
    document.add_paragraph("Berths-20240105_150312-Meeting Transcript")
    paragraph = document.add_paragraph()
    for name, words in (("Ana Lopez   0:04", "Nine berths."), ("Ben   0:09", "Six.")):
        paragraph.add_run(name).add_break()
        paragraph.add_run(words).add_break()
    document.add_paragraph("Ben stopped transcription")
    reading = read_bytes(saved(document), SOURCE)
    assert (reading.format, reading.encoding, reading.title) == ("teams", "Word document", "Berths")
    assert reading.turns == (
        Turn("Nine berths.", "Ana Lopez", start=4.0),
        Turn("Six.", "Ben", start=9.0),
    )


@pytest.mark.parametrize("between", ["\n", "   ", " "])
def test_name_and_time_may_share_a_cell_of_a_table(between: str) -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for name, time, words in (("Ana Lopez", "0:04", "Nine berths."), ("Ben", "1:00:09", "Six.\nI counted.")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = f"{name}{between}{time}", words
    reading = read_bytes(saved(document), SOURCE)
    assert (reading.format, reading.recognised) == (
        "teams",
        "each row of a table holds a name, a time and words",
    )
    assert reading.turns == (
        Turn("Nine berths.", "Ana Lopez", start=4.0),
        Turn("Six.\nI counted.", "Ben", start=3609.0),
    )


def test_titles_of_columns_are_no_title_of_the_transcript() -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=3)
    for row in (("Time", "Speaker", "Text"), ("0:04", "Ana Lopez", "Nine."), ("0:09", "Ben", "Six.")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    reading = read_bytes(saved(document), SOURCE)
    assert (reading.title, reading.notes) == ("Talk", ("Time Speaker Text",))
    assert reading.turns == (
        Turn("Nine.", "Ana Lopez", start=4.0),
        Turn("Six.", "Ben", start=9.0),
    )


def test_tables_are_read_in_place_a_row_a_line() -> None:
    document = docx.Document()
    document.add_paragraph("above")
    table = document.add_table(3, 3)
    for cell, text in zip(table.rows[0].cells, ("Ana", "0:04", "Nine.\nAnd more."), strict=True):
        cell.text = text
    table.rows[1].cells[1].text = "alone"
    document.add_paragraph("below")
    assert read_word(saved(document), SOURCE).text.split("\n") == [
        "above",
        "Ana\t0:04\tNine.",
        "And more.",
        "alone",
        "below",
    ]


LOST_BY_PYTHON_DOCX = {
    "an insertion under change tracking": f"<w:p><w:ins>{run('kept')}</w:ins></w:p>",
    "a content control in a line": f"<w:p><w:sdt><w:sdtContent>{run('kept')}</w:sdtContent></w:sdt></w:p>",
    "a content control around lines": f"<w:sdt><w:sdtContent><w:p>{run('kept')}</w:p></w:sdtContent></w:sdt>",
    "a text box": f"<w:p><w:r><w:txbxContent><w:p>{run('kept')}</w:p></w:txbxContent></w:r></w:p>",
    "a field": f"<w:p><w:fldSimple>{run('kept')}</w:fldSimple></w:p>",
}


@pytest.mark.parametrize("body", LOST_BY_PYTHON_DOCX.values(), ids=LOST_BY_PYTHON_DOCX)
def test_words_that_python_docx_loses_are_kept(body: str) -> None:
    document = docx.Document()
    element = parse_xml(f'<w:body xmlns:w="{W}">{body}</w:body>')
    document.element.replace(document.element.body, element)
    assert "kept" not in "".join(getattr(item, "text", "") for item in document.iter_inner_content())
    assert "".join(lines(body)) == "kept"


def test_link_is_kept() -> None:
    assert lines(f"<w:p>{run('see ')}<w:hyperlink>{run('page')}</w:hyperlink></w:p>") == ["see page"]


def test_deleted_and_moved_text_is_left_out_and_reported() -> None:
    body = (
        f"<w:p>{run('Ana: ')}<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('gone')}</w:moveFrom>{run('new')}</w:p>"
    )
    decoded = read_word(package(body), SOURCE)
    assert decoded.text == "Ana: new"
    assert [str(r) for r in decoded.remarks] == ["Text deleted under change tracking left out: 1 places."]


def test_comments_and_footnotes_are_counted() -> None:
    body = f"<w:p>{run('Ana: hi')}<w:r><w:footnoteReference/></w:r><w:r><w:commentReference/></w:r></w:p>"
    assert [str(r) for r in read_word(package(body), SOURCE).remarks] == [
        "Comments and footnotes left out: 2."
    ]


def test_text_box_is_read_once_though_it_is_written_twice() -> None:
    box = f"<w:txbxContent><w:p>{run('boxed')}</w:p></w:txbxContent>"
    body = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice>'
        f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>{run('beside')}</w:p>"
    )
    assert lines(body) == ["boxed", "beside"]


def test_document_may_lie_where_its_relations_say() -> None:
    relation = (
        '<Relationships><Relationship Id="r1" Type="http://x/relationships/officeDocument"'
        ' Target="/word/document2.xml"/></Relationships>'
    )
    data = package(f"<w:p>{run('Ana: hi')}</w:p>", name="word/document2.xml", **{"_rels/.rels": relation})
    assert read_bytes(data, SOURCE).turns == (Turn("hi", "Ana"),)


def test_line_numbers_count_the_lines_of_the_text() -> None:
    body = "".join(f"<w:p>{run(text)}</w:p>" for text in ("Ana: hello", "", "and so on", "Ben: bye"))
    with pytest.raises(FormatError, match=r"talk\.docx:3: cannot read 'and so on'"):
        read_bytes(package(body), SOURCE)


def test_damaged_document_is_refused() -> None:
    whole = package(f"<w:p>{run('Ana: hi')}</w:p>")
    for data in (whole[:120] + b"xxxx" + whole[124:], package("<w:p>")):
        with pytest.raises(FormatError, match="damaged"):
            read_word(data, SOURCE)


def test_document_type_is_refused_and_nothing_is_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(FormatError, match="damaged"):
        read_word(package(f"<w:p>{run('&b;')}</w:p>", head=bomb), SOURCE)


def test_document_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = package(f"<w:p>{run('a' * 4_000_000)}</w:p>")
    with pytest.raises(FormatError, match="unpacks to far more"):
        read_word(dense, SOURCE)
    monkeypatch.setattr(word_document, "MAX_UNPACKED", 100)
    with pytest.raises(FormatError, match="unpacks to far more"):
        read_word(package(f"<w:p>{run('Ana: hi')}</w:p>"), SOURCE)


def test_empty_document_is_refused() -> None:
    with pytest.raises(FormatError, match="The file is empty"):
        read_bytes(package("<w:p/>"), SOURCE)


@pytest.mark.parametrize(
    ("member", "what"),
    [
        ("a.txt", "zip archive. Give it to `transcript-qa add`"),
        ("xl/workbook.xml", "spreadsheet"),
        ("ppt/presentation.xml", "presentation"),
    ],
)
def test_other_archives_are_refused_by_name(member: str, what: str) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(member, "Ana: hi")
    assert not is_word(data.getvalue())
    with pytest.raises(FormatError, match=what):
        read_bytes(data.getvalue(), Path("a.zip"))


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30), max_size=8)
)
def test_what_python_docx_writes_is_read_back(paragraphs: list[str]) -> None:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    assert read_word(saved(document), SOURCE).text.split("\n") == (paragraphs or [""])


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.integers(0, 255), st.integers(0, 400))
def test_any_damage_is_read_or_refused(at: int, value: int, cut: int) -> None:
    data = bytearray(package(f"<w:p>{run('Ana: hi')}</w:p><w:p>{run('Ben: yes')}</w:p>"))
    data[at % len(data)] = value
    with suppress(FormatError):
        read_bytes(bytes(data[: len(data) - cut]), SOURCE)
