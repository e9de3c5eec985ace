"""Where the Slack exports are in a folder or an archive; `qa.readers.slack` reads them."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from qa.archive_entries import Entry
from qa.readers import slack

# Beside one of these lie the folders of the channels.
_LISTS = frozenset({"users.json", "channels.json", "groups.json", "mpims.json", "dms.json"})


@dataclass(frozen=True, slots=True)
class Export:
    """A Slack export: the folder it lies in, "" at the top, and its files by their names in that folder."""

    root: str
    files: dict[str, Entry]

    @property
    def packed(self) -> int:
        """Bytes that it takes up in the archive."""
        return sum(entry.packed for entry in self.files.values())


def export_names(folder: Path, files: Collection[str] = _LISTS) -> list[str]:
    """Return the files of an export that was unpacked into a folder, named from there.

    Args:
        folder: Looked into only when one of the files calls for it.
        files: The names in it.

    Returns:
        Nothing when it is no export.
    """
    if _LISTS.isdisjoint(files):
        return []
    names: list[str] = []
    for where, folders, inside in os.walk(folder):
        path = Path(where).relative_to(folder)
        names += [(path / name).as_posix() for name in inside if name.endswith(".json")]
        if path.parts:
            folders.clear()
    return sorted(names) if slack.is_export(names) else []


def apart(entries: Sequence[Entry]) -> tuple[list[Entry], list[Export]]:
    """Tell the files of Slack exports from the others; an export may lie in a folder of its own."""
    paths = (PurePosixPath(entry.name) for entry in entries)
    roots = {path.parent for path in paths if path.name in _LISTS}
    files: dict[PurePosixPath, dict[str, Entry]] = {root: {} for root in roots}
    for entry in entries if roots else ():
        path = PurePosixPath(entry.name)
        root = next((folder for folder in reversed(path.parents) if folder in roots), None)
        inside = path.relative_to(root).parts if root is not None else ()
        if root is not None and path.suffix == ".json" and len(inside) <= 2 and ".." not in inside:
            files[root]["/".join(inside)] = entry
    exports = [Export(str(root), found) for root, found in files.items() if slack.is_export(list(found))]
    exports = [replace(export, root=export.root.removeprefix(".")) for export in exports]
    taken = {id(entry) for export in exports for entry in export.files.values()}
    return [entry for entry in entries if id(entry) not in taken], sorted(exports, key=lambda one: one.root)
