"""What stands under Benchmarks, on evaluations of the small set, whose rankings are worked out by hand."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from qa.evaluation.keeping import Evaluations
from qa.evaluation.plan import OutsideRun
from qa.evaluation.results import Evaluation, SpokenTurn, Why
from qa.evaluation.results_json import as_json
from qa.evaluation.runs import Run
from qa.evaluation.tables import Table
from qa.page.benchmark_plot import dots, plot_html
from qa.page.benchmark_view import SHOWN, View, moved, side_key, side_names
from qa.page.benchmark_why import why_html, worded_html
from qa.page.benchmark_words import chance, made_text, points, signed, table_html
from qa.page.benchmarks import benchmarks_html
from qa.reason_text import Asked, ordinal
from tests.qa.evaluation.small_evaluation import evaluation_of

HOSTILE = '<script>x()</script>" onmouseover="x() ${x} {{x}} `x`'
# The gold of q1 second, of q2 not at all.
THEIRS = OutsideRun(
    Run("theirs", {"q1": (("council:00001", 2.0), ("council:00002", 1.0))}), "theirs.trec", "c" * 64
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    made = evaluation_of(tmp_path_factory.mktemp("cache"), "bm25", "instant", outside=(THEIRS,))
    return replace(made, made="2026-04-15T09:30:00+00:00")


@pytest.fixture
def evaluations(tmp_path: Path) -> Evaluations:
    return Evaluations(tmp_path / "evaluations")


@pytest.fixture
def name(evaluations: Evaluations, found: Evaluation) -> str:
    return evaluations.keep(found)


def text_of(markup: str) -> str:
    """Return what a reader sees, pieces apart."""
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def cells(markup: str, title: str) -> list[list[str]]:
    """Return the rows of the table of that title."""
    table = markup.partition(f'aria-label="{title}')[2].partition("</table>")[0].partition("<tbody>")[2]
    return [
        [text_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in table.split("</tr>")[:-1]
    ]


# --- the list --------------------------------------------------------------------------------------------


def test_empty_list_says_what_to_run(evaluations: Evaluations) -> None:
    markup = benchmarks_html(evaluations, View())
    assert "No evaluations yet" in markup
    command = "transcript-qa evaluate --data questions.jsonl --system bm25 default"
    assert f"<code>{command}</code>" in markup
    assert f'data-copy="{command}"' in markup


def test_list_has_data_set_time_and_first_measure_of_every_system(
    evaluations: Evaluations, name: str
) -> None:
    markup = benchmarks_html(evaluations, View())
    # Gold first and second; first and third; second and missing.
    assert "small: release 1" in text_of(markup)
    assert "15 April 2026, 09:30 UTC · 2 questions · asked of their own transcripts" in text_of(markup)
    assert "bm25 75.0 instant 66.7 theirs 25.0 mean MRR@10, times 100" in text_of(markup)
    assert markup.count('<li class="top">') == 1
    assert f'data-act="bench-open" data-evaluation="{name}"' in markup
    assert f"Delete {name} with everything in it? This cannot be undone." in markup


def test_what_cannot_be_read_is_listed_and_can_only_be_deleted(evaluations: Evaluations) -> None:
    (evaluations.folder / f"x{HOSTILE.replace('/', '')}").mkdir(parents=True)
    markup = benchmarks_html(evaluations, View())
    assert "Cannot be read" in markup
    assert "The folder holds no evaluation.json." in markup
    assert "bench-open" not in markup
    assert "bench-remove" in markup
    assert "<script" not in markup


def test_evaluation_that_is_gone_leads_back_to_the_list_which_says_so(
    evaluations: Evaluations, name: str
) -> None:
    markup = benchmarks_html(evaluations, View(evaluation="gone"))
    assert 'class="problem" role="alert"' in markup
    assert "there is no evaluation &#x27;gone&#x27; any more" in markup
    assert "small: release 1" in markup


# --- an evaluation ---------------------------------------------------------------------------------------


def test_first_and_last_system_are_compared_until_others_are_chosen(
    evaluations: Evaluations, name: str
) -> None:
    markup = benchmarks_html(evaluations, View(evaluation=name))
    assert cells(markup, "Means over questions (micro)") == [
        ["bm25", "75.0", "75.0"],
        ["instant", "66.7", "66.7"],
        ["theirs", "25.0", "25.0"],
    ]
    said = text_of(markup)
    assert "MRR@10, bm25 → theirs −50.0 75.0 → 25.0" in said
    assert "2 questions: 0 better · 0 the same · 2 worse" in said
    assert "95 % interval −50.0 to −50.0, transcripts drawn whole · randomisation p = 0.500" in said
    assert "Lost 2 Gained 0 Same 0 All 2" in said
    assert "Before you quote a number" in said


def test_chosen_systems_and_measure_are_compared(evaluations: Evaluations, name: str) -> None:
    chosen = View(name, side_key(name, "theirs"), side_key(name, "instant"), "ap")
    said = text_of(benchmarks_html(evaluations, chosen))
    assert "AP, theirs → instant +41.7 25.0 → 66.7" in said
    # Nothing is lost, so what is gained comes first: from 50 to 100 and from 0 to 33.3.
    assert "Lost 0 Gained 2 Same 0 All 2" in said
    assert said.index("Who ordered the zeppelin? q1 · person 50.0 → 100.0 +50.0") < said.index(
        "When did the wall break? q2 · time 0.0 → 33.3 +33.3"
    )


def test_list_is_narrowed_by_kind_slice_and_words(evaluations: Evaluations, name: str) -> None:
    def asked(**changed: str) -> list[str]:
        markup = benchmarks_html(evaluations, replace(View(name), **changed))  # type: ignore[arg-type]
        return re.findall(r'data-question="(\w+)"', markup)

    assert asked() == ["q1", "q2"]
    assert asked(show="gained") == []
    assert asked(show="all", slice="type=time") == ["q2"]
    assert asked(slice="pool=council") == ["q1"]
    assert asked(search="WALL break") == ["q2"]
    assert asked(search="q1") == ["q1"]
    assert asked(search="quay") == []
    assert "No question passes the filters." in benchmarks_html(evaluations, View(name, search="quay"))
    assert "No question is better." in benchmarks_html(evaluations, View(name, show="gained"))


def test_one_system_is_looked_at_alone_weakest_question_first(evaluations: Evaluations, name: str) -> None:
    alone = View(name, baseline="-", system=side_key(name, "instant"))
    markup = benchmarks_html(evaluations, alone)
    assert re.findall(r'data-question="(\w+)"', markup) == ["q2", "q1"]
    assert "wtl" not in markup
    assert 'class="act chip"' not in markup
    question = benchmarks_html(evaluations, replace(alone, question="q2"))
    assert question.count('class="side"') == 1
    assert "MRR@10 33.3" in text_of(question)


def test_evaluation_of_one_system_has_nothing_to_compare(evaluations: Evaluations, found: Evaluation) -> None:
    single = replace(found, systems=found.systems[:1], contrasts=())
    markup = benchmarks_html(evaluations, View(evaluations.keep(single)))
    assert '<option value="-" selected>nothing: look at one system</option>' in markup
    assert re.findall(r'data-question="(\w+)"', markup) == ["q2", "q1"]


def test_systems_of_another_evaluation_are_offered_and_named_with_its_time(
    evaluations: Evaluations, found: Evaluation, name: str
) -> None:
    later = evaluations.keep(
        replace(found, made="2026-04-16T10:00:00+00:00", questions=found.questions, depth=50)
    )
    elsewhere = replace(found.dataset, name="qmsum")
    evaluations.keep(replace(found, made="2026-04-17T10:00:00+00:00", dataset=elsewhere))
    markup = benchmarks_html(evaluations, View(later, baseline=side_key(name, "bm25")))
    assert f'<optgroup label="15 April 2026, 09:30 UTC"><option value="{name}/bm25" selected>' in markup
    assert "17 April 2026" not in markup  # of another data set
    said = text_of(markup)
    assert "MRR@10, bm25 (15 April 2026, 09:30 UTC) → theirs (16 April 2026, 10:00 UTC)" in said
    assert "Ranked were 1,000 and 50 turns a question." in said


def test_what_does_not_compare_is_said_and_the_numbers_stay(
    evaluations: Evaluations, found: Evaluation, name: str
) -> None:
    other = evaluations.keep(replace(found, pool="library", made="2026-04-16T10:00:00+00:00"))
    for baseline, reason in (
        (side_key(other, "bm25"), "That is another task, so the numbers do not compare."),
        (side_key("gone", "bm25"), "any more"),
        (side_key(name, "bm26"), "has no system"),
        ("nonsense", "there is no evaluation"),
    ):
        markup = benchmarks_html(evaluations, View(name, baseline=baseline))
        assert reason in markup
        assert cells(markup, "Means over questions (micro)")[0] == ["bm25", "75.0", "75.0"]
        assert "data-question" not in markup


def test_questions_come_by_fifty(evaluations: Evaluations, found: Evaluation) -> None:
    first = found.questions[0]
    many = tuple(replace(first, id=f"m{number:03d}") for number in range(120))
    systems = tuple(
        replace(one, values={"mrr@10": {question.id: 0.5 * place for question in many}}, best={}, missed={})
        for place, one in enumerate(found.systems)
    )
    name = evaluations.keep(
        replace(found, questions=many, systems=systems, contrasts=(), measures=("mrr@10",))
    )
    markup = benchmarks_html(evaluations, View(name))
    assert markup.count('class="case"') == SHOWN
    assert "Show 50 more of 70" in markup
    rest = benchmarks_html(evaluations, moved(moved(View(name), "bench-more", {}), "bench-more", {}))
    assert rest.count('class="case"') == 120
    assert "bench-more" not in rest


# --- a question ------------------------------------------------------------------------------------------


def test_question_has_both_rankings_with_what_is_relevant_and_where_the_other_has_it(
    evaluations: Evaluations, name: str
) -> None:
    view = View(name, system=side_key(name, "instant"), show="all", question="q2")
    markup = benchmarks_html(evaluations, view)
    said = text_of(markup)
    assert "When did the wall break? q2 · time · 1 relevant turn MRR@10 from 50.0 to 33.3, 16.7 worse" in said
    assert "1 of 2" in said  # the greatest loss first
    left, right = markup.split('class="side"')[1:]
    assert text_of(left).startswith('tabindex="0" role="region" aria-label="What bm25 ranked"> bm25 1st Dee')
    assert "2nd Cy Relevant The wall broke on Monday. harbour:D2:001 · 3rd with instant · score" in text_of(
        left
    )
    assert "Judged not relevant" in left
    assert '<b class="hit">wall</b>' in left
    assert left.count("<details") == 0
    assert "3rd Cy Relevant The wall broke on Monday. harbour:D2:001 · 2nd with bm25" in text_of(right)
    # The mark of what answers is of a system that shows one; words stand out within it.
    assert "meaning 2nd, 3rd with neighbours · words 2nd, 3rd with neighbours" in text_of(right)


def test_ranking_that_is_empty_and_what_it_missed_are_shown(evaluations: Evaluations, name: str) -> None:
    markup = benchmarks_html(evaluations, View(name, question="q2"))
    right = text_of(markup.split('class="side"')[2])
    assert "It ranked nothing for this question." in right
    assert "Relevant, but not in the first 10 not ranked Cy Relevant The wall broke on Monday." in right
    assert "harbour:D2:001 · 2nd with bm25" in right


def test_first_format_shows_what_was_missed_without_its_rank(
    evaluations: Evaluations, found: Evaluation
) -> None:
    whole = json.loads(json.dumps(as_json(found)))
    whole["format"] = 1
    for system in whole["systems"]:
        del system["missed"]
    (evaluations.folder / "old").mkdir(parents=True)
    (evaluations.folder / "old" / "evaluation.json").write_text(json.dumps(whole))
    markup = benchmarks_html(evaluations, View("old", question="q2"))
    assert (
        "– Cy Relevant The wall broke on Monday. harbour:D2:001 · 2nd with bm25 · rank not recorded"
        in text_of(markup)
    )


def test_steps_lead_through_the_list_as_it_is_filtered(evaluations: Evaluations, name: str) -> None:
    first = benchmarks_html(evaluations, View(name, question="q1"))
    assert "1 of 2" in first
    assert 'disabled aria-label="Previous question"' in first
    assert 'data-question="q2" aria-label="Next question"' in first
    assert "Next question" not in benchmarks_html(evaluations, View(name, show="gained", question="q1"))
    assert "was not asked of both" in benchmarks_html(evaluations, View(name, question="q9"))


def test_marked_sentence_and_words_stand_out_together(evaluations: Evaluations, found: Evaluation) -> None:
    instant = found.system("instant")
    best = instant.best["q1"]
    marked = replace(best[0], sentence="ordered a zeppelin.")
    system = replace(instant, best={**instant.best, "q1": (marked, *best[1:])})
    name = evaluations.keep(replace(found, systems=(found.systems[0], system), contrasts=()))
    markup = benchmarks_html(evaluations, View(name, question="q1"))
    assert (
        '<p class="turn-text" dir="auto">Nobody <mark><b class="hit">ordered</b> a '
        '<b class="hit">zeppelin</b>.</mark></p>'
    ) in markup


def test_everything_from_a_file_is_escaped(evaluations: Evaluations, found: Evaluation) -> None:
    bad = replace(
        found,
        dataset=replace(found.dataset, name=HOSTILE, release=HOSTILE, title=HOSTILE, gold=HOSTILE,
                        known_errors=(HOSTILE,)),
        questions=tuple(
            replace(one, text=f"{HOSTILE} zeppelin", slices={HOSTILE: HOSTILE + one.id}, pool=HOSTILE)
            for one in found.questions
        ),
        systems=tuple(replace(one, name=HOSTILE + one.name, notes=(HOSTILE,)) for one in found.systems),
        contrasts=(), notes=(HOSTILE,), command=HOSTILE, made=HOSTILE,
        labels={key: HOSTILE + key for key in found.labels},
        turns={id_: SpokenTurn(HOSTILE, f"{HOSTILE} zeppelin") for id_ in found.turns},
    )  # fmt: skip
    name = evaluations.keep(bad)
    for view in (View(), View(name), View(name, question="q1"), View(name, question="q2")):
        markup = benchmarks_html(evaluations, view)
        assert "&lt;script&gt;" in markup
        for raw in ("<script", '" onmouseover', "${x}", "{{x}}", "`x`"):
            assert raw not in markup


# --- pieces ----------------------------------------------------------------------------------------------

WHY = Why((1, 12, None, 2), (0.2, 0.3, 0.0, 0.2), -0.1, 0.15, ("order",), ("zeppelin",))


def test_reasons_are_ranks_shares_and_words() -> None:
    asked = Asked.of("Who ordered those zeppelins in Berlin?")
    markup = why_html(WHY, asked, 0.75)
    assert "meaning 1st, 12th with neighbours · words –, 2nd with neighbours" in text_of(markup)
    widths = re.findall(r'class="seg s(\d)" style="width:([\d.]+)%"', markup)
    assert widths == [("0", "20.0"), ("1", "30.0"), ("3", "20.0"), ("4", "15.0")]
    said = text_of(markup).replace("\u00a0", " ")
    # Of .75: .2, .3, 0, .2, and .15 and -.1 besides.
    assert (
        "Meaning, by itself 1st 27 % Meaning, with its neighbours 12th 40 % Words, by itself – 0 % "
        "Words, with its neighbours 2nd 27 % Answers a question like this one 20 % "
        "Asks something, or says little −13 %"
    ) in said
    assert "In it ordered Only around it zeppelins In neither Berlin" in said
    assert "71 % of what the views give comes from reading it with its neighbours." in said  # .5 of .7
    assert "Moved up" not in said


def test_answer_that_was_put_before_its_question_says_so() -> None:
    said = text_of(why_html(WHY, Asked.of("Who?"), 0.8)).replace("\u00a0", " ")
    assert "Moved up: it answers the question that came first 6 %" in said


def test_what_reading_closely_added_is_a_piece_of_the_score() -> None:
    markup = why_html(replace(WHY, closely=0.25), Asked.of("Who?"), 1.0)
    assert ("5", "25.0") in re.findall(r'class="seg s(\d)" style="width:([\d.]+)%"', markup)
    said = text_of(markup).replace("\u00a0", " ")
    assert "Read closely, with the question 25 %" in said
    assert "Moved up" not in said


def test_what_the_likeness_to_the_first_turns_took_is_a_piece_of_the_score() -> None:
    said = text_of(why_html(replace(WHY, alike=-0.05), Asked.of("Who?"), 0.7)).replace("\u00a0", " ")
    assert "Like the first turns −7 %" in said
    assert "Moved up" not in said


def test_reasons_of_a_file_with_too_few_views_are_shown_as_far_as_they_go() -> None:
    odd = Why((3,), (0.5,), 0.0, 0.0, (), ())
    said = text_of(why_html(odd, Asked.of("Who?"), None))
    assert "meaning 3rd, – with neighbours · words –, – with neighbours" in said
    nothing = Why((), (), 0.0, 0.0, (), ())
    assert "%" not in text_of(why_html(nothing, Asked.of("Who?"), None))


def test_words_of_the_question_stand_out_in_a_text() -> None:
    asked = Asked.of("Which <boats> sank?")
    assert worded_html("Boats & <boat>s sank.", asked) == (
        '<b class="hit">Boats</b> &amp; &lt;<b class="hit">boat</b>&gt;s <b class="hit">sank</b>.'
    )


def test_plot_has_a_point_for_every_system_that_was_timed(found: Evaluation) -> None:
    assert [dot.name for dot in dots(found, "mrr@10")] == ["bm25", "instant"]  # theirs was not timed
    markup = plot_html(found, "mrr@10")
    assert markup.count("<circle") == 2
    assert "MRR@10 against milliseconds a question: bm25 75.0 at" in markup
    assert plot_html(replace(found, systems=found.systems[:1]), "mrr@10") == ""


def test_best_of_a_column_stands_out_unless_all_are_the_same() -> None:
    table = Table("T", ("system", "a", "b"), (("x", "9.5", "1.0"), ("y", "10.0", "1.0"), ("z", "–", "1.0")))
    assert re.findall(r'<td class="best">([^<]*)', table_html(table, best=True)) == ["10.0"]
    assert "best" not in table_html(table)


def test_numbers_are_written_as_people_do() -> None:
    assert [points(value) for value in (None, 0.4567, -0.01)] == ["–", "45.7", "−1.0"]
    assert [signed(value) for value in (0.178, -0.004, 0.0, -0.00001)] == ["+17.8", "−0.4", "0.0", "0.0"]
    assert [chance(p) for p in (None, 0.0001, 0.0314)] == ["", "p < 0.0005", "p = 0.031"]
    assert [ordinal(rank) for rank in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 1003)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th", "1,003rd",
    ]  # fmt: skip
    assert made_text("2026-04-15T09:30:00+00:00") == "15 April 2026, 09:30 UTC"
    assert made_text("2026-04-15T09:30:00") == "15 April 2026, 09:30"
    assert made_text("soon") == "soon"


LISTED = View("e", show="lost", slice="type=x", search="w")


@pytest.mark.parametrize(
    ("act", "given", "after"),
    [
        ("bench-open", {"evaluation": "f"}, View("f")),
        ("bench-list", {}, View()),
        ("bench-remove", {"evaluation": "e"}, View()),
        (
            "bench-compare",
            {"baseline": "e/a", "system": "e/b", "measure": "ap"},
            replace(LISTED, baseline="e/a", system="e/b", measure="ap"),
        ),
        ("bench-filter", {"show": "gained", "search": " w "}, View("e", show="gained", search="w")),
        ("bench-filter", {"slice": "type=y", "search": ""}, View("e", show="lost", slice="type=y")),
        ("bench-filter", {"show": "nonsense"}, View("e")),
        ("bench-question", {"question": "q2"}, replace(LISTED, question="q2", shown=100)),
        ("bench-back", {}, replace(LISTED, shown=100)),
        ("bench-more", {}, replace(LISTED, question="q1", shown=150)),
    ],
)
def test_click_changes_what_is_looked_at(act: str, given: Mapping[str, str], after: View) -> None:
    assert moved(replace(LISTED, question="q1", shown=100), act, given) == after


def test_systems_with_slashes_in_their_names_are_found_again() -> None:
    assert side_names(side_key("e", "dense@intfloat/e5")) == ("e", "dense@intfloat/e5")
