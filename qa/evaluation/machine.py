"""What a measurement was made on: processor, threads, memory, system, and the versions of the packages."""

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from embeddings.openvino import usable_cores

PACKAGES = (
    "transcript-qa", "faiss-cpu", "numpy", "openvino", "PyStemmer", "scipy", "sentence-transformers",
    "tokenizers", "torch", "transformers",
)  # fmt: skip


def machine_facts() -> dict[str, Any]:
    """Return processor, cores, threads, memory and system as plain values."""
    return {
        "processor": processor(),
        "cores": usable_cores(),
        "threads": {name: os.environ[name] for name in _THREADS if name in os.environ} | _threads(),
        "memory_gib": _memory_gib(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def _threads() -> dict[str, str]:
    import faiss

    return {"faiss": str(faiss.omp_get_max_threads())}


def processor() -> str:
    """Return the model of the processor, as the system calls it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # no Linux
    return platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    if not hasattr(os, "sysconf"):  # Windows
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)


def package_versions(names: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Return the versions of packages; those that are not installed are left out."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


class PeakMemory:
    """The most memory this process held since the value was made, where the system can tell (Linux).

    Elsewhere it is the most since the process began, and `since_start` says so.
    """

    def __init__(self) -> None:
        try:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the peak so far
            self.since_start = False
        except OSError:
            self.since_start = True

    def mib(self) -> float | None:
        """Return it in MiB; None where the system does not tell at all."""
        try:
            for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
                if line.startswith("VmHWM:"):
                    return round(int(line.split()[1]) / 1024, 1)
        except OSError:
            pass
        try:
            import resource
        except ImportError:  # Windows
            return None
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)
