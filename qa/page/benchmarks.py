"""What stands under Benchmarks, for what a visitor looks at."""

from qa.errors import QAError
from qa.evaluation.keeping import Evaluations
from qa.markup import element, escaped
from qa.page.benchmark_comparison import comparison_html, look
from qa.page.benchmark_list import list_html
from qa.page.benchmark_question import question_html
from qa.page.benchmark_view import View


def benchmarks_html(evaluations: Evaluations, view: View, said: str = "") -> str:
    """Return the list of evaluations, one of them, or one of its questions.

    Args:
        evaluations: What is kept.
        view: What is looked at. An evaluation that cannot be opened leads back to the list, which says why.
        said: Markup over the list: what was done last.
    """
    if not view.evaluation:
        return list_html(evaluations.kept(), said)
    try:
        looked = look(evaluations, view)
    except QAError as error:
        return list_html(evaluations.kept(), problem_html(str(error)))
    if view.question and looked.pair is not None:
        return question_html(looked, looked.pair, view)
    return comparison_html(looked, evaluations.kept(), view)


def problem_html(words: str) -> str:
    """Return why something could not be done."""
    return element("p", escaped(words), class_="problem", role="alert", dir="auto")


def done_html(words: str) -> str:
    """Return what was done."""
    return element("p", escaped(words), class_="done", role="status", dir="auto")
