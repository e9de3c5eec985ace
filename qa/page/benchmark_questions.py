"""The questions of a comparison: which are listed, in which order, and the list itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.evaluation.pairing import Change, Pair, changes
from qa.evaluation.results import POOL, AskedQuestion, Evaluation
from qa.markup import box, button, element, escaped, facts, submit
from qa.page.benchmark_view import ALL, View, slice_key
from qa.page.benchmark_words import MINUS, points, signed
from qa.page.wording import counted

_WORDS = {"lost": "Lost", "gained": "Gained", "same": "Same", ALL: "All"}
_MOST_GROUPS = 60  # pools with fewer are offered as slices


@dataclass(frozen=True, slots=True)
class Listing:
    """The questions that a view lists.

    Args:
        changes: In order: the greatest loss first, or the greatest gain; for one system the weakest first.
        counts: How many there would be for each of `qa.page.benchmark_view.SHOWS`.
        show: Which of those is shown.
    """

    changes: tuple[Change, ...]
    counts: dict[str, int]
    show: str


def listing(pair: Pair, view: View, measure: str) -> Listing:
    """Return the questions that a view lists.

    Args:
        pair: With itself, when one system is looked at.
        view: Says which.
        measure: By which they are ordered.
    """
    found = [one for one in changes(pair, measure) if _wanted(one.question, view)]
    kinds = {kind: [one for one in found if one.kind == kind] for kind in ("lost", "gained", "same")}
    counts = {kind: len(some) for kind, some in kinds.items()} | {ALL: len(found)}
    if alone(pair):
        weakest = sorted(found, key=lambda one: (one.system, one.question.id))
        return Listing(tuple(weakest), counts, ALL)
    show = view.show or next((kind for kind in ("lost", "gained") if kinds[kind]), ALL)
    shown = found if show == ALL else kinds[show]
    sign = -1 if show == "gained" else 1
    order = sorted(shown, key=lambda one: (sign * one.difference, one.question.id))
    return Listing(tuple(order), counts, show)


def alone(pair: Pair) -> bool:
    """Say whether a pair is one system beside itself."""
    return pair.baseline is pair.system


def _wanted(question: AskedQuestion, view: View) -> bool:
    if view.slice and view.slice not in slices_of(question):
        return False
    said = f"{question.text} {question.id}".casefold()
    return all(word in said for word in view.search.casefold().split())


def slices_of(question: AskedQuestion) -> set[str]:
    """Return the slices that a question belongs to, its pool among them."""
    return {slice_key(POOL, question.pool)} | {slice_key(*one) for one in question.slices.items()}


def questions_html(pair: Pair, view: View, measure: str) -> str:
    """Return the filters and the list of questions."""
    found = listing(pair, view, measure)
    head = element("h3", "Questions")
    rows = "".join(_row(one, alone(pair)) for one in found.changes[: view.shown])
    listed = (
        element("ul", rows, class_="questions")
        if rows
        else element("p", _nothing(found, view), class_="hint")
    )
    left = len(found.changes) - view.shown
    more = (
        button(f"Show {min(left, 50):,} more of {left:,}", "bench-more", class_="act more")
        if left > 0
        else ""
    )
    return head + _filters(pair, view, found) + listed + more


def _nothing(found: Listing, view: View) -> str:
    if view.slice or view.search:
        return "No question passes the filters."
    return {"lost": "No question is worse.", "gained": "No question is better."}.get(
        found.show, "There is no question."
    )


def _filters(pair: Pair, view: View, found: Listing) -> str:
    kinds = "" if alone(pair) else element(
        "div",
        "".join(
            submit(
                f"{word} {found.counts[kind]:,}", "bench-filter", class_="act chip", data_show=kind,
                aria_pressed="true" if found.show == kind else "false",
            )
            for kind, word in _WORDS.items()
        ),
        class_="chips", role="group", aria_label="Which questions",
    )  # fmt: skip
    search = element(
        "label",
        element("span", "Words of the question")
        + box(name="search", value=view.search, placeholder="all questions", maxlength=200),
    )
    # What Enter presses is the first button of a form: a search keeps what is shown.
    enter = submit("Search", "bench-filter", class_="act unseen", tabindex=-1)
    return element("form", enter + kinds + _slices(pair.system.evaluation, view) + search, class_="narrow",
                   data_act="bench-filter")  # fmt: skip


def _slices(evaluation: Evaluation, view: View) -> str:
    groups = {by: sorted(set(evaluation.groups(by).values())) for by in evaluation.groupings()}
    offered = {by: some for by, some in groups.items() if 1 < len(some) <= _MOST_GROUPS}
    if not offered:
        return ""
    options = element("option", "all questions", value="")
    for by, some in offered.items():
        inner = "".join(
            element(
                "option",
                escaped(_group_text(by, group)),
                value=slice_key(by, group),
                selected=view.slice == slice_key(by, group),
            )
            for group in some
        )
        options += element("optgroup", inner, label=slice_text(by))
    return element(
        "label", element("span", "Slice") + element("select", options, name="slice", aria_label="Slice")
    )


def slice_text(by: str) -> str:
    """Return the name of a way of slicing as people read it."""
    return {"gold": "Number of relevant turns", POOL: "Transcript or conversation"}.get(by, by.capitalize())


def _group_text(by: str, group: str) -> str:
    """Write "02-05" as "2 to 5" where it counts relevant turns."""
    if by != "gold":
        return group
    return " to ".join(part.lstrip("0") or "0" for part in group.split("-"))


def _row(one: Change, single: bool) -> str:
    question = one.question
    line = facts([escaped(question.id), *map(escaped, _told(question.slices))])
    words = element("span", escaped(question.text), class_="asks", dir="auto") + element(
        "span", line, class_="hint", dir="auto"
    )
    if single:
        values = element("b", points(one.system))
    else:
        arrow = f"{points(one.baseline)} → {points(one.system)}"
        values = element("span", arrow, class_="hint") + element("b", signed(one.difference), class_=one.kind)
    inner = element("span", words, class_="about") + element("span", values, class_="values")
    return element(
        "li",
        element(
            "button",
            inner,
            type="button",
            class_="case",
            data_act="bench-question",
            data_question=question.id,
        ),
    )


def _told(slices: Mapping[str, str]) -> list[str]:
    return [value for name, value in slices.items() if name != "gold"]


def change_text(one: Change) -> str:
    """Return a change in words: "from 45.3 to 63.1, 17.8 better"."""
    said = f"from {points(one.baseline)} to {points(one.system)}"
    if one.kind == "same":
        return f"{points(one.baseline)} with both"
    much = signed(one.difference).lstrip(f"+{MINUS}")
    return f"{said}, {much} {'better' if one.kind == 'gained' else 'worse'}"


def gold_text(question: AskedQuestion) -> str:
    """Return how many turns are relevant: "1 relevant turn"."""
    return counted(sum(gain > 0 for gain in question.gains.values()), "relevant turn")
