"""The evaluations that are kept, in a list, and how to make one."""

from collections.abc import Sequence

from qa.evaluation.keeping import Kept, Summary
from qa.markup import button, element, escaped, facts
from qa.page.benchmark_words import fold, made_text, points, pool_text, title_text
from qa.page.wording import counted

COMMAND = "transcript-qa evaluate --data questions.jsonl --system bm25 default"
_SYSTEMS = 8  # of an evaluation, in the list


def list_html(kept: Sequence[Kept], said: str = "") -> str:
    """Return the list.

    Args:
        kept: What there is, in order.
        said: Markup that says what was done last, or why it could not be.
    """
    if not kept:
        return element("section", said + _empty(), class_="bench none", data_at="list")
    head = element("h2", "Evaluations", tabindex=-1) + element(
        "p",
        "How well systems find the turns that answer judged questions. Open one to compare two systems, and "
        "to see for every question what each of them ranked and why.",
        class_="hint",
    )
    rows = "".join(_row(one) for one in kept)
    listing = element("ul", rows, class_="shelf", aria_label="Evaluations, the newest first")
    return element(
        "section", head + said + listing + fold("How to make another", _how()), class_="bench", data_at="list"
    )


def _empty() -> str:
    head = element("h2", "No evaluations yet", tabindex=-1)
    lead = (
        "An evaluation says how well systems find the turns that answer questions whose answers are known. "
        "Run one in a terminal, and it is here when you come back:"
    )
    return head + element("p", lead) + _how()


def _how() -> str:
    copy = button("Copy", "copy", data_copy=COMMAND, aria_label="Copy the command")
    command = element("div", element("code", escaped(COMMAND)) + copy, class_="command")
    sets = (
        "The data can be your own questions over your library, or a judged set that you have: QMSum, LoCoMo, "
        "FriendsQA, LongMemEval, Spoken-SQuAD, BEIR or TREC."
    )
    where = (
        "It reads files of this machine and takes a while, so it is not started from the page. Where the "
        "page was started with --library, give the command the same."
    )
    return (
        command
        + element("p", sets, class_="hint")
        + element("p", where, class_="hint")
        + element("p", "An evaluation.json made elsewhere can be dropped below.", class_="hint")
    )


def _row(one: Kept) -> str:
    about = _problem(one) if one.summary is None else _about(one.name, one.summary)
    doing = "" if one.summary is None else button(
        "Open", "bench-open", data_evaluation=one.name, aria_label=f"Open {_called(one)}"
    )  # fmt: skip
    return element(
        "li",
        element("div", about, class_="about") + element("div", doing + _removal(one), class_="doing"),
    )


def _called(one: Kept) -> str:
    return one.name if one.summary is None else f"{title_text(one.summary)}, {made_text(one.summary.made)}"


def _problem(one: Kept) -> str:
    return (
        element("h3", escaped(one.name), dir="auto")
        + element("p", '<span class="status refused">Cannot be read</span>')
        + element("p", escaped(one.problem), class_="hint reason", dir="auto")
    )


def _about(name: str, told: Summary) -> str:
    line = facts(
        [
            escaped(made_text(told.made)),
            counted(told.asked, "question")
            if told.asked == told.dataset.questions
            else f"{told.asked:,} of {told.dataset.questions:,} questions",
            pool_text(told.pool),
        ]
    )
    measure, label = next(iter(told.labels.items()), ("", ""))
    means = {
        system.name: system.measures[measure].micro if measure in system.measures else None
        for system in told.systems
    }
    top = max((mean for mean in means.values() if mean is not None), default=None)
    items = "".join(
        element(
            "li",
            element("span", escaped(system), dir="auto") + element("b", points(mean)),
            class_="top" if mean == top and len(means) > 1 else None,
        )
        for system, mean in list(means.items())[:_SYSTEMS]
    )
    if len(means) > _SYSTEMS:
        items += element("li", f"and {len(means) - _SYSTEMS} more", class_="hint")
    opens = button(title_text(told), "bench-open", class_="link title", data_evaluation=name, dir="auto")
    return (
        element("h3", opens)
        + element("p", line, class_="hint")
        + element("ul", items, class_="means", aria_label=f"Mean {label} of each system, times 100")
        + element("p", escaped(f"mean {label}, times 100"), class_="file")
    )


def _removal(one: Kept) -> str:
    question = element(
        "p", f"Delete {escaped(one.name)} with everything in it? This cannot be undone.", dir="auto"
    )
    sure = button("Delete", "bench-remove", class_="act danger", data_evaluation=one.name) + button(
        "Keep", "keep"
    )
    summary = element("summary", "Delete", class_="act", aria_label=f"Delete {_called(one)}")
    return element("details", summary + element("div", question + sure, class_="sure"), class_="removal")
