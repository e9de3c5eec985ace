import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.answering import ask
from qa.library import Library
from qa.page.endpoints import Endpoints
from qa.page.plain_api import add_plain_api
from qa.reranking import asked_at
from tests.conftest import put

pytestmark = pytest.mark.filterwarnings(
    # Starlette's own: its test client still speaks through httpx.
    "ignore:Using `httpx` with `starlette.testclient` is deprecated"
)
URL = "http://127.0.0.1:7860"


@pytest.fixture
def meeting(library: Library) -> str:
    return put(library, "Ana: The gate is green.", "Ben: The roof leaks.", title="Meeting")


@pytest.fixture
def site(library: Library, meeting: str) -> TestClient:  # the transcript is there first
    app = FastAPI()
    add_plain_api(app, Endpoints(library, URL))
    return TestClient(app)


def posted(site: TestClient, call: str, **values: Any) -> tuple[int, Any]:
    answer = site.post(f"/api/{call}", json=values)
    return answer.status_code, answer.json()


def test_answer_is_that_of_every_other_way_to_ask(site: TestClient, library: Library) -> None:
    status, found = posted(site, "ask", question="Who said that the roof leaks?", k=1, speakers=["Ben"])
    expected = Endpoints(library, URL).ask("Who said that the roof leaks?", 1, speakers=["Ben"])
    assert status == 200
    assert found | {"elapsed_ms": 0} == expected | {"elapsed_ms": 0}
    assert [source["text"] for source in found["sources"]] == ["The roof leaks."]


def test_reasons_and_transcripts_are_told(site: TestClient, meeting: str) -> None:
    status, (reason,) = posted(site, "why", question="Which gate?", turns=[f"{meeting}:00001"])
    assert (status, reason["turn_id"]) == (200, f"{meeting}:00001")
    assert posted(site, "show_transcript", transcript="Meeting")[1]["id"] == meeting
    every = posted(site, "list_transcripts")[1]
    assert [one["id"] for one in every] == [meeting]
    assert site.post("/api/list_transcripts").json() == every  # which needs no body


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"question": " "}, 400, "The question is empty."),
        ({"question": "Who?", "k": 0}, 400, "k is 0; ask for 1 to 50 sources."),
        ({"question": "Who?", "transcripts": ["Hearing"]}, 404, "no transcript is called 'Hearing'."),
        ({"question": "Who?", "speaker": ["Ana"]}, 422, "speaker: Extra inputs are not permitted."),
        ({"question": "Who?", "k": "2"}, 422, "k: Input should be a valid integer."),
        ({"question": "Who?", "speakers": "Ana"}, 422, "speakers: Input should be a valid list."),
        ({}, 422, "question: Field required."),
    ],
)
def test_what_is_wrong_is_said_with_where(
    site: TestClient, values: dict[str, Any], status: int, said: str
) -> None:
    code, answer = posted(site, "ask", **values)
    assert code == status
    assert said in answer["error"]


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ('{"question": ', "application/json", "Its body is no JSON: Expecting value at character 13."),
        ('{"question": "Who?"}', "text/plain", "with the header content-type: application/json."),
        ("[]", "application/json", "Send a JSON object"),
        ("", "application/json", "Send a JSON object"),
    ],
)
def test_body_that_is_no_object_is_refused(site: TestClient, body: str, kind: str, said: str) -> None:
    answer = site.post("/api/ask", content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_fault_of_the_program_is_logged_and_called_one(
    site: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a wire came loose")

    monkeypatch.setattr("qa.page.endpoints.ask", fail)
    status, answer = posted(site, "ask", question="Who?")
    assert (status, "a wire" in answer["error"]) == (500, False)
    assert answer["error"].startswith("This is a fault of the program (RuntimeError).")
    assert "a wire came loose" in caplog.text


def test_nothing_that_changes_the_library_is_answered(site: TestClient, library: Library) -> None:
    for call in ("add", "remove", "judge"):
        assert posted(site, call, transcript="Meeting")[0] in {404, 405}
    assert len(library.entries()) == 1


def test_no_more_calls_are_worked_on_at_once_than_there_are_cores(
    library: Library, meeting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.page.plain_api.AT_ONCE", 2)
    busy, most, lock = 0, 0, threading.Lock()
    waited: list[float] = []

    def slow(*_: object) -> Any:
        nonlocal busy, most
        came = asked_at.get()
        assert came is not None
        with lock:
            waited.append(time.monotonic() - came)
            busy += 1
            most = max(most, busy)
        time.sleep(0.05)
        with lock:
            busy -= 1
        return answer

    answer = ask(library, "Which gate?")
    monkeypatch.setattr("qa.page.endpoints.ask", slow)
    app = FastAPI()
    add_plain_api(app, Endpoints(library, URL))
    with TestClient(app) as site, ThreadPoolExecutor(8) as askers:
        statuses = list(askers.map(lambda _: posted(site, "ask", question="Which gate?")[0], range(8)))
    assert statuses == [200] * 8
    assert most == 2
    # Four rounds of two: how long each waited before it was worked on is known to whoever reads closely.
    assert min(waited) < 0.05
    assert max(waited) > 0.1
