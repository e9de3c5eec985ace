import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from qa.evaluation.bench import Bench
from qa.evaluation.evaluating import evaluate
from qa.evaluation.plan import OutsideRun, Plan
from qa.evaluation.report.document import html_report
from qa.evaluation.results import Evaluation, SpokenTurn
from qa.evaluation.results_json import as_json, from_json
from qa.evaluation.runs import Run
from tests.conftest import WordEncoder
from tests.qa.evaluation.small_set import small_set

THEIRS = Run("theirs", {"q1": (("council:00001", 2.0), ("council:00002", 1.0))})
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """Compare BM25 with an outside run that has the gold second and misses a question; see test_systems."""
    bench = Bench(small_set(), tmp_path_factory.mktemp("cache"), lambda name: WordEncoder(name or "words"))
    outside = OutsideRun(THEIRS, "theirs.trec", "c" * 64)
    plan = Plan(
        ("bm25",), (outside,), measures=("mrr@10", "ap"), command="transcript-qa evaluate --data here"
    )
    return evaluate(bench, plan).evaluation


@pytest.fixture(scope="module")
def page(evaluation: Evaluation) -> Any:
    return parsed(evaluation)


def parsed(evaluation: Evaluation) -> Any:
    return html.document_fromstring(html_report(evaluation))


def section(page: Any, id_: str) -> Any:
    (found,) = page.xpath(f"//section[@id='{id_}']")
    return found


def rows(table: Any) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        for row in table.xpath(".//tr")
    ]


def tables(section: Any) -> list[Any]:
    found: list[Any] = section.xpath(".//table")
    return found


def said(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_sections_stand_in_the_order_a_researcher_reads_them(page: Any) -> None:
    assert [one.get("id") for one in page.xpath("//section")] == [
        "dataset", "quality", "comparison", "slices", "costs", "ties", "beware", "regressions", "questions",
        "cards", "again",
    ]  # fmt: skip
    assert [link.get("href") for link in page.xpath("//nav/a")] == [
        f"#{one.get('id')}" for one in page.xpath("//section")
    ]


def test_the_card_of_the_data_set_says_what_must_stand_beside_a_number(page: Any) -> None:
    facts = {
        said(one.find("dt")): said(one.find("dd")) for one in section(page, "dataset").xpath(".//dl/div")
    }
    assert facts == {
        "Data set": "Small set (us, 2026), read as small",
        "Release": "release 1",
        "Source": "here",
        "Licence": "ours",
        "SHA-256": "5" * 64,
        "Size": "3 transcripts in 2 pools, 8 turns; 2 questions asked",
        "Relevant": "the turns named, with gain 1",
        "Pool": "transcript: each question is asked of its own pool, such as its transcript",
        "Equal scores": "trec: equal scores by id, last first, as trec_eval does",
        "Depth": "1,000 turns a question; a question without results counts 0",
        "Tuned on": "our settings: nothing of it",
        "On reading": "Questions left out: 1.",
    }


def test_means_worked_out_by_hand_with_the_best_in_bold(page: Any) -> None:
    # BM25 has the gold first and second: (1 + 1/2) / 2. Theirs has it second and not at all: (1/2 + 0) / 2.
    micro, macro = tables(section(page, "quality"))
    assert rows(micro) == [
        ["system", "MRR@10", "AP"],
        ["● bm25", "75.0", "75.0"],
        ["■ theirs", "25.0", "25.0"],
    ]
    assert rows(macro) == rows(micro)  # each pool has one question
    assert [cell.text for cell in micro.xpath(".//b")] == ["75.0", "75.0"]
    assert {said(cell.getparent().getparent()) for cell in micro.xpath(".//b")} == {"● bm25 75.0 75.0"}


def test_a_comparison_has_every_statistic_in_each_measure(page: Any) -> None:
    first, second = tables(section(page, "comparison"))
    assert rows(first)[0] == [
        "system", "difference", "95 % interval", "p t-test", "p random.", "effect size", "wins", "ties",
        "losses",
    ]  # fmt: skip
    # Both questions lose one half: no spread, so no effect size and no t-test; of 4 sign flips 2 are as far.
    assert rows(first)[1] == ["■ theirs", "−50.0", "−50.0 to −50.0", "–", "0.500", "–", "0", "0", "2"]
    assert rows(second)[1][:2] == ["■ theirs", "−50.0"]
    shown, folded = section(page, "comparison").xpath(".//details")
    assert (shown.get("data-measure"), shown.get("open") is not None) == ("mrr@10", True)
    assert (folded.get("data-measure"), folded.get("open") is not None) == ("ap", False)


def test_a_difference_that_is_no_chance_has_a_sign_in_the_table_of_means(evaluation: Evaluation) -> None:
    (first, second) = evaluation.contrasts
    sure = replace(first, holm_randomisation=0.049), replace(second, holm_randomisation=0.05)
    page = parsed(replace(evaluation, contrasts=sure))
    micro = tables(section(page, "quality"))[0]
    assert rows(micro)[2] == ["■ theirs", "25.0†", "25.0"]
    assert "† differs from bm25: p < 0.05" in said(section(page, "quality"))


def test_slices_costs_and_the_order_of_equal_scores_have_tables(page: Any) -> None:
    by_type = tables(section(page, "slices"))[0]
    assert rows(by_type) == [
        ["type", "questions", "● bm25", "■ theirs"],
        ["person", "1", "100.0", "50.0"],
        ["time", "1", "50.0", "0.0"],
    ]
    (costs,) = tables(section(page, "costs"))
    assert rows(costs)[2] == ["■ theirs", *["–"] * 9]
    assert "Outside runs have no costs: theirs." in said(section(page, "costs"))
    (ties,) = tables(section(page, "ties"))
    # BM25 scores two turns of each pool 0; of the harbour's gold, which has a score, none depends on them.
    assert rows(ties) == [
        ["system", "trec", "asc", "average", "pessimistic", "spread"],
        ["● bm25", "75.0", "75.0", "75.0", "75.0", "0.0"],
        ["■ theirs", "25.0", "25.0", "25.0", "25.0", "0.0"],
    ]


def test_what_one_must_know_is_told_at_the_top_and_in_full(page: Any) -> None:
    notes = [said(item) for item in section(page, "beware").xpath(".//li")]
    assert "theirs: 1 of 2 questions have no results and count 0." in notes
    assert said(page.xpath("//header//*[@class='warning']")[0]) == (
        f"{len(notes)} things to know before quoting a number."
    )


def test_a_regression_shows_both_rankings_with_speakers_and_relevant_turns_marked(page: Any) -> None:
    first, second = section(page, "regressions").xpath(".//details")
    assert said(first.find("summary")) == "100.0 → 50.0 Who ordered the zeppelin? q1"
    assert said(first.xpath(".//*[@class='gold']")[0]) == (
        "Relevant turn Ana council:00002 Nobody ordered a zeppelin."
    )
    bm25, theirs = first.xpath(".//*[@class='side']")
    assert [said(item) for item in theirs.xpath(".//li")] == [
        "Ben council:00001 not judged And the zeppelin?",
        "Ana council:00002 relevant Nobody ordered a zeppelin.",
    ]
    assert [item.get("class") for item in theirs.xpath(".//li")] == [None, "relevant"]
    assert said(bm25.xpath(".//li")[0]) == "Ana council:00002 relevant Nobody ordered a zeppelin."
    assert said(second.find("summary")) == "50.0 → 0.0 When did the wall break? q2"
    assert said(second.xpath(".//*[@class='side']")[1]) == "■ theirs Nothing was ranked."


def test_every_question_stands_in_the_table_without_a_script(page: Any) -> None:
    (table,) = tables(section(page, "questions"))
    assert rows(table) == [
        ["question", "type", "relevant", "● bm25", "■ theirs", "difference"],
        ["Who ordered the zeppelin? q1 · council", "person", "1", "100.0", "50.0", ""],
        ["When did the wall break? q2 · harbour", "time", "1", "50.0", "0.0", ""],
        ["mean", "", "", "75.0", "25.0", ""],
    ]


def test_cards_part_what_all_share_from_what_is_a_systems_own(page: Any) -> None:
    shared, bm25, theirs = section(page, "cards").xpath("./details")
    facts = {said(one.find("dt")): said(one.find("dd")) for one in shared.xpath(".//dl/div")}
    assert (facts["depth"], facts["command"]) == ("1000", "transcript-qa evaluate --data here")
    assert "machine.processor" in facts
    assert "settings.k1" in said(bm25)
    assert said(theirs) == f"theirs system theirs run theirs.trec checksum {'c' * 64}"
    assert said(section(page, "again").find("pre")) == "transcript-qa evaluate --data here"


def test_a_report_made_of_the_file_is_the_same(evaluation: Evaluation) -> None:
    again = from_json(json.loads(json.dumps(as_json(evaluation))))
    assert html_report(again) == html_report(evaluation)


def test_only_its_own_scripts_may_run_and_nothing_is_fetched(page: Any) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    scripts = [one.text for one in page.xpath("//script[not(@type)]")]
    assert len(scripts) == 2
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    assert policy == (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert page.xpath("//@src | //link | //@style | //*[starts-with(name(@*), 'on')]") == []


def test_plotly_is_left_out_when_there_is_nothing_to_plot(tmp_path: Path) -> None:
    # One outside run and one question: no comparison, no slices, no costs.
    bench = Bench(small_set(), tmp_path, lambda name: WordEncoder(name or "words"))
    outside = OutsideRun(THEIRS, "theirs.trec", "c" * 64)
    text = html_report(evaluate(bench, Plan((), (outside,), limit=1)).evaluation)
    assert len(text) < 60_000
    page: Any = html.document_fromstring(text)
    assert [one.get("id") for one in page.xpath("//section")] == [
        "dataset", "quality", "ties", "beware", "questions", "cards",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(evaluation: Evaluation) -> Evaluation:
    """Put markup wherever a data set, a run or a command line puts text."""
    given = json.dumps(as_json(evaluation)).replace("theirs", "THEIRS")
    for harmless in (
        "THEIRS", "Nobody ordered a zeppelin.", "Who ordered the zeppelin?", '"Ben"', "person", "council",
        "release 1", "Small set (us, 2026)", "ours", "--data here", "Questions left out: 1.", "nothing of it",
    ):  # fmt: skip
        quoted = harmless.startswith('"')
        given = given.replace(harmless, f'"{HOSTILE}"' if quoted else HOSTILE + harmless)
    return from_json(json.loads(given))


def test_text_of_others_is_never_markup(hostile: Evaluation, evaluation: Evaluation) -> None:
    page = parsed(hostile)
    assert len(page.xpath("//script")) == 4  # plots, questions, Plotly, ours
    assert page.xpath("//img") == []
    assert HOSTILE in page.xpath("//h1")[0].text_content()
    for id_ in ("dataset", "quality", "slices", "regressions", "questions", "cards", "again", "beware"):
        assert HOSTILE in section(page, id_).text_content(), id_
    plain = parsed(evaluation)
    assert [one.tag for one in page.iter()] == [one.tag for one in plain.iter()]


def test_a_stray_surrogate_can_be_written(evaluation: Evaluation, tmp_path: Path) -> None:
    turns = {id_: SpokenTurn("\ud83d", "half a \ud83d sign") for id_ in evaluation.turns}
    text = html_report(replace(evaluation, turns=turns))
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    assert "half a ? sign" in text


def test_a_source_is_a_link_only_when_it_is_an_address_of_the_web(evaluation: Evaluation) -> None:
    def links(source: str) -> list[str]:
        dataset = replace(evaluation.dataset, source=source)
        page = parsed(replace(evaluation, dataset=dataset))
        found: list[str] = page.xpath("//a/@href[not(starts-with(., '#'))]")
        return found

    assert links("https://example.org/set") == ["https://example.org/set"]
    assert links("javascript:alert(1)") == []
