from dataclasses import replace
from typing import Any

import pytest

from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.report.parts import COLOURS, SYMBOLS, colour, symbol
from qa.evaluation.report.plots import MOST_SLICES, figures, frontier
from qa.evaluation.results import AskedQuestion, Evaluation, Percentiles
from qa.evaluation.runs import Run
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set

THEIRS = Run("<b>theirs", {"q1": (("council:00001", 2.0), ("council:00002", 1.0))})


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    bench = Bench(small_set(), tmp_path_factory.mktemp("cache"), lambda name: WordEncoder(name or "words"))
    plan = Plan(("bm25", "dense"), (OutsideRun(THEIRS, "theirs.trec", "c" * 64),), measures=("mrr@10", "ap"))
    made = evaluate(bench, plan).evaluation
    return replace(made, systems=tuple(map(_priced, made.systems)))


def _priced(system: Any) -> Any:
    """Give a system costs that a test can know."""
    if system.costs is None:
        return system
    spent = {"bm25": (1.0, 2.0, 100.0, 50.0), "dense": (4.0, 8.0, 1500.0, None)}
    p50, p95, size, peak = spent[system.name]
    total = Percentiles(p50, p95, 2 * p95)
    return replace(system, costs=replace(system.costs, total=total, bytes_per_turn=size, peak_mib=peak))


def marks(figure: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [
        (list(trace["x"]), list(trace["y"]))
        for trace in figure["data"]
        if trace["mode"].startswith("markers")
    ]


def test_there_is_a_plot_of_each_measure_in_each_place(evaluation: Evaluation) -> None:
    made = figures(evaluation)
    assert list(made) == ["comparison", "slices-0", "latency", "index", "memory"]
    assert all(list(by_measure) == ["mrr@10", "ap"] for by_measure in made.values())


def test_differences_stand_in_rows_with_their_intervals_and_p(evaluation: Evaluation) -> None:
    # MRR of bm25 is 1 and 1/2, of dense 1/2 and 1/2, of theirs 1/2 and 0. A resample may draw a pool twice.
    figure = figures(evaluation)["comparison"]["mrr@10"]
    dense, theirs = figure["data"]
    assert (list(dense["x"]), list(dense["y"])) == ([-25.0], [0])
    assert list(dense["error_x"]["array"]) == [25.0]
    assert list(dense["error_x"]["arrayminus"]) == [25.0]
    assert (list(theirs["x"]), list(theirs["error_x"]["array"])) == ([-50.0], [0.0])
    assert list(theirs["text"]) == ["−50.0"]
    # dense: one question differs, of 2 flips 2 are as far; theirs: of 4 flips 2. After Holm both are 1.
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["p 1.000", "p 1.000"]
    assert dense["hovertext"][0] == (
        "<b>dense</b>: -25.00 points<br>95 % interval -50.00 to +0.00<br>p 1.000, corrected<br>"
        "effect size -0.71<br>0 won, 1 tied, 1 lost"
    )
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < -50
    assert high > 0


def test_one_pool_has_differences_without_intervals(evaluation: Evaluation) -> None:
    alone = tuple(
        replace(one, comparison=replace(one.comparison, interval=None)) for one in evaluation.contrasts
    )
    figure = figures(replace(evaluation, contrasts=alone))["comparison"]["mrr@10"]
    assert marks(figure) == [([-25.0], [0]), ([-50.0], [1])]
    assert all("error_x" not in trace for trace in figure["data"])


def test_slices_stand_in_rows_with_a_mark_for_each_system(evaluation: Evaluation) -> None:
    figure = figures(evaluation)["slices-0"]["mrr@10"]
    assert [text.strip() for text in figure["layout"]["yaxis"]["ticktext"]] == ["person (1)", "time (1)"]
    assert marks(figure) == [([100.0, 50.0], [0, 1]), ([50.0, 50.0], [0, 1]), ([50.0, 0.0], [0, 1])]
    lines = [list(trace["x"]) for trace in figure["data"] if trace["mode"] == "lines"]
    assert lines == [[50.0, 100.0], [0.0, 50.0]]


def test_only_the_largest_slices_are_plotted(evaluation: Evaluation) -> None:
    more = MOST_SLICES + 1
    questions = [
        AskedQuestion(f"q{place}", "?", "council", {}, {"type": f"t{place // 2:02}"})
        for place in range(2 * more - 1)  # the last slice has one question, the others two
    ]
    values = {"mrr@10": {question.id: 1.0 for question in questions}}
    systems = tuple(replace(system, values=values) for system in evaluation.systems)
    many = replace(
        evaluation, questions=tuple(questions), systems=systems, contrasts=(), measures=("mrr@10",)
    )
    shown = figures(many)["slices-0"]["mrr@10"]["layout"]["yaxis"]["ticktext"]
    assert [text.strip() for text in shown] == [f"t{place:02} (2)" for place in range(MOST_SLICES)]


def test_quality_stands_against_cost(evaluation: Evaluation) -> None:
    made = {name: figures(evaluation)[name]["mrr@10"] for name in ("latency", "index", "memory")}
    assert marks(made["latency"]) == [([1.0], [75.0]), ([4.0], [50.0])]
    assert list(made["latency"]["data"][1]["error_x"]["array"]) == [4.0]  # to p95
    assert made["latency"]["layout"]["xaxis"]["type"] == "log"
    assert list(made["latency"]["layout"]["xaxis"]["ticktext"]) == ["1", "2", "5", "10"]
    assert marks(made["index"]) == [([100.0], [75.0]), ([1500.0], [50.0])]
    assert marks(made["memory"]) == [([50.0], [75.0])]  # dense could not tell
    assert list(made["memory"]["layout"]["xaxis"]["range"]) == [0, pytest.approx(56)]


@pytest.mark.parametrize(
    ("points", "best"),
    [
        ([(1, 5), (2, 4), (3, 6)], [(1, 5), (3, 6)]),
        ([(2, 5), (1, 5)], [(1, 5)]),
        ([(1, 4), (1, 5)], [(1, 5)]),
        ([], []),
    ],
)
def test_the_line_joins_what_no_other_beats(
    points: list[tuple[float, float]], best: list[tuple[float, float]]
) -> None:
    assert frontier(points) == best


def test_names_of_others_are_never_markup_in_a_plot(evaluation: Evaluation) -> None:
    texts = str(figures(evaluation))
    assert "<b>theirs" not in texts
    assert "&lt;b&gt;theirs" in texts


def test_marks_tell_64_systems_apart() -> None:
    assert len({(colour(place), symbol(place)) for place in range(64)}) == len(COLOURS) * len(SYMBOLS) == 64


@pytest.mark.parametrize("paper", ["#ffffff", "#15181d"])
@pytest.mark.parametrize("ink", COLOURS)
def test_marks_are_seen_on_light_and_on_dark_paper(ink: str, paper: str) -> None:
    def luminance(given: str) -> float:
        parts = [int(given[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(ink), luminance(paper)))
    assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 2.2, 1.4.11
