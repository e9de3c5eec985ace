import socket
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa.errors import QAError
from qa.library import Library
from qa.page.server import free_port, make_site, page_address
from qa.types import Reading, TimeKind, Turn

pytestmark = pytest.mark.filterwarnings(
    # Starlette's own: its test client still speaks through httpx.
    "ignore:Using `httpx` with `starlette.testclient` is deprecated"
)


@pytest.fixture
def site(library: Library, tmp_path: Path) -> TestClient:
    recording = tmp_path / "talk.mp3"
    recording.write_bytes(bytes(range(200)))
    talk = Reading("srt", (Turn("Hello.", "Ana", start=1.0),), TimeKind.MEDIA, title="Talk")
    library.add(talk, "aaaaaaaaaaaa", "talk.srt", media=recording)
    library.add(talk, "bbbbbbbbbbbb", "quiet.srt")
    library.add(talk, "cccccccccccc", "moved.srt", media=tmp_path / "moved.mp3")
    return TestClient(make_site(library, "127.0.0.1"), base_url="http://127.0.0.1:7860")


def test_recording_is_served_whole_and_in_ranges(site: TestClient) -> None:
    whole = site.get("/media/aaaaaaaaaaaa")
    assert (whole.status_code, whole.content) == (200, bytes(range(200)))
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"] == "audio/mpeg"
    part = site.get("/media/aaaaaaaaaaaa", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert part.headers["content-range"] == "bytes 10-19/200"
    assert site.get("/media/aaaaaaaaaaaa", headers={"range": "bytes=500-"}).status_code == 416


@pytest.mark.parametrize(
    "name",
    ["bbbbbbbbbbbb", "cccccccccccc", "dddddddddddd", "..%2Flibrary.sqlite", "../library.sqlite", "%00"],
)
def test_nothing_but_recordings_of_the_library_is_served(site: TestClient, name: str) -> None:
    assert site.get(f"/media/{name}").status_code == 404


def test_headers_keep_the_page_to_this_machine(site: TestClient) -> None:
    headers = site.get("/media/aaaaaaaaaaaa").headers
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src-attr 'none'" in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860", "LOCALHOST"])
def test_local_names_are_answered(site: TestClient, host: str) -> None:
    assert site.get("/media/aaaaaaaaaaaa", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "[::1", ""])
def test_other_names_for_this_machine_are_refused(site: TestClient, host: str) -> None:
    assert site.get("/media/aaaaaaaaaaaa", headers={"host": host}).status_code == 403


def test_requests_from_another_site_are_refused(site: TestClient) -> None:
    def status(origin: str) -> int:
        return site.get("/media/aaaaaaaaaaaa", headers={"origin": origin}).status_code

    assert status("http://127.0.0.1:7860") == 200
    assert [status(o) for o in ("http://evil.example", "null", "http://127.0.0.1:9")] == [403, 403, 403]


def test_served_on_every_address_any_name_is_answered(library: Library) -> None:
    open_site = TestClient(make_site(library, "0.0.0.0"), base_url="http://archive.local:7860")  # noqa: S104
    assert open_site.get("/media/aaaaaaaaaaaa").status_code == 404


def test_next_free_port_is_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port) < port + 100


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(QAError, match=r"cannot serve on 192\.0\.2\.1"):
        free_port("192.0.2.1", 7860)


def test_address_for_a_person_is_one_that_opens() -> None:
    assert page_address("0.0.0.0", 7861) == "http://127.0.0.1:7861"  # noqa: S104
    assert page_address("::1", 80) == "http://[::1]:80"
    assert page_address("10.1.2.3", 7860) == "http://10.1.2.3:7860"
