"""Forms: what people fill in comes back as if they had typed it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.listeners.links import address, mentions_message
from bot.listeners.parsing import Typed, Usage, parse
from bot.runs.limits import REASON_MOST, TEXT_MOST
from bot.runs.model import Actor, Place, RunRequest, Shared, Thread, Window
from bot.runs.workspace import Preference, ResultShown
from bot.views.actions import ASK_FORM, SETTINGS_FORM, WHY_FORM, Ticket
from bot.views.forms import (
    Asked,
    FormErrors,
    Why,
    ask,
    details,
    read_ask,
    read_settings,
    read_why,
    refused,
    settings,
    why,
)
from bot.views.mrkdwn import clean
from bot.views.reading import visible
from patterns.recipes import RECIPES
from patterns.task import Depth
from tests.views.samples import HERE, hostile, run
from tests.views.sending import sent
from tests.views.slack_rules import modal

PLACE = Place(team="T1", channel=HERE, thread_ts="1764000000.000100", enterprise="E1")
RESPOND = "https://hooks.slack.com/commands/1"
LONG = "https://hooks.slack.com/" + "x" * 3_000
UNKNOWN = (
    "[]",
    "{",
    '{"recipe": 1}',
    '{"recipe": [], "place": {"team": "T1", "channel": "C1"}, "respond": ""}',
    '{"recipe": "poll", "place": {"team": "T1", "channel": "C1"}, "respond": ""}',
    '{"recipe": "factcheck", "place": {"team": "T1"}, "respond": ""}',
    '{"recipe": "factcheck", "place": {"team": "T1", "channel": "C1"}, "respond": 1}',
)
LINK = "https://acme.slack.com/archives/CHERE1/p1764000000000100"
NOW = 1_764_000_000.0


def asked(recipe: str, place: Place = PLACE, **filled: str | bool) -> Asked:
    found = read_ask(sent(ask(recipe, place, respond=RESPOND), **filled))
    assert isinstance(found, Asked)
    return found


def parsed(found: Asked) -> RunRequest | Usage:
    typed = Typed(
        recipe=found.recipe,
        text=found.text,
        by=Actor(user="U1", team="T1"),
        place=found.place,
        dedupe="T1:1",
    )
    return parse(typed, now=NOW, workspace_url="https://acme.slack.com/")


@pytest.mark.parametrize("recipe", RECIPES)
@given(text=hostile, respond=st.sampled_from(["", RESPOND, LONG]))
def test_every_recipe_has_a_form_that_slack_takes(recipe: str, text: str, respond: str) -> None:
    view = ask(recipe, PLACE, text=text, respond=respond)

    modal(view)
    assert view["callback_id"] == ASK_FORM


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_form_comes_back_with_its_place_and_its_way_to_answer(recipe: str) -> None:
    wanted = {"fields": "name"} if recipe == "extract" else {}
    found = asked(recipe, text=LINK, **wanted)

    assert (found.recipe, found.place, found.respond) == (recipe, PLACE, RESPOND)


def test_an_address_that_does_not_fit_is_done_without() -> None:
    view = ask("factcheck", PLACE, respond=LONG)
    found = read_ask(sent(view, text="The moon is cheese"))

    assert found == Asked("factcheck", PLACE, "-- The moon is cheese", "")


def test_what_is_chosen_is_what_a_command_would_have_said() -> None:
    found = asked("factcheck", text="It is so", depth="deep", voters="7", private=True)

    assert found.text == "--deep --voters 7 --private -- It is so"
    request = parsed(found)
    assert isinstance(request, RunRequest)
    assert (request.text, request.depth, request.voters) == ("It is so", Depth.DEEP, 7)
    assert request.private


def test_a_form_that_is_sent_as_it_opens_says_nothing_special() -> None:
    request = parsed(asked("brainstorm", text="Releases take long"))

    assert isinstance(request, RunRequest)
    assert (request.depth, request.voters, request.private) == (Depth.NORMAL, None, False)


def test_what_a_safety_check_finds_is_for_who_asks_without_a_tick() -> None:
    view = ask("safety", PLACE)
    request = parsed(asked("safety", text="Some text", depth="deep"))

    assert not {"quick", "private"} & set(re.findall(r"'value': '(\w+)'", str(view)))
    assert "Only you see the result" in str(view)
    assert isinstance(request, RunRequest)
    assert (request.recipe, request.depth, request.private) == ("safety", Depth.DEEP, True)


@given(st.one_of(hostile, st.sampled_from(["--deep", "-- --x", "—deep now", "a --voters 99 b"])))
def test_a_text_in_a_form_is_taken_as_it_is(text: str) -> None:
    """No option, no mention, no mark: what somebody wrote there are words."""
    said = clean(text).strip()
    assume(visible(text) and len(said) <= TEXT_MOST)
    assume(said.casefold() not in {"help", "-h", "?"} and not address(said))
    assume(not mentions_message(text))

    request = parsed(asked("factcheck", text=text))

    assert isinstance(request, RunRequest)
    assert request.text == said
    assert request.depth is Depth.NORMAL


def test_a_window_of_this_channel_or_of_a_linked_one() -> None:
    here = parsed(asked("summarize"))
    there = parsed(
        asked(
            "summarize",
            text="https://acme.slack.com/archives/CTHERE12",
            since="7d",
            last="200",
        )
    )

    assert isinstance(here, RunRequest)
    assert here.source == Window(channel=HERE, oldest=f"{NOW - 86_400:.6f}")
    assert isinstance(there, RunRequest)
    assert there.source == Window(channel="CTHERE12", oldest=f"{NOW - 7 * 86_400:.6f}", limit=200)


def test_a_thread_by_its_link() -> None:
    link = "https://acme.slack.com/archives/CHERE1/p1764000000000100?thread_ts=1764000000.000100&cid=CHERE1"
    request = parsed(asked("summarize", text=link, depth="quick"))

    assert isinstance(request, RunRequest)
    assert request.source == Thread(channel=HERE, ts="1764000000.000100")
    assert request.depth is Depth.QUICK


def test_a_question_and_for_whom_are_asked_for_beside_what_is_read() -> None:
    found = asked("summarize", since="last", about="the <price> -- or --deep", mine=True)
    request = parsed(found)

    assert isinstance(request, RunRequest)
    assert isinstance(request.source, Window)
    assert request.source.since_last
    assert request.text == "the <price> -- or --deep"
    assert (request.mine, request.private, request.depth) == (True, True, Depth.NORMAL)


def test_a_log_and_a_table_are_named_by_their_message() -> None:
    message = Shared(channel=HERE, ts="1764000000.000100")
    log = parsed(asked("logs", text=LINK, about="timeouts"))
    silent = parsed(asked("logs", text=LINK))
    table = parsed(asked("extract", text=LINK, fields="name,\nkind: a|b (what it is)"))

    assert [each.source for each in (log, silent, table) if isinstance(each, RunRequest)] == [
        message, message, message,
    ]  # fmt: skip
    assert [each.text for each in (log, silent, table) if isinstance(each, RunRequest)] == [
        "timeouts", "", "fields: name,\nkind: a|b (what it is)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("recipe", "place", "filled", "block"),
    [
        ("factcheck", PLACE, {}, "text"),
        ("factcheck", PLACE, {"text": "\u200b"}, "text"),
        ("factcheck", PLACE, {"text": "so", "voters": "16"}, "voters"),
        ("factcheck", PLACE, {"text": "so", "voters": "0"}, "voters"),
        ("factcheck", PLACE, {"text": "so", "voters": "٣"}, "voters"),
        ("logs", PLACE, {}, "text"),
        ("extract", PLACE, {"fields": "name"}, "text"),
        ("extract", PLACE, {"text": LINK}, "fields"),
        ("extract", PLACE, {"text": LINK, "fields": "name: colour"}, "fields"),
        ("summarize", PLACE, {"text": "#general"}, "text"),
        ("summarize", PLACE, {"last": "5001"}, "last"),
        ("summarize", Place(team="T1", channel="D1"), {}, "text"),
        ("summarize", Place(team="T1", channel=""), {}, "text"),
    ],
)
def test_what_is_wrong_is_said_at_its_block(
    recipe: str, place: Place, filled: dict[str, str], block: str
) -> None:
    found = read_ask(sent(ask(recipe, place), **filled))

    assert isinstance(found, FormErrors)
    assert list(found.errors) == [block]
    assert found.errors[block].endswith(".")


def test_what_a_command_would_be_refused_for_is_said_in_plain_words() -> None:
    found = parsed(asked("summarize", since="a <while>"))
    assert isinstance(found, Usage)

    (sentence,) = refused(found.sentence).errors.values()
    assert "90m, 24h, 7d or 2w" in sentence
    assert not set("`&") & set(sentence)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda each: st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["state", "values", "text", "voters", "depth", "private", "value", "last",
                 "selected_option", "selected_options", "private_metadata", "recipe"]
            ),
            each,
            max_size=4,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_a_form_of_another_release_never_breaks_the_reading(found: Any) -> None:
    """Whatever comes back signed: an answer, and no exception."""
    view = found if isinstance(found, dict) else {"state": found}
    for metadata in (view.get("private_metadata"), *UNKNOWN):
        broken = view | {"private_metadata": metadata}

        assert isinstance(read_ask(broken), FormErrors)
        assert isinstance(read_why(broken), Why)
        assert isinstance(read_settings(broken), Preference | FormErrors)


def test_a_reason_comes_back_with_its_run() -> None:
    view = why(Ticket("run-1", 2))

    modal(view)
    assert view["callback_id"] == WHY_FORM
    assert read_why(sent(view, reason="It is <wrong>")) == Why(Ticket("run-1", 2), "It is <wrong>")
    assert read_why(sent(view)).reason == ""
    assert len(read_why(sent(view, reason="x" * 2 * REASON_MOST)).reason) == REASON_MOST


@given(
    st.builds(
        Preference,
        paused=st.booleans(),
        result=st.none() | st.sampled_from(ResultShown),
        keep_days=st.none() | st.integers(1, 3650),
    ),
    st.integers(1, 3650),
)
def test_settings_come_back_as_they_were_within_what_is_allowed(
    chosen: Preference, most_days: int
) -> None:
    view = settings(chosen, most_days=most_days)

    modal(view)
    assert view["callback_id"] == SETTINGS_FORM
    kept = chosen.keep_days and min(chosen.keep_days, most_days)
    assert read_settings(sent(view)) == chosen.model_copy(update={"keep_days": kept})


@pytest.mark.parametrize("days", ["0", "31", "-1", "1.5", "many"])
def test_days_beyond_what_the_operator_keeps_are_refused(days: str) -> None:
    found = read_settings(sent(settings(Preference(), most_days=30), keep_days=days))

    assert found == FormErrors({"keep_days": "A whole number from 1 to 30, or nothing."})


def test_settings_are_changed_as_they_are_filled_in() -> None:
    view = settings(Preference(paused=True), most_days=30)
    found = read_settings(sent(view, paused=False, result="edit", keep_days="7"))

    assert found == Preference(result=ResultShown.EDIT, keep_days=7)


def test_details_are_a_window_to_read_in() -> None:
    view = details(run())

    modal(view)
    assert view["title"]["text"] == "Run details"
    assert view["close"]["text"] == "Close"
