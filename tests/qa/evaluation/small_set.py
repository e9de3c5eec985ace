"""A data set so small that every ranking of it can be worked out by hand."""

from qa.evaluation.judged import Card, Dataset, JudgedQuestion, JudgedTranscript, Pool
from qa.types import Remark, RemarkKind
from tests.conftest import reading_of

CARD = Card("Small set (us, 2026)", "here", "ours", "the turns named, with gain 1", tuned_on="nothing of it")
COUNCIL = JudgedTranscript(
    "council",
    reading_of(
        "Ana: The budget is settled.",
        "Ben: And the zeppelin?",
        "Ana: Nobody ordered a zeppelin.",
        "Ben: Yes.",
        title="Council",
    ),
    tuple(f"council:{place:05d}" for place in range(4)),
)
# Two sessions of one conversation, with ids of another form than a library gives its turns.
FIRST = JudgedTranscript(
    "harbour:D1",
    reading_of("Cy: The gate held.", "Dee: The wall did not.", title="Harbour 1", date="2024-05-01"),
    ("harbour:D1:001", "harbour:D1:002"),
)
SECOND = JudgedTranscript(
    "harbour:D2",
    reading_of("Cy: The wall broke on Monday.", "Dee: Good.", title="Harbour 2", date="2024-05-08"),
    ("harbour:D2:001", "harbour:D2:002"),
)
ZEPPELIN = JudgedQuestion(
    "q1",
    "Who ordered the zeppelin?",
    "council",
    {"council:00002": 1},
    spans=(frozenset({"council:00001", "council:00002"}),),
    slices={"type": "person"},
)
WALL = JudgedQuestion(
    "q2",
    "When did the wall break?",
    "harbour",
    {"harbour:D2:001": 1, "harbour:D1:001": 0},
    answers=("on Monday",),
    slices={"type": "time"},
)


def small_set() -> Dataset:
    """Return the data set."""
    return Dataset(
        "small",
        "release 1",
        "5" * 64,
        CARD,
        (Pool("council", (COUNCIL,)), Pool("harbour", (FIRST, SECOND))),
        (ZEPPELIN, WALL),
        (Remark(RemarkKind.DROPPED, "Questions left out: 1."),),
    )
