from pathlib import Path

import pytest

from qa.errors import FormatError
from qa.readers import aws_transcribe, read
from qa.types import Turn

DATA = Path(__file__).parents[2] / "data"

CALL = (
    Turn("Is it shut?", "spk_0", start=4.87, end=5.6),
    Turn("Since noon.", "spk_1", start=8.49, end=9.24),
)


@pytest.mark.parametrize(
    "name", ["aws_speaker_segments.json", "aws_speaker_on_items.json", "aws_audio_segments_alone.json"]
)
def test_speakers_are_found_wherever_the_file_keeps_them(name: str) -> None:
    # in aws_speaker_segments.json "noon" is listed in no segment's items and goes by the stretch it lies in
    reading = read(DATA / name)
    assert (reading.format, reading.title) == ("aws-transcribe", "harbour-call-7")
    assert reading.recognised == "the JSON has 'results' with 'items'"
    assert reading.turns == CALL
    assert reading.warnings == ()


def test_no_speakers_are_made_up() -> None:
    assert read(DATA / "aws_no_speakers.json").turns == (
        Turn("Is it shut?", start=4.87, end=5.6),
        Turn("Since noon.", start=8.49, end=9.24),
    )


def test_channels_are_interleaved_by_time() -> None:
    reading = read(DATA / "aws_two_channels.json")
    assert reading.turns == (
        Turn("Is it shut?", "ch_0", start=1.0, end=1.8),
        Turn("It is.", "ch_1", start=2.0, end=2.4),
        Turn("Since when?", "ch_0", start=6.0, end=6.6),
    )
    assert reading.warnings == ("Each channel of the recording was taken for one speaker.",)


def test_japanese_words_join_without_spaces() -> None:
    assert read(DATA / "aws_japanese.json").turns == (Turn("港は開きました。", start=0.5, end=1.8),)


def test_no_space_stands_before_a_mark_of_any_script() -> None:
    assert [turn.text for turn in read(DATA / "aws_amharic.json").turns] == ["ሰላም። በሩ"]


@pytest.mark.parametrize("name", ["aws_text_alone.json", "aws_items_without_times.json"])
def test_file_without_times_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match=r"The file holds no times\. Download the job's JSON"):
        read(DATA / name)


def test_word_that_nobody_is_named_for_goes_to_the_one_before_it_and_is_told() -> None:
    def word(content: str, start: str, **more: str) -> dict[str, object]:
        times = {"start_time": start, "end_time": start, "type": "pronunciation"}
        return {"alternatives": [{"content": content}], **times, **more}

    items = [word("It", "1.0", speaker_label="spk_0"), word("held", "1.5"), {"type": "pronunciation"}]
    reading = aws_transcribe.parse({"results": {"items": items}}, Path("a.json"))
    assert reading.turns == (Turn("It held", "spk_0", start=1.0, end=1.5),)
    assert reading.warnings == (
        "Words without a speaker, given to the one before them: 1 (item 2).",
        "Items without words left out: 1 (item 3).",
    )


def test_other_results_are_not_claimed() -> None:
    values: list[object] = [{"results": []}, {"results": {"channels": []}}, {"results": {"items": None}}, []]
    for value in values:
        assert aws_transcribe.recognises(value) is None
