"""The table of all questions, and what the script needs to sort, search and unfold it.

The table stands in the page as HTML, with the first measure. The other measures and the first turns that each
system ranked are data for the script: as markup they would be most of the report.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from qa.evaluation.report.parts import paragraph, scrolling, section, system_marks
from qa.evaluation.report.passages import GOLD, SHOWN, excerpt, relevant_turns, verdict
from qa.evaluation.results import AskedQuestion, Evaluation, Placed
from qa.evaluation.tables import slicings
from qa.markup import chooser, element, escaped

_LONGEST = 320  # characters of a turn that unfolds with a question


def questions_section(evaluation: Evaluation) -> str:
    """Return the table of questions with its tools."""
    label = evaluation.labels[evaluation.measures[0]]
    said = element(
        "p",
        f"Values of {element('span', escaped(label), class_='measure-name')}, times 100. "
        + element(
            "span",
            "Sort by a heading; unfold a question to see what each system ranked. The last row has the means "
            "of the questions that match.",
            class_="script",
        ),
    )
    table = element("table", _head(evaluation) + _body(evaluation) + _foot(evaluation), id="questions-table")
    return section(
        "questions", "Every question", said, _tools(evaluation), scrolling(table, "Every question"),
        element("p", "", class_="script", id="shown", role="status"),
        paragraph("Left out of the printed report; questions.csv has it.", "printed"),
    )  # fmt: skip


def _columns(evaluation: Evaluation) -> list[str]:
    """Return the columns between the question and the systems."""
    return [*(name for name in slicings(evaluation) if name != "gold"), "relevant"]


def _head(evaluation: Evaluation) -> str:
    marks = system_marks(evaluation)
    texts = ["question", *_columns(evaluation)]
    cells = [element("th", escaped(text), scope="col", class_=_text(text)) for text in texts]
    cells += [element("th", mark, scope="col", data_system=at) for at, mark in enumerate(marks.values())]
    if len(marks) > 1:
        cells.append(element("th", "difference", scope="col", class_="script", data_system=len(marks)))
    return element("thead", element("tr", "".join(cells)))


def _body(evaluation: Evaluation) -> str:
    columns = _columns(evaluation)
    difference = '<td class="script"></td>' if len(evaluation.systems) > 1 else ""
    rows = []
    for question in evaluation.questions:
        asked = f"{element('span', escaped(question.text), class_='asked', dir='auto')} "
        named = " · ".join(
            [question.id] if question.id.startswith(question.pool) else [question.id, question.pool]
        )
        cells = [element("th", asked + element("small", escaped(named)), scope="row")]
        cells += [element("td", escaped(_told(question, name)), class_=_text(name)) for name in columns]
        cells += [element("td", value) for value in _values(evaluation, question)]
        rows.append(element("tr", "".join(cells) + difference))
    return element("tbody", "".join(rows))


def _foot(evaluation: Evaluation) -> str:
    found = [evaluation.mean(system.name, evaluation.measures[0]) for system in evaluation.systems]
    names = [element("td", class_=_text(name)) for name in _columns(evaluation)]
    cells = [element("td", "–" if one is None else f"{100 * one.micro:.1f}", class_="value") for one in found]
    difference = ['<td class="value script"></td>'] if len(found) > 1 else []
    row = element("th", "mean", scope="row") + "".join([*names, *cells, *difference])
    return element("tfoot", element("tr", row))


def _text(column: str) -> str | None:
    """Return the class of a column of words."""
    return None if column == "relevant" else "text"


def _told(question: AskedQuestion, column: str) -> str:
    if column == "relevant":
        return f"{len(relevant_turns(question)):,}"
    return question.slices.get(column, "")


def _values(evaluation: Evaluation, question: AskedQuestion) -> Iterable[str]:
    for system in evaluation.systems:
        value = system.values.get(evaluation.measures[0], {}).get(question.id)
        yield "–" if value is None else f"{100 * value:.1f}"


def _tools(evaluation: Evaluation) -> str:
    """Return search, filters and choices, for when there is a script."""
    measures = [(name, evaluation.labels[name]) for name in evaluation.measures]
    parts = [
        '<label><span>Search</span><input type="search" name="search" autocomplete="off" dir="auto" '
        'placeholder="words or an id"></label>',
        chooser("measure", "Measure", measures),
    ]
    for name in slicings(evaluation):
        groups = sorted(set(evaluation.groups(name).values()))
        parts.append(chooser(f"slice:{name}", name, [("", "all"), *((group, group) for group in groups)]))
    if len(evaluation.systems) > 1:
        named = [(str(place), system.name) for place, system in enumerate(evaluation.systems)]
        parts.append(chooser("of", "Difference of", named, named[-1][0]))
        parts.append(chooser("to", "to", named, named[0][0]))
        outcomes = [("", "all"), ("win", "won"), ("tie", "tied"), ("loss", "lost")]
        parts.append(chooser("outcome", "Outcome", outcomes))
    return element("form", "".join(parts), class_="tools script", id="filters")


def question_data(evaluation: Evaluation) -> dict[str, Any]:
    """Return what the script knows of the questions, as plain values.

    Turns stand once and are named by their place. A ranked turn is its place and a verdict, where it has one.
    """
    turns: dict[str, int] = {}
    questions = evaluation.questions

    def place(id_: str) -> int:
        return turns.setdefault(id_, len(turns))

    def ranked(best: Sequence[Placed]) -> list[list[Any]]:
        return [[place(one.turn_id), "" if one.gain is None else verdict(one)] for one in best[:SHOWN]]

    best = [
        [ranked(system.best.get(question.id, ())) for system in evaluation.systems] for question in questions
    ]
    gold = [
        [place(id_) for id_ in relevant_turns(question) if id_ in evaluation.turns][:GOLD]
        for question in questions
    ]
    groups = {name: evaluation.groups(name) for name in slicings(evaluation)}
    return {
        "systems": [system.name for system in evaluation.systems],
        "labels": dict(evaluation.labels),
        "slices": {name: [of[one.id] for one in questions] for name, of in groups.items()},
        "values": {
            name: [
                [_rounded(system.values.get(name, {}).get(one.id)) for one in questions]
                for system in evaluation.systems
            ]
            for name in evaluation.measures
        },
        "best": best,
        "gold": gold,
        "turns": [[id_, *_spoken(evaluation, id_)] for id_ in turns],
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    """Return a value with the digits that sorting and means of what is shown need."""
    return None if value is None else round(value, 5)


def _spoken(evaluation: Evaluation, id_: str) -> tuple[str, str]:
    turn = evaluation.turns.get(id_)
    return (turn.speaker, excerpt(turn, None, _LONGEST)[0]) if turn else ("", "")
