"""Numbers of evaluations as the page writes them, and tables."""

from collections.abc import Sequence
from datetime import datetime

from qa.evaluation.keeping import Summary
from qa.evaluation.pairing import Side
from qa.evaluation.results import Evaluation
from qa.evaluation.tables import Table
from qa.markup import element, escaped
from qa.page.wording import date_text

NONE = "–"  # not defined, or not measured
MINUS = "−"


def points(value: float | None) -> str:
    """Return a measure times 100: "45.3"."""
    return NONE if value is None else f"{100 * value:.1f}".replace("-", MINUS)


def signed(value: float) -> str:
    """Return a difference times 100, with its sign: "+17.8", "−0.4", "0.0"."""
    text = f"{100 * value:+.1f}"
    return "0.0" if text in {"+0.0", "-0.0"} else text.replace("-", MINUS)


def chance(p: float | None) -> str:
    """Return a p: "p = 0.031", "p < 0.0005"."""
    if p is None:
        return ""
    return "p < 0.0005" if p < 0.0005 else f"p = {p:.3f}"


def made_text(made: str) -> str:
    """Return when an evaluation was made: "15 April 2026, 09:30 UTC"; as it is when it is no time."""
    try:
        when = datetime.fromisoformat(made)
    except ValueError:
        return made
    zone = when.tzname() or ""
    return f"{date_text(when.date().isoformat())}, {when:%H:%M} {zone}".strip()


def title_text(told: Evaluation | Summary) -> str:
    """Return what an evaluation is called: its data set with its release, where that is known by name."""
    name, release = told.dataset.name, told.dataset.release
    return f"{name}: {release}"


def side_text(side: Side, other: Side) -> str:
    """Return the name of a system beside another: with the time, where they are of two evaluations."""
    if side.evaluation is other.evaluation:
        return side.result.name
    return f"{side.result.name} ({made_text(side.evaluation.made)})"


def pool_text(pool: str) -> str:
    """Return what each question was asked of."""
    return "asked of the whole set" if pool == "library" else "asked of their own transcripts"


def table_html(table: Table, *, best: bool = False, title: bool = True) -> str:
    """Return a table that scrolls sideways by itself where it is too wide.

    Args:
        table: Its cells are texts.
        best: Whether the highest number of each column stands out.
        title: Whether its title is shown; a screen reader is told it anyhow.
    """
    heads = "".join(element("th", escaped(head), scope="col") for head in table.heads)
    peaks = _peaks(table.rows) if best and len(table.rows) > 1 else {}
    rows = "".join(_row(row, peaks) for row in table.rows)
    caption = element("caption", escaped(table.title), class_=None if title else "unseen")
    inner = caption + element("thead", element("tr", heads)) + element("tbody", rows)
    return element(
        "div", element("table", inner), class_="scroll", tabindex=0, role="region", aria_label=table.title
    )


def _row(row: Sequence[str], peaks: dict[int, float]) -> str:
    first = element("th", escaped(row[0]), scope="row", dir="auto")
    cells = "".join(
        element(
            "td", escaped(cell), class_="best" if column in peaks and _number(cell) == peaks[column] else None
        )
        for column, cell in enumerate(row[1:], 1)
    )
    return element("tr", first + cells)


def _peaks(rows: Sequence[Sequence[str]]) -> dict[int, float]:
    """Return the highest number of each column that has different ones."""
    peaks: dict[int, float] = {}
    for column in range(1, len(rows[0])):
        numbers = {number for row in rows if (number := _number(row[column])) is not None}
        if len(numbers) > 1:
            peaks[column] = max(numbers)
    return peaks


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def fold(title: str, inner: str, class_: str = "folded", *, open_: bool = False) -> str:
    """Return markup that opens under its title."""
    return element("details", element("summary", escaped(title)) + inner, class_=class_, open=open_)


def note_list(notes: Sequence[str]) -> str:
    """Return sentences one must know before quoting a number."""
    return element(
        "ul", "".join(element("li", escaped(note), dir="auto") for note in notes), class_="warnings"
    )
