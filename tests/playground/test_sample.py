"""The sample is lively: four channels, a day of talk, something to decide and to check."""

from __future__ import annotations

import time


def test_the_channels_hold_some_sixty_messages_of_the_last_thirty_hours(workspace):
    told = [said for log in workspace.logs.values() for said in log.all()]

    names = [place.name for place in workspace.channels.values()]
    assert names == ["general", "falcon", "leads", "kitchen"]
    assert 45 <= len(told) <= 90
    assert all(time.time() - 30 * 3_600 < float(said.ts) <= time.time() for said in told)


def test_one_thread_is_long(workspace):
    log = workspace.logs["C0FALCON"]

    assert 15 <= max(len(log.replies(said.ts)) for said in log.between(None, None)) <= 25


def test_everybody_s_role_can_be_played(workspace):
    """An admin, members, one who is in no channel with the bot, and a guest in one only."""
    places = workspace.channels.values()
    without = [place.name for place in places if workspace.bot not in place.members]

    assert without == ["kitchen"]
    assert [place.name for place in places if "U0GRO" in place.members] == without
    assert [who.id for who in workspace.people.values() if who.admin] == ["U0ANN"]
    assert [place.name for place in places if "U0FINN" in place.members] == ["general"]
    assert workspace.people["U0FINN"].guest


def test_replies_follow_their_root_in_time(workspace):
    for log in workspace.logs.values():
        for root in log.between(None, None):
            stamps = [root.ts, *(reply.ts for reply in log.replies(root.ts))]
            assert stamps == sorted(set(stamps))


def test_every_name_and_quote_is_read(workspace):
    told = " ".join(said.text for log in workspace.logs.values() for said in log.all())

    assert "<@U0BEN>" in told
    assert "<#C0FALCON|falcon>" in told
    assert "\n&gt; Falcon sees" in told
    assert "|" not in told.replace("<#C0FALCON|falcon>", "")


def test_a_file_of_text_came_with_a_message_that_the_bot_can_read(workspace):
    """So that a newcomer can try what a claim is checked against."""
    [said] = [said for log in workspace.logs.values() for said in log.all() if said.files]
    told = workspace.wire("C0FALCON", said)["files"]

    assert [file["name"] for file in told] == ["test-report.txt"]
    assert workspace.bot in workspace.channels["C0FALCON"].members
    assert said.in_channel
