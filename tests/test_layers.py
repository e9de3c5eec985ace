"""Imports point one way: every file is parsed, and one that imports something above it fails.

A module's rank is the longest entry of `RANKS` that names it or a package it lies in. A module may import
what ranks lower, and what ranks the same within the same package or layer.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Lowest first. Modules on one line may import each other, as long as Python itself can load them.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("embeddings",),
    ("qa.types", "qa.errors", "qa.evaluation.measures"),
    ("qa.sentences", "qa.times", "qa.backchannels", "qa.markup", "qa.widths", "qa.writing"),
    ("qa.readers", "qa.passages"),
    (
        "qa.archives", "qa.archive_entries", "qa.corrections", "qa.gathering", "qa.inspection",
        "qa.previewing", "qa.reporting", "qa.slack_exports", "qa.suggestions",
    ),
    ("qa.retrieval",),
    ("qa.reranking", "qa.resemblance"),
    ("qa.schema",),
    ("qa.segments", "qa.clusters"),
    ("qa.indexes",),
    (
        "qa.explaining", "qa.index_files", "qa.judgments", "qa.judgments_kept", "qa.records", "qa.renaming",
        "qa.speakers",
    ),
    ("qa.index_keeping",),
    ("qa.library", "qa.rebuilding", "qa.importing", "qa.opening", "qa.recordings"),
    (
        "qa.answering", "qa.conversation", "qa.grouping", "qa.highlights", "qa.kinds", "qa.confidence",
        "qa.filters", "qa.json_forms", "qa.terminal", "qa.reason_text", "qa.reasons", "qa.report_text",
        "qa.generation", "qa.turn_links", "qa.wishes",
    ),
    ("qa.evaluation",),
    ("qa.page",),
    # qa/__init__.py names the public surface; nothing inside imports it
    (
        "qa", "qa.cli", "qa.cli_adding", "qa.cli_clues", "qa.cli_console", "qa.cli_evaluating",
        "qa.cli_judgments", "qa.cli_people", "qa.cli_why", "qa.__main__",
    ),
    ("app",),
)  # fmt: skip
RANKS = {module: rank for rank, layer in enumerate(LAYERS) for module in layer}
OURS = ("embeddings", "qa", "app")
PACKAGES = {"embeddings", "qa"}  # named whole only by their own __init__; `qa.x` without a rank is an error


def rank_of(module: str) -> int | None:
    """Return a module's rank; None when nobody gave it one."""
    name = module
    while name not in RANKS:
        name, dot, _ = name.rpartition(".")
        if not dot:
            return None
    return None if name == "qa" and module != "qa" else RANKS[name]


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def imports(source: str, module: str, *, package: bool) -> Iterator[tuple[str, bool]]:
    """Yield the modules of ours that a source imports, and whether it does so only inside a function."""
    tree = ast.parse(source)
    late = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                home = module.split(".")[: len(module.split(".")) - node.level + package]
                base = ".".join([*home, base] if base else home)
            # `from qa import indexes` imports qa.indexes; `from qa.types import Turn` only qa.types.
            inner = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if is_module(name) else base for name in inner]
        for name in dict.fromkeys(names):
            if name.split(".")[0] in OURS:
                yield name, id(node) in late


def complaints(source: str, module: str, *, package: bool = False) -> list[str]:
    """Return what is wrong with a module's imports, each a sentence."""
    rank = rank_of(module)
    if rank is None:
        return [f"{module} has no rank: add it to LAYERS in tests/test_layers.py."]
    found = []
    for imported, late in imports(source, module, package=package):
        other = rank_of(imported)
        if module == "qa.evaluation.measures":
            found.append(f"{module} imports {imported}; it takes plain ids and needs nothing of ours.")
        elif other is None:
            found.append(f"{module} imports {imported}, which has no rank: add it to LAYERS.")
        elif imported == "app" and module == "qa.cli" and late:
            continue  # `transcript-qa serve` starts the page; the import waits until it is asked for
        elif other > rank:
            found.append(f"{module} imports {imported}, which stands above it.")
    return found


def source_files() -> list[Path]:
    """Return every file but qa/__init__.py, which names the public surface of all layers."""
    files = [file for top in ("embeddings", "qa") for file in sorted((ROOT / top).rglob("*.py"))]
    return [file for file in [*files, ROOT / "app.py"] if file.is_file() and file != ROOT / "qa/__init__.py"]


@pytest.mark.parametrize("file", source_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_import_points_back(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert complaints(source, module_of(file), package=file.name == "__init__.py") == []


def test_embeddings_import_nothing_of_qa() -> None:
    for file in sorted((ROOT / "embeddings").rglob("*.py")):
        found = imports(file.read_text(encoding="utf-8"), module_of(file), package=file.name == "__init__.py")
        assert {name.split(".")[0] for name, _ in found} <= {"embeddings"}, file


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("qa.passages", "from qa.retrieval import Hit", "qa.retrieval, which stands above it"),
        ("qa.types", "import qa.library", "qa.library, which stands above it"),
        ("qa.schema", "from qa import answering", "qa.answering, which stands above it"),
        ("qa.segments", "from qa.indexes import Holding", "qa.indexes, which stands above it"),
        ("qa.indexes", "from qa import index_files", "qa.index_files, which stands above it"),
        ("qa.retrieval.dense", "from ..library import Library", "qa.library, which stands above it"),
        ("qa.readers.press", "from qa import Turn", "qa, which stands above it"),
        ("embeddings.index", "def f():\n    from qa.types import Turn", "qa.types, which stands above it"),
        ("qa.library", "if TYPE_CHECKING:\n    import app", "app, which stands above it"),
        ("qa.cli", "import app", "app, which stands above it"),
        ("qa.evaluation.measures", "from qa.types import Turn", "takes plain ids"),
        ("qa.novelty", "", "qa.novelty has no rank: add it to LAYERS"),
        ("qa.cli", "import qa.novelty", "qa.novelty, which has no rank: add it to LAYERS"),
    ],
)
def test_checker_catches(module: str, source: str, complaint: str) -> None:
    (found,) = complaints(source, module)
    assert complaint in found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("qa.retrieval.dense", "from embeddings import VectorIndex\nfrom qa.retrieval.views import Hit"),
        ("qa.highlights", "from qa.retrieval.lexical import words"),
        ("qa.library", "from qa import indexes, records"),
        ("qa.cli", "def serve():\n    import app"),
        ("app", "import numpy\nfrom qa import ask"),
    ],
)
def test_checker_lets_pass(module: str, source: str) -> None:
    assert complaints(source, module) == []


def test_every_rank_is_unique() -> None:
    assert len(RANKS) == sum(len(layer) for layer in LAYERS)
