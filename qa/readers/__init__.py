"""Transcripts into turns: one module per format, chosen by what a file holds, never by its name.

``read`` opens a file, ``read_bytes`` takes what was uploaded; both give a ``Reading`` and raise nothing but
``FormatError``. Empty files, files of no known format and files in which nobody speaks are refused.

A reader takes what its family takes: text, a value parsed from JSON, or the root of an XML or HTML document.
It says why it recognises a file, or None when it does not; the most specific reader of a family comes first.

The formats are loaded when one of the names below is first used: asking needs none of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qa.readers.options import ReadOptions

if TYPE_CHECKING:
    from qa.readers.recognising import (
        JSON_READERS,
        MARKUP_READERS,
        TEXT_READERS,
        JsonReader,
        MarkupReader,
        TextReader,
        read,
        read_bytes,
    )

__all__ = [
    "JSON_READERS",
    "MARKUP_READERS",
    "TEXT_READERS",
    "JsonReader",
    "MarkupReader",
    "ReadOptions",
    "TextReader",
    "read",
    "read_bytes",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'qa.readers' has no attribute {name!r}")
    return getattr(import_module("qa.readers.recognising"), name)
