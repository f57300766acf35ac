"""The sample is lively: three channels, a day of talk, something to decide and to check."""

from __future__ import annotations

import time


def test_three_channels_hold_some_fifty_messages_of_the_last_thirty_hours(workspace):
    told = [said for log in workspace.logs.values() for said in log.all()]

    assert [place.name for place in workspace.channels.values()] == ["general", "falcon", "leads"]
    assert 45 <= len(told) <= 80
    assert all(time.time() - 30 * 3_600 < float(said.ts) <= time.time() for said in told)


def test_one_thread_is_long(workspace):
    log = workspace.logs["C0FALCON"]

    assert 15 <= max(len(log.replies(said.ts)) for said in log.between(None, None)) <= 25


def test_the_bot_is_everywhere_and_the_guest_in_general_only(workspace):
    places = workspace.channels.values()

    assert all(workspace.bot in place.members for place in places)
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
