import subprocess
import sys
from pathlib import Path

import pytest

import embeddings
import qa

ROOT = Path(__file__).parents[1]


def test_names_of_qa() -> None:
    assert qa.__all__ == [
        "Answer",
        "Filter",
        "FormatError",
        "Library",
        "LibraryError",
        "NotFoundError",
        "QAError",
        "Reading",
        "Report",
        "Source",
        "TimeKind",
        "Transcript",
        "Turn",
        "add_paths",
        "ask",
        "open_library",
        "read",
        "read_bytes",
    ]


def test_names_of_embeddings() -> None:
    assert embeddings.__all__ == [
        "DEFAULT_CROSS_ENCODER",
        "DEFAULT_MODEL",
        "INT8",
        "PACKAGED",
        "PUBLISHED_MODEL",
        "TRANSCRIPTS_MODEL",
        "ClusteredIndex",
        "CrossEncoder",
        "Encoder",
        "Float16",
        "ModelFiles",
        "ModelLoadError",
        "VectorIndex",
        "Vectors",
        "load_cross_encoder",
        "load_encoder",
        "locate_model",
        "unit_rows",
        "widen",
    ]


@pytest.mark.parametrize("name", qa.__all__)
def test_every_name_of_qa_is_there(name: str) -> None:
    assert getattr(qa, name).__name__ == name


def test_unknown_name_is_an_attribute_error_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'qa' has no attribute 'answer_everything'"):
        _ = qa.answer_everything


def loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter; return the top-level modules it leaves loaded."""
    report = "\nimport sys; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code + report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


HEAVY = {"torch", "faiss", "gradio", "openvino", "sentence_transformers", "transformers", "sqlalchemy"}


def test_import_of_qa_loads_nothing_heavy() -> None:
    assert loaded_by("import qa") & {*HEAVY, "numpy"} == set()


def test_import_of_the_library_loads_no_model_code() -> None:
    heavy = HEAVY - {"faiss", "sqlalchemy"}  # what a library stands on
    assert loaded_by("from qa import Library, ask, add_paths, open_library") & heavy == set()


def test_asking_loads_no_format() -> None:
    code = "import sys, qa\nqa.ask, qa.open_library\nprint('qa.readers.recognising' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
