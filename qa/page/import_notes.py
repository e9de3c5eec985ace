"""What to know about a file that waits to be added: what is missing in it, and what its reader did."""

from collections.abc import Iterator, Sequence

from qa.inspection import Inspection, Stretch
from qa.markup import button, element, escaped
from qa.page.pending import Candidate
from qa.page.wording import counted, reason_text
from qa.types import Remark, RemarkKind, TimeKind

MOST = 300  # items of a list that the page holds at all
_SHOWN = 6  # items of a list that is folded beyond them
_KINDS = {
    RemarkKind.DROPPED: "Left out",
    RemarkKind.COLLAPSED: "Joined",
    RemarkKind.INFERRED: "Inferred",
    RemarkKind.ASSUMED: "Assumed",
}


def gaps_html(inspection: Inspection) -> str:
    """Return what has no speaker or no time, and how much was worked out."""
    rows = [_stretch("No speaker", stretch) for stretch in inspection.unlabelled]
    if inspection.time_kind is not TimeKind.NONE:
        rows += [_stretch("No time", stretch) for stretch in inspection.untimed]
    if inspection.inferred:
        said = f"The speaker of {counted(inspection.inferred, 'turn')} was worked out, not read."
        rows.append(_noted("Inferred", escaped(said)))
    return folded(rows, _SHOWN, "places", class_="remarks")


def _stretch(label: str, stretch: Stretch) -> str:
    several = stretch.first != stretch.last
    run = f"Turns {stretch.first}–{stretch.last}" if several else f"Turn {stretch.first}"
    return _noted(label, escaped(f"{run}: “{stretch.words}”"))


def remarks_html(remarks: Sequence[Remark], one: Candidate, item: int) -> str:
    """Return what a reader did, each with its kind; private messages with a way to keep them."""
    return folded(list(_remark_rows(remarks, one, item)), _SHOWN, "notes", class_="remarks")


def _remark_rows(remarks: Sequence[Remark], one: Candidate, item: int) -> Iterator[str]:
    for remark in remarks:
        keep = ""
        if "--private" in remark.message and not one.options.private:
            keep = " " + button("Keep them", "private", class_="link", data_item=item)
        yield _noted(_KINDS[remark.kind], escaped(reason_text(str(remark), "")) + keep)


def _noted(label: str, text: str) -> str:
    return element("li", element("span", label, class_="kind") + element("span", text, dir="auto"))


def folded(rows: Sequence[str], most: int, what: str, class_: str = "people") -> str:
    """Return a list of ``li`` elements, those beyond the first few folded away."""
    if not rows:
        return ""
    listed = element("ul", "".join(rows[:most]), class_=class_)
    rest = rows[most:MOST]
    if not rest:
        return listed
    beyond = len(rows) - most - len(rest)
    end = element("li", f"and {beyond:,} more") if beyond else ""
    summary = element("summary", escaped(f"{len(rows) - most:,} more {what}"))
    return listed + element(
        "details", summary + element("ul", "".join(rest) + end, class_=class_), class_="folded"
    )
