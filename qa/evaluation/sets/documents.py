"""Collections of documents and their judgments, as BEIR and TREC have them: each document is one turn.

A document's id is its turn's id, and a run names it as it is written there: ids with white space are refused.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from qa.errors import FormatError
from qa.evaluation.judged import JudgedTranscript, Pool
from qa.evaluation.sets import files
from qa.evaluation.sets.draft import Draft
from qa.evaluation.sets.items import Item
from qa.evaluation.sets.naming import identifier
from qa.types import Reading, RemarkKind

ALL = "all"  # the pool of questions that have no candidates of their own
_IDS = ("_id", "id", "docid", "docno", "doc_id")
_TEXTS = ("text", "contents", "content", "body")

Documents = Mapping[str, JudgedTranscript]


def read_documents(draft: Draft, path: Path) -> dict[str, JudgedTranscript]:
    """Read documents by id, in the order of the file; a title is put before its text.

    Raises:
        FormatError: If the file cannot be read, or an id is missing, repeated or cannot be written in a run.
    """
    documents: dict[str, JudgedTranscript] = {}
    for number, fields in files.json_lines(path):
        item = Item(fields, path, number)
        id_ = readable_id(item, _IDS)
        if id_ in documents:
            raise item.error(f"the id {id_!r} was there before. Keep one of the two lines.")
        words = (item.string("title", default=""), item.string(_key(item, _TEXTS)))
        turn = draft.turn(
            " ".join(" ".join(words).split()), item.string("speaker", default="").strip() or None
        )
        documents[id_] = JudgedTranscript(id_, Reading(draft.name, (turn,), title=id_), (id_,))
    if not documents:
        raise FormatError(path, None, None, "There is no document in it. Name the corpus as it was released.")
    return documents


def readable_id(item: Item, keys: Sequence[str]) -> str:
    """Return the id of a line.

    Raises:
        FormatError: If there is none, or it cannot be written in a run.
    """
    id_ = item.scalar(_key(item, keys)).strip()
    if not id_ or id_ != identifier(id_):
        raise item.wrong(_key(item, keys), "an id without white space")
    return id_


def _key(item: Item, keys: Sequence[str]) -> str:
    """Return the key that an object has; the first when it has none."""
    return next((key for key in keys if key in item.fields), keys[0])


def ask_all(
    draft: Draft,
    topics: Mapping[str, str],
    qrels: Mapping[str, Mapping[str, int]],
    documents: Documents,
    candidates: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Add the questions that are judged, in the order of the topics, and the pools they need.

    Args:
        draft: To add them to.
        topics: Texts by question id.
        qrels: Gains by question id and document id.
        documents: By id.
        candidates: Ids to search for a question, where they are given; others search all documents.
    """
    pools: dict[frozenset[str], Pool] = {}
    everything = Pool(ALL, tuple(documents.values()))
    used: dict[str, Pool] = {}
    for question, text in topics.items():
        if question not in qrels:
            draft.count(RemarkKind.DROPPED, "Questions left out because nothing is judged for them")
            continue
        listed = (candidates or {}).get(question)
        pool = everything if listed is None else _pool(draft, pools, question, listed, documents)
        within = documents.keys() if listed is None else documents.keys() & set(listed)
        gains = {id_: gain for id_, gain in qrels[question].items() if id_ in within}
        missing = len(qrels[question]) - len(gains)
        draft.count(RemarkKind.DROPPED, "Judgments left out because their document is not searched", missing)
        if draft.ask(question, text, pool.id, gains):
            used.setdefault(pool.id, pool)
    held = {document.id for pool in used.values() for document in pool.transcripts}
    if len(held) < len(documents):
        used[ALL] = everything  # so that a search of the whole set finds what is nobody's candidate
    draft.pools += used.values()
    textless = "Judged questions left out because they have no text"
    draft.count(RemarkKind.DROPPED, textless, len(qrels.keys() - topics.keys()))


def _pool(
    draft: Draft,
    pools: dict[frozenset[str], Pool],
    question: str,
    listed: Sequence[str],
    documents: Documents,
) -> Pool:
    """Return the pool of some candidates, the same for questions that have the same."""
    key = frozenset(listed)
    if key not in pools:
        held = tuple(documents[id_] for id_ in dict.fromkeys(listed) if id_ in documents)
        draft.count(RemarkKind.DROPPED, "Candidates that are no document", len(key) - len(held))
        pools[key] = Pool(f"candidates:{question}", held)
    return pools[key]
