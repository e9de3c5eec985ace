"""What was evaluated, on what, and how it is made again: the card of the data set and those of the runs."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from qa.evaluation.cards import POOLS
from qa.evaluation.judging import RULE_TEXTS
from qa.evaluation.report.parts import bullets, definitions, folded, paragraph, section
from qa.evaluation.results import Evaluation
from qa.evaluation.tables import asked, notes, sizes
from qa.markup import element, escaped

_SURROUNDINGS = (
    "made",
    "pool",
    "ties",
    "depth",
    "versions",
    "machine",
    "command",
)  # the same for all systems


def dataset_section(evaluation: Evaluation) -> str:
    """Return what must stand beside every number: the data set, the rules, and what is wrong with it."""
    dataset = evaluation.dataset
    rule = RULE_TEXTS[evaluation.ties]  # type: ignore[index]  # it is one of them
    pairs = [
        ("Data set", escaped(f"{dataset.title}, read as {dataset.name}")),
        ("Release", escaped(dataset.release)),
        ("Source", _source(dataset.source)),
        ("Licence", escaped(dataset.licence)),
        ("SHA-256", element("code", escaped(dataset.checksum))),
        ("Size", escaped(f"{sizes(dataset)}; {asked(evaluation)} asked")),
        ("Relevant", escaped(dataset.gold)),
        ("Pool", escaped(f"{evaluation.pool}: {POOLS[evaluation.pool]}")),
        ("Equal scores", escaped(f"{evaluation.ties}: {rule}")),
        ("Depth", f"{evaluation.depth:,} turns a question; a question without results counts 0"),
        ("Tuned on", escaped(f"our settings: {dataset.tuned_on}" if dataset.tuned_on else "nothing of it")),
        ("Known errors", bullets(dataset.known_errors)),
        ("On reading", bullets(dataset.remarks)),
    ]  # fmt: skip
    return section("dataset", "What was evaluated", definitions(pairs))


def _source(source: str) -> str:
    if not source.startswith("https://"):
        return escaped(source)
    return element("a", escaped(source), href=source, rel="noreferrer")


def notes_section(evaluation: Evaluation) -> str:
    """Return what one must know before quoting a number."""
    found = notes(evaluation)
    return section("beware", "Beware", bullets(found) or paragraph("Nothing odd was noticed."))


def cards_section(evaluation: Evaluation) -> str:
    """Return what shaped each run: first what is the same for all, then what is a system's own."""
    own, shared = _parted([dict(system.card) for system in evaluation.systems])
    cards = [("The same for all", shared)] if shared else []
    cards += [(system.name, card) for system, card in zip(evaluation.systems, own, strict=True)]
    told = [folded(escaped(name), _card(card), class_="card") for name, card in cards]
    return section("cards", "Run cards", *told)


def _parted(cards: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return each card without its surroundings, and the surroundings where all agree on them."""
    shared = {
        name: cards[0][name]
        for name in _SURROUNDINGS
        if cards and all(name in card and card[name] == cards[0].get(name) for card in cards)
    }
    return [{name: value for name, value in card.items() if name not in shared} for card in cards], shared


def _card(card: Mapping[str, Any]) -> str:
    return definitions(((name, escaped(value)) for name, value in _flat(card)), "card-facts")


def _flat(card: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of every plain value in a card, with the value as text."""
    for name, value in card.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{before}{name}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{before}{name}", text


def command_section(evaluation: Evaluation) -> str:
    """Return the command that makes it again."""
    if not evaluation.command:
        return ""
    return section(
        "again",
        "Make it again",
        element("pre", element("code", escaped(evaluation.command))),
        paragraph(
            "The same data give the same numbers: to the last digit for lexical systems, to 0.003 where a "
            "model embeds, whose sums depend on the machine. Costs are of the machine and the moment."
        ),
    )
