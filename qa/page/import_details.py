"""What was understood of one file that waits to be added, and what the user can mend with a click."""

from collections.abc import Sequence

from qa.inspection import Inspection, SpeakerCount
from qa.markup import box, button, chooser, element, escaped, facts, submit
from qa.page.formats import format_name
from qa.page.import_notes import MOST, folded, gaps_html, remarks_html
from qa.page.pending import LONGEST_NAME, Candidate
from qa.page.wording import counted, date_text, reason_text, role_name
from qa.suggestions import Suggestion, is_generic
from qa.times import shown_time
from qa.types import Reading, TimeKind

_SHOWN_SPEAKERS = 12
_FIELDS = (("text", "Words"), ("speaker", "Speaker"), ("start", "Start"))
_UNITS = (("", "As the file says"), ("s", "Seconds"), ("ms", "Milliseconds"))
_ORDERS = {"day-first": "Day first", "month-first": "Month first"}


def details_html(one: Candidate, item: int) -> str:
    """Return the report on one file.

    Args:
        one: The file.
        item: Its number, which goes with every click.
    """
    problem = ""
    if one.problem is not None:
        text = escaped(reason_text(one.problem, one.read.name))
        problem = element("p", text, class_="problem", role="alert", dir="auto")
    reading, inspection = one.now.reading, one.now.inspection
    if reading is None or inspection is None:
        return problem + _refusal(one, item)
    understood = _facts(reading, inspection, None if one.there else item, one)
    if one.there:
        said = "The library holds this already. Its speakers can be changed there, under Speakers."
        return problem + understood + element("p", said, class_="hint")
    parts = [
        problem,
        understood,
        _options(one, item),
        _mends(one, item),
        _speakers(inspection, one, item),
        gaps_html(inspection),
        remarks_html(inspection.remarks, one, item),
    ]
    return "".join(parts)


# --- refused ---------------------------------------------------------------------------------------------


def _refusal(one: Candidate, item: int) -> str:
    message = one.now.refusal or ""
    reason = element("p", escaped(reason_text(message, one.read.name)), class_="reason", dir="auto")
    if one.columns:
        return reason + _columns_form(one, item)
    if "--date-order" in message and one.options.date_order is None:
        asked = element("p", "How does this chat write its dates?", class_="hint")
        return reason + asked + element("div", _date_buttons(item), class_="fixes")
    if "--private" in message:
        keep = button("Keep private messages", "private", class_="act primary", data_item=item)
        return reason + element("div", keep, class_="fixes")
    back = _start_over(one, item)
    return reason + (element("div", back, class_="fixes") if back else "")


def _date_buttons(item: int) -> str:
    return "".join(
        button(f"{label} ({example})", "dates", data_item=item, data_order=order)
        for (order, label), example in zip(_ORDERS.items(), ("31/12", "12/31"), strict=True)
    )


def _columns_form(one: Candidate, item: int) -> str:
    """Return selects for the columns of a table, set to what was said before, or else to what is likely."""
    said = dict(one.options.columns or {})
    likely = {field: column for column, field in one.columns if field}
    start, colon, unit = said.get("start", "").rpartition(":")
    if colon and unit in {"s", "ms"}:
        said["start"] = start
    names = [(column, column) for column, _ in one.columns]
    chosen = said or likely
    selects = [
        chooser(field, label, [("", "Choose…" if field == "text" else "None"), *names], chosen.get(field, ""))
        for field, label in _FIELDS
    ]
    selects.append(chooser("unit", "Times are in", _UNITS, unit if colon and said else ""))
    asked = element("p", "Which column holds what?", class_="hint")
    again = submit("Read again", "columns", class_="act primary", data_item=item)
    return asked + element("form", "".join(selects) + again, class_="columns")


def _start_over(one: Candidate, item: int) -> str:
    """Return the way back from what the user said about how to read the file."""
    if one.options.columns is not None:
        return button("Choose other columns", "afresh", data_item=item)
    if one.options.date_order is not None:
        return button("Read the dates the other way", "dates", data_item=item, data_order=_other(one))
    return ""


def _other(one: Candidate) -> str:
    return "month-first" if one.options.date_order == "day-first" else "day-first"


# --- what was understood ---------------------------------------------------------------------------------


def _facts(reading: Reading, inspection: Inspection, item: int | None, one: Candidate) -> str:
    """Return what was understood; title and date in boxes, unless the file is there already."""
    why = "read by the columns you chose" if one.options.columns is not None else inspection.recognised
    content = facts(
        [
            counted(inspection.turns, "turn"),
            counted(inspection.words, "word"),
            escaped(_when(reading, inspection)),
        ]
    )
    title, date = escaped(inspection.title or "None"), escaped(date_text(inspection.date) or "Not known")
    if item is not None:
        save = submit("Save title and date", "names", data_item=item)
        title = _fact_box(item, "title", inspection.title, "None")
        date = _fact_box(item, "date", inspection.date, "Not known: 2025-04-15") + save
    rows = (
        ("Title", title),
        ("Date", date),
        ("Format", escaped(format_name(inspection.format)) + _hint(f": {why}" if why else "")),
        ("Content", content),
        ("Encoding", escaped(inspection.encoding or "Not known")),
    )
    pairs = "".join(element("div", element("dt", n) + element("dd", v, dir="auto")) for n, v in rows)
    listed = element("dl", pairs, class_="facts")
    return listed if item is None else element("form", listed)


def _fact_box(item: int, field: str, value: str | None, missing: str) -> str:
    return box(
        value=value or "", data_item=item, data_field=field, maxlength=LONGEST_NAME, placeholder=missing,
        aria_label=field.capitalize(),
    )  # fmt: skip


def _hint(text: str) -> str:
    return element("span", escaped(text), class_="hint") if text else ""


def _when(reading: Reading, inspection: Inspection) -> str:
    """Say how long a recording is, or from when to when people wrote."""
    starts = [turn.start for turn in reading.turns if turn.start is not None]
    if not starts:
        return "no times"
    if inspection.time_kind is TimeKind.MEDIA:
        return f"{shown_time(inspection.duration, TimeKind.MEDIA)} long"
    first, last = (shown_time(at, TimeKind.CLOCK, inspection.date) for at in (min(starts), max(starts)))
    return f"at {first}" if first == last else f"{first} to {last}"


def _options(one: Candidate, item: int) -> str:
    """Return what the user said about the reading, and the ways back from that and from the last change."""
    doing = []
    if one.options.date_order is not None:
        doing.append(_hint(f"Dates are read {one.options.date_order.replace('-', ' ')}, as you said."))
    if one.options.private:
        doing.append(_hint("Private messages are kept."))
        doing.append(button("Leave private messages out", "private", data_item=item))
    doing.append(_start_over(one, item))
    if one.steps:
        doing.append(button("Undo the last change", "undo", data_item=item))
    kept = "".join(doing)
    return element("div", kept, class_="fixes") if kept else ""


def _mends(one: Candidate, item: int) -> str:
    rows = [
        _opening(suggestion, one, item) if suggestion.kind == "opening" else _merge(suggestion, item)
        for suggestion in one.suggestions
        if suggestion.kind != "name"  # those are marked among the speakers
    ]
    listed = "".join(element("li", row) for row in rows)
    return element("ul", listed, class_="mends", aria_label="To check") if rows else ""


def _opening(suggestion: Suggestion, one: Candidate, item: int) -> str:
    name = box(
        data_item=item, data_opening="true", list=f"names-of-{item}", maxlength=LONGEST_NAME,
        placeholder="A speaker, or a new name", aria_label="Who speaks in the opening",
    )  # fmt: skip
    give = submit("Give it to them", "names", data_item=item)
    said = element("span", escaped(suggestion.message), dir="auto")
    return said + element("form", _datalist(one.names, item) + name + give, class_="inline")


def _merge(suggestion: Suggestion, item: int) -> str:
    given_up, kept = suggestion.speakers
    said = element("span", escaped(suggestion.message), dir="auto")
    return said + button(
        f"Make both {kept}", "merge", data_item=item, data_who=given_up, data_name=kept,
    )  # fmt: skip


def _datalist(names: Sequence[str], item: int) -> str:
    options = "".join(element("option", value=name) for name in names[:MOST])
    return element("datalist", options, id=f"names-of-{item}")


# --- speakers --------------------------------------------------------------------------------------------


def _speakers(inspection: Inspection, one: Candidate, item: int) -> str:
    people = sorted(inspection.speakers, key=lambda who: who.name is None or not is_generic(who.name))
    if not people:
        return element("p", "Nobody is named in it.", class_="hint")
    head = element("h4", escaped(f"Speakers ({len(people):,})"))
    rows = folded([_speaker(who, item) for who in people], _SHOWN_SPEAKERS, "speakers")
    if not one.names:
        return head + rows
    save = submit("Save names", "names", data_item=item)
    hint = _hint("Correct a name where it is wrong. Two speakers of one name become one.")
    listed = element("form", rows + element("div", save + hint, class_="fixes"), class_="names")
    return head + listed + _merge_choice(one.names, item)


def _speaker(who: SpeakerCount, item: int) -> str:
    roles = ", ".join(who.roles)
    also = f"also {', '.join(who.aliases)}" if who.aliases else None
    about = facts(
        [
            escaped(roles) if roles and who.name else None,
            counted(who.turns, "turn"),
            counted(who.words, "word"),
            also and escaped(also),
        ]
    )
    if who.name is None:
        name = element("span", escaped(f"{role_name(roles)} (unnamed)"), class_="unnamed")
        return element("li", name + element("span", about, class_="hint", dir="auto"))
    label = is_generic(who.name)
    name = box(
        value=who.name, data_item=item, data_who=who.name, maxlength=LONGEST_NAME,
        aria_label=f"Name of {who.name}",
    )  # fmt: skip
    asked = element("span", "a label: who is it?", class_="ask") if label else ""
    return element(
        "li",
        name + element("span", asked + about, class_="hint", dir="auto"),
        class_="unknown" if label else None,
    )


def _merge_choice(names: Sequence[str], item: int) -> str:
    if len(names) < 2:
        return ""
    choices = [(name, name) for name in names[:MOST]]
    pair = chooser("who", "This name", choices, names[1]) + chooser("name", "is really", choices, names[0])
    form = element("form", pair + submit("Make them one", "merge", data_item=item), class_="columns")
    return element("details", element("summary", "Two names for one person?") + form, class_="folded")
