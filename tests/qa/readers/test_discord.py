from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import FormatError
from qa.readers import discord, read
from qa.types import TimeKind, Turn

DATA = Path(__file__).parents[2] / "data"
DAY = 86_400


def said(stamp: str, text: str, name: str = "maren", **more: Any) -> dict[str, Any]:
    author = {"id": f"id of {name}", "name": name, "nickname": None, "isBot": False}
    return {"id": stamp, "type": "Default", "timestamp": stamp, "content": text, "author": author, **more}


def export(*messages: Any, **more: Any) -> dict[str, Any]:
    return {
        "guild": {"name": "Pier Guild"},
        "channel": {"type": "GuildTextChat", "name": "harbour"},
        "messages": list(messages),
        **more,
    }


def test_channel_is_read_with_replies_files_bots_and_local_times() -> None:
    reading = read(DATA / "discord_channel.json")
    question = "Is the pier open?\nAsking for @Idris"
    assert reading.turns == (
        Turn(question, "Maren Holt", start=86370.125, notes=("(file: gate.png)",)),
        Turn(
            "ok",
            "Idris",
            start=DAY + 30.0,
            notes=("(in reply to Maren Holt: “Is the pier open? Asking for @Idris”)", "(edited)"),
        ),
        Turn(
            "Long ago", "kai", start=DAY + 60.0, notes=("(in reply to a message that is not in this file)",)
        ),
        Turn("High tide\nat 14:10", "Tide Watch", start=DAY + 120.0),
    )
    assert (reading.format, reading.date, reading.time_kind) == ("discord", "2024-03-05", TimeKind.CLOCK)
    assert (reading.title, reading.notes) == (
        "Pier Guild #harbour, since 2024-03-01",
        ("kai: (file: boat.jpg)",),
    )
    assert reading.recognised == (
        "the JSON has 'guild', 'channel' and 'messages', as DiscordChatExporter writes"
    )
    assert reading.warnings == (
        "Events of Discord (GuildMemberJoin) left out: 1.",
        "Reactions left out: 1.",
        "Messages that only hold a file or a sticker left out: 1.",
        "Messages of bots kept, under their names: 1.",
        "Times are UTC+01:00, as the file states them.",
    )


def test_each_part_of_an_export_says_which_it_is() -> None:
    value = export(said("2024-03-05T10:00:00+00:00", "hi"))
    source = Path("Pier Guild - harbour [2] [part 3].json")
    assert discord.parse(value, source).title == "Pier Guild #harbour, part 3"


def test_direct_messages_are_called_after_the_other_person() -> None:
    channel = {"type": "DirectTextChat", "name": "idris"}
    value = export(
        said("2024-03-05T10:00:00+00:00", "hi"), channel=channel, guild={"name": "Direct Messages"}
    )
    assert discord.parse(value, Path("x.json")).title == "idris"


def test_summer_time_keeps_the_clock_of_the_wall_and_the_order_of_events() -> None:
    # On 27 October 2024 Berlin's clocks went from 03:00 +02:00 back to 02:00 +01:00.
    value = export(said("2024-10-27T02:50:00+02:00", "first"), said("2024-10-27T02:10:00+01:00", "second"))
    reading = discord.parse(value, Path("x.json"))
    assert [(turn.text, turn.start) for turn in reading.turns] == [("first", 10200.0), ("second", 7800.0)]
    assert reading.warnings == ("Times are UTC+01:00 and UTC+02:00, as the file states them.",)


def test_messages_written_newest_first_are_put_in_order() -> None:
    value = export(said("2024-03-05T10:00:09Z", "later"), said("2024-03-05T10:00:00Z", "sooner"))
    reading = discord.parse(value, Path("x.json"))
    assert [turn.text for turn in reading.turns] == ["sooner", "later"]
    assert reading.warnings == (
        "Messages were put in the order of their times.",
        "Times are UTC, as the file states them.",
    )


def test_namesakes_stay_two_people() -> None:
    one, two = said("2024-03-05T10:00:00Z", "a", "kai"), said("2024-03-05T10:00:01Z", "b", "kai_2")
    one["author"]["nickname"] = two["author"]["nickname"] = "Kai"
    names = [turn.speaker for turn in discord.parse(export(one, two), Path("x.json")).turns]
    assert names == ["Kai (kai)", "Kai (kai_2)"]


def test_markup_that_the_exporter_left_becomes_names() -> None:
    mentions = [{"id": "7", "name": "idris", "nickname": "Idris B"}]
    value = export(said("2024-03-05T10:00:00Z", "<@!7> <@8> <:ship:99> a < b", mentions=mentions))
    assert discord.parse(value, Path("x.json")).turns[0].text == "@Idris B <@8> :ship: a < b"


def test_forwarded_message_and_preview_of_a_message_with_words() -> None:
    forwarded = said("2024-03-05T10:00:00Z", "", forwardedMessage={"content": "Tide is high"})
    preview = said(
        "2024-03-05T10:00:01Z", "see", embeds=[{"title": "Tide table"}], stickers=[{"name": "Fish"}]
    )
    reading = discord.parse(export(forwarded, preview), Path("x.json"))
    assert [(turn.text, turn.notes) for turn in reading.turns] == [
        ("Tide is high", ("(forwarded)",)),
        ("see", ("(sticker: Fish)", "(embed: Tide table)")),
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"timestamp": "2024-03-05"}, "message 2: 'timestamp' should be a time such as"),
        ({"timestamp": "2024-02-30T10:00:00Z"}, "message 2: 'timestamp' should be a time such as"),
        ({"timestamp": 7}, "message 2: 'timestamp' should be a time such as"),
        ({"author": None}, "message 2: 'author' should be an object with the author's name"),
        ({"content": 7}, "message 2: 'content' should be a text in quotes, not 7"),
        ({"author": {}}, "message 2: 'author' should be an object with the author's name"),
    ],
)
def test_bad_message_is_refused_by_number(change: dict[str, Any], error: str) -> None:
    good = said("2024-03-05T10:00:00Z", "hi")
    with pytest.raises(FormatError, match=error):
        discord.parse(export(good, good | change), Path("x.json"))


@pytest.mark.parametrize(
    "value", [None, [], {}, {"messages": []}, {"guild": 1, "channel": {}, "messages": []}]
)
def test_other_json_is_not_taken_for_discord(value: Any) -> None:
    assert discord.recognises(value) is None


WORDS = st.text("abcdé ,.!?👍", min_size=1, max_size=30).map(lambda s: " ".join(s.split())).filter(bool)


@given(
    st.lists(
        st.tuples(st.integers(0, 40_000), st.sampled_from(["ana", "ben"]), WORDS), min_size=1, max_size=12
    ),
    st.sampled_from(["Z", "+02:00", "-09:30"]),
)
def test_written_channel_reads_back(messages: list[tuple[int, str, str]], offset: str) -> None:
    clock, written, turns = 0, [], []
    for gap, name, words in messages:
        clock += gap
        day, second = divmod(clock, DAY)
        time = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.5000000"
        stamp = f"2024-03-{day + 1:02d}T{time}{offset}"
        written.append(said(stamp, words, name))
        turns.append((clock, name, words))
    skip = turns[0][0] // DAY * DAY
    expected = tuple(Turn(words, name, start=clock - skip + 0.5) for clock, name, words in turns)
    assert discord.parse(export(*written), Path("x.json")).turns == expected


LEAVES = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5),
    st.sampled_from(["Default", "Reply", "2024-03-05T10:00:00Z",
                     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]),
)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "type", "timestamp", "timestampEdited", "content", "author", "name", "nickname", "isBot",
     "reference", "messageId", "embeds", "title", "fields", "attachments", "fileName", "stickers", "mentions",
     "reactions", "guild", "channel", "messages", "dateRange", "after", "forwardedMessage"]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=30,
)


@given(JSON)
def test_any_json_reads_or_is_refused(value: Any) -> None:
    discord.recognises(value)
    good = said("2024-03-05T10:00:00Z", "hi")
    candidates = [export(good, value)]
    if isinstance(value, dict):
        candidates += [export(good, good | value), export(good) | value]
    for candidate in candidates:
        if discord.recognises(candidate) is None:
            continue
        try:
            discord.parse(candidate, Path("x.json"))
        except FormatError:
            continue
