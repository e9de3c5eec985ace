import pytest

from qa.readers.options import parse_columns


def test_mapping_names_a_column_for_each_field() -> None:
    assert parse_columns("speaker=who, text=My words ,start=t0:ms") == {
        "speaker": "who",
        "text": "My words",
        "start": "t0:ms",
    }


def test_comma_and_equals_sign_may_stand_in_the_name_of_a_column() -> None:
    assert parse_columns("text=words, spoken,speaker=a=b") == {"text": "words, spoken", "speaker": "a=b"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("utterance", "'utterance' names no column"),
        ("", "'' names no column"),
        ("spk=who,text=utt", "'spk' is no field of a turn; choose from text, speaker, role, start, end"),
        ("text=a,text=b", "the field 'text' is named twice"),
        ("text=,speaker=b", "the field 'text' has no column"),
        ("speaker=who", "the mapping must say which column holds the text"),
    ],
)
def test_mapping_that_cannot_be_followed_is_refused_with_an_example(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="--map speaker=who,text=utterance,start=t0:ms") as caught:
        parse_columns(text)
    assert message in str(caught.value)
