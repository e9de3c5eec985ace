"""Values out of JSON as the dataclasses they stand for, checked field by field.

A file can come from anywhere, so nothing is taken on trust: a value of another kind than its field is an
error that says where it stands. Fields that the dataclass does not have are passed over; one that is missing
takes its default.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_LARGEST = 1 << 53  # whole numbers up to here are exact as floats

T = TypeVar("T")
_Builder = Callable[[Any], Any]
_PLAIN = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


class _MisfitError(Exception):
    """A value that does not fit, and where it stands, innermost last."""

    def __init__(self, found: Any, expected: str) -> None:
        super().__init__(found, expected)
        shown = repr(found)
        self.what = f"is {shown if len(shown) <= 40 else f'{shown[:39]}…'}; expected {expected}"
        self.place = ""

    def inside(self, place: str) -> "_MisfitError":
        self.place = place + self.place
        return self


def from_plain(kind: type[T], value: Any, name: str) -> T:
    """Return a dataclass made of plain values.

    Its fields may be dataclasses, texts, numbers, tuples of any length, mappings by name, `Any`, or one of
    these or None.

    Args:
        kind: The dataclass.
        value: As JSON gives it.
        name: What errors call it.

    Raises:
        ValueError: If something in it does not fit.
    """
    try:
        built: T = _builder(kind)(value)  # type: ignore[arg-type]  # a class is hashable
    except _MisfitError as misfit:
        raise ValueError(f"{name}{misfit.place} {misfit.what}") from misfit
    return built


@cache
def _builder(kind: Any) -> _Builder:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda value: value
    if origin is UnionType:
        (inner,) = (_builder(one) for one in arguments if one is not NoneType)
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _several(_builder(arguments[0]))
    if origin is not None:
        return _mapping(_builder(arguments[1]))
    return _plain(kind) if kind in _PLAIN else _dataclass(kind)


def _plain(kind: type) -> _Builder:
    def build(value: Any) -> Any:
        if kind is float and type(value) is int and abs(value) < _LARGEST:
            return float(value)
        if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
            raise _MisfitError(value, _PLAIN[kind])
        return value

    return build


def _several(inner: _Builder) -> _Builder:
    def build(value: Any) -> Any:
        if not isinstance(value, list):
            raise _MisfitError(value, "a list")
        return tuple(_each(inner, enumerate(value), "[{}]"))

    return build


def _mapping(inner: _Builder) -> _Builder:
    def build(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _MisfitError(value, "an object")
        return dict(zip(value, _each(inner, value.items(), ".{}"), strict=True))

    return build


def _each(inner: _Builder, items: Any, place: str) -> list[Any]:
    built, key = [], None
    try:
        for key, one in items:  # noqa: B007  # named when one does not fit
            built.append(inner(one))
    except _MisfitError as misfit:
        raise misfit.inside(place.format(key)) from None
    return built


def _dataclass(kind: Any) -> _Builder:
    hints = get_type_hints(kind)
    makers = [(field.name, _builder(hints[field.name])) for field in fields(kind)]
    needed = [
        field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING
    ]

    def build(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _MisfitError(value, "an object")
        if missing := [name for name in needed if name not in value]:
            raise _MisfitError(None, "a value").inside(f".{missing[0]}")
        given: dict[str, Any] = {}
        name = ""
        try:
            for name, make in makers:
                if name in value:
                    given[name] = make(value[name])
        except _MisfitError as misfit:
            raise misfit.inside(f".{name}") from None
        return kind(**given)

    return build
