from pathlib import Path

import pytest

from qa.readers import read_bytes
from qa.types import Reading

SPACES = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'


def tt(body: str, root: str = SPACES) -> Reading:
    return read_bytes(f"<tt {root}><body>{body}</body></tt>".encode(), Path("talk.ttml"))


def spoken(reading: Reading) -> list[tuple[str, float | None, float | None]]:
    return [(turn.text, turn.start, turn.end) for turn in reading.turns]


def test_frames_follow_the_rate_and_its_multiplier() -> None:
    # 24 * 1000 / 1001 frames a second: 12 frames last 0.5005 s.
    root = f'{SPACES} ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"'
    reading = tt('<div><p begin="00:00:10:12" end="288f">One.</p></div>', root)
    assert spoken(reading) == [("One.", 10.501, 12.012)]


def test_time_code_counts_frames_and_drops_some() -> None:
    # One hour in drop-frame time code: (3600 * 30 - 54 * 2) * 1001 / 30,000 s = 3599.996 s.
    rate = f'{SPACES} ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"'
    reading = tt('<p begin="01:00:00:00" end="01:00:01:00">One.</p>', f'{rate} ttp:dropMode="dropNTSC"')
    assert spoken(reading) == [("One.", 3599.996, 3600.997)]
    (undropped,) = tt('<p begin="01:00:00:00" end="01:00:01:00">One.</p>', rate).turns
    assert undropped.start == 3603.6


def test_time_code_that_starts_late_is_kept_and_reported() -> None:
    reading = tt('<p begin="10:00:01:00" end="10:00:02:00">One.</p>', f'{SPACES} ttp:timeBase="smpte"')
    assert spoken(reading) == [("One.", 36001.0, 36002.0)]
    assert reading.warnings == (
        "The first caption comes after an hour, as in broadcasts; its time code was kept as it is.",
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("00:00:01.5", 1.5),
        ("00:00:01,250", 1.25),
        ("01:00:00", 3600.0),
        ("100:00:00", 360_000.0),
        ("1:02.5", 62.5),
        ("12.5s", 12.5),
        ("500ms", 0.5),
        ("10f", 0.333),
        ("2m", 120.0),
        ("1h", 3600.0),
        ("3t", 3.0),
        ("7.25", 7.25),
        ("00:00:01:15", 1.5),
    ],
)
def test_time_means(written: str, seconds: float) -> None:
    (turn,) = tt(f'<p begin="{written}" dur="0s">One.</p>').turns
    assert (turn.start, turn.end) == (seconds, seconds)
