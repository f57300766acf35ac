"""What the admins of a workspace choose is known from then on."""

from __future__ import annotations

import pytest

from bot.runs.workspace import Preference, ResultShown
from bot.store.database import Database
from bot.store.preferences import SqlPreferences

CHOSEN = Preference(paused=True, result=ResultShown.BOTH, keep_days=7)


async def test_who_chose_nothing_leaves_it_to_others(database: Database):
    assert await SqlPreferences(database).of("T1") == Preference()


@pytest.mark.parametrize("chosen", [CHOSEN, Preference(), Preference(keep_days=1)])
async def test_a_choice_is_known_now_and_after_a_restart(database: Database, chosen: Preference):
    preferences = SqlPreferences(database)
    await preferences.of("T1")

    await preferences.choose("T1", Preference(paused=True))
    await preferences.choose("T1", chosen)

    assert await preferences.of("T1") == chosen
    assert await SqlPreferences(database).of("T1") == chosen
    assert await preferences.of("T2") == Preference()


async def test_what_is_known_is_not_read_again_until_it_may_be_gone(database: Database):
    preferences, elsewhere = SqlPreferences(database), SqlPreferences(database)
    await preferences.of("T1")
    await elsewhere.choose("T1", CHOSEN)

    assert await preferences.of("T1") == Preference()
    preferences.forget()
    assert await preferences.of("T1") == CHOSEN
