"""An answer as it stands in the chat: the quoted sentence, who said it, and its citations."""

from qa.answering import Answer, Source
from qa.markup import button, element, escaped, facts
from qa.page.understood import Reading, understood_html
from qa.page.verdicts import Marks, answer_verdict
from qa.page.wording import (
    band,
    counted,
    day_text,
    excerpt,
    moment_text,
    quoted_text,
    role_text,
    speaker_text,
)
from qa.reason_text import instead_text, off_topic_text
from qa.reranking import TOOK_TOO_LONG, Reranked

_LONGEST_QUOTE = 700  # characters of a question or a sentence that the chat repeats
_LONGEST_KEPT = 24  # characters of the last word that stay together with the citation
_ALSO = 4  # citations beyond the first that the chat names


def answer_html(
    answer: Answer,
    number: int,
    searched_in: int,
    filtered: bool,
    marks: Marks = Marks(),  # noqa: B008  # frozen
    reading: Reading = Reading(),  # noqa: B008  # frozen
) -> str:
    """Return an answer for the chat.

    Args:
        answer: What was found.
        number: Its place in the conversation, from 0; goes with every click on it.
        searched_in: How many transcripts the search could look at.
        filtered: Whether filters were set.
        marks: What is judged of the question.
        reading: What the question was taken to say of who and when.
    """
    if answer.answered:
        parts = [_quotation(answer.sources[0], answer, number), _caution(answer), _also(answer, number)]
    else:
        parts = [_not_found(answer, number, searched_in, filtered)]
    parts.insert(0, understood_html(reading, number))
    parts.append(_foot(answer, number, answer_verdict(answer, number, marks)))
    return element("div", "".join(parts), class_="answer", data_answer=number)


def question_html(question: str) -> str:
    """Return a question as the chat repeats it."""
    return element("p", escaped(excerpt(question, _LONGEST_QUOTE)), class_="question", dir="auto")


def notice_html(text: str) -> str:
    """Return a message in the place of an answer: what is wrong with the question, or with the library."""
    return element("div", element("p", escaped(text)), class_="answer notice", role="status")


def empty_library_html() -> str:
    """Return the answer to any question asked of an empty library."""
    words = element("p", "The library is empty, so there is nothing to search yet.", class_="lead")
    return element(
        "div", words + button("Add transcripts", "library", class_="act plain"), class_="answer notice"
    )


def citation(source: Source, number: int) -> str:
    """Return the numbered button that opens a source in its transcript."""
    where = f"Source {source.rank}: {speaker_text(source.turn)}, {source.transcript_title}"
    span = "" if source.highlight is None else "{}-{}".format(*source.highlight)
    return button(
        f"[{source.rank}]",
        "open",
        class_="cite",
        data_turn=source.turn_id,
        data_mark=span,
        data_answer=number,
        title=where,
        aria_label=f"{where}. Open in transcript",
    )


def byline(source: Source) -> str:
    """Return who said it, when and where, in one line."""
    who = element("strong", escaped(speaker_text(source.turn)))
    role = role_text(source.turn)
    if role:
        who += element("span", f", {escaped(role)}", class_="role")
    time, date = moment_text(source), day_text(source)
    return facts(
        [
            who,
            time and element("span", escaped(time), class_="time"),
            element("span", escaped(source.transcript_title), class_="where"),
            date and element("span", escaped(date), class_="date"),
        ]
    )


def _quotation(source: Source, answer: Answer, number: int) -> str:
    quote = f"“{excerpt(quoted_text(source), _LONGEST_QUOTE)}”"
    # The citation stays on the line of the last word.
    cut = max(quote.rfind(" ") + 1, len(quote) - _LONGEST_KEPT)
    kept = element("span", f"{escaped(quote[cut:])} {citation(source, number)}", class_="kept")
    return element("blockquote", escaped(quote[:cut]) + kept, class_="quote", dir="auto") + element(
        "p", f"{byline(source)}&ensp;{_band(answer)}", class_="byline"
    )


def _caution(answer: Answer) -> str:
    if answer.instead_of:
        text = instead_text(answer.instead_of)
    elif answer.off_topic:
        text = off_topic_text(answer.off_topic)
    else:
        return ""
    return element("p", escaped(text), class_="caution", dir="auto")


def _band(answer: Answer) -> str:
    word, meaning = band(answer.confidence, doubted=answer.off_topic is not None)
    return element(
        "span",
        escaped(word),
        class_=f"band {word.split()[0].lower()}",
        title=meaning,
        tabindex="0",
        aria_label=f"{word}. {meaning}",
    )


def _also(answer: Answer, number: int) -> str:
    others = answer.sources[1 : 1 + _ALSO]
    if not others:
        return ""
    return element("p", f"See also {_cited(others, number)}", class_="also")


def _cited(sources: tuple[Source, ...], number: int) -> str:
    return " ".join(
        f'<span class="pair">{citation(source, number)} {escaped(speaker_text(source.turn))}</span>'
        for source in sources
    )


def _not_found(answer: Answer, number: int, searched_in: int, filtered: bool) -> str:
    if searched_in == 0 or not answer.sources:
        return element(
            "p", "No passage passes the filters. Widen or clear them, then ask again.", class_="lead"
        )
    where = f"the {counted(searched_in, 'transcript')} within the filters" if filtered else "the library"
    lead = (
        f"Nothing in {where} answers this."
        if searched_in > 1 or not filtered
        else ("Nothing within the filters answers this.")
    )
    looked = f"Searched for “{excerpt(answer.question, 160)}” in {counted(searched_in, 'transcript')}."
    nearest = f"The nearest passages, which may not help: {_cited(answer.sources, number)}"
    return (
        element("p", escaped(lead), class_="lead")
        + element("p", escaped(looked), class_="looked")
        + element("p", nearest, class_="also")
    )


def _foot(answer: Answer, number: int, verdict: str) -> str:
    searched = ""
    if len(answer.searched) > 1:
        wordings = " and ".join(f"“{excerpt(wording, 160)}”" for wording in answer.searched)
        searched = element("span", escaped(f"Searched for: {wordings}"), class_="searched")
    if answer.reranked is Reranked.LATE:
        searched += element("span", escaped(TOOK_TOO_LONG), class_="searched")
    show = ""
    if answer.sources:
        label = "Show sources" if answer.answered else "Show passages"
        show = button(label, "choose", class_="link choose", data_answer=number)
    parts = searched + verdict + show
    return element("div", parts, class_="foot") if parts else ""
