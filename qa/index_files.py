"""A library's segments on disk, in ``index/`` beside the database.

``manifest.json`` names what counts; everything else there is left over. It is replaced in one step after the
folders it names are complete, so a crash leaves the old state or the new one. Folders that are missing,
damaged or of another make are never an error: what they lack is in the database. All that writes here holds
the database's write lock.
"""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.clusters import Clusters
from qa.indexes import Holding, Make, cover_all
from qa.segments import Segment

_WRITING = "writing-"  # begins the name of a folder that is not complete
_MANIFEST = "manifest.json"
# Raise on any change to the files or to what is put into them (words as `qa.retrieval.lexical` makes them,
# lengths and questions as `qa.writing` does); what was written in another layout is made anew.
_LAYOUT = 4
# Passages above those in the stored clusters that are added to them when they are read, a tenth of a second,
# before the clusters are written anew.
_UNCOVERED = 8_192


def load_holding(folder: Path, make: Make) -> Holding | None:
    """Read what the manifest names; None when there is none of this make that can be read."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if manifest["layout"] != _LAYOUT or any(
            manifest.get(key) != value for key, value in make.as_dict().items()
        ):
            return None
        segments = tuple(Segment.load(folder / name) for name in manifest["segments"])
        if any(segment.own.shape[1] != make.width for segment in segments):
            return None
        clusters = _load_clusters(folder, manifest["clusters"], segments, make)
        numbers = int(manifest["generation"]), int(manifest["last_id"])
        return Holding(*numbers, segments, clusters, str(manifest["token"]))
    except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError):
        return None  # damaged, or just replaced by another process: the database has all of it


def _load_clusters(
    folder: Path, stored: dict[str, Any] | None, segments: Sequence[Segment], make: Make
) -> Clusters | None:
    if stored is None:
        return None
    clusters = Clusters.load(folder / stored["name"], stored["trained"], stored["covered"])
    return cover_all(clusters, segments, make)


def saved_token(folder: Path) -> str:
    """Return what tells one manifest from another; "" when there is none that can be read."""
    return str(_manifest(folder).get("token", ""))


def saved_generation(folder: Path) -> int:
    """Return the generation of the manifest; -1 when there is none that can be read."""
    generation = _manifest(folder).get("generation")
    return generation if isinstance(generation, int) else -1


def is_saved(holding: Holding, folder: Path) -> bool:
    """Say whether there is nothing in it that is not on disk."""
    return (
        holding.token != ""
        and holding.token == saved_token(folder)
        and holding.generation == saved_generation(folder)
        and all(segment.name for segment in holding.segments)
        and (holding.clusters is None or not _stale(holding.clusters, holding.segments))
    )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save_holding(holding: Holding, folder: Path, make: Make) -> Holding:
    """Write what is not on disk yet, and name it in a new manifest; then remove what that does not name.

    Args:
        holding: Goes back to the manifest that is there now.
        folder: Made when it is missing.
        make: Of the library.

    Returns:
        The same, its segments mapped from disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clear_unfinished(folder)
    segments = tuple(
        segment if segment.name else Segment.load(folder / _written(folder, "segment", segment.save))
        for segment in holding.segments
    )
    clusters = holding.clusters
    if clusters is not None and _stale(clusters, segments):
        name = _written(folder, "clusters", clusters.save)
        clusters = replace(clusters, saved=name, covered=holding.last_id)
    token = os.urandom(8).hex()
    manifest = {
        **make.as_dict(),
        "layout": _LAYOUT,
        "token": token,
        "generation": holding.generation,
        "last_id": holding.last_id,
        "passages_in_segments": sum(map(len, segments)),
        "segments": [segment.name for segment in segments],
        "clusters": clusters and {
            "name": clusters.saved, "trained": clusters.trained, "covered": clusters.covered
        },
    }  # fmt: skip
    scratch = folder / f"{_WRITING}{_MANIFEST}"
    with scratch.open("w", encoding="utf-8") as stream:
        json.dump(manifest, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    if (folder / _MANIFEST).is_dir():
        _remove(folder / _MANIFEST)
    scratch.replace(folder / _MANIFEST)
    _remove_unnamed(folder, manifest)
    return replace(holding, segments=segments, clusters=clusters, token=token)


def _stale(clusters: Clusters, segments: tuple[Segment, ...]) -> bool:
    if clusters.saved is None:
        return True
    uncovered = sum(int((segment.table.ids > clusters.covered).sum()) for segment in segments)
    return uncovered > _UNCOVERED


def _written(folder: Path, kind: str, save: Callable[[Path], None]) -> str:
    """Write a folder under another name and move it in place in one step; return its name."""
    name = f"{kind}-{os.urandom(6).hex()}"
    scratch = folder / f"{_WRITING}{name}"
    scratch.mkdir()
    try:
        save(scratch)
        scratch.rename(folder / name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return name


def clear_unfinished(folder: Path) -> None:
    """Remove what a process that died left half-written."""
    for left in folder.glob(f"{_WRITING}*"):
        _remove(left)


def tidy(folder: Path) -> None:
    """Remove what the manifest does not name: what a process that died left, or another version wrote."""
    if folder.is_dir():
        clear_unfinished(folder)
        _remove_unnamed(folder, _manifest(folder))


def _remove_unnamed(folder: Path, manifest: dict[str, Any]) -> None:
    try:
        named = {_MANIFEST, *manifest["segments"], (manifest["clusters"] or {}).get("name")}
    except (LookupError, TypeError, AttributeError):
        named = {_MANIFEST}  # nobody can read what it names
    for path in folder.iterdir():
        if path.name not in named:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)  # Windows keeps files that are mapped; the next time they go
    else:
        path.unlink(missing_ok=True)
