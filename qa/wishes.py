"""What users say about who and when, to the `Wishes` that do it; and the names that questions may use.

Accepts people as filters do, by any words of a name, of a role or of another name. Somebody of whom others
spoke need not speak in the library.
"""

from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

from qa.errors import NotFoundError
from qa.filters import make_filter
from qa.indexes import Indexes
from qa.library import Library
from qa.retrieval.mentions import Mention, Relation, mention_of
from qa.retrieval.names import Named, Names, name_called
from qa.retrieval.understanding import Wishes

# Made once for each state of a library: a large one has many people.
_known: WeakKeyDictionary[Library, tuple[int, Names]] = WeakKeyDictionary()


def names_in(library: Library, indexes: Indexes) -> Names:
    """Return the people of a library with all the names they go by.

    Args:
        library: Whose people.
        indexes: Its indexes as they are now.
    """
    held = _known.get(library)
    if held is not None and held[0] == indexes.generation:
        return held[1]
    others = [(other, name) for name, several in library.other_names().items() for other in sorted(several)]
    names = Names(indexes.table.speakers, indexes.table.roles, others)
    _known[library] = (indexes.generation, names)
    return names


def make_wishes(
    library: Library,
    by: Sequence[str] = (),
    about: Sequence[str] = (),
    asked_of: Sequence[str] = (),
    *,
    guess: bool = True,
) -> Wishes:
    """Build wishes from what a person typed.

    Args:
        library: Whose people are meant.
        by: People whose words are wanted, as in `qa.filters.make_filter`.
        about: People of whom others are to speak.
        asked_of: People who were asked what is looked for.
        guess: Whether the question may say something of its own.

    Raises:
        NotFoundError: If somebody in ``by`` or ``asked_of`` fits nobody; the message lists who there is.
    """
    wanted = ((Relation.BY, by), (Relation.ABOUT, about), (Relation.ASKED_OF, asked_of))
    given = tuple(_given(library, name, relation) for relation, names in wanted for name in _filled(names))
    return Wishes(given=given, guess=guess)


def _filled(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.strip()]


def _given(library: Library, wanted: str, relation: Relation) -> Mention:
    called = name_called(wanted)
    try:
        fitting = make_filter(library, (), [wanted])
    except NotFoundError:
        if relation is not Relation.ABOUT:
            raise
        return mention_of(called, wanted, relation, given=True)
    names, roles = tuple(sorted(fitting.speakers or ())), tuple(sorted(fitting.roles or ()))
    wordings = called.wordings
    if len(names) == 1:  # others may call the person by any part of the name
        wordings = _wordings(names[0], wordings)
    named = Named(0, len(wanted), names, roles if not names else (), wordings)
    return mention_of(named, wanted, relation, given=True)


def _wordings(name: str, typed: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    found = Names([name], []).find(name)
    return tuple(dict.fromkeys((*typed, *(form for one in found for form in one.wordings))))
