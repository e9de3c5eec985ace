"""Spoken-SQuAD (Li et al. 2018, arXiv:1804.00320): articles read by a machine and recognised by another.

Accepts the released JSON files, ``spoken_test-v1.1.json`` (22.7 % of words wrong) and those of more noise, or
a folder with one of them; the last part of a path may say which, as in ``Spoken-SQuAD/WER44``. A paragraph is
one transcript without speakers, an article one pool. In the first file turns are sentences and gold is those
that an answer touches. In the others the offsets of answers belong to another text: there a paragraph is one
turn, and gold is the paragraph in which the question stands. `load_paragraphs` reads every file so, for a
curve over noise.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from qa.evaluation.judged import Card, Dataset, Pool
from qa.evaluation.sets import files
from qa.evaluation.sets.draft import Draft, ones
from qa.evaluation.sets.items import Item, item_of, whole
from qa.types import RemarkKind

NAME = "spoken-squad"
CARD = Card(
    title="Spoken-SQuAD (Li et al., Interspeech 2018)",
    source="https://github.com/Chia-Hsuan-Lee/Spoken-SQuAD",
    licence="none is given; it derives from SQuAD, which is CC BY-SA 4.0",
    gold="Every sentence that one of the answers touches, with gain 1.",
    known_errors=(
        "In the files of 44 % and 54 % wrong words the offsets belong to another text, and many answers are "
        "no longer in the paragraph: gold there is the paragraph of the question.",
        "There are no speakers and no turns of a conversation: use it for robustness to recognition errors.",
        "Some paragraphs have no question; they are searched all the same.",
    ),
)
_PARAGRAPHS = "The paragraph in which the question stands, by its place in the file, as one turn with gain 1."
_FILES = ("spoken*.json", "data/spoken*.json", "*.json")
_HELD = 0.95  # share of answers at their offsets; all in the first file, at most one in twenty in the others
_SENTENCE = re.compile(r"[^.]*\w[^.]*(?:[.\s]+|$)")


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this set; None when it is not."""
    if files.find(path, _FILES, _is_ours):
        return 'it holds "paragraphs" with "context" and "qas", as SQuAD does'
    return None


def _is_ours(path: Path) -> bool:
    beginning = files.head(path)
    return all(f'"{key}"' in beginning for key in ("paragraphs", "context", "qas"))


def load(path: Path) -> Dataset:
    """Load the articles of a file, in its order; turns are sentences where the offsets allow it.

    Raises:
        QAError: If the path holds no such file, or several.
        FormatError: If the file is not in the layout.
    """
    return _load(path, NAME)


def load_paragraphs(path: Path) -> Dataset:
    """Load as `load` does, with paragraphs as turns whatever the file, so that files can be compared."""
    return _load(path, f"{NAME}-paragraphs")


def _load(path: Path, name: str) -> Dataset:
    what = "a file such as spoken_test-v1.1.json"
    file = files.the_one(path, files.find(path, _FILES, _is_ours), what)
    data = item_of(files.read_json(file), file, "the file")
    articles = [(article, article.items("paragraphs")) for article in data.items("data")]
    held, offsets = _offsets_held(paragraph for _, paragraphs in articles for paragraph in paragraphs)
    sentences = name == NAME and held >= _HELD * offsets
    draft = Draft(name, CARD if sentences else replace(CARD, gold=_PARAGRAPHS))
    if name == NAME and not sentences:
        draft.say(
            RemarkKind.ASSUMED,
            f"Only {held:,} of {offsets:,} answers stand where the file says, so paragraphs are the turns.",
        )
    for article, paragraphs in articles:
        _article(draft, article, paragraphs, sentences)
    draft.count_repeats()
    return draft.finish(file, [file])


def _offsets_held(paragraphs: Iterator[Item]) -> tuple[int, int]:
    """Count answers that stand where the file says, and all."""
    held = offsets = 0
    for paragraph in paragraphs:
        context = paragraph.string("context")
        for question in paragraph.items("qas", optional=True):
            for answer in question.items("answers", optional=True):
                offsets += 1
                held += _answer(answer, context) is not None
    return held, offsets


def _answer(answer: Item, context: str) -> tuple[int, int] | None:
    """Return where an answer stands in its paragraph; None when it does not stand where the file says."""
    text, start = answer.string("text", default=""), whole(answer.fields.get("answer_start"))
    if start is None or not text.strip() or not context.startswith(text, start):
        return None
    return start, start + len(text)


def _article(draft: Draft, article: Item, paragraphs: list[Item], sentences: bool) -> None:
    pool = draft.new_id(article.string("title", default="") or f"article-{len(draft.pools) + 1}")
    width = max(3, len(str(len(paragraphs) - 1)))
    transcripts = []
    for place, paragraph in enumerate(paragraphs):
        context = paragraph.string("context")
        cuts = _sentences(context) if sentences else [(0, len(context))]
        turns = [draft.turn(" ".join(context[start:end].split())) for start, end in cuts]
        transcript = draft.transcript(f"{pool}_p{place:0{width}d}", turns)
        transcripts.append(transcript)
        for number, question in enumerate(paragraph.items("qas", optional=True)):
            gold = transcript.turn_ids
            if sentences:
                touched = _touched(draft, question, context, cuts)
                gold = tuple(gold[sentence] for sentence in sorted(touched))
            draft.ask(
                question.scalar("id") or f"{transcript.id}:q{number}",
                question.string("question"),
                pool,
                ones(gold),
                answers=[one.string("text", default="") for one in question.items("answers", optional=True)],
            )
    if transcripts:
        draft.pools.append(Pool(pool, tuple(transcripts)))


def _sentences(context: str) -> list[tuple[int, int]]:
    """Return where the sentences stand: from full stop to full stop, without gaps; at least one."""
    ends = [found.end() for found in _SENTENCE.finditer(context)] or [len(context)]
    ends[-1] = len(context)
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _touched(draft: Draft, question: Item, context: str, cuts: list[tuple[int, int]]) -> set[int]:
    """Return which sentences the answers of a question touch."""
    touched: set[int] = set()
    for answer in question.items("answers", optional=True):
        place = _answer(answer, context)
        if place is None:
            draft.count(RemarkKind.DROPPED, "Answers left out because they do not stand where the file says")
            continue
        first, last = place
        touched.update(number for number, (start, end) in enumerate(cuts) if start < last and first < end)
    return touched
