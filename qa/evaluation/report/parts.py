"""The pieces of a report: tables, lists, sections, and the marks by which systems are known in all."""

import re
from collections.abc import Iterable, Mapping, Sequence

from qa.evaluation.results import Evaluation
from qa.evaluation.tables import Table
from qa.markup import element, escaped

# Of middling lightness: each has a contrast of at least 3.8 to the paper of the light and of the dark page.
COLOURS = ("#3a7bd5", "#c9690e", "#2c9152", "#9163d2", "#d24a52", "#148f9c", "#99733f", "#c4579b")
# The same marks in plots and in text, so that nobody needs to tell colours apart.
SYMBOLS = (
    ("circle", "●"), ("square", "■"), ("diamond", "◆"), ("triangle-up", "▲"), ("triangle-down", "▼"),
    ("star", "★"), ("cross", "✚"), ("x", "✕"),
)  # fmt: skip

_LONG = 18  # characters of a name that may be broken, so that it leaves room for numbers
_MINUS = re.compile(r"(?<!\w)-(?=\d)")  # a hyphen is too short for one, and Plotly writes a minus


def colour(place: int) -> str:
    """Return the colour of the system at a place."""
    return COLOURS[place % len(COLOURS)]


def symbol(place: int) -> tuple[str, str]:
    """Return the mark of the system at a place, as Plotly calls it and as a character.

    Where colours begin again the marks are shifted, so that 64 systems are told apart.
    """
    return SYMBOLS[(place + place // len(COLOURS)) % len(SYMBOLS)]


def system_marks(evaluation: Evaluation) -> dict[str, str]:
    """Return the markup of each system's name, with its mark."""
    return {system.name: _marked(place, system.name) for place, system in enumerate(evaluation.systems)}


def _marked(place: int, name: str) -> str:
    glyph = element("i", symbol(place)[1], class_=f"mark s{place % len(COLOURS)}", aria_hidden="true")
    return element(
        "span", f"{glyph}&nbsp;{escaped(name)}", class_="system long" if len(name) > _LONG else "system"
    )


def legend(marks: Mapping[str, str]) -> str:
    """Return the systems with their marks, to stand above plots."""
    return element("p", " ".join(marks.values()), class_="legend")


def section(id_: str, title: str, *content: str) -> str:
    """Return a section under a heading."""
    heading = element("h2", escaped(title), id=f"{id_}-title")
    return element("section", heading + "".join(content), id=id_, aria_labelledby=f"{id_}-title")


def paragraph(text: str, class_: str | None = None) -> str:
    """Return a paragraph of plain text."""
    return element("p", escaped(text), class_=class_)


def folded(summary: str, content: str, *, shown: bool = False, **attributes: str | None) -> str:
    """Return markup that folds away under a line of markup."""
    return element("details", element("summary", summary) + content, open=shown, **attributes)


def bullets(texts: Iterable[str]) -> str:
    """Return plain texts as a list; nothing for none."""
    items = "".join(element("li", escaped(text)) for text in texts)
    return element("ul", items) if items else ""


def definitions(pairs: Iterable[tuple[str, str]], class_: str = "facts") -> str:
    """Return terms, as text, with what is said of each, as markup; what is empty is left out."""
    rows = "".join(
        element("div", element("dt", escaped(term)) + element("dd", said)) for term, said in pairs if said
    )
    return element("dl", rows, class_=class_)


def scrolling(table: str, label: str) -> str:
    """Return a table in a box of its own to scroll in, so that the page itself never scrolls sideways."""
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=label)


def table_markup(
    table: Table,
    *,
    names: Mapping[str, str] | None = None,
    heads: Mapping[str, str] | None = None,
    best: Iterable[int] = (),
    signs: Mapping[tuple[int, int], str] | None = None,
    foot: Sequence[str] = (),
) -> str:
    """Return a table: names, then numbers.

    Args:
        table: Its title is the caption.
        names: Markup to show in place of names in the first column.
        heads: Likewise of heads.
        best: Columns whose highest number is in bold; numbers that read the same are bold together.
        signs: What stands behind a number, by row and column.
        foot: Cells of a last row, apart from the others.
    """
    bold = {(row, column) for column in best for row in _highest([cells[column] for cells in table.rows])}
    cells = [
        [
            _cell(text, (row, column) in bold, (signs or {}).get((row, column), ""))
            for column, text in _numbers(texts)
        ]
        for row, texts in enumerate(table.rows)
    ]
    head = "".join(
        element("th", (heads or {}).get(text) or _breakable(text), scope="col") for text in table.heads
    )
    rows = [
        _row((names or {}).get(texts[0]) or escaped(texts[0]), row)
        for texts, row in zip(table.rows, cells, strict=True)
    ]
    markup = element("thead", element("tr", head)) + element("tbody", "".join(rows))
    if foot:
        markup += element("tfoot", _row(escaped(foot[0]), [_cell(text) for _, text in _numbers(foot)]))
    caption = element("figcaption", escaped(table.title))
    return element("figure", caption + scrolling(element("table", markup), table.title), class_="table")


def _numbers(cells: Sequence[str]) -> list[tuple[int, str]]:
    return list(enumerate(cells))[1:]


def _breakable(label: str) -> str:
    """Return a label that may be broken before its cutoff, as a narrow column needs."""
    return escaped(label).replace("@", "<wbr>@")


def _cell(text: str, bold: bool = False, sign: str = "") -> str:
    text = _MINUS.sub("−", text)
    shown = element("b", escaped(text)) if bold else escaped(text)
    return element("td", shown + (element("sup", sign) if sign else ""))


def _row(name: str, cells: Sequence[str]) -> str:
    return element("tr", element("th", name, scope="row") + "".join(cells))


def _highest(cells: Sequence[str]) -> list[int]:
    numbers = {}
    for row, cell in enumerate(cells):
        try:
            numbers[row] = float(cell.replace(",", ""))
        except ValueError:
            continue  # not defined for this system
    return [row for row, number in numbers.items() if number == max(numbers.values())]
