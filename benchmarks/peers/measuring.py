"""What every measured process does alike: read its lines, spread of times, memory, size on disk.

Memory is read from ``/proc``, so it is measured on Linux only.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")


def read_lines(file: Path) -> list[str]:
    """Return the lines of a file, empty ones too."""
    return file.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def write_lines(file: Path, lines: Sequence[str]) -> None:
    """Write lines that hold no line break."""
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def timed(work: Callable[[], Found]) -> tuple[float, Found]:
    """Do something; return the seconds it took and what came out."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def spread(times: Sequence[float], name: str = "") -> dict[str, float]:
    """Return median and 95th percentile of seconds in milliseconds, as ``{name}p50`` and ``{name}p95``."""
    return {
        f"{name}p50": 1000 * statistics.median(times),
        f"{name}p95": 1000 * statistics.quantiles(times, n=20)[-1],
    }


def memory_mib() -> dict[str, float]:
    """Return what the process holds in memory, and how much of it is its own rather than pages of files."""
    kept = {}
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        kept[name] = value
    sizes = {"memory": "VmRSS", "own_memory": "RssAnon", "peak_memory": "VmHWM"}
    return {key: int(kept[name].split()[0]) / 1024 for key, name in sizes.items()}


def disk_mib(folder: Path) -> float:
    """Return the size of a file, or of all files in a folder."""
    files = [folder] if folder.is_file() else [path for path in folder.rglob("*") if path.is_file()]
    return sum(file.stat().st_size for file in files) / 2**20
