"""Who speaks: people by their ids, bots by what they call themselves, and where it stands."""

from __future__ import annotations

from dataclasses import replace

from bot.reading.said import Said
from bot.reading.voices import author, bots, people, permalink, reader
from bot.slack.wire import Identity

IDENTITY = Identity(url="https://team.slack.com/", team_id="T1", user_id="U0BOT")
ANN = Said("1700000000.0001", "1700000000.0001", "U1", "", "hello <@U2>, not Person_bcdfgh")
PAGER = Said("1700000001.0001", "1700000000.0001", None, "Pager\nAnn", "alert")


def test_people_are_those_who_speak_and_those_who_are_mentioned() -> None:
    assert people([ANN, PAGER]) == {"U1", "U2"}


def test_a_bot_is_never_taken_for_a_person() -> None:
    assert author(PAGER) == "bot Pager\nAnn"
    assert bots([ANN, PAGER]) == {author(PAGER): "Pager Ann (bot)"}


def test_a_message_knows_people_by_their_pseudonyms_alone() -> None:
    pseudonyms = {"U1": "Person_ccdfgh", "U2": "Person_dcdfgh"}

    message = reader("C1", pseudonyms, IDENTITY)(ANN)

    assert message.author == "Person_ccdfgh"
    assert message.text == "hello @Person_dcdfgh, not Person-bcdfgh"


def test_no_hidden_sign_keeps_what_was_typed_from_being_broken() -> None:
    forged = replace(ANN, text="Person\u200e_dcdfgh said so")

    message = reader("C1", {"U1": "Person_ccdfgh"}, IDENTITY)(forged)

    assert message.text == "Person-dcdfgh said so"


def test_a_link_leads_to_a_reply_in_its_thread() -> None:
    base = "https://team.slack.com/archives/C1/p"

    assert permalink(IDENTITY.url, "C1", ANN) == f"{base}1700000000000100"
    assert permalink(IDENTITY.url, "C1", PAGER) == (
        f"{base}1700000001000100?thread_ts=1700000000.0001&cid=C1"
    )


def test_a_message_says_what_is_known_of_it() -> None:
    known = replace(ANN, by_app=True, edited=True, reactions=3, replies=2, context=True)

    message = reader("C1", {"U1": "Person_ccdfgh", "U2": "Person_dcdfgh"}, IDENTITY)(known)

    assert (message.at, message.mentions) == (1700000000.0001, ("Person_dcdfgh",))
    assert (message.bot, message.edited, message.context) == (True, True, True)
    assert (message.reactions, message.replies) == (3, 2)


def test_of_several_channels_ids_are_told_apart() -> None:
    message = reader("C1", {"U1": "Person_ccdfgh"}, IDENTITY, prefix="C1:")(ANN)

    assert message.id == message.thread == f"C1:{ANN.ts}"


def test_a_part_of_a_file_mentions_nobody() -> None:
    part = replace(ANN, part="F1:2")

    message = reader("C1", {"U1": "Person_ccdfgh", "U2": "Person_dcdfgh"}, IDENTITY)(part)

    assert people([part]) == {"U1"}
    assert (message.id, message.mentions) == (f"{ANN.ts}:F1:2", ())
    assert message.text == "hello <@U2>, not Person-bcdfgh"
