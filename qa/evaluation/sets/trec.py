"""A test collection as TREC has them: topics, judgments, and a corpus of JSON lines.

Accepts a folder with one file of each, told by their names: ``corpus*.jsonl`` (or ``documents*``,
``collection*``), ``topics*`` or ``queries*`` (``id<TAB>text`` or JSON lines), ``qrels*`` (four columns). A
line of the corpus has an id (``id``, ``_id``, ``docid`` or ``docno``), a text (``text`` or ``contents``) and,
if it likes, ``title`` and ``speaker``. Every document is one transcript of one turn. Refused: topics in the
old markup (``<top>``).
"""

from pathlib import Path

from qa.errors import FormatError, QAError
from qa.evaluation.judged import Card, Dataset
from qa.evaluation.runs import read_qrels, read_topics
from qa.evaluation.sets import files
from qa.evaluation.sets.documents import ask_all, read_documents
from qa.evaluation.sets.draft import Draft

NAME = "trec"
CARD = Card(
    title="A test collection in the formats of TREC",
    source="the folder it was read from",
    licence="that of the collection",
    gold="The judgments, with their gains; a document not judged counts as not relevant.",
    known_errors=(
        "Where systems were pooled for judging, a new one finds unjudged documents: see judged@k.",
    ),
)
_CORPUS = ("corpus*.jsonl", "documents*.jsonl", "collection*.jsonl")
_TOPICS = ("topics*", "queries*")
_QRELS = ("qrels*",)


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this layout; None when it is not."""
    if all(_found(path, names) for names in (_CORPUS, _TOPICS, _QRELS)):
        return "it holds a corpus of JSON lines, topics and qrels"
    return None


def _found(folder: Path, names: tuple[str, ...]) -> list[Path]:
    """Return the files with one of these names."""
    if not folder.is_dir():
        return []
    return sorted(file for name in names for file in folder.glob(name) if file.is_file())


def load(path: Path) -> Dataset:
    """Load a collection; documents and questions in the order of their files.

    Raises:
        QAError: If the folder does not hold one file of each.
        FormatError: If a file is not in its format, or an id cannot be written in a run.
    """
    if not path.is_dir():
        raise QAError(f"{path} is no folder. Name one with corpus.jsonl, topics.tsv and qrels.txt.")
    corpus = files.the_one(path, _found(path, _CORPUS), "a folder with corpus.jsonl")
    topics = files.the_one(path, _found(path, _TOPICS), "a folder with topics.tsv or topics.jsonl")
    qrels = files.the_one(path, _found(path, _QRELS), "a folder with qrels.txt")
    if files.head(topics).lstrip().startswith("<"):
        raise FormatError(topics, 1, "<top>", "Write a topic a line, id and text split by a tab.")
    draft = Draft(NAME, CARD)
    documents = read_documents(draft, corpus)
    ask_all(draft, read_topics(topics), read_qrels(qrels), documents)
    draft.count_repeats()
    return draft.finish(path, [corpus, topics, qrels])
