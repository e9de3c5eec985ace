"""What a visitor looks at under Benchmarks, and how a click changes that.

The values come from a browser: what names nothing that is there is passed over when it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

SHOWN = 50  # questions listed at first, and added with each click on "Show more"
ALL = "all"
SHOWS = ("lost", "gained", "same", ALL)


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at; an empty text is "nothing chosen".

    Args:
        evaluation: Name of the one that is open; "" for the list.
        baseline: What is compared with; see `side_key`. "" for the first that suits, `NOBODY` for none.
        system: What is compared, likewise.
        measure: Its name; "" for the first.
        show: Which questions are listed; one of `SHOWS`.
        slice: Only questions of it; see `slice_key`.
        search: Only questions with these words.
        question: The one that is open.
        shown: Most questions listed.
    """

    evaluation: str = ""
    baseline: str = ""
    system: str = ""
    measure: str = ""
    show: str = ""
    slice: str = ""
    search: str = ""
    question: str = ""
    shown: int = SHOWN


NOBODY = "-"  # in place of a baseline: one system is looked at by itself
ACTS = frozenset(
    {"bench-list", "bench-open", "bench-remove", "bench-compare", "bench-filter", "bench-more",
     "bench-question", "bench-back"}
)  # fmt: skip


def moved(view: View, act: str, given: Mapping[str, str]) -> View:
    """Return what is looked at after a click.

    Args:
        view: Before.
        act: One of `ACTS`.
        given: Data of what was clicked, and what the form around it holds.
    """
    if act == "bench-open":
        return View(evaluation=given.get("evaluation", ""))
    if act == "bench-compare":
        chosen = {name: given.get(name, "") for name in ("baseline", "system", "measure")}
        return replace(view, **chosen, question="", shown=SHOWN)
    if act == "bench-filter":
        show = given.get("show", view.show)
        narrowed = {name: given.get(name, "").strip() for name in ("slice", "search")}
        return replace(view, show=show if show in SHOWS else "", **narrowed, question="", shown=SHOWN)
    if act == "bench-more":
        return replace(view, shown=view.shown + SHOWN)
    if act == "bench-question":
        return replace(view, question=given.get("question", ""))
    if act == "bench-back":
        return replace(view, question="")
    return View()  # the list, also after a removal


def side_key(evaluation: str, system: str) -> str:
    """Return how a system of an evaluation is named in a view; no name of an evaluation has a slash."""
    return f"{evaluation}/{system}"


def side_names(key: str) -> tuple[str, str]:
    """Return the evaluation and the system that a key names."""
    evaluation, _, system = key.partition("/")
    return evaluation, system


def slice_key(by: str, group: str) -> str:
    """Return how a slice is named in a view."""
    return f"{by}={group}"
