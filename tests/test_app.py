"""The endpoints as `gradio_client` calls them, the application around the page, and `serve` as a process."""

import io
import logging
import re
import signal
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from app import serve
from qa.errors import QAError
from qa.library import Library
from qa.page.failures import shown, shown_stepwise
from qa.reranking import Reranker
from tests.conftest import ROOT
from tests.page_server import page, start, wait_until_answered
from tests.qa.test_reranking import WordJudge


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with page(tmp_path_factory.mktemp("app") / "library") as address:
        yield address


@pytest.fixture(scope="module")
def client(served: str) -> Client:
    return Client(served, verbose=False, analytics_enabled=False)


def call(client: Client, name: str, *values: object, **named: object) -> Any:
    return client.predict(*values, api_name=name, **named)


def test_only_the_main_actions_are_named(client: Client) -> None:
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {
        "/ask", "/why", "/list_transcripts", "/show_transcript", "/add", "/remove", "/judge", "/judgments",
    }  # fmt: skip


def test_one_plain_request_is_answered_as_gradio_answers_it(client: Client, served: str) -> None:
    question = "Seventeen boats sank at their moorings"
    found = httpx.post(f"{served}/api/ask", json={"question": question, "k": 3}).json()
    expected = call(client, "/ask", question, k=3)
    assert found | {"elapsed_ms": 0} == expected | {"elapsed_ms": 0}
    foreign = {"origin": "http://evil.example"}
    refused = httpx.post(f"{served}/api/ask", json={"question": question}, headers=foreign)
    assert refused.status_code == 403


def test_question_is_answered_with_its_sources(client: Client, served: str) -> None:
    found = call(client, "/ask", "Seventeen boats sank at their moorings", k=3)
    assert list(found) == [
        "question",
        "answered",
        "answer",
        "confidence",
        "elapsed_ms",
        "searched",
        "understood",
        "reranked",
        "instead_of",
        "off_topic",
        "sources",
    ]
    assert [source["rank"] for source in found["sources"]] == [1, 2, 3]
    first = found["sources"][0]
    assert first["speaker"] == "Desmond Pryke"
    assert first["text"].startswith("Seventeen boats sank")
    assert first["link"] == f"{served}/?turn={first['turn_id']}"


_SLOW = """
import time
import qa.page.endpoints
from qa.errors import QAError
from qa.reranking import asked_at

def slow(*_):
    waited = time.monotonic() - asked_at.get()
    time.sleep(0.5)
    raise QAError(f"It waited {waited:.3f} s.")

qa.page.endpoints.ask = slow
"""


def test_what_a_question_waits_in_the_queue_counts(tmp_path: Path) -> None:
    with start(tmp_path / "library", samples=False, before=_SLOW) as (_, line):
        address = line.split()[-1]
        wait_until_answered(address)
        client = Client(address, verbose=False, analytics_enabled=False)
        jobs = [client.submit("Which gate?", api_name="/ask") for _ in range(9)]
        told = [str(job.exception()) for job in jobs]
    waited = [float(found[1]) for one in told if (found := re.search(r"It waited ([\d.]+) s\.", one))]
    # Whoever reads closely is told: four are worked on at once, then four, then one.
    assert len(waited) == 9
    assert min(waited) < 0.5 < max(waited) < 5


def test_filters_and_earlier_questions_are_passed_on(client: Client) -> None:
    found = call(
        client,
        "/ask",
        "And why did she?",
        2,
        ["School meals"],
        ["gwen"],
        "2026-03",
        "2026-03-31",
        ["The vote?"],
    )
    assert {source["speaker"] for source in found["sources"]} == {"Gwen Ostler"}
    assert found["searched"] == ["And why did she?", "The vote? And why did she?"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("  ",), "The question is empty"),
        (("x" * 2001,), "2,001 characters"),
        (("boats", 0), "k is 0"),
        (("boats", 5, ["no such title"]), "no transcript is called 'no such title'"),
        (("boats", 5, [], ["nobody"]), "The speakers are: .*Ingrid Tolloway"),
        (("boats", 5, [], [], "April"), "'April' is not a date"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_plain_words(
    client: Client, values: tuple[object, ...], message: str
) -> None:
    with pytest.raises(AppError, match=message):
        call(client, "/ask", *values)


def test_transcripts_are_listed_and_shown(client: Client) -> None:
    listed = call(client, "/list_transcripts")
    assert [entry["turns"] for entry in listed] == [70, 111, 97]
    shown = call(client, "/show_transcript", "school meals")
    assert (shown["id"], shown["time_kind"], len(shown["turns"])) == (listed[1]["id"], "media", 111)


def test_files_are_added_reported_and_removed(client: Client, tmp_path: Path) -> None:
    good, bad = tmp_path / "bridge notes.txt", tmp_path / "broken.json"
    good.write_text("Ana: The bridge opens in May.\nBen: At last.\n", encoding="utf-8")
    bad.write_text('{"segments": [{"start": "x"}]}', encoding="utf-8")
    reports = call(client, "/add", [handle_file(str(good)), handle_file(str(bad))])
    assert [(report["file"], report["status"], report["turns"]) for report in reports] == [
        ("bridge notes.txt", "added", 2),
        ("broken.json", "refused", 0),
    ]
    assert "start" in reports[1]["warnings"][-1]
    assert call(client, "/remove", "bridge notes")["id"] == reports[0]["transcript_id"]
    with pytest.raises(AppError, match="no transcript is called 'bridge notes'"):
        call(client, "/remove", "bridge notes")


def test_turns_are_judged_and_judgments_taken_back(client: Client) -> None:
    assert call(client, "/judgments") == []
    question = "And why did she?"
    asked = (["School meals"], ["gwen"], "2026-03", "", ["The vote?"])
    first = call(client, "/ask", question, 1, *asked)["sources"][0]["turn_id"]
    judged = call(client, "/judge", question, first, True, *asked)
    assert (judged["searched"], judged["unanswerable"]) == ([question, f"The vote? {question}"], None)
    assert judged["within"] == {
        "transcripts": [first.split(":")[0]], "speakers": ["Gwen Ostler"], "since": "2026-03",
    }  # fmt: skip
    assert [(turn["turn_id"], turn["gain"]) for turn in judged["turns"]] == [(first, 1)]
    plain = call(client, "/judge", "The vote?", first, False)
    assert [(turn["turn_id"], turn["gain"]) for turn in plain["turns"]] == [(first, 0)]
    assert call(client, "/judgments") == [judged, plain]
    assert call(client, "/judge", question, first, None, *asked) == {}
    assert call(client, "/judge", "The vote?", first, None) == {}
    assert call(client, "/judgments") == []
    with pytest.raises(AppError, match="there is no turn 3f2a9c0b7d14:00000 in this library"):
        call(client, "/judge", "The vote?", "3f2a9c0b7d14:00000")
    with pytest.raises(AppError, match="The question is empty"):
        call(client, "/judge", " ", first)


def test_judgments_are_downloaded_as_files(client: Client, served: str) -> None:
    missing = httpx.get(f"{served}/judgments.zip")
    assert (missing.status_code, "Nothing is judged" in missing.text) == (404, True)
    turn = call(client, "/ask", "boats", 1)["sources"][0]["turn_id"]
    id_ = call(client, "/judge", "boats", turn)["id"]
    response = httpx.get(f"{served}/judgments.zip")
    assert response.headers["content-disposition"] == 'attachment; filename="judgments.zip"'
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert sorted(files) == ["judgments/qrels.trec", "judgments/questions.jsonl", "judgments/topics.tsv"]
    assert files["judgments/qrels.trec"] == f"{id_} 0 {turn} 1\n"
    assert httpx.get(f"{served}/judgments.zip", headers={"origin": "http://evil.example"}).status_code == 403
    call(client, "/judge", "boats", turn, None)


def called(address: str, name: str, *values: object) -> str:
    """Call an endpoint as no client does, which would upload a file; return the event it ends with."""
    began = httpx.post(f"{address}/gradio_api/call/{name}", json={"data": values})
    return httpx.get(f"{address}/gradio_api/call/{name}/{began.json()['event_id']}", timeout=30).text


def test_path_on_the_server_and_address_elsewhere_are_not_read(served: str, tmp_path: Path) -> None:
    private = tmp_path / "private.txt"
    private.write_text("Ana: nobody is to read this.\n", encoding="utf-8")
    for path in (str(private), str(ROOT / "pyproject.toml"), f"{served}/robots.txt"):
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        assert called(served, "add", [file]).startswith("event: error")
        assert called(served, "show_transcript", file).startswith("event: error")
        assert httpx.get(f"{served}/gradio_api/file={path}").status_code == 403
    assert private.exists()
    assert "private" not in called(served, "list_transcripts")


def test_error_meant_for_people_is_shown_and_a_fault_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def refused() -> None:
        raise QAError("Ask for one thing.")

    def broken() -> None:
        raise RuntimeError("secret detail")

    with pytest.raises(gr.Error, match="Ask for one thing"):
        shown(refused)()
    assert caplog.records == []
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(gr.Error, match=r"fault of the program \(RuntimeError\)") as it,
    ):
        shown(broken)()
    assert "secret detail" not in str(it.value)
    assert "secret detail" in caplog.text

    def halfway() -> Iterator[str]:
        yield "half"
        raise QAError("Ask for one thing.")

    steps = shown_stepwise(halfway)()
    assert next(steps) == "half"
    with pytest.raises(gr.Error, match="Ask for one thing"):
        next(steps)


def test_page_loads_nothing_from_other_hosts(served: str) -> None:
    response = httpx.get(served)
    assert response.status_code == 200
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="(https?://[^"]+)"', response.text)
    assert [address for address in loaded if not address.startswith(served)] == []
    assert response.headers["content-security-policy"].startswith("default-src 'self'")


def test_page_answers_only_to_its_own_name_and_site(served: str) -> None:
    assert httpx.get(served, headers={"host": "evil.example"}).status_code == 403
    call = f"{served}/gradio_api/call/list_transcripts"
    assert httpx.post(call, json={"data": []}, headers={"origin": "http://evil.example"}).status_code == 403
    assert httpx.post(call, json={"data": []}, headers={"origin": served}).status_code == 200


def test_recording_of_the_sample_is_served_in_ranges(served: str, client: Client) -> None:
    talk = next(entry for entry in call(client, "/list_transcripts") if entry["has_media"])
    part = httpx.get(f"{served}/media/{talk['id']}", headers={"range": "bytes=0-99"})
    assert part.status_code == 206
    (recording,) = (ROOT / "qa" / "samples").glob("*.mp3")
    assert part.content == recording.read_bytes()[:100]


def test_serving_loads_the_models_before_anybody_asks(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = WordJudge("gate")
    library.reranker = Reranker(judge)
    encoded = Event()
    monkeypatch.setattr(library.encoder, "encode_queries", lambda texts: encoded.set())

    def run(*_: object, **__: object) -> None:
        """Stand for the server, which runs while the models are loaded."""
        assert encoded.wait(20)
        begun = time.monotonic()
        while not judge.pairs and time.monotonic() < begun + 20:
            time.sleep(0.01)

    monkeypatch.setattr("app.make_app", lambda *_, **__: None)
    monkeypatch.setattr("app.uvicorn.run", run)
    serve(library, port=0)
    assert len(judge.pairs) == 1


def test_taken_port_is_said_and_ctrl_c_ends_quietly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with start(tmp_path / "library", samples=False, port=port) as (process, line):
            found = re.fullmatch(rf"Port {port} is taken; the page is at (http://127\.0\.0\.1:\d+)\n", line)
            assert found, line
            wait_until_answered(found[1])
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
