import pytest

from qa.answering import ask
from qa.errors import NotFoundError
from qa.library import Library
from qa.page.endpoints import Endpoints
from qa.retrieval.mentions import Relation
from qa.terminal import answer_text
from qa.wishes import make_wishes, names_in
from tests.conftest import put


def held(library: Library) -> Library:
    put(library, "Ana Ruiz, Mayor: the gate opens", "Ben Cole: the gate held, says Ana", date="2025-03-11")
    return library


def test_people_are_found_by_part_of_name_or_role(library: Library) -> None:
    wishes = make_wishes(held(library), by=["ruiz"], asked_of=["Mayor", " "])
    assert [(one.names, one.roles, one.relation) for one in wishes.given] == [
        (("Ana Ruiz",), (), Relation.BY),
        ((), ("Mayor",), Relation.ASKED_OF),
    ]


def test_whoever_is_spoken_of_need_not_speak(library: Library) -> None:
    (putin,) = make_wishes(held(library), about=["Putin"]).given
    assert str(putin) == "about Putin"
    with pytest.raises(NotFoundError, match="no speaker is called 'Putin'"):
        make_wishes(library, by=["Putin"])


def test_a_person_given_is_spoken_of_by_any_part_of_the_name(library: Library) -> None:
    (ana,) = make_wishes(held(library), about=["Ruiz"]).given
    assert ana.wordings == (("ruiz",), ("ana", "ruiz"), ("ana",))


def test_an_answer_says_what_was_understood_and_a_wish_moves_it(library: Library) -> None:
    answer = ask(held(library), "What did Ben say about the gate in March?")
    assert str(answer.understood) == "said by Ben Cole · March 2025"
    assert answer_text(answer, 1, bold=False).startswith("Understood: said by Ben Cole · March 2025\n\n")
    wishes = make_wishes(library, by=["Ana"], guess=False)
    moved = ask(library, "What about the gate?", wishes=wishes)
    (source,) = moved.sources
    assert source.turn.speaker == "Ana Ruiz"
    # What Ben said right after was found, too: a wish hides nobody.
    assert [(one.turn.speaker, one.turn_id in source.beside) for one in source.after] == [("Ben Cole", True)]
    assert str(moved.understood) == "said by Ana Ruiz"


def test_the_endpoint_takes_the_same_wishes(library: Library) -> None:
    call = Endpoints(held(library), "http://here").ask
    assert call("What about the gate?", about=["Ana"])["understood"] == [
        {
            "kind": "person", "text": "about Ana Ruiz", "relation": "about", "names": ["Ana Ruiz"],
            "roles": [], "given": True,
        }
    ]  # fmt: skip
    assert call("What did Ben say in March?", clues=False)["understood"] == []


def test_the_names_of_a_library_are_made_anew_when_it_changes(library: Library) -> None:
    names = names_in(held(library), library.indexes())
    assert names_in(library, library.indexes()) is names
    put(library, "Cy: hello")
    assert names_in(library, library.indexes()) is not names
