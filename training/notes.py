"""What happens while a model is trained, printed and kept as curves.json."""

import json
import sys
import time
from pathlib import Path
from typing import Any


class Notes:
    """Takes notes.

    Args:
        folder: Gets curves.json, written anew with every note; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "curves.json"
        self._lines: list[dict[str, Any]] = []

    def __call__(self, **values: Any) -> None:
        """Note some values."""
        self._lines.append(values)
        print(time.strftime("%H:%M:%S"), json.dumps(values), file=sys.stderr, flush=True)
        self._file.write_text(json.dumps(self._lines, indent=1) + "\n", encoding="utf-8")
