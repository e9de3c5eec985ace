"""Releases that we know, by SHA-256 or, where only that is published, by its first digits."""

from qa.evaluation.judged import UNKNOWN_RELEASE, Dataset

# As `qa.evaluation.sets.files.checksum` returns them.
RELEASES = {
    "cc5ccd428459357c4090479a1af0b439fe4e47a86cae1beefd4d13f87946ba52": "QMSum train",
    "8612b39cee13b08d45432b4f330364b455e59340b0ae151b006a33e315b400b9": "QMSum val",
    "3a85d3fcb175589ffd050fb4bf431da77a6e12589c8ec03f1d54060ce33ec703": (
        "FriendsQA friendsqa_dev.json (episodes 23–25)"
    ),
    "1fc9dff68bf3bb2cea26450fce8224b88f8c9c5de8a2cb542f873f818d7104e1": "LoCoMo sample conv-26",
    "79fa87e9": "LoCoMo as released (snap-research/locomo, commit 3eb6f2c)",
    "8f941d1c": "LoCoMo with mended labels (fork)",
}
# Known by their sizes alone: format, transcripts, turns, questions with gold; 0 stands for any number.
_SIZES = {
    ("qmsum", 35, 20_718, 244): "QMSum test",
    ("friendsqa", 113, 2_336, 1_201): "FriendsQA friendsqa_tst.json (episodes 21–22)",
    ("locomo", 272, 5_882, 1_982): "LoCoMo as released, 1,986 questions of which 1,982 can be scored",
    ("locomo", 272, 5_882, 1_981): "LoCoMo with mended labels, 1,985 questions of which 1,981 can be scored",
    ("spoken-squad", 2_067, 0, 5_351): "the test set of Spoken-SQuAD",
}


def release_of(checksum: str) -> str:
    """Name the release that has a checksum; `UNKNOWN_RELEASE` when we know none."""
    for known, name in RELEASES.items():
        if checksum.startswith(known):
            full = len(known) == len(checksum)
            return name if full else f"{name} (by the first {len(known)} digits of its checksum)"
    return UNKNOWN_RELEASE


def size_of(dataset: Dataset) -> str | None:
    """Name the release that a data set of unknown checksum has the size of; None when there is none."""
    if dataset.release != UNKNOWN_RELEASE:
        return None
    transcripts = sum(1 for _ in dataset.transcripts())
    for (name, *sizes), release in _SIZES.items():
        have = (transcripts, dataset.turns, len(dataset.questions))
        if name == dataset.name and all(size in (0, one) for size, one in zip(sizes, have, strict=True)):
            return release
    return None
