"""The app's Home, for one person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.runs.lookup import Spent
from bot.runs.model import Run
from bot.runs.money import Caps, Cost
from bot.runs.workspace import Preference, ResultShown
from bot.views import home as home_view
from bot.views.actions import COMMANDS, DETAILS, SETTINGS, START
from bot.views.home import HomePage, home
from patterns.recipes.factcheck import Label
from tests.views.samples import NOON, done, run, runs, verdict
from tests.views.slack_rules import harmless_blocks
from tests.views.slack_rules import home as accepted_home

WON = verdict(Label.REFUTED)
URL = "https://acme.slack.com/archives/CHERE1/p1764000000000100"


def page(found: Sequence[Run] = (), **changes: Any) -> HomePage:
    fields: dict[str, Any] = {
        "spent": Spent(day=Cost(tokens=1_200), month=Cost(tokens=5_000)),
        "caps": Caps(),
        "preference": Preference(),
        "is_admin": False,
        "links": {},
        "now": NOON + timedelta(minutes=5),
    }
    return HomePage(runs=found, **(fields | changes))


def said(a_page: HomePage) -> str:
    view = home(a_page)
    accepted_home(view)
    return json.dumps(view["blocks"], ensure_ascii=False)


def buttons(a_page: HomePage) -> list[tuple[str, str]]:
    found: list[dict[str, Any]] = []
    for block in home(a_page)["blocks"]:
        found += [block["accessory"]] if "accessory" in block else []
        found += block["elements"] if block["type"] == "actions" else []
    return [(button["action_id"], button["value"]) for button in found]


def test_every_recipe_with_a_command_can_be_started() -> None:
    assert [value for action, value in buttons(page()) if action == START] == [*COMMANDS]


def test_a_run_is_shown_with_its_result_and_opens() -> None:
    a_page = page([done(WON, attempt=2)], links={"run-1": URL})

    told = said(a_page)
    assert "*Fact-check*: The moon is cheese" in told
    assert "❌ Refuted: 1 of 1 voter · by <@UASKER1> · 5 minutes ago" in told
    assert f"<{URL}|open its card>" in told
    assert (DETAILS, "run-1:2") in buttons(a_page)


def test_without_runs_it_says_how_to_begin() -> None:
    assert "There are no runs here that you may see yet" in said(page())


def test_no_more_runs_are_listed_than_people_look_at() -> None:
    found = [run().model_copy(update={"id": f"run-{n}"}) for n in range(80)]

    opened = [value for action, value in buttons(page(found)) if action == DETAILS]
    assert opened == [f"run-{n}:1" for n in range(home_view.RUNS_MOST)]


def test_usage_is_shown_beside_the_caps() -> None:
    assert "1,200 tokens (the most is 2,000,000 tokens)" in said(page())


def test_only_admins_are_offered_the_settings() -> None:
    offered = (SETTINGS, "settings")

    assert offered in buttons(page(is_admin=True))
    assert offered not in buttons(page())
    assert "Admins of the workspace change them." in said(page())


def test_what_the_admins_chose_is_told_to_everybody() -> None:
    chosen = Preference(paused=True, result=ResultShown.EDIT, keep_days=1)
    told = said(page(preference=chosen))

    assert "Your admins have paused me" in told
    assert "nothing new is started; results go into their card" in told
    assert "kept for 1 day." in told


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(runs, max_size=5), st.booleans(), st.sampled_from(["", URL, "javascript:alert(1)"]))
def test_the_home_of_any_runs_is_valid_and_harmless(
    found: list[Run], is_admin: bool, url: str
) -> None:
    view = home(page(found, is_admin=is_admin, links={"run-1": url}))

    accepted_home(view)
    harmless_blocks(view["blocks"])
