"""Reading large transcripts: seconds, megabytes a second and peak memory, ours beside caption libraries.

    python -m benchmarks.reading [--srt 5 50] [--json 20 200] [--others 2 8]

Files of the sizes named (in MB) are made in a scratch folder from words drawn at random, and each is read in
a process of its own, so that peak memory is that file's. "growth" is the exponent that the seconds grow with
from the smaller file to the larger: 1 is linear. SubRip is read by srt and webvtt-py beside us; what they
return is cues, without speakers or turns. Peak memory includes the interpreter and what is imported.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

MB = 1_000_000
_WORDS = (
    "harbour budget school road light water winter council report number market letter garden train".split()
)
_PEOPLE = ("Ana Lopez", "Ben Okoro", "Cleo Marsh")

Lines = Iterator[str]


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=9)).capitalize() + "."


def _clock(seconds: int, mark: str) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}000"


def srt(chance: random.Random) -> Lines:
    """SubRip cues of three seconds, a third of them with the speaker's name."""
    number = 0
    while True:
        who = f"{chance.choice(_PEOPLE)}: " if number % 3 == 0 else ""
        number += 1
        times = f"{_clock(3 * number, ',')} --> {_clock(3 * number + 3, ',')}"
        yield f"{number}\n{times}\n{who}{_sentence(chance)}\n\n"


def vtt(chance: random.Random) -> Lines:
    """WebVTT cues with voices."""
    yield "WEBVTT\n\n"
    at = 0
    while True:
        at += 3
        times = f"{_clock(at, '.')} --> {_clock(at + 3, '.')}"
        yield f"{times}\n<v {chance.choice(_PEOPLE)}>{_sentence(chance)}</v>\n\n"


def whisper(chance: random.Random) -> Lines:
    """Whisper JSON with the words of each segment; the last line closes it."""
    yield '{"language": "en", "segments": [\n'
    at = 0
    while True:
        text = _sentence(chance)
        words = [
            {"word": f" {word}", "start": at + i / 4, "end": at + (i + 1) / 4, "probability": 0.9}
            for i, word in enumerate(text.split())
        ]
        segment = {"id": at, "start": at, "end": at + 3, "text": f" {text}", "words": words}
        yield ("," if at else "") + json.dumps(segment) + "\n"
        at += 3


def plain(chance: random.Random) -> Lines:
    """A speaker and a colon on each line."""
    while True:
        yield f"{chance.choice(_PEOPLE)}: {_sentence(chance)}\n"


def whatsapp(chance: random.Random) -> Lines:
    """Android's export; a day has 500 messages."""
    number = 0
    while True:
        day, minute = number // 500, number % 500
        date = f"{13 + day % 15}/{1 + day // 15 % 12}/{2012 + day // 180}"
        time = f"{minute // 60:02d}:{minute % 60:02d}"
        yield f"{date}, {time} - {chance.choice(_PEOPLE)}: {_sentence(chance)}\n"
        number += 1


def table(chance: random.Random) -> Lines:
    """Comma-separated values; a row a second."""
    yield "speaker,start,text\n"
    at = 0
    while True:
        at += 1  # more than two days would be taken for another unit
        yield f"{chance.choice(_PEOPLE)},{at},{_sentence(chance)}\n"


FORMATS: dict[str, tuple[str, Callable[[random.Random], Lines], str]] = {
    "SubRip": ("srt", srt, ""),
    "Whisper JSON": ("json", whisper, "]}\n"),
    "WebVTT": ("vtt", vtt, ""),
    "plain text": ("txt", plain, ""),
    "WhatsApp": ("txt", whatsapp, ""),
    "CSV": ("csv", table, ""),
}

# Each prints how many turns or cues it found; sys.argv[1] is the file.
_READERS = {
    "ours": "from qa.readers import read; found = read(Path(sys.argv[1])).turns",
    "srt": "import srt; found = list(srt.parse(Path(sys.argv[1]).read_text('utf-8')))",
    "webvtt-py": "import webvtt; found = webvtt.from_srt(sys.argv[1]).captions",
}
_MEASURE = """
import sys, time
from pathlib import Path
from benchmarks.peers.measuring import memory_mib
begun = time.perf_counter()
{reader}
print(len(found), time.perf_counter() - begun, memory_mib()["peak_memory"])
"""


def make(name: str, megabytes: float, folder: Path) -> Path:
    """Write a file of about that size."""
    suffix, lines, end = FORMATS[name]
    file = folder / f"2026-03-12 {name.lower().replace(' ', '_')}.{suffix}"
    left = megabytes * MB
    with file.open("w", encoding="utf-8") as stream:
        for line in lines(random.Random(7)):  # noqa: S311  # words for a benchmark
            stream.write(line)
            left -= len(line)
            if left <= 0:
                break
        stream.write(end)
    return file


def measure(reader: str, file: Path) -> tuple[int, float, float]:
    """Read a file in a process of its own; return turns or cues, seconds and peak memory in MiB."""
    script = _MEASURE.format(reader=_READERS[reader])
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True
    )
    found, seconds, memory = done.stdout.split()
    return int(found), float(seconds), float(memory)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Reading large transcripts.")
    for name, sizes in (("srt", [5, 50]), ("json", [20, 200]), ("others", [2, 8])):
        parser.add_argument(f"--{name}", type=float, nargs=2, default=sizes, metavar="MB")
    given = parser.parse_args()
    print(f"{'format':14}{'reader':11}{'MB':>7}{'found':>11}{'s':>8}{'MB/s':>7}{'peak MiB':>10}{'growth':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name in FORMATS:
            sizes = {"SubRip": given.srt, "Whisper JSON": given.json}.get(name, given.others)
            for reader in _READERS if name == "SubRip" else ("ours",):
                before: tuple[float, float] | None = None
                for size in sizes:
                    file = make(name, size, Path(folder))
                    megabytes = file.stat().st_size / MB
                    found, seconds, memory = measure(reader, file)
                    growth = ""
                    if before is not None:
                        growth = f"{math.log(seconds / before[1]) / math.log(megabytes / before[0]):.2f}"
                    before = (megabytes, seconds)
                    print(
                        f"{name:14}{reader:11}{megabytes:7.1f}{found:11,}{seconds:8.2f}"
                        f"{megabytes / seconds:7.1f}{memory:10,.0f}{growth:>8}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
