"""`/quorum`: recipes by their names, and what can be looked up, for one person alone."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.listeners import quorum
from bot.runs.model import Status
from bot.views import listing, notices
from bot.views.actions import COMMANDS
from patterns.recipes import RECIPES
from tests.listeners.house import House
from tests.listeners.keyboard import LINK

URL = "/commands/1"


async def typed(house: House, text: str, **changes: str) -> str:
    """What is answered, at once or a moment later."""
    answer = await house.command(text, command="/quorum", **changes)
    assert answer.status == 200
    later = [said for url, said in house.urls.said if url == f"{house.slack}{URL}"]
    house.urls.said.clear()
    return "\n".join(filter(None, [answer.body, *later]))


@pytest.mark.parametrize("text", ["", "help", " HELP ", "?", "--help"])
async def test_help_is_answered_in_the_ack_itself(house: House, text: str) -> None:
    assert await typed(house, text) == notices.general()
    assert house.wire.calls == []


@pytest.mark.parametrize("recipe", RECIPES)
async def test_every_recipe_is_a_subcommand(house: House, recipe: str) -> None:
    words = {
        "summarize": "last 5 --deep",
        "logs": f"{LINK} about timeouts",
        "extract": f"{LINK} fields: name, amount: number",
    }.get(recipe, "The moon is cheese --deep")

    assert await typed(house, f"{recipe} {words}") == ""
    assert house.store.runs["run-1"].request.recipe == recipe
    assert house.urls == {"run-1": f"{house.slack}{URL}"}


@pytest.mark.parametrize("recipe", COMMANDS)
async def test_a_subcommand_asks_the_same_as_the_command(house: House, recipe: str) -> None:
    words = "last 5 --deep" if recipe == "summarize" else "The moon is cheese --deep"

    assert await typed(house, f"{recipe} {words}", trigger_id="1.1.a") == ""
    await house.command(words, command=f"/{recipe}", trigger_id="1.1.b")
    assert list(house.store.runs) == ["run-1"], "the same question, by another way in"
    assert house.urls == {"run-1": f"{house.slack}{URL}"}


async def test_a_safety_check_is_for_who_asked_and_no_command_of_its_own(house: House) -> None:
    assert await typed(house, "safety Send me your password", trigger_id="1.1.a") == ""
    assert house.store.runs["run-1"].request.private

    await house.command("Send me your password", command="/safety", trigger_id="1.1.b")
    assert list(house.store.runs) == ["run-1"]


async def test_fields_that_nobody_understands_start_nothing(house: House) -> None:
    said = await typed(house, f"extract {LINK} fields: name: colour")

    assert "“colour” is no kind of field" in said
    assert house.store.runs == {}


async def test_the_help_of_a_safety_check_is_for_who_asks(house: House) -> None:
    assert await typed(house, "safety help") == notices.usage("safety")


@pytest.mark.parametrize("recipe", ["factcheck", "safety", "logs", "extract"])
async def test_a_recipe_without_words_opens_its_form(house: House, recipe: str) -> None:
    assert await typed(house, recipe) == ""
    assert [view["callback_id"] for _, view in house.seen.forms] == ["ask_form"]


async def test_runs_are_those_that_this_person_may_see(house: House) -> None:
    await house.command("mine, in private", channel_id="G1", trigger_id="1")
    await house.command("theirs, in the open", user_id="U2", trigger_id="2")
    await house.command("theirs, in private", channel_id="G2", user_id="U2", trigger_id="3")
    await house.command("in another workspace", team_id="T2", trigger_id="4")
    said = await typed(house, "runs")

    assert "mine, in private" in said
    assert "theirs, in the open" in said
    assert "theirs, in private" not in said
    assert "another workspace" not in said
    assert "run=run-1" in said


async def test_usage_is_what_was_spent_and_the_most_that_may_be(house: House) -> None:
    said = await typed(house, "usage")

    assert "1,234" in said
    assert "2,000,000" in said


@pytest.mark.parametrize("named", ["run-1", "`RUN-1`", "#run-1", " run-1 "])
async def test_show_opens_what_happened_in_a_run(house: House, named: str) -> None:
    await house.command("The moon is cheese")

    assert await typed(house, f"show {named}") == ""
    assert "The moon is cheese" in str(house.seen.forms)


async def test_show_says_it_where_no_form_can_be_opened(house: House) -> None:
    await house.command("The moon is cheese")
    house.seen.refuses = True

    assert "The moon is cheese" in await typed(house, "show run-1")


async def test_the_owner_cancels_before_the_ack(house: House) -> None:
    await house.command("The moon is cheese")

    assert await typed(house, "cancel run-") == notices.CANCELLED
    assert house.store.runs["run-1"].status is Status.CANCELLED
    assert house.wire.calls == []
    assert await typed(house, "cancel run-1") == "This run is cancelled already."


async def test_others_cancel_as_admins_alone(house: House) -> None:
    await house.command("The moon is cheese")

    assert await typed(house, "cancel run-1", user_id="U2") == notices.NOT_YOURS
    assert house.store.runs["run-1"].status is Status.OPEN
    house.rights.admins.add("U2")
    assert await typed(house, "cancel run-1", user_id="U2") == notices.CANCELLED
    assert house.store.runs["run-1"].status is Status.CANCELLED


async def test_an_id_that_begins_two_runs_cancels_none(house: House) -> None:
    await house.command("One", trigger_id="1")
    await house.command("Two", trigger_id="2")

    assert await typed(house, "cancel run-") == notices.NO_SUCH_RUN
    assert house.engine.cancelled == []


@pytest.mark.parametrize("word", ["show", "cancel"])
async def test_what_may_not_be_seen_and_what_is_not_there_answer_alike(
    house: House, word: str
) -> None:
    await house.command("theirs, in private", channel_id="G2", user_id="U2", trigger_id="3")
    await house.command("in another workspace", team_id="T2", trigger_id="4")
    house.rights.admins.add("U1")

    for named in ("run-1", "run-2", "run-9", "%", "run_1", "run-%"):
        assert await typed(house, f"{word} {named}") == notices.NO_SUCH_RUN
    assert house.engine.cancelled == []
    assert house.seen.forms == []


@pytest.mark.parametrize("text", ["show", "cancel", "show ``", "cancel #"])
async def test_a_run_has_to_be_named(house: House, text: str) -> None:
    assert await typed(house, text) == notices.WHICH_RUN


async def test_an_unknown_word_gets_one_sentence_with_an_example(house: House) -> None:
    said = await typed(house, "frobnicate <!channel> now")

    assert said == notices.unknown_subcommand("frobnicate")
    assert "`/quorum runs`" in said


async def test_nothing_was_run_yet(house: House) -> None:
    assert await typed(house, "runs") == listing.NO_RUNS


words = st.sampled_from([
    "help", "runs", "show", "cancel", "usage", "factcheck", "Summarize", "brainstorm", "fact-check",
    "safety",
    "run-1", "--deep", "--voters", "since", "7d", "<!channel>", "<@U1>", "`", "%", "\n", ":", "/",
    "\u200b", "x" * 3_001,
])  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.one_of(
        st.lists(words, max_size=5).map(" ".join),
        st.text(st.characters(codec="utf-8"), max_size=40),
    )
)
async def test_any_text_is_acknowledged_and_its_answer_is_harmless(house: House, text: str) -> None:
    fresh = House(house.slack)
    answer = await fresh.command(text, command=quorum.COMMAND)

    assert answer.status == 200
    for said in [answer.body, *(told for _, told in fresh.urls.said)]:
        assert "<!" not in said
        assert "<@" not in said
