"""One visitor's conversation: what was asked, what was shown for it, and which answer is looked at."""

from dataclasses import dataclass, replace

from qa.answering import Answer, ask
from qa.filters import searchable
from qa.library import Library
from qa.page import answers
from qa.retrieval import Filter


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    Args:
        question: As asked.
        markup: What stands in the chat for it.
        answer: None when the question could not be searched.
    """

    question: str
    markup: str
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation; a question that is being searched is pending."""

    exchanges: tuple[Exchange, ...] = ()
    pending: str | None = None

    def asking(self, question: str) -> "Session":
        """Return the conversation with a question under way."""
        return replace(self, pending=question)

    def answered(self, exchange: Exchange) -> "Session":
        """Return the conversation with one more exchange and nothing pending."""
        return Session((*self.exchanges, exchange))

    def previous(self) -> tuple[str, ...]:
        """Return the questions that were searched, oldest first."""
        return tuple(exchange.question for exchange in self.exchanges if exchange.answer is not None)

    def answer(self, number: int | None) -> Answer | None:
        """Return the answer with this place in the conversation; None when there is none."""
        if number is None or not 0 <= number < len(self.exchanges):
            return None
        return self.exchanges[number].answer


def exchange(library: Library, session: Session, question: str, within: Filter, url: str) -> Exchange:
    """Ask a library, and put what came of it into words.

    Args:
        library: Where to look.
        session: The conversation so far.
        question: As typed.
        within: What the page's filters allow.
        url: The beginning of every link.

    Raises:
        QAError: If the question is too long.
    """
    entries = library.entries()
    if not entries:
        return Exchange(question, answers.empty_library_html())
    answer = ask(library, question, within=within, previous=session.previous(), url=url)
    searched_in = len(searchable(entries, within))
    markup = answers.answer_html(answer, len(session.exchanges), searched_in, within != Filter())
    return Exchange(question, markup, answer)
