"""What systems ranked, turn by turn: the worst regressions with both systems side by side."""

from collections.abc import Sequence

from qa.evaluation.comparison import Regression, regressions
from qa.evaluation.report.parts import folded, paragraph, section, system_marks
from qa.evaluation.results import AskedQuestion, Evaluation, Placed, SpokenTurn
from qa.markup import Span, element, escaped, marked

MOST = 5  # regressions of each system
SHOWN = 5  # turns of each system
GOLD = 3  # relevant turns of a question; an evaluation keeps the text of so many
_LONGEST = 600  # characters of a turn
_AROUND = 200  # of them before a marked sentence


def regressions_section(evaluation: Evaluation) -> str:
    """Return where each system lost most against the first."""
    first, label = evaluation.systems[0].name, evaluation.labels[evaluation.measures[0]]
    lost = [
        (system.name, regressions(evaluation, system.name, most=MOST)) for system in evaluation.systems[1:]
    ]
    if not lost:
        return ""
    said = (
        f"The questions on which {label} fell most against {first}, with the first {SHOWN} turns that both "
        "ranked. A turn that is not judged counts as not relevant."
    )
    marks = system_marks(evaluation)
    parts = []
    for name, found in lost:
        parts.append(element("h3", marks[name]))
        parts += [
            _regression(evaluation, name, one, shown=place == 0) for place, one in enumerate(found)
        ] or [paragraph(f"Nowhere worse than {first}.", "note")]
    return section("regressions", "Worst regressions", paragraph(said), *parts)


def _regression(evaluation: Evaluation, name: str, one: Regression, *, shown: bool) -> str:
    marks = system_marks(evaluation)
    fall = element("span", f"{100 * one.baseline:.1f} → {100 * one.system:.1f}", class_="fall")
    asked = element("span", escaped(one.question.text), class_="asked", dir="auto")
    summary = f"{fall} {asked} {element('small', escaped(one.question.id))}"
    first = evaluation.systems[0].name
    sides = "".join(
        element("div", element("h4", marks[system]) + _ranked(evaluation, best), class_="side")
        for system, best in ((first, one.baseline_best), (name, one.system_best))
    )
    content = _gold(evaluation, one.question) + element("div", sides, class_="sides")
    return folded(summary, content, shown=shown, class_="loss")


def _gold(evaluation: Evaluation, question: AskedQuestion) -> str:
    """Return the first relevant turns, so that one sees what was missed."""
    relevant = relevant_turns(question)
    told = [id_ for id_ in relevant if id_ in evaluation.turns][:GOLD]
    items = "".join(element("li", _turn(evaluation, id_, None)) for id_ in told)
    title = "Relevant turn" if len(relevant) == 1 else f"Relevant turns, {len(told)} of {len(relevant):,}"
    return element("div", element("h4", title) + element("ul", items), class_="gold") if told else ""


def relevant_turns(question: AskedQuestion) -> list[str]:
    """Return the ids of the turns that are relevant for a question."""
    return [id_ for id_, gain in question.gains.items() if gain > 0]


def _ranked(evaluation: Evaluation, best: Sequence[Placed]) -> str:
    if not best:
        return paragraph("Nothing was ranked.", "note")
    items = "".join(
        element(
            "li",
            _turn(evaluation, placed.turn_id, placed.sentence, verdict(placed)),
            class_="relevant" if (placed.gain or 0) > 0 else None,
        )
        for placed in best[:SHOWN]
    )
    return element("ol", items)


def verdict(placed: Placed) -> str:
    """Return how a turn was judged, in words."""
    if placed.gain is None:
        return "not judged"
    if placed.gain <= 0:
        return "not relevant"
    return "relevant" if placed.gain == 1 else f"relevant, gain {placed.gain}"


def _turn(evaluation: Evaluation, id_: str, sentence: str | None, judged: str = "") -> str:
    turn = evaluation.turns.get(id_)
    speaker = (
        element("b", escaped(turn.speaker), class_="speaker", dir="auto") if turn and turn.speaker else ""
    )
    tag = element("span", escaped(judged), class_="tag") if judged else ""
    head = element("div", f"{speaker} {element('code', escaped(id_))} {tag}", class_="who")
    if turn is None:
        return head + paragraph("This turn is not in the data set.", "note")
    return head + element("p", marked(*excerpt(turn, sentence)), dir="auto")


def excerpt(turn: SpokenTurn, sentence: str | None, longest: int = _LONGEST) -> tuple[str, Span | None]:
    """Return the text of a turn, cut when it is long, and the place of a sentence in it.

    Args:
        turn: That holds the sentence.
        sentence: None where none is marked.
        longest: Characters that are left of a long turn.
    """
    start = turn.text.find(sentence) if sentence else -1
    first = max(0, start - _AROUND) if len(turn.text) > longest else 0
    cut = turn.text[first : first + longest]
    before, after = "… " if first else "", " …" if first + longest < len(turn.text) else ""
    if start < 0 or not sentence:
        return before + cut + after, None
    place = start - first + len(before)
    return before + cut + after, (place, min(place + len(sentence), len(before) + len(cut)))
