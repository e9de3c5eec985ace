"""The speakers of a transcript, in a dialog: who they are, and how to rename or merge them."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import NotFoundError, QAError
from qa.library import Library
from qa.markup import box, button, chooser, element, escaped, facts, submit
from qa.page.pending import LONGEST_NAME
from qa.page.wording import counted, listed
from qa.readers.spacing import tidy
from qa.speakers import SpeakerEntry

_MOST = 300  # speakers that a dialog lists; and names that a box offers
_ALIASES = 4
_FEW = 30  # speakers among whom one can be chosen; among more, a name is typed
_SUGGESTED = "known-names"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants to call somebody.

    Args:
        transcript_id: Of the dialog.
        who: The name now, or one they had before.
        name: The name wanted.
        role: Likewise; None leaves it as it is, "" takes it away.
        everywhere: Whether in all transcripts, or only in that of the dialog.
        sure: Whether two people may become one by it.
    """

    transcript_id: str
    who: str
    name: str
    role: str | None = None
    everywhere: bool = False
    sure: bool = False

    @property
    def scope(self) -> str | None:
        """The transcript to change; None for all."""
        return None if self.everywhere else self.transcript_id


def people_html(library: Library, transcript_id: str, said: str = "") -> str:
    """Return the dialog of a transcript.

    Args:
        library: Holds it.
        transcript_id: Which.
        said: Markup that says what was done last, or why it could not be.
    """
    entry = next((one for one in library.entries() if one.id == transcript_id), None)
    if entry is None:
        return _dialog("Speakers", element("p", "This transcript is no longer in the library."), "")
    people = library.speakers(transcript_id)
    everyone = {one.name: one for one in library.speakers()}
    if not people:
        body = element("p", "Nobody is named in this transcript.", class_="lead")
    else:
        others = [one.name for one in people] if len(people) <= _FEW else []
        rows = "".join(
            _person(one, everyone.get(one.name, one), others, transcript_id) for one in people[:_MOST]
        )
        more = f"and {len(people) - _MOST:,} more, whom the command line can rename"
        end = element("li", more, class_="hint") if len(people) > _MOST else ""
        names = "".join(element("option", value=name) for name in list(everyone)[:_MOST])
        body = element("ul", rows + end, class_="cast") + element("datalist", names, id=_SUGGESTED)
    return _dialog("Speakers", said + body, entry.title)


def carried_out(library: Library, wish: Wish) -> tuple[str, bool]:
    """Rename or merge, or ask first when two people would become one.

    Returns:
        The dialog as it is then, and whether anything in the library changed.
    """
    name = tidy(wish.name)
    try:
        other = _somebody_else(library, wish, name)
        if other is not None and not wish.sure:
            return _question_html(library, wish, other), False
        done = library.rename_speaker(
            wish.who, name, role=wish.role, transcript_id=wish.scope, merge=other is not None
        )
    except (QAError, NotFoundError) as error:
        return people_html(library, wish.transcript_id, _said(str(error), "problem")), False
    if not done.turns:
        return people_html(library, wish.transcript_id, _said("Nothing to change: that is the name.")), False
    where = f" in {counted(done.transcripts, 'transcript')}" if wish.everywhere else ""
    role = f", {done.role}" if done.role else ""
    if done.old == done.name:
        words = f"{done.name} is now {done.name}{role}" if role else f"{done.name} has no role now"
        return people_html(library, wish.transcript_id, _said(f"{words}{where}.")), True
    words = f"{done.old} is now {done.name}{role}: {counted(done.turns, 'turn')}{where}."
    undo = "" if wish.who == name else button(
        "Undo", "call", class_="link", data_transcript=wish.transcript_id, data_who=done.old,
        data_name=done.old, data_where="everywhere" if wish.everywhere else "here",
    )  # fmt: skip
    return people_html(library, wish.transcript_id, _said(words, "done", undo)), True


def _somebody_else(library: Library, wish: Wish, name: str) -> SpeakerEntry | None:
    """Find who has that name already, where the wish looks, when it is not the person meant."""
    if name == wish.who or len(name) > LONGEST_NAME:
        return None
    return next((one for one in library.speakers(wish.scope) if one.name == name), None)


def _said(words: str, kind: str = "done", more: str = "") -> str:
    role = "alert" if kind == "problem" else "status"
    return element("p", escaped(words) + " " + more, class_=kind, role=role, dir="auto")


# --- the dialog ------------------------------------------------------------------------------------------


def _dialog(title: str, body: str, about: str) -> str:
    close = button("Close", "put-away", class_="act close")
    words = element("h2", escaped(title)) + (
        element("p", escaped(about), class_="hint", dir="auto") if about else ""
    )
    head = element("header", element("div", words) + close)
    return element("dialog", head + body, class_="dialog", aria_label=f"{title} {about}".strip())


def _person(one: SpeakerEntry, whole: SpeakerEntry, others: Sequence[str], transcript_id: str) -> str:
    also = f"also {listed(list(one.aliases), _ALIASES)}" if one.aliases else None
    line = facts(
        [
            escaped(listed(list(one.roles), 2)) if one.roles else None,
            counted(one.turns, "turn"),
            also and escaped(also),
        ]
    )
    words = element("strong", escaped(one.name), dir="auto") + element(
        "span", line, class_="hint", dir="auto"
    )
    summary = element("summary", element("span", words) + element("span", "Change", class_="act"))
    return element(
        "li", element("details", summary + _form(one, whole, others, transcript_id), class_="person")
    )


def _form(one: SpeakerEntry, whole: SpeakerEntry, others: Sequence[str], transcript_id: str) -> str:
    name = element(
        "label",
        element("span", "Name") + box(name="name", value=one.name, list=_SUGGESTED, maxlength=LONGEST_NAME),
    )
    role = element(
        "label",
        element("span", "Role") + box(name="role", value=one.role or "", maxlength=LONGEST_NAME),
    )
    kept = "" if len(one.roles) < 2 else element(
        "p", "Several roles are known; one that you write here takes the place of all.", class_="hint"
    )  # fmt: skip
    choices = [("", "Nobody else"), *((name, name) for name in others if name != one.name)]
    same = chooser("same", "Same person as", choices) if len(choices) > 1 else ""
    hint = element("p", "To merge two people, give one the name of the other.", class_="hint")
    merging = same or (hint if whole.transcripts > 1 or not others else "")
    save = submit("Save", "call", class_="act primary", data_transcript=transcript_id, data_who=one.name,
                  data_held=one.role or "")  # fmt: skip
    return element("form", name + role + kept + merging + _where(whole) + save, class_="rename")


def _where(whole: SpeakerEntry) -> str:
    """Ask where, when the person speaks in several transcripts."""
    if whole.transcripts < 2:
        return ""
    choices = (
        ("here", "In this transcript only", True),
        ("everywhere", f"In all {whole.transcripts:,} transcripts with this name", False),
    )
    radios = "".join(
        element("label", _radio(value, checked) + element("span", escaped(label)))
        for value, label, checked in choices
    )
    return element("fieldset", element("legend", "Where") + radios)


def _radio(value: str, checked: bool) -> str:
    return f'<input type="radio" name="where" value="{escaped(value)}"{" checked" if checked else ""}>'


def _question_html(library: Library, wish: Wish, other: SpeakerEntry) -> str:
    """Return the dialog that asks whether two people are one."""
    theirs = next((one.turns for one in library.speakers(wish.scope) if one.name == wish.who), 0)
    where = "everywhere in the library" if wish.everywhere else "in this transcript"
    asked = f"Are {wish.who} and {other.name} one person?"
    meant = (
        f"{other.name} speaks {where} already ({counted(other.turns, 'turn')}). "
        f"{counted(theirs, 'turn')} of {wish.who} would become theirs. This can be undone."
    )
    merge = button(
        "Merge them", "call", class_="act primary", data_transcript=wish.transcript_id, data_who=wish.who,
        data_name=other.name, data_where="everywhere" if wish.everywhere else "here", data_sure="yes",
    )  # fmt: skip
    back = button("Back", "people", data_transcript=wish.transcript_id)
    body = (
        element("p", escaped(asked), class_="lead", dir="auto")
        + element("p", escaped(meant), class_="hint", dir="auto")
        + element("div", merge + back, class_="fixes")
    )
    return _dialog("Merge speakers", body, "")
