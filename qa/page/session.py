"""One visitor's conversation: what was asked, what was shown for it, and which answer is looked at."""

from dataclasses import dataclass, replace

from qa.answering import Answer, ask
from qa.filters import searchable
from qa.judgments import Asked
from qa.library import Library
from qa.page import answers
from qa.page.understood import Reading
from qa.page.verdicts import marks_of
from qa.retrieval import Filter


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    Args:
        question: As asked.
        markup: What stands in the chat for it when the question could not be searched.
        answer: None in that case.
        within: What the filters allowed.
        searched_in: How many transcripts the search could look at.
        reading: What it was taken to say of who and when.
    """

    question: str
    markup: str = ""
    answer: Answer | None = None
    within: Filter = Filter()  # noqa: RUF009  # frozen
    searched_in: int = 0
    reading: Reading = Reading()  # noqa: RUF009  # frozen

    @property
    def asked(self) -> Asked | None:
        """The question as it is judged; None when it could not be searched."""
        if self.answer is None:
            return None
        return Asked(self.answer.question, self.answer.searched, self.within)


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

    def replaced(self, number: int, exchange: Exchange) -> "Session":
        """Return the conversation with another exchange in a place."""
        return replace(self, exchanges=(*self.exchanges[:number], exchange, *self.exchanges[number + 1 :]))

    def previous(self, before: int | None = None) -> tuple[str, ...]:
        """Return the questions that were searched, oldest first; all, or those before a place."""
        return tuple(exchange.question for exchange in self.exchanges[:before] if exchange.answer is not None)

    def answer(self, number: int | None) -> Answer | None:
        """Return the answer with this place in the conversation; None when there is none."""
        found = self.exchange(number)
        return None if found is None else found.answer

    def asked(self, number: int | None) -> Asked | None:
        """Return the question of that answer, as it is judged."""
        found = self.exchange(number)
        return None if found is None else found.asked

    def sources(self, number: int | None) -> frozenset[str]:
        """Return the ids of the turns that the answer in a place cites; none when there is none."""
        answer = self.answer(number)
        return frozenset() if answer is None else frozenset(source.turn_id for source in answer.sources)

    def exchange(self, number: int | None) -> Exchange | None:
        """Return the exchange in a place; None when there is none."""
        return None if number is None or not 0 <= number < len(self.exchanges) else self.exchanges[number]


def exchange(library: Library, session: Session, question: str, within: Filter, url: str) -> Exchange:
    """Ask a library; put into words why it cannot be asked.

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
    return Exchange(question, "", answer, within, searched_in, Reading(answer.understood))


def set_right(
    library: Library, session: Session, number: int | None, what: str, wanted: str, url: str
) -> Exchange | None:
    """Ask a question of the conversation again, with what it says of who and when set right.

    Args:
        library: Where to look.
        session: The conversation.
        number: The question's place in it.
        what: See `Reading.changed`.
        wanted: Likewise.
        url: The beginning of every link.

    Returns:
        What takes its place; None where there is no such question, or no such choice.
    """
    past = session.exchange(number)
    reading = None if past is None else past.reading.changed(what, wanted)
    if past is None or past.answer is None or reading is None:
        return None
    previous = session.previous(number)
    answer = ask(
        library, past.question, within=past.within, previous=previous, url=url, wishes=reading.wishes
    )
    return replace(past, answer=answer, reading=reading)


def exchange_html(library: Library, past: Exchange, number: int) -> str:
    """Return what stands in the chat for an exchange, with what is judged of it now.

    Args:
        library: Holds the judgments.
        past: The exchange.
        number: Its place in the conversation.
    """
    if past.answer is None:
        return past.markup
    marks = marks_of(library, past.asked)
    filtered = past.within != Filter()
    return answers.answer_html(past.answer, number, past.searched_in, filtered, marks, past.reading)
