"""Folders in the layout of BEIR (Thakur et al. 2021, arXiv:2104.08663): a corpus, queries, judgments.

- ``corpus.jsonl``: ``_id``, ``text`` and, if it likes, ``title``, which is put before the text as BEIR does.
- ``queries.jsonl``: ``_id`` and ``text``.
- ``qrels/test.tsv``: a line of heads, then ``query-id``, ``corpus-id`` and ``score`` split by tabs.
- ``candidates.jsonl`` or ``top_ranked.jsonl``, optional: for a query, the documents that are ranked for it,
  as in ``{"query_id": "q1", "candidate_doc_ids": ["d1", "d2"]}`` or ``{"query-id": …, "corpus-ids": […]}``.

Accepts the folder, and the folder with the split as its last part, ``scifact/dev`` or
``scifact/qrels/dev.tsv``; else the split is test, or the only one there is. Every document is one transcript
of one turn, so none has neighbours.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from qa.errors import FormatError, QAError
from qa.evaluation.judged import Card, Dataset
from qa.evaluation.runs import read_topics
from qa.evaluation.sets import files
from qa.evaluation.sets.documents import ask_all, read_documents, readable_id
from qa.evaluation.sets.draft import Draft
from qa.evaluation.sets.items import Item
from qa.evaluation.sets.naming import identifier

NAME = "beir"
CARD = Card(
    title="A collection in the layout of BEIR (Thakur et al., NeurIPS 2021)",
    source="https://github.com/beir-cellar/beir",
    licence="that of the collection",
    gold="The judgments of the split, with their gains; a document not judged counts as not relevant.",
    known_errors=(
        "BEIR's own evaluation leaves out a document whose id is that of the query; ours does not.",
        "BEIR averages over the questions that got an answer; here a question without results counts 0.",
    ),
)
_SPLIT = "test"
_CANDIDATES = ("candidates.jsonl", "top_ranked.jsonl")
_QUERY_IDS = ("query_id", "query-id", "qid", "_id", "id")
_LISTS = ("candidate_doc_ids", "corpus-ids", "corpus_ids", "candidates", "doc_ids")
_GAIN = re.compile(r"(-?[0-9]{1,9})(?:\.0*)?")


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this layout; None when it is not."""
    return "it holds corpus.jsonl and queries.jsonl" if _folder(path) else None


def _folder(path: Path) -> Path | None:
    """Return the folder of the corpus that a path means."""
    return next((folder for folder in (path, *list(path.parents)[:2]) if _is_ours(folder)), None)


def _is_ours(folder: Path) -> bool:
    return (folder / "corpus.jsonl").is_file() and (folder / "queries.jsonl").is_file()


def load(path: Path) -> Dataset:
    """Load one split; documents and questions in the order of their files.

    Raises:
        QAError: If the path is no such folder, or the split is not there.
        FormatError: If a file is not in the layout, or an id cannot be written in a run.
    """
    folder = _folder(path)
    if folder is None:
        raise QAError(f"{path} is no folder of BEIR. Name one with corpus.jsonl, queries.jsonl and qrels.")
    judgments = _judgments(path, folder)
    corpus, queries = folder / "corpus.jsonl", folder / "queries.jsonl"
    draft = Draft(NAME, CARD)
    documents = read_documents(draft, corpus)
    lists = next((folder / name for name in _CANDIDATES if (folder / name).is_file()), None)
    candidates = None if lists is None else _candidates(lists)
    ask_all(draft, read_topics(queries), _qrels(judgments), documents, candidates)
    read = [corpus, queries, judgments, *([] if lists is None else [lists])]
    draft.count_repeats()
    return draft.finish(judgments, read)


def _judgments(path: Path, folder: Path) -> Path:
    """Return the file of the split."""
    found = sorted([*folder.glob("qrels/*.tsv"), *folder.glob("qrels.tsv")])
    named = [file for file in found if file == path or file.stem == path.name]
    if path != folder and path.name != "qrels":
        return files.the_one(path, named, f"a split of {folder}: {', '.join(one.stem for one in found)}")
    usual = [file for file in found if file.stem == _SPLIT]
    return files.the_one(folder / "qrels", usual or found, "a folder with judgments in qrels/test.tsv")


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read judgments of three columns, with or without a line of heads."""
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(files.read_text(path).splitlines(), 1):
        columns = line.split("\t")
        gain = _GAIN.fullmatch(columns[-1].strip())
        if not line.strip() or (number == 1 and gain is None):
            continue
        if len(columns) != 3 or gain is None:
            remedy = "Write a query's id, a document's id and a whole number, split by tabs."
            raise FormatError(path, number, line, remedy)
        query, document = columns[0].strip(), columns[1].strip()
        if identifier(query) != query or identifier(document) != document:
            raise FormatError(path, number, line, "Use ids without white space, and none of a query with #.")
        if document in qrels.setdefault(query, {}):
            raise FormatError(path, number, line, "This document was judged before. Keep one of the lines.")
        qrels[query][document] = int(gain[1])
    return qrels


def _candidates(path: Path) -> dict[str, Sequence[str]]:
    candidates: dict[str, Sequence[str]] = {}
    for number, fields in files.json_lines(path):
        item = Item(fields, path, number)
        key = next((key for key in _LISTS if key in fields), _LISTS[0])
        query = readable_id(item, _QUERY_IDS)
        if query in candidates:
            raise item.error(f"the query {query!r} was there before. Keep one of the two lines.")
        candidates[query] = item.strings(key)
    return candidates
