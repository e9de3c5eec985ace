import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import read, read_bytes, slack
from qa.types import Reading, TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
FIVE = 1_704_412_800  # midnight UTC of 5 January 2024
DAY = 86_400
UTC_REMARK = "Times are UTC, as Slack keeps them."

MAREN = {"id": "U1", "name": "mholt", "profile": {"real_name": "Maren Holt", "display_name": "maren"}}
IDRIS = {"id": "U2", "name": "idris", "deleted": True, "real_name": "Idris Bello"}
ALEX = {"id": "U3", "name": "asmith1", "profile": {"real_name": "Alex Smith", "display_name": ""}}
OTHER_ALEX = {"id": "U4", "name": "asmith2", "profile": {"real_name": "Alex Smith"}}


def said(second: float, user: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "ts": f"{FIVE + second:.6f}", "user": user, "text": text, **more}


def exported(files: Mapping[str, Any]) -> dict[str, Reading]:
    def content(name: str) -> bytes:
        return json.dumps(files[name]).encode()

    documents = slack.channels(list(files), content, Path("export.zip"))
    return {name: read_bytes(data, Path("export.zip") / name) for name, data in documents}


def channel(*messages: Any, users: Any = (MAREN, IDRIS)) -> Reading:
    files = {"users.json": list(users), "channels.json": [], "pier/2024-01-05.json": list(messages)}
    return exported(files)["pier"]


def test_one_day_is_read_with_the_names_inside_its_messages() -> None:
    reading = read(DATA / "slack_day.json")
    # 1709740799 is 15:59:59 UTC on 6 March 2024
    start = 15 * 3600 + 59 * 60 + 59
    assert reading.turns == (
        Turn("Ferry is late & full, see the plan", "Maren Holt", start=start),
        Turn("@Maren Holt how late? :ship:", "idris", start=start + 1.5, notes=("(edited)",)),
        Turn("<10 min", "U0C3NOBODY", start=start + 6),
        Turn("High tide\nat 14:10", "Tide Watch", start=start + 101),
    )
    assert (reading.format, reading.date, reading.time_kind) == ("slack", "2024-03-06", TimeKind.CLOCK)
    assert reading.notes == ("idris: (file: Timetable)",)
    assert reading.recognised == "it is a JSON list of messages with the time stamps of Slack ('ts')"
    assert reading.warnings == (
        "Joins and leaves left out: 1.",
        "Messages that only share a file left out: 1.",
        "Messages of bots kept, under their names: 1.",
        UTC_REMARK,
    )


def test_day_in_the_folder_of_its_channel_is_called_after_it() -> None:
    data = json.dumps([said(0, "U1", "hi")]).encode()
    assert read_bytes(data, Path("pier/2024-01-05.json")).title == "#pier"


@pytest.mark.parametrize(
    ("names", "is_export"),
    [
        (["users.json", "channels.json", "general/2024-01-05.json"], True),
        (["dms.json", "users.json", "D012/2024-01-05.json"], True),
        (["users.json", "channels.json"], False),
        (["general/2024-01-05.json"], False),
        (["users.json", "general/notes.json", "a/b/2024-01-05.json"], False),
        ([], False),
    ],
)
def test_export_is_known_by_its_lists_and_day_files(names: list[str], is_export: bool) -> None:
    assert slack.is_export(names) is is_export


def test_replies_of_later_days_follow_their_message_once() -> None:
    root = said(60, "U1", "When?", thread_ts=f"{FIVE + 60:.6f}")
    broadcast = said(DAY + 9, "U1", "Settled.", thread_ts=root["ts"], subtype="thread_broadcast")
    files = {
        "users.json": [MAREN, IDRIS],
        "channels.json": [{"id": "C1", "name": "pier"}],
        "pier/2024-01-06.json": [said(DAY + 5, "U2", "At six.", thread_ts=root["ts"]), broadcast, broadcast],
        "pier/2024-01-05.json": [root, said(90, "U2", "Other news.")],
    }
    reading = exported(files)["pier"]
    assert reading.turns == (
        Turn("When?", "Maren Holt", start=60.0),
        Turn("At six.", "Idris Bello", start=DAY + 5.0, notes=("(in reply to Maren Holt)",)),
        Turn("Settled.", "Maren Holt", start=DAY + 9.0, notes=("(in reply to Maren Holt)",)),
        Turn("Other news.", "Idris Bello", start=90.0),
    )
    assert (reading.title, reading.date) == ("#pier", "2024-01-05")
    assert reading.warnings == ("Second copies of messages left out: 1.", UTC_REMARK)


def test_reply_whose_message_is_not_in_the_file_stays_in_its_place_and_says_so() -> None:
    reading = channel(said(5, "U1", "a"), said(6, "U2", "b", thread_ts="1.000000"), said(7, "U1", "c"))
    assert reading.turns[1] == Turn(
        "b", "Idris Bello", start=6.0, notes=("(in reply to a message that is not in this file)",)
    )


def test_namesakes_stay_two_people_in_every_channel() -> None:
    files = {
        "users.json": [ALEX, OTHER_ALEX],
        "channels.json": [],
        "dms.json": [{"id": "D1", "members": ["U3", "U4"]}],
        "D1/2024-01-05.json": [said(0, "U3", "hi <@U4>")],
        "pier/2024-01-05.json": [said(0, "U3", "a"), said(1, "U4", "b")],
    }
    readings = exported(files)
    assert [turn.speaker for turn in readings["pier"].turns] == [
        "Alex Smith (asmith1)",
        "Alex Smith (asmith2)",
    ]
    assert readings["D1"].turns[0].speaker == "Alex Smith (asmith1)"
    assert readings["D1"].title == "Alex Smith (asmith1), Alex Smith (asmith2)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hi <@U2>", "hi @Idris Bello"),
        ("<@U9|kai> and <@U8>", "@kai and @U8"),
        ("in <#C1|pier> or <#C1>", "in #pier or #pier"),
        ("<!here> <!subteam^S1|@crew> <!date^139^{date}|18 May>", "@here @crew 18 May"),
        ("<https://pier.example|the pier> <https://pier.example>", "the pier https://pier.example"),
        ("<https://pier.example|boats &amp; piers>", "boats & piers"),
        ("<mailto:a@pier.example|a@pier.example>", "a@pier.example"),
        ("a &lt; b &amp;&amp; c &gt; d &amp;lt;", "a < b && c > d &lt;"),
        (":tada: *bold* `x<y`", ":tada: *bold* `x<y`"),
        ("two\n\n  lines ", "two\nlines"),
    ],
)
def test_markup_becomes_words(text: str, words: str) -> None:
    files = {
        "users.json": [MAREN, IDRIS],
        "channels.json": [{"id": "C1", "name": "pier"}],
        "pier/2024-01-05.json": [said(0, "U1", text)],
    }
    assert exported(files)["pier"].turns[0].text == words


@pytest.mark.parametrize(
    ("subtype", "warning"),
    [
        ("channel_join", "Joins and leaves left out: 1."),
        ("group_leave", "Joins and leaves left out: 1."),
        ("channel_topic", "Changes of topic or name left out: 1."),
        ("tombstone", "Deleted or hidden messages left out: 1."),
        ("huddle_thread", "Notices of Slack (huddle_thread) left out: 1."),
    ],
)
def test_notices_are_left_out_and_counted(subtype: str, warning: str) -> None:
    reading = channel(said(0, "U1", "hi"), said(1, "U1", "notice", subtype=subtype))
    assert [turn.text for turn in reading.turns] == ["hi"]
    assert reading.warnings == (warning, UTC_REMARK)


def test_files_previews_and_reactions() -> None:
    message = said(
        0, "U1", "see <https://pier.example>", files=[{"title": "Plan.pdf"}, {"mode": "tombstone"}],
        attachments=[{"title": "The pier", "from_url": "https://pier.example"}], reactions=[{"name": "+1"}],
    )  # fmt: skip
    reading = channel(message)
    assert reading.turns[0].notes == (
        "(file: Plan.pdf)",
        "(file: without a name)",
        "(attachment: The pier)",
    )
    assert "Reactions left out: 1." in reading.warnings


def test_message_written_in_blocks_alone_is_read() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Tide at *14:10* &amp; rising"}}
    rich = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Ask "},
                    {"type": "user", "user_id": "U2"},
                    {"type": "emoji", "name": "ship"},
                ],
            }
        ],
    }
    assert channel(said(0, "U1", "", blocks=[section, rich])).turns[0].text == (
        "Tide at *14:10* & rising\nAsk @Idris Bello:ship:"
    )


def test_times_are_those_of_the_one_zone_of_all_who_write() -> None:
    here = [MAREN | {"tz": "Asia/Tokyo"}, IDRIS | {"tz": "Asia/Tokyo"}]
    late = 20 * 3600  # 20:00 UTC is 05:00 the next day in Tokyo
    reading = channel(said(late, "U1", "hi"), said(late + 60, "U2", "yo"), users=here)
    assert (reading.date, reading.turns[0].start) == ("2024-01-06", 5 * 3600.0)
    assert reading.warnings == ("Times are those of Asia/Tokyo, where everyone who writes here is.",)
    apart = [MAREN | {"tz": "Asia/Tokyo"}, IDRIS | {"tz": "Europe/Lisbon"}]
    reading = channel(said(late, "U1", "hi"), said(late + 60, "U2", "yo"), users=apart)
    assert (reading.date, reading.turns[0].start) == ("2024-01-05", float(late))
    nowhere = [MAREN | {"tz": "../Nowhere"}]
    assert channel(said(late, "U1", "hi"), users=nowhere).warnings == (UTC_REMARK,)


def test_day_that_cannot_be_read_refuses_its_channel_and_no_other() -> None:
    files = {
        "users.json": [MAREN],
        "channels.json": [],
        "a/2024-01-05.json": {"not": "a list"},
        "b/2024-01-05.json": [said(0, "U1", "hi")],
    }
    documents = dict(
        slack.channels(list(files), lambda name: json.dumps(files[name]).encode(), Path("x.zip"))
    )
    with pytest.raises(FormatError, match=r"a/2024-01-05\.json cannot be read \(it holds no list"):
        read_bytes(documents["a"], Path("a"))
    assert read_bytes(documents["b"], Path("b")).turns[0].speaker == "Maren Holt"


def test_broken_list_of_users_refuses_the_export() -> None:
    names = ["users.json", "a/2024-01-05.json"]
    with pytest.raises(FormatError, match=r"users\.json: The file is not valid JSON"):
        list(slack.channels(names, lambda _: b"{", Path("x.zip")))


def test_documents_are_the_same_bytes_whatever_the_order_of_names_and_keys() -> None:
    files: dict[str, list[dict[str, Any]]] = {
        "users.json": [MAREN, IDRIS],
        "channels.json": [],
        "a/2024-01-05.json": [said(0, "U1", "h\u00fc \ud800")],
        "a/2024-01-06.json": [said(DAY, "U2", "yo")],
    }

    def content(name: str) -> bytes:
        return json.dumps(files[name]).encode()

    def turned(name: str) -> bytes:
        return json.dumps([dict(reversed(item.items())) for item in files[name]]).encode()

    forwards = list(slack.channels(list(files), content, Path("x.zip")))
    assert forwards == list(slack.channels(list(files)[::-1], turned, Path("x.zip")))


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (said(1, "U1", "a") | {"ts": 1704412801.0}, "message 2: 'ts' should be a time in quotes"),
        (said(1, "U1", "a") | {"ts": "yesterday"}, "message 2: 'ts' should be a time in quotes"),
        (said(1, "U1", "a") | {"user": 7}, "message 2: 'user' should be a text in quotes, not 7"),
        (said(1, "U1", "a") | {"text": 7}, "message 2: 'text' should be a text in quotes, not 7"),
        ("hello", "message 2: A message should be an object"),
    ],
)
def test_bad_message_is_refused_by_number(message: Any, error: str) -> None:
    with pytest.raises(FormatError, match=error):
        slack.parse([said(0, "U1", "hi"), message], Path("day.json"))


@pytest.mark.parametrize(
    "value", [[], [{}], [{"ts": 1}], [{"ts": "1.0", "text": "a"}], {"messages": []}, None, 3]
)
def test_other_json_is_not_taken_for_slack(value: Any) -> None:
    assert slack.recognises(value) is None


WORDS = st.text("abcdé ,.!?&<>👍", min_size=1, max_size=30).map(lambda s: " ".join(s.split())).filter(bool)


@given(st.lists(st.tuples(st.integers(0, 5_000_000), st.sampled_from("12"), WORDS), min_size=1, max_size=12))
def test_written_channel_reads_back(messages: list[tuple[int, str, str]]) -> None:
    clock, written, turns = 0, [], []
    for gap, who, words in messages:
        clock += gap + 1
        escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        written.append(said(clock + 0.25, f"U{who}", escaped))
        turns.append((clock + 0.25, ["", "Maren Holt", "Idris Bello"][int(who)], words))
    skip = int(turns[0][0]) // DAY * DAY
    expected = tuple(Turn(words, name, start=start - skip) for start, name, words in turns)
    assert channel(*written).turns == expected


LEAVES = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5),
    st.sampled_from(["message", "1704412800.000100", "U1", "<@U1> &amp;", "bot_message", "tombstone"]),
)  # fmt: skip
KEYS = st.sampled_from(
    ["type", "subtype", "ts", "thread_ts", "user", "text", "files", "title", "attachments", "blocks",
     "elements", "user_profile", "real_name", "bot_profile", "username", "reactions",
     "edited", "users", "messages",
     "channels", "slack_channel", "names", "id", "profile", "tz", "unreadable", "hidden"]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=30,
)


@given(JSON)
def test_any_json_reads_or_is_refused(value: Any) -> None:
    slack.recognises(value)
    message = {"type": "message", "ts": "1704412800.000100", "user": "U1", "text": "hi"}
    whole = {"slack_channel": "#a", "users": [MAREN], "messages": [message]}
    changed = [whole | value, whole | {"messages": [message | value]}] if isinstance(value, dict) else []
    for candidate in (value, [value], whole | {"messages": [message, value]}, *changed):
        if not isinstance(candidate, dict | list):
            continue
        try:
            slack.parse(candidate, Path("x.json"))
        except FormatError:
            continue
