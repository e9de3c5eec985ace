import pytest

from qa.page.formats import _FORMATS, format_name
from qa.readers import JSON_READERS, MARKUP_READERS, TEXT_READERS, jsonl

ALL = sorted(
    {one.FORMAT for one in TEXT_READERS}
    | {one.FORMAT for one in JSON_READERS}
    | {one.FORMAT for one in MARKUP_READERS}
    | {jsonl.FORMAT}  # asked when JSON cannot be read whole
)


@pytest.mark.parametrize("name", ALL)
def test_every_format_has_a_name_that_people_know(name: str) -> None:
    assert name in _FORMATS


def test_no_name_is_of_a_format_that_nobody_reads_and_none_stands_for_two() -> None:
    assert sorted(_FORMATS) == ALL
    assert len(set(_FORMATS.values())) == len(_FORMATS)


def test_unknown_format_is_shown_by_its_own_name() -> None:
    assert format_name("srt") == "SRT captions"
    assert format_name("from-a-later-version") == "from-a-later-version"
