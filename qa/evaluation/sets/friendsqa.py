"""FriendsQA (Yang and Choi 2019): scenes of a television series and questions about them.

Accepts ``friendsqa_dev.json`` and its like, the folder they lie in with the split as the last part, as in
``FriendsQA/dev``, or a folder with one such file. One scene is one transcript; gold is the utterances that
hold an answer, or whose speaker is the answer.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from qa.evaluation.judged import Card, Dataset, JudgedTranscript, Pool
from qa.evaluation.sets import files
from qa.evaluation.sets.draft import Draft, ones
from qa.evaluation.sets.items import Item, item_of, whole
from qa.types import RemarkKind, Turn

NAME = "friendsqa"
CARD = Card(
    title="FriendsQA (Yang and Choi, SIGDIAL 2019)",
    source="https://github.com/emorynlp/FriendsQA",
    licence="Apache-2.0 for the annotations; the script belongs to its studio",
    gold="Every utterance that holds one of the answers, or whose speaker is the answer, with gain 1.",
    known_errors=(
        'The key of the utterances is "utterances:", with a colon; it is read with and without.',
        "The files of the development and the test split are named the wrong way round: friendsqa_dev.json "
        "holds episodes 23 and up, which the authors call TST. Go by the episodes.",
        "452 questions of friendsqa_dev.json are others in new words; compare them as the slice wording.",
        "Where the speaker is the answer, the words alone do not tell: index the speaker, too.",
    ),
    tuned_on="friendsqa_dev.json: the encoder on all but s01_e24 and s03_e25, the weights on those",
)
_NOTE = "#NOTE#"  # stands where the speaker does, for stage directions
_FILES = ("dat/friendsqa_*.json", "friendsqa_*.json", "*.json")
_UTTERANCES = ("utterances:", "utterances")
_KINDS = ("what", "when", "where", "who", "why", "how")
_KIND = re.compile(r"_([A-Z][a-z]+)(?:_Paraphrased)?$")


def recognises(path: Path) -> str | None:
    """Say why a path is taken for this set; None when it is not."""
    return 'it holds "utterances:" with "speakers"' if files.find(path, _FILES, _is_ours) else None


def _is_ours(path: Path) -> bool:
    beginning = files.head(path)
    return any(f'"{key}"' in beginning for key in _UTTERANCES) and '"speakers"' in beginning


def load(path: Path) -> Dataset:
    """Load the scenes of one file, in its order.

    Raises:
        QAError: If the path holds no such file, or several.
        FormatError: If the file is not in the layout.
    """
    found = files.find(path, _FILES, _is_ours)
    file = files.the_one(path, found, "a file of FriendsQA, such as dat/friendsqa_dev.json")
    draft = Draft(NAME, CARD)
    episodes: set[int] = set()
    for scene in item_of(files.read_json(file), file, "the file").items("data"):
        title = scene.string("title")
        episodes.update(_episodes(title))
        for paragraph in scene.items("paragraphs"):
            _scene(draft, title, paragraph)
    if episodes:
        _name_episodes(draft, file, episodes)
    draft.count_repeats()
    return draft.finish(file, [file])


def _episodes(title: str) -> Iterator[int]:
    """Yield the number in "s01_e23_c06"."""
    for number in re.findall(r"_e(\d{1,4})(?:_|$)", title):
        yield int(number)


def _name_episodes(draft: Draft, file: Path, episodes: set[int]) -> None:
    named = f"Episodes {min(episodes)} to {max(episodes)}"
    swapped = {"dev": min(episodes) >= 23, "tst": max(episodes) <= 22}
    split = file.stem.rpartition("_")[2]
    called = {"dev": "TST", "tst": "DEV"}.get(split, "")
    if swapped.get(split):
        sentence = f"{named}: the authors call this split {called}, though the file is named {split}."
        draft.say(RemarkKind.ASSUMED, sentence)


def _scene(draft: Draft, title: str, paragraph: Item) -> None:
    key = next((key for key in _UTTERANCES if key in paragraph.fields), _UTTERANCES[0])
    utterances = paragraph.items(key)
    if not utterances:
        draft.count(RemarkKind.DROPPED, "Scenes left out because nothing is said in them")
        return
    transcript = draft.transcript(title, [_turn(draft, utterance) for utterance in utterances])
    draft.pools.append(Pool(transcript.id, (transcript,)))
    ids = {
        _uid(utterance, place): id_
        for place, (utterance, id_) in enumerate(zip(utterances, transcript.turn_ids, strict=True))
    }
    for place, question in enumerate(paragraph.items("qas", optional=True)):
        _ask(draft, transcript, ids, question, place)


def _uid(utterance: Item, place: int) -> int:
    return utterance.whole("uid") if "uid" in utterance.fields else place


def _turn(draft: Draft, utterance: Item) -> Turn:
    speakers = [name.strip() for name in utterance.strings("speakers", optional=True)]
    draft.count(RemarkKind.DROPPED, f"Speakers {_NOTE}, who are stage directions", speakers.count(_NOTE))
    named = ", ".join(name for name in speakers if name not in ("", _NOTE))
    return draft.turn(utterance.string("utterance", default="").strip(), named or None)


def _ask(draft: Draft, transcript: JudgedTranscript, ids: dict[int, str], question: Item, place: int) -> None:
    gold: list[str] = []
    words: dict[str, list[str]] = {}
    for answer in question.items("answers", optional=True):
        turn = ids.get(-1 if (uid := whole(answer.fields.get("utterance_id"))) is None else uid)
        if turn is None:
            draft.count(RemarkKind.DROPPED, "Answers left out because no such utterance is in the scene")
            continue
        gold.append(turn)
        if not answer.flag("is_speaker"):
            words.setdefault(turn, []).append(answer.string("answer_text", default=""))
    name = question.string("id", default="") or f"{transcript.id}:q{place}"
    draft.ask(
        name,
        question.string("question"),
        transcript.id,
        ones(gold),
        answers=[text for turn in words for text in words[turn]],
        answer_turns={turn: tuple(texts) for turn, texts in words.items()},
        slices={
            "type": _kind(name, question.string("question")),
            "wording": "paraphrased" if "_Paraphrased" in name else "original",
            "answer": "in the words" if words else "the speaker",
        },
    )


def _kind(name: str, question: str) -> str:
    """The question word in an id such as "s01_e23_c06_What", else the one the question begins with."""
    written = _KIND.search(name)
    first = written[1] if written else (question.split() or [""])[0]
    return first.casefold() if first.casefold() in _KINDS else "other"
