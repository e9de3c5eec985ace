"""Make the sample interview: the mp3 and the Whisper JSON that says who speaks when in it.

Run from anywhere, with espeak-ng, sox and lame installed::

    python tools/make_interview.py

Reads ``tools/lighthouse_interview.txt``: ``Title:`` and ``Date:`` lines, a blank line, then one turn a line
as ``Name: words``. Writes ``DATE_lighthouse_keeper_interview.json`` and ``.mp3`` into ``qa/samples``.

Each turn is spoken on its own, cut to its first and last sound and measured, so the times in the JSON are
those of the recording and not an estimate. The same script text and the same programs give the same bytes.
Refuses a speaker without a voice: two people with one voice would make the recording useless as a test.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("lighthouse_interview.txt")
SAMPLES = Path(__file__).parent.parent / "qa" / "samples"

RATE_HZ = 16_000  # what Whisper listens at, so nothing it could hear is lost
BITRATE_KBPS = 24  # clear for one voice at a time, and about 180 kB a minute
LEAD_S = 0.5  # silence before the first turn and after the last
GAP_S = 0.45  # silence between two speakers


@dataclass(frozen=True, slots=True)
class Voice:
    """How espeak-ng sounds for one person: its voice name, pitch (0 to 99) and words a minute."""

    name: str
    pitch: int
    speed_wpm: int


VOICES = {
    "Tamsin Okell": Voice("en-gb+f2", 52, 162),
    "Abel Garrick": Voice("en-gb-scotland+m3", 28, 154),
    "Wren Garrick": Voice("en-us+f4", 72, 166),
}


@dataclass(frozen=True, slots=True)
class Script:
    """The words to be spoken: title, date as YYYY-MM-DD, and (speaker, words) pairs in order."""

    title: str
    date: str
    lines: tuple[tuple[str, str], ...]


def parse_script(text: str) -> Script:
    """Read a script text.

    Args:
        text: Header lines, a blank line, then one ``Name: words`` a line; blank lines are skipped.

    Raises:
        ValueError: If the title or the date is missing, a line has no colon, or a speaker has no voice.
    """
    head, _, body = text.partition("\n\n")
    header = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    if not {"Title", "Date"} <= header.keys():
        raise ValueError("the script must begin with a 'Title: ...' and a 'Date: YYYY-MM-DD' line")
    lines = []
    for line in filter(str.strip, body.splitlines()):
        speaker, colon, words = line.partition(": ")
        if not colon:
            raise ValueError(f"cannot read {line!r}; write it as 'Name: words'")
        if speaker not in VOICES:
            raise ValueError(f"{speaker!r} has no voice; add one to VOICES in {Path(__file__).name}")
        lines.append((speaker, words.strip()))
    return Script(header["Title"].strip(), header["Date"].strip(), tuple(lines))


def require_programs() -> None:
    """Stop with a sentence that names what is missing and how to install it."""
    missing = [name for name in ("espeak-ng", "sox", "lame") if shutil.which(name) is None]
    if missing:
        names = " ".join(missing)
        raise SystemExit(f"not installed: {names}. On Debian or Ubuntu: sudo apt-get install {names}")


def run(command: list[str]) -> None:
    """Run a program found on the PATH; stop with its own words when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed with status {done.returncode}: {done.stderr.strip()}")


def speak(words: str, voice: Voice, folder: Path) -> bytes:
    """Speak one turn: 16-bit mono samples at RATE_HZ, without silence at either end."""
    raw, clean = folder / "raw.wav", folder / "clean.wav"
    pitch, speed = str(voice.pitch), str(voice.speed_wpm)
    run(["espeak-ng", "-v", voice.name, "-p", pitch, "-s", speed, "-w", str(raw), words])
    trim = ["silence", "1", "0.01", "0.3%", "reverse"]
    level = ["rate", str(RATE_HZ), "norm", "-3"]  # each voice equally loud, with room for the encoder
    # -D: no dither, which would be noise drawn by chance.
    run(["sox", "-D", str(raw), "-b", "16", "-c", "1", str(clean), *trim, *trim, *level])
    with wave.open(str(clean), "rb") as file:
        return file.readframes(file.getnframes())


def silence(seconds: float) -> bytes:
    """Return samples of nothing, as long as asked."""
    return bytes(2 * round(seconds * RATE_HZ))


def record(script: Script, folder: Path) -> tuple[bytes, list[dict[str, object]]]:
    """Speak the whole script.

    Returns:
        The samples of the recording, and one Whisper segment a turn with times in seconds.
    """
    sound = bytearray(silence(LEAD_S))
    segments: list[dict[str, object]] = []
    for number, (speaker, words) in enumerate(script.lines):
        if number:
            sound += silence(GAP_S)
        start = len(sound) / 2 / RATE_HZ
        sound += speak(words, VOICES[speaker], folder)
        end = len(sound) / 2 / RATE_HZ
        times = {"start": round(start, 2), "end": round(end, 2)}
        segments.append({"id": number, **times, "text": f" {words}", "speaker": speaker})
    return bytes(sound + silence(LEAD_S)), segments


def write_mp3(sound: bytes, title: str, path: Path, folder: Path) -> None:
    """Write samples as a constant bit rate mp3, so that a player can jump to any second exactly."""
    joined = folder / "joined.wav"
    with wave.open(str(joined), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sound)
    quality = ["--quiet", "-m", "m", "--cbr", "-b", str(BITRATE_KBPS), "--resample", str(RATE_HZ / 1000)]
    run(["lame", *quality, "--tt", title, str(joined), str(path)])


def main() -> None:
    """Make both files and say what was made."""
    require_programs()
    script = parse_script(SCRIPT.read_text(encoding="utf-8"))
    stem = SAMPLES / f"{script.date}_lighthouse_keeper_interview"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound, segments = record(script, folder)
        SAMPLES.mkdir(parents=True, exist_ok=True)
        write_mp3(sound, script.title, stem.with_suffix(".mp3"), folder)
    whisper = {
        "title": script.title,
        "date": script.date,
        "language": "en",
        "text": "".join(f" {words}" for _, words in script.lines),
        "segments": segments,
    }
    text = json.dumps(whisper, ensure_ascii=False, indent=1) + "\n"
    stem.with_suffix(".json").write_text(text, encoding="utf-8")
    seconds = len(sound) / 2 / RATE_HZ
    size_kb = stem.with_suffix(".mp3").stat().st_size / 1000
    sys.stdout.write(f"{stem.name}: {len(segments)} turns, {seconds:.2f} s, {size_kb:.0f} kB\n")


if __name__ == "__main__":
    main()
