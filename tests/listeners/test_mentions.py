"""What is said to us: once, by people, and answered where it was said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.listeners.mentions import heard
from bot.runs.desk import PAUSED
from bot.runs.errors import StorageFailed
from bot.runs.model import Depth, OneMessage, Place, RunRequest, Shared, Status, Thread, Window
from bot.runs.workspace import Preference
from bot.views import listing, notices
from tests.listeners.house import House

TS, ROOT = "1763999999.000300", "1763990000.000100"
CHANNEL = Place(team="T1", channel="C1")
THREAD = Place(team="T1", channel="C1", thread_ts=ROOT)


def mention(text: str, **changes: Any) -> dict[str, Any]:
    return {
        "type": "app_mention",
        "user": "U1",
        "ts": TS,
        "event_ts": TS,
        "channel": "C1",
        "team": "T1",
        "text": text,
        **changes,
    }


def direct(text: str, **changes: Any) -> dict[str, Any]:
    event = mention(text, type="message", channel="D1", channel_type="im")
    return event | changes


async def asked(house: House, event: dict[str, Any]) -> RunRequest:
    answer = await house.tell(event)
    assert answer.status == 200
    assert house.seen.said == []
    [run] = house.store.runs.values()
    return run.request


async def said(house: House, event: dict[str, Any], **changes: Any) -> str:
    answer = await house.tell(event, **changes)
    assert answer.status == 200
    [(_, _, text)] = house.seen.said
    return text


@pytest.mark.parametrize(
    "text",
    [
        "<@UBOT> factcheck The moon is cheese",
        "<@UBOT|quorum> factcheck: The moon is cheese",
        "<@UBOT>, Fact-check The moon is cheese",
        "<@UBOT>: /factcheck The moon is cheese",
        "hey <@UBOT>\nfactcheck The moon is cheese",
        "<@U7> <@UBOT> factcheck The moon is cheese",
    ],
)
async def test_in_a_channel_a_mention_is_as_the_command(house: House, text: str) -> None:
    request = await asked(house, mention(text))

    assert (request.recipe, request.text) == ("factcheck", "The moon is cheese")
    assert request.place == CHANNEL
    assert (request.asked_by, request.dedupe) == ("U1", "T1:Ev1")
    assert house.engine.started == ["run-1"]
    assert house.wire.calls == []


async def test_our_name_may_stand_behind_the_word(house: House) -> None:
    request = await asked(house, mention("summarize <@UBOT>"))

    assert isinstance(request.source, Window)


@pytest.mark.parametrize(
    "text", ["summarize", "summarize this thread", "Summarise it --deep", "summary please!"]
)
async def test_in_a_thread_summarize_means_that_thread(house: House, text: str) -> None:
    request = await asked(house, mention(f"<@UBOT> {text}", thread_ts=ROOT))

    assert request.source == Thread(channel="C1", ts=ROOT)
    assert request.place == THREAD
    assert request.depth is (Depth.DEEP if "--deep" in text else Depth.NORMAL)


@pytest.mark.parametrize(
    ("words", "about", "mine"),
    [
        ("summarize about pricing", "pricing", False),
        ("summarize this thread about pricing for me", "pricing", True),
        ("summarize it for me", "", True),
        ("summary for <@U1>", "", True),
    ],
)
async def test_a_thread_is_summarized_with_a_question_and_for_somebody(
    house: House, words: str, about: str, mine: bool
) -> None:
    request = await asked(house, mention(f"<@UBOT> {words}", thread_ts=ROOT))

    assert request.source == Thread(channel="C1", ts=ROOT)
    assert (request.text, request.mine, request.private) == (about, mine, mine)


FILE = {"subtype": "file_share", "files": [{"id": "F1"}]}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("logs", ""),
        ("logs about timeouts", "timeouts"),
        ("log: why so slow?", "why so slow?"),
        ("extract fields: name", "fields: name"),
        ("extract this fields: name", "fields: name"),
    ],
)
async def test_a_log_and_a_table_are_those_of_the_first_message_or_of_this_one(
    house: House, words: str, text: str
) -> None:
    await house.tell(mention(f"<@UBOT> {words}", thread_ts=ROOT), event_id="Ev1")
    await house.tell(direct(words, **FILE), event_id="Ev2")

    in_thread, here = (run.request for run in house.store.runs.values())
    assert in_thread.source == Shared(channel="C1", ts=ROOT)
    assert here.source == Shared(channel="D1", ts=TS)
    assert in_thread.text == here.text == text


async def test_files_that_come_with_a_wish_are_meant_before_those_of_the_thread(
    house: House,
) -> None:
    request = await asked(house, mention("<@UBOT> logs", thread_ts=ROOT, **FILE))

    assert request.source == Shared(channel="C1", ts=TS, thread_ts=ROOT)


@pytest.mark.parametrize(
    "event", [mention("<@UBOT> summarize", **FILE), direct("summarize", **FILE)]
)
async def test_a_file_can_be_handed_over_to_be_summarized(
    house: House, event: dict[str, Any]
) -> None:
    request = await asked(house, event)

    assert request.source == Thread(channel=event["channel"], ts=TS)


async def test_fields_are_asked_for_where_a_thread_is_to_be_extracted(house: House) -> None:
    told = await said(house, mention("<@UBOT> extract", thread_ts=ROOT))

    assert told.startswith("No fields are named.")


@pytest.mark.parametrize("recipe", ["factcheck", "brainstorm", "safety"])
async def test_in_a_thread_the_others_mean_its_first_message(house: House, recipe: str) -> None:
    request = await asked(house, mention(f"<@UBOT> {recipe} this", thread_ts=ROOT))

    assert request.source == OneMessage(channel="C1", ts=ROOT)
    assert request.place == THREAD


async def test_in_a_thread_words_are_worked_on_and_answered_there(house: House) -> None:
    request = await asked(
        house, mention("<@UBOT> factcheck this thread is shorter than that", thread_ts=ROOT)
    )

    assert request.text == "this thread is shorter than that"
    assert request.source is None
    assert request.place == THREAD


@pytest.mark.parametrize("text", ["summarize", "summarize this channel", "summarize here"])
async def test_in_a_channel_summarize_means_its_last_day(house: House, text: str) -> None:
    request = await asked(house, mention(f"<@UBOT> {text}"))

    assert request.source == Window(channel="C1", oldest=f"{1_764_000_000.0 - 86_400:.6f}")
    assert request.place == CHANNEL


@pytest.mark.parametrize(
    "text", ["", "factcheck", "brainstorm this", "thank you!", "<!channel> <@U1>"]
)
async def test_in_a_channel_what_means_nothing_gets_the_usage_to_that_person_alone(
    house: House, text: str
) -> None:
    answer = await said(house, mention(f"<@UBOT> {text}"))

    assert answer in {notices.mention_usage(), notices.general()}
    assert house.seen.said[0][:2] == (heard_by("U1"), CHANNEL)
    assert house.store.runs == {}


def heard_by(user: str) -> object:
    found = heard({"team_id": "T1", "event": mention("x", user=user)})
    assert found
    return found.by


async def test_a_safety_check_asked_for_in_the_open_is_for_who_asked(house: House) -> None:
    request = await asked(house, mention("<@UBOT> safety Send me your password, or else"))

    assert (request.recipe, request.text) == ("safety", "Send me your password, or else")
    assert request.private


async def test_a_wrong_option_gets_its_sentence(house: House) -> None:
    assert "no option --force" in await said(house, mention("<@UBOT> factcheck X --force"))


@pytest.mark.parametrize(
    "text", ["factcheck The moon is cheese", "<@UBOT> factcheck The moon is cheese"]
)
async def test_in_direct_messages_every_question_begins_a_thread(house: House, text: str) -> None:
    request = await asked(house, direct(text))

    assert request.text == "The moon is cheese"
    assert request.place == Place(team="T1", channel="D1", thread_ts=TS)


async def test_in_direct_messages_a_person_may_be_named(house: House) -> None:
    request = await asked(house, direct("factcheck <@U7|bob> said <@UBOT> is slow"))

    assert request.text == "@bob said @UBOT is slow"


async def test_in_a_thread_of_direct_messages_its_words_are_meant(house: House) -> None:
    request = await asked(house, direct("brainstorm", thread_ts=ROOT))

    assert request.source == OneMessage(channel="D1", ts=ROOT)
    assert request.place == Place(team="T1", channel="D1", thread_ts=ROOT)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", notices.welcome()),
        ("summarize", notices.usage("summarize")),
        ("summarize this", notices.usage("summarize")),
        ("summarize about pricing", notices.usage("summarize")),
        ("logs", notices.no_file("logs")),
        ("factcheck", notices.empty("factcheck")),
        ("safety", notices.empty("safety")),
    ],
)
async def test_in_direct_messages_what_means_nothing_gets_an_example(
    house: House, text: str, words: str
) -> None:
    assert await said(house, direct(text)) == words
    [(_, place, _)] = house.seen.said
    assert place == Place(team="T1", channel="D1", thread_ts=TS)


async def test_the_same_words_in_two_direct_messages_are_one_question(house: House) -> None:
    await house.tell(direct("factcheck The moon is cheese"))
    await house.tell(direct("factcheck The moon is cheese", ts="1763999999.000400"), event_id="Ev2")

    assert list(house.store.runs) == ["run-1"]
    [(_, place, text)] = house.seen.said
    assert place.thread_ts == "1763999999.000400"
    assert text == notices.on_it(await house.seen.link("run-1"))


@pytest.mark.parametrize("event", [mention("<@UBOT> help"), direct("help"), direct("  ")])
async def test_help_is_said(house: House, event: dict[str, Any]) -> None:
    assert await said(house, event) == notices.general()


async def test_runs_are_listed_usage_is_told_and_a_run_is_shown_and_cancelled(
    house: House,
) -> None:
    await house.command("The moon is cheese", user_id="U1")
    answers = {
        "runs": "The moon is cheese",
        "usage": "1,234",
        "show run-1": "The moon is cheese",
        "show": notices.WHICH_RUN,
        "show run-7": notices.NO_SUCH_RUN,
        "cancel run-1": notices.CANCELLED,
    }
    for number, (text, words) in enumerate(answers.items()):
        assert words in await said(house, direct(text), event_id=f"Ev{number}")
        house.seen.said.clear()

    assert house.store.runs["run-1"].status is Status.CANCELLED


async def test_a_mention_in_a_direct_message_is_handled_once(house: House) -> None:
    text = "<@UBOT> factcheck The moon is cheese"
    await house.tell(direct(text), event_id="Ev1")
    await house.tell(mention(text, channel="D1"), event_id="Ev2")

    assert list(house.store.runs) == ["run-1"]
    assert house.seen.said == []


async def test_a_message_in_a_channel_that_does_not_mention_us_is_none_of_ours(
    house: House,
) -> None:
    await house.tell(direct("factcheck X", channel="C1", channel_type="channel"))

    assert house.store.runs == {}
    assert house.seen.said == []


@pytest.mark.parametrize("make", [mention, direct])
@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message"},
        {"subtype": "message_changed", "message": {"user": "U1", "text": "factcheck X"}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": 7},
        {"subtype": ["file_share"]},
        {"hidden": True},
        {"edited": {"user": "U1", "ts": TS}},
        {"user": "UBOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"user": ""},
        {"ts": None},
        {"channel": None},
    ],
)
async def test_bots_edits_and_ourselves_are_not_answered(
    house: House, make: Any, changes: dict[str, Any]
) -> None:
    """Two bots that answer each other never end."""
    answer = await house.tell(make("<@UBOT> factcheck X", **changes))

    assert answer.status == 200
    assert house.store.runs == {}
    assert house.seen.said == []


@pytest.mark.parametrize(
    "changes", [{"subtype": "file_share"}, {"subtype": None, "bot_id": None, "hidden": False}]
)
async def test_people_write_with_files_and_with_empty_fields(
    house: House, changes: dict[str, Any]
) -> None:
    request = await asked(house, direct("factcheck X", **changes))

    assert request.text == "X"


async def test_the_same_event_again_starts_and_says_nothing(house: House) -> None:
    for _ in range(2):
        await house.tell(mention("<@UBOT> factcheck The moon is cheese"))
        await house.tell(mention("<@UBOT> what?"), event_id="Ev2")

    assert list(house.store.runs) == ["run-1"]
    assert [text for _, _, text in house.seen.said] == [notices.mention_usage()]


async def test_the_same_event_after_a_restart_starts_and_says_nothing(house: House) -> None:
    await house.tell(mention("<@UBOT> factcheck The moon is cheese"))
    later = House(house.slack)
    later.store.runs.update(house.store.runs)
    await later.tell(mention("<@UBOT> factcheck The moon is cheese"))

    assert list(later.store.runs) == ["run-1"]
    assert later.engine.started == []
    assert later.seen.said == []


async def test_while_the_database_fails_slack_comes_again_and_then_it_is_done(
    house: House,
) -> None:
    event = mention("<@UBOT> factcheck The moon is cheese")
    house.store.broken = StorageFailed("the disk is full")
    assert (await house.tell(event)).status == 500
    assert house.wire.calls == []

    house.store.broken = None
    assert (await house.tell(event)).status == 200
    assert list(house.store.runs) == ["run-1"]


async def test_a_workspace_that_pauses_starts_nothing_and_says_so(house: House) -> None:
    house.preferences["T1"] = Preference(paused=True)

    assert await said(house, mention("<@UBOT> factcheck X")) == PAUSED


SHARED = {
    "is_ext_shared_channel": True,
    "team_id": "T_THEIRS",
    "enterprise_id": "E_THEIRS",
    "authorizations": [{"team_id": "T1", "enterprise_id": None, "user_id": "UBOT", "is_bot": True}],
}


async def test_in_a_channel_shared_with_another_company_our_workspace_is_ours(
    house: House,
) -> None:
    await house.tell(mention("<@UBOT> factcheck X", user_team="T1", team="T1"), **SHARED)

    assert house.store.runs["run-1"].request.place == CHANNEL


@pytest.mark.parametrize("theirs", [{"user_team": "T9"}, {"user_team": "E9"}, {"team": "T9"}])
async def test_people_of_another_company_start_nothing_and_look_nothing_up(
    house: House, theirs: dict[str, str]
) -> None:
    for number, text in enumerate(["factcheck X", "runs", "help"]):
        event = mention(f"<@UBOT> {text}", **theirs)
        assert await said(house, event, event_id=f"Ev{number}", **SHARED) == notices.STRANGER
        house.seen.said.clear()

    assert house.store.runs == {}


async def test_an_installation_for_a_whole_organisation_names_it(house: House) -> None:
    await house.tell(mention("<@UBOT> factcheck X"), enterprise_id="E1")

    place = house.store.runs["run-1"].request.place
    assert place == CHANNEL.model_copy(update={"enterprise": "E1"})


async def test_a_slack_that_names_neither_us_nor_the_event_is_understood(house: House) -> None:
    for _ in range(2):
        await house.tell(
            mention("<@UWHO> factcheck The moon is cheese"), authorizations=None, event_id=None
        )

    assert [run.request.text for run in house.store.runs.values()] == ["The moon is cheese"]


async def test_nothing_was_run_yet(house: House) -> None:
    assert await said(house, direct("runs")) == listing.NO_RUNS


words = st.sampled_from([
    "<@UBOT>", "<@UBOT|quorum>", "<@U1>", "<@", "<!channel>", "help", "runs", "show", "cancel",
    "usage", "factcheck", "Summarize", "brainstorm", "safety", "this", "thread", "please", "--deep",
    "since", "7d", ":", ",", "\n", "`", "\u200b", "\u3164", "x" * 3_001, "&amp;", "http://[",
])  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    st.one_of(
        st.lists(words, max_size=6).map(" ".join),
        st.lists(words, max_size=4).map("".join),
        st.text(st.characters(codec="utf-8"), max_size=40),
    ),
    st.booleans(),
    st.sampled_from([None, ROOT]),
)
@example(text="<@UBOT> summarize", in_direct=False, thread=ROOT)
async def test_any_text_is_answered_and_the_answer_is_harmless(
    house: House, text: str, in_direct: bool, thread: str | None
) -> None:
    fresh = House(house.slack)
    make = direct if in_direct else mention
    answer = await fresh.tell(make(text, thread_ts=thread))

    assert answer.status == 200
    assert len(fresh.store.runs) + len(fresh.seen.said) == 1
    for _, _, told in fresh.seen.said:
        assert "<!" not in told
        assert "<@" not in told
