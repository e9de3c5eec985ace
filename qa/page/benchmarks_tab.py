"""What happens under Benchmarks: evaluations are opened, compared, added and deleted.

Knows Gradio, like `qa.page.layout`.
"""

from pathlib import Path

from qa.errors import QAError
from qa.evaluation.keeping import Evaluations, evaluations_folder, read_evaluation
from qa.library import Library
from qa.page.benchmark_view import View, moved
from qa.page.benchmarks import benchmarks_html, done_html, problem_html
from qa.page.clicks import Click
from qa.page.failures import shown
from qa.page.layout import QUIET, Parts, Updates


def evaluations_of(library: Library) -> Evaluations:
    """Return the evaluations that are kept beside a library."""
    return Evaluations(evaluations_folder(library.folder))


def connect_benchmarks(parts: Parts, library: Library) -> None:
    """Show what is kept whenever the tab is opened, and take in files that are dropped."""
    evaluations = evaluations_of(library)
    outputs = [parts.looking, parts.benchmarks]

    @shown
    def refresh(view: View) -> Updates:
        return {parts.benchmarks: benchmarks_html(evaluations, view)}

    @shown
    def take(path: str | None) -> Updates:
        return {parts.taken: None, **_taken(evaluations, Path(path), parts)} if path else {}

    parts.benchmarks_tab.select(refresh, parts.looking, parts.benchmarks, queue=False, **QUIET)
    parts.taken.upload(take, parts.taken, [parts.taken, *outputs], concurrency_limit=1, **QUIET)


def benchmark_clicked(click: Click, view: View, library: Library, parts: Parts) -> Updates:
    """Carry out a click under Benchmarks."""
    evaluations, said = evaluations_of(library), ""
    if click.act == "bench-remove":
        name = click.given.get("evaluation", "")
        try:
            evaluations.remove(name)
            said = done_html(f"{name} is deleted.")
        except QAError as error:
            said = problem_html(str(error))
    after = moved(view, click.act, click.given)
    return {parts.looking: after, parts.benchmarks: benchmarks_html(evaluations, after, said)}


def _taken(evaluations: Evaluations, file: Path, parts: Parts) -> Updates:
    """Keep an uploaded evaluation and open it, or say why it is none."""
    try:
        evaluation = read_evaluation(file)
        name = evaluations.keep(evaluation)
    except QAError as error:
        return {
            parts.looking: View(),
            parts.benchmarks: benchmarks_html(evaluations, View(), problem_html(str(error))),
        }
    finally:
        file.unlink(missing_ok=True)
    view = View(evaluation=name)
    return {parts.looking: view, parts.benchmarks: benchmarks_html(evaluations, view)}
