"""XML and HTML files as trees, read so that nothing in them is fetched or expanded.

Entities that a file defines itself are not expanded, no document type is loaded, nothing is opened over the
network, and a tree deeper or larger than lxml's safety limits is refused.
"""

import re
from pathlib import Path

from lxml import etree, html

from qa.errors import FormatError

Element = etree._Element

_MARKUP = re.compile(rb"\s*<(?:\?xml|!--|!doctype|[A-Za-z])", re.IGNORECASE)
_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|div|p|cite|time)\b",
    re.IGNORECASE | re.DOTALL,
)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def is_markup(text: str) -> bool:
    """Say whether a text starts as XML or HTML does; "<v Ana>" after WEBVTT or "<Ana> hello" does not."""
    return _MARKUP.match(text[:200].encode("utf-8", "replace")) is not None


def root_of(data: bytes, source: Path) -> Element:
    """Parse a file.

    Args:
        data: The whole file; its own declaration says how it is encoded.
        source: Named in errors, never opened.

    Raises:
        FormatError: If it is not well-formed XML, nor HTML.
    """
    start = data[:4000]
    for mark in _BOMS:
        start = start.removeprefix(mark)
    if _HTML.match(start.replace(b"\0", b"")):
        parser = html.HTMLParser(no_network=True, huge_tree=False)
        try:
            return html.document_fromstring(data, parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError) as error:
            remedy = "The web page holds nothing. Save it again; it may have been cut short."
            raise FormatError(source, None, None, remedy) from error
    safe = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        collect_ids=False,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, safe)
    except etree.XMLSyntaxError as error:
        line, _ = error.position
        remedy = (
            f"The file is not well-formed XML ({error.msg}). Export it again; it may have been cut short."
        )
        raise FormatError(source, line or None, None, remedy) from error


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    # lxml.etree.QName would refuse what a broken web page makes of its tags.
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
