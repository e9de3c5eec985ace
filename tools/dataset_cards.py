"""Writes docs/datasets.md from the cards of the data sets.

python -m tools.dataset_cards > docs/datasets.md
"""

from qa.evaluation.judged import Card
from qa.evaluation.sets import beir, friendsqa, locomo, longmemeval, own, qmsum, releases, spoken_squad, trec

_HEAD = """\
# Data sets that `transcript-qa evaluate` reads

Each is read from a path that you give it; nothing is fetched, and nothing of them comes with this project. A
release that we know is named by its SHA-256, others as "unknown release". What was repaired while reading is
counted and printed. To add a set, see the docstring of `qa/evaluation/datasets.py`.
"""
_SETS = (qmsum, friendsqa, locomo, longmemeval, spoken_squad, beir, trec, own)
_VARIANTS = {
    qmsum.NAME: "`qmsum-content` leaves out turns of three words at most.",
    locomo.NAME: "`locomo-captions` adds the captions of shared images to the turns.",
    spoken_squad.NAME: "`spoken-squad-paragraphs` takes whole paragraphs as turns.",
}


def card_text(name: str, card: Card) -> str:
    """Return the section of one data set, in Markdown."""
    lines = [
        f"## `{name}`: {card.title}\n",
        f"- source: {card.source}",
        f"- licence: {card.licence}",
        f"- relevant: {card.gold}",
    ]
    if name in _VARIANTS:
        lines.append(f"- another reading: {_VARIANTS[name]}")
    if card.tuned_on:
        lines.append(f"- our own settings were tuned on: {card.tuned_on}")
    lines += [f"- known: {error}" for error in card.known_errors]
    return "\n".join(lines)


def document() -> str:
    """Return docs/datasets.md."""
    known = "\n".join(f"| {name} | `{checksum}` |" for checksum, name in releases.RELEASES.items())
    table = f"## Releases that are known\n\n| release | SHA-256, or its first digits |\n|---|---|\n{known}"
    return "\n\n".join([_HEAD.rstrip(), *(card_text(one.NAME, one.CARD) for one in _SETS), table]) + "\n"


if __name__ == "__main__":
    print(document(), end="")
