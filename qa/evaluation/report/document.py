"""The report as a whole: head, sections, data and scripts in one text."""

import base64
import hashlib
import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from qa.evaluation.report import facts, numbers
from qa.evaluation.report.parts import COLOURS
from qa.evaluation.report.passages import regressions_section
from qa.evaluation.report.questions import question_data, questions_section
from qa.evaluation.results import Evaluation
from qa.evaluation.tables import asked, notes
from qa.markup import element, escaped

_SECTIONS = (
    facts.dataset_section, numbers.quality_section, numbers.comparison_section, numbers.slices_section,
    numbers.costs_section, numbers.ties_section, facts.notes_section, regressions_section, questions_section,
    facts.cards_section, facts.command_section,
)  # fmt: skip
_LINKS = {
    "dataset": "Data set", "quality": "Quality", "comparison": "Comparison", "slices": "Slices",
    "costs": "Cost", "ties": "Equal scores", "beware": "Beware", "regressions": "Regressions",
    "questions": "Questions", "cards": "Run cards", "again": "Make it again",
}  # fmt: skip


def html_report(evaluation: Evaluation) -> str:
    """Return an evaluation as one HTML file: tables, plots, regressions, questions, run cards.

    The same evaluation gives the same text. Plotly, inlined if there is anything to plot, is 4.8 MB of it.
    """
    from qa.evaluation.report.plots import figures

    plots = figures(evaluation)
    scripts = [*([_plotly()] if plots else []), _own("report.js")]
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{escaped(_title(evaluation))}</title><style>{_style()}</style>"
    )
    sections = [made for make in _SECTIONS if (made := make(evaluation))]
    body = (
        _header(evaluation, [id_ for id_ in _LINKS if any(f' id="{id_}"' in made[:200] for made in sections)])
        + element("main", "".join(sections))
        + _data("figures", plots)
        + _data("questions-data", question_data(evaluation))
        + "".join(f"<script>{script}</script>" for script in scripts)
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _title(evaluation: Evaluation) -> str:
    return f"Retrieval on {evaluation.dataset.release}"


def _header(evaluation: Evaluation, ids: list[str]) -> str:
    """Return what the report is about in a few lines, and links to its sections."""
    systems = len(evaluation.systems)
    facts_ = [
        f"{systems:,} system{'s' * (systems != 1)}",
        asked(evaluation),
        f"{evaluation.dataset.turns:,} turns",
        f"pool: {evaluation.pool}",
        _made(evaluation.made),
    ]
    said = len(notes(evaluation))
    warning = "One thing" if said == 1 else f"{said:,} things"
    links = " ".join(element("a", text, href=f"#{id_}") for id_, text in _LINKS.items() if id_ in ids)
    return element(
        "header",
        element("h1", escaped(_title(evaluation)))
        + element("p", escaped(evaluation.dataset.title), class_="source")
        + element("p", escaped(" · ".join(facts_)), class_="byline")
        + (
            element(
                "p", f'<a href="#beware">{warning} to know</a> before quoting a number.', class_="warning"
            )
            if said
            else ""
        )
        + element("nav", links, aria_label="Sections")
        + element(
            "p",
            "Without JavaScript there are no plots and no sorting. Every number is in the tables.",
            class_="unscripted",
        ),
    )


def _made(made: str) -> str:
    try:
        when = datetime.fromisoformat(made)
    except ValueError:
        return made
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def _policy(scripts: list[str]) -> str:
    """Return a policy that fetches nothing and lets only these scripts run; Plotly needs to write styles."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    rest = "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; {rest}"


def _data(id_: str, value: Any) -> str:
    """Return plain values for the script; with no < in them nothing can end the element early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    safe = text.encode("utf-8", "replace").decode("utf-8")  # a stray surrogate cannot be written as UTF-8
    return f'<script type="application/json" id="{id_}">{safe}</script>'


def _style() -> str:
    return _own("report.css") + "".join(
        f".s{place}{{color:{colour}}}" for place, colour in enumerate(COLOURS)
    )


@cache
def _own(name: str) -> str:
    return files("qa.evaluation.report").joinpath(name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    script: str = get_plotlyjs()
    return script
