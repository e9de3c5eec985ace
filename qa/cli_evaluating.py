"""The commands ``evaluate``: how well systems find the turns that answer judged questions, and ``report``."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.cli_console import Bar, Command, json_option, open_given, print_json

if TYPE_CHECKING:
    from qa.evaluation.evaluating import Outcome
    from qa.evaluation.judged import Dataset
    from qa.evaluation.plan import OutsideRun, Plan
    from qa.evaluation.results import Evaluation

Gate = tuple[str, float]  # a measure and the least mean it must have


def add_commands(command: Command) -> None:
    """Add ``evaluate`` and ``report`` to the command line."""
    made = command(
        "evaluate", _evaluate, "Measure how well systems find the turns that answer judged questions."
    )
    judged = made.add_mutually_exclusive_group(required=True)
    judged.add_argument(
        "--data", metavar="PATH", type=Path, help="a data set: file or folder; of a library, its judgments"
    )
    judged.add_argument(
        "--judgments", action="store_true",
        help="what was judged on the page: its questions are asked again of the library as it is now",
    )  # fmt: skip
    made.add_argument("--format", metavar="NAME", help="its format (default: told by the content)")
    made.add_argument(
        "--pool", choices=["transcript", "library"], default="transcript",
        help="ask each question of its own transcript or conversation (default), or of the whole set",
    )  # fmt: skip
    made.add_argument(
        "--system", metavar="NAME", nargs="+", action="extend", default=[],
        help="bm25, dense, dense-context, hybrid, instant, default, model:NAME, default@NAME; the first is "
        "compared with the others (default: default)",
    )  # fmt: skip
    made.add_argument(
        "--run-in", metavar="FILE", nargs="+", action="extend", default=[], type=Path,
        help="runs of other tools to judge, in TREC format",
    )  # fmt: skip
    _how(made)
    _where(made)
    made.add_argument(
        "--fail-under", metavar="MEASURE=MEAN", action="append", default=[], type=_gate,
        help="exit with status 1 when a mean is below, as in ndcg@10=0.55; may be repeated",
    )  # fmt: skip
    json_option(made)
    _add_report(command)


def _add_report(command: Command) -> None:
    made = command(
        "report", _report, "Make the report of an evaluation again, without running anything.", library=False
    )
    made.add_argument(
        "evaluation", metavar="EVALUATION", type=Path,
        help="the evaluation.json that evaluate --out wrote, or its folder",
    )  # fmt: skip
    made.add_argument(
        "--out", metavar="FILE", type=Path, help="HTML, or Markdown for .md (default: report.html beside it)"
    )
    made.add_argument("--csv", metavar="DIR", type=Path, help="write the tables as CSV, too")


def _where(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--run",
        dest="run_out",
        metavar="FILE",
        type=Path,
        help="write the run of the one system, TREC format",
    )
    made.add_argument("--qrels", metavar="FILE", type=Path, help="write the judgments, TREC format")
    made.add_argument("--report", metavar="FILE", type=Path, help="write a report: one HTML file, .html")
    where = made.add_mutually_exclusive_group()
    where.add_argument(
        "--out", metavar="DIR", type=Path,
        help="write report, tables as CSV, runs, run cards, questions there, and keep nothing for the page",
    )  # fmt: skip
    where.add_argument("--no-save", action="store_true", help="do not keep the evaluation for the page")


def _how(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--measures", metavar="NAME", nargs="+", action="extend", default=[], type=_measures,
        help="such as ndcg@10 recall@50 ap span-hit@10 answer@1; the first is what systems are compared by",
    )  # fmt: skip
    made.add_argument("--limit", metavar="N", type=_at_least_one, help="only the first N questions")
    made.add_argument(
        "--depth", metavar="N", type=_at_least_one, default=1000, help="turns ranked a question (1000)"
    )
    made.add_argument(
        "--ties", choices=["trec", "asc", "average", "pessimistic"], default="trec",
        help="which of equal scores comes first (default: the last id, as in trec_eval)",
    )  # fmt: skip
    made.add_argument(
        "--cache", metavar="DIR", type=Path, help="where embeddings are kept (your cache folder)"
    )


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return number


def _measures(text: str) -> list[str]:
    """Read one or several names, split by commas."""
    from qa.evaluation.judging import find_measure

    try:
        return [find_measure(name).name for name in text.split(",") if name.strip()]
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _gate(text: str) -> Gate:
    name, _, least = text.rpartition("=")
    (measure,) = _measures(name) or [""]
    try:
        number = float(least)
    except ValueError:
        number = -1.0
    if not measure or not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no measure with a mean of 0 to 1, as in ndcg@10=0.55")
    return measure, number


def _evaluate(given: argparse.Namespace) -> int:
    from embeddings import load_encoder
    from qa.evaluation.bench import Bench
    from qa.evaluation.evaluating import evaluate
    from qa.evaluation.vectors import evaluation_cache
    from qa.opening import make_reranker

    plan = _plan(given)
    dataset = _dataset(given)
    with Bar() as bar:
        bench = Bench(
            dataset,
            evaluation_cache(given.cache),
            lambda name: load_encoder(name, "int8" if given.int8 else "auto"),
            bar.show_count,
            lambda model: make_reranker(given.reranker, model, seconds=None),
        )
        outcome = evaluate(bench, plan)
    _write(given, outcome)
    _print(given, outcome.evaluation)
    return _judge(given.fail_under, outcome.evaluation)


def _plan(given: argparse.Namespace) -> "Plan":
    from qa.errors import QAError
    from qa.evaluation.plan import Plan
    from qa.evaluation.systems import DEFAULT_SYSTEM

    asked = [name for names in given.measures for name in names]
    systems = given.system or ([] if given.run_in else [DEFAULT_SYSTEM])
    if given.run_out and len(systems) + len(given.run_in) > 1:
        raise QAError("--run writes the run of one system. Name one, or write all of them with --out.")
    gates = [name for name, _ in given.fail_under]
    return Plan(
        systems=tuple(systems),
        outside=tuple(map(_outside, given.run_in)),
        model=given.model,
        pool=given.pool,
        ties=given.ties,
        depth=given.depth,
        measures=_with_gates(asked, gates),
        limit=given.limit,
        command=shlex.join(["transcript-qa", *sys.argv[1:]]),
    )


def _with_gates(asked: Sequence[str], gates: Sequence[str]) -> tuple[str, ...] | None:
    """Return the measures wanted and those of the gates; None for the usual ones."""
    from qa.evaluation.judging import DEFAULT_MEASURES

    if not asked and all(name in DEFAULT_MEASURES for name in gates):
        return None
    return tuple(dict.fromkeys([*(asked or DEFAULT_MEASURES), *gates]))


def _outside(path: Path) -> "OutsideRun":
    import hashlib

    from qa.evaluation.plan import OutsideRun
    from qa.evaluation.runs import read_run

    run = read_run(path)
    return OutsideRun(run, str(path), hashlib.sha256(path.read_bytes()).hexdigest())


def _dataset(given: argparse.Namespace) -> "Dataset":
    from qa.evaluation.datasets import load, recognise
    from qa.evaluation.sets import judgments, own

    if given.judgments or (given.data / "library.sqlite").is_file():
        from qa.opening import open_library

        where = given.library if given.judgments else str(given.data)
        with open_library(where, given.model, int8=given.int8) as library:
            return judgments.load(library)
    name = given.format or recognise(given.data)
    folder = given.data if given.data.is_dir() else given.data.parent
    exported = any(folder.glob("library.json*"))
    if name == own.NAME and (given.library is not None or not exported):
        with open_given(given) as library:
            return load(given.data, name, library)
    return load(given.data, name)


def _report(given: argparse.Namespace) -> int:
    from qa.evaluation.csv_tables import csv_files
    from qa.evaluation.outputs import read_evaluation, write_file
    from qa.evaluation.report.document import html_report
    from qa.evaluation.tables import markdown

    evaluation = read_evaluation(given.evaluation)
    folder = given.evaluation if given.evaluation.is_dir() else given.evaluation.parent
    file = given.out or folder / "report.html"
    write_file(markdown(evaluation) if file.suffix == ".md" else html_report(evaluation), file)
    print(file)
    if given.csv:
        for name, text in csv_files(evaluation).items():
            write_file(text, given.csv / name)
            print(given.csv / name)
    return 0


def _write(given: argparse.Namespace, outcome: "Outcome") -> None:
    from qa.evaluation.outputs import write_file, write_outcome
    from qa.evaluation.runs import format_qrels, format_run

    if given.run_out:
        (run,) = outcome.runs.values()
        write_file(format_run(run), given.run_out)
    if given.qrels:
        write_file(format_qrels(outcome.qrels), given.qrels)
    if given.report:
        from qa.evaluation.report.document import html_report

        write_file(html_report(outcome.evaluation), given.report)
    if given.out:
        files = write_outcome(outcome, given.out)
        print(f"{len(files)} files written to {given.out}", file=sys.stderr)
    elif not given.no_save:
        _keep(given, outcome.evaluation)


def _keep(given: argparse.Namespace, evaluation: "Evaluation") -> None:
    """Keep an evaluation where the page finds it; its numbers are printed even when that cannot be done."""
    from qa.errors import QAError
    from qa.evaluation.keeping import Evaluations, evaluations_folder
    from qa.opening import library_folder

    folder = evaluations_folder(library_folder(given.library))
    try:
        name = Evaluations(folder).keep(evaluation)
    except QAError as error:
        print(f"transcript-qa: {error} Use --out DIR, or --no-save.", file=sys.stderr)
    else:
        print(f"kept as {name}; the page shows it under Benchmarks", file=sys.stderr)


def _print(given: argparse.Namespace, evaluation: "Evaluation") -> None:
    if given.json:
        from qa.evaluation.results_json import summary

        print_json(summary(evaluation))
    else:
        from qa.evaluation.tables import terminal_text

        print(terminal_text(evaluation))


def _judge(gates: Sequence[Gate], evaluation: "Evaluation") -> int:
    """Return 1, and say why on standard error, when a mean is below what it must be."""
    status = 0
    for name, least in gates:
        for system in evaluation.systems:
            mean = evaluation.mean(system.name, name)
            if mean is None or mean.micro < least:
                got = "not defined" if mean is None else f"{mean.micro:.4f}"
                print(f"transcript-qa: {system.name}: {name} is {got}, below {least:g}.", file=sys.stderr)
                status = 1
    return status
