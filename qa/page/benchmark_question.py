"""One question of a comparison: what each system ranked, what it missed, and why."""

from dataclasses import dataclass

from qa.evaluation.pairing import Change, Pair, Side, changes
from qa.evaluation.placing import BEST
from qa.evaluation.results import AskedQuestion, Evaluation, Missed, Placed, SpokenTurn
from qa.evaluation.tables import Table
from qa.markup import button, element, escaped, facts
from qa.page.benchmark_comparison import Looked
from qa.page.benchmark_questions import Listing, alone, change_text, gold_text, listing
from qa.page.benchmark_view import View
from qa.page.benchmark_why import legend_html, why_html, worded_html
from qa.page.benchmark_words import NONE, fold, points, side_text, table_html
from qa.page.wording import counted
from qa.reason_text import Asked, ordinal

_LONG = 420  # characters of a turn shown at first


def question_html(looked: Looked, pair: Pair, view: View) -> str:
    """Return a question.

    Args:
        looked: The evaluation and what is compared in it.
        pair: The two systems; one beside itself is shown alone.
        view: Names the question; one that was not asked of both is said to be missing.
    """
    question = next((one for one in pair.questions if one.id == view.question), None)
    back = button("Back to all questions", "bench-back", class_="link back")
    if question is None:
        words = element("p", "This question was not asked of both systems.", class_="lead", tabindex=-1)
        return element("section", back + words, class_="bench", data_at="question")
    listed = listing(pair, view, looked.measure)
    asked = Asked.of(question.text)
    slices = (escaped(value) for name, value in question.slices.items() if name != "gold")
    line = facts([escaped(question.id), *slices, gold_text(question)])
    head = (
        element("div", back + _steps(listed, question.id), class_="stepping")
        + element("h2", escaped(question.text), tabindex=-1, dir="auto")
        + element("p", line, class_="hint", dir="auto")
        + _values(pair, looked.measure, question)
    )
    sides = [_Column(pair.system, pair.baseline, question, asked)]
    if not alone(pair):
        sides.insert(0, _Column(pair.baseline, pair.system, question, asked))
    columns = element("div", "".join(one.html() for one in sides), class_=f"sides of-{len(sides)}")
    explained = any(placed.why for one in sides for placed in one.best)
    return element(
        "section", head + legend_html(bars=explained) + columns, class_="bench question",
        data_at=f"question {question.id}",
    )  # fmt: skip


def _steps(listed: Listing, id_: str) -> str:
    """Return how to go to the question before and after, in the order of the list."""
    ids = [one.question.id for one in listed.changes]
    if id_ not in ids:
        return ""
    at = ids.index(id_)
    before = _step("Previous", ids[at - 1] if at else None)
    after = _step("Next", ids[at + 1] if at + 1 < len(ids) else None)
    return element(
        "span", before + element("span", f"{at + 1:,} of {len(ids):,}", class_="hint") + after, class_="steps"
    )


def _step(label: str, id_: str | None) -> str:
    act = f"{label} question"
    if id_ is None:
        return element("button", label, type="button", class_="act", disabled=True, aria_label=act)
    return button(label, "bench-question", data_question=id_, aria_label=act)


def _values(pair: Pair, measure: str, question: AskedQuestion) -> str:
    found = {name: next((one for one in changes(pair, name) if one.question.id == question.id), None)
             for name in pair.measures}  # fmt: skip
    labels = pair.system.evaluation.labels
    one = found.get(measure)
    sides = [side_text(pair.baseline, pair.system), side_text(pair.system, pair.baseline)]
    names = sides[-1:] if alone(pair) else sides
    rows = tuple((labels[name], *_cells(change, len(names))) for name, change in found.items())
    table = fold(
        "All measures", table_html(Table("Values of this question, times 100", ("measure", *names), rows))
    )
    if one is None:
        return table
    said = points(one.system) if alone(pair) else change_text(one)
    return element("p", element("b", escaped(labels[measure])) + f" {escaped(said)}", class_="value") + table


def _cells(change: Change | None, number: int) -> list[str]:
    if change is None:
        return [NONE] * number
    return [points(change.baseline), points(change.system)][-number:]


# --- one system ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Column:
    """What one system ranked for a question, beside the other."""

    side: Side
    other: Side
    question: AskedQuestion
    asked: Asked

    @property
    def best(self) -> tuple[Placed, ...]:
        return self.side.result.best.get(self.question.id, ())

    def html(self) -> str:
        """Return the column."""
        called = side_text(self.side, self.other)
        name = element("h3", escaped(called), dir="auto")
        items = "".join(self._entry(rank, placed) for rank, placed in enumerate(self.best, 1))
        ranked = element("ol", items, class_="entries") if items else element(
            "p", "It ranked nothing for this question.", class_="hint"
        )  # fmt: skip
        return element(
            "div", name + ranked + self._after(), class_="side", tabindex=0, role="region",
            aria_label=f"What {called} ranked",
        )  # fmt: skip

    def _entry(self, rank: int, placed: Placed) -> str:
        turn = _turn(self.side.evaluation, self.other.evaluation, placed.turn_id)
        gained = (placed.gain or 0) > 0
        badge = "Relevant" if gained else None if placed.gain is None else "Judged not relevant"
        told = [escaped(placed.turn_id), self._elsewhere(placed.turn_id), f"score {placed.score:.3f}"]
        why = "" if placed.why is None else why_html(placed.why, self.asked, placed.score)
        return _card(ordinal(rank), turn, badge, told, why, placed.sentence, self.asked)

    def _elsewhere(self, turn_id: str) -> str | None:
        """Say where the other system has the turn."""
        if self.side is self.other:
            return None
        ids = [one.turn_id for one in self.other.result.best.get(self.question.id, ())]
        name = escaped(side_text(self.other, self.side))
        if turn_id in ids:
            return f"{ordinal(ids.index(turn_id) + 1)} with {name}"
        missed = {one.turn_id: one.rank for one in self.other.result.missed.get(self.question.id, ())}
        rank = missed.get(turn_id)
        return f"{ordinal(rank)} with {name}" if rank else f"not in the first {BEST} of {name}"

    def _after(self) -> str:
        """Return the relevant turns that are not among the first."""
        shown = {one.turn_id for one in self.best}
        wanted = [id_ for id_, gain in self.question.gains.items() if gain > 0 and id_ not in shown]
        if not wanted:
            return ""
        missed = self.side.result.missed.get(self.question.id, ())
        items = "".join(self._missed_entry(one) for one in missed)
        known = {one.turn_id for one in missed}
        rest = [id_ for id_ in wanted if id_ not in known]
        if not missed:  # of the first format, which did not say how far down they are
            items = "".join(self._unknown_entry(id_) for id_ in rest[:5])
            rest = rest[5:]
        more = element("p", f"and {counted(len(rest), 'more', 'more')}", class_="hint") if rest else ""
        title = element("h4", f"Relevant, but not in the first {BEST}")
        return title + element("ol", items, class_="entries missed") + more

    def _missed_entry(self, one: Missed) -> str:
        turn = _turn(self.side.evaluation, self.other.evaluation, one.turn_id)
        place = ordinal(one.rank) if one.rank else "not ranked"
        why = "" if one.why is None else why_html(one.why, self.asked, None)
        told = [escaped(one.turn_id), self._elsewhere(one.turn_id)]
        return _card(place, turn, "Relevant", told, why, None, self.asked)

    def _unknown_entry(self, id_: str) -> str:
        turn = _turn(self.side.evaluation, self.other.evaluation, id_)
        told = [escaped(id_), self._elsewhere(id_), "rank not recorded"]
        return _card("–", turn, "Relevant", told, "", None, self.asked)


def _turn(first: Evaluation, second: Evaluation, id_: str) -> SpokenTurn | None:
    return first.turns.get(id_) or second.turns.get(id_)


def _card(
    place: str,
    turn: SpokenTurn | None,
    badge: str | None,
    told: list[str | None],
    why: str,
    sentence: str | None,
    asked: Asked,
) -> str:
    name = turn.speaker if turn else ""
    # Only a system with reasons is known to look at who speaks.
    speaker = (
        element("strong", worded_html(name, asked) if why else escaped(name), dir="auto") if name else ""
    )
    gained = badge == "Relevant"
    status = element("span", badge, class_="status" if gained else "status out") if badge else ""
    head = element("header", element("span", place, class_="place") + speaker + status)
    text = "" if turn is None else _text(turn.text, sentence, asked)
    missing = element("p", "Its text is not in the evaluation.", class_="hint") if turn is None else ""
    foot = element("p", facts(told), class_="file", dir="auto")
    return element(
        "li", head + text + missing + foot + why, class_="card entry relevant" if gained else "card entry"
    )


def _text(text: str, sentence: str | None, asked: Asked) -> str:
    """Return what was said, its answering sentence marked, and what is long folded away."""
    first = text.find(sentence) if sentence else -1
    if sentence and first >= 0:
        last = first + len(sentence)
        pieces = worded_html(text[:first], asked) + element("mark", worded_html(sentence, asked))
        return _shortened(pieces + worded_html(text[last:], asked), len(text))
    return _shortened(worded_html(text, asked), len(text))


def _shortened(markup: str, length: int) -> str:
    body = element("p", markup, class_="turn-text long" if length > _LONG else "turn-text", dir="auto")
    if length <= _LONG:
        return body
    return body + button("Show all", "expand", class_="link expand", aria_expanded="false")
