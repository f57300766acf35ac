"""Settings as the environment gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.runs.money import NO_CAP, Cap, Caps
from bot.settings import BadSettings, Settings, load


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_settings_caps_are_those_that_are_shipped() -> None:
    settings, caps = load(), Caps()

    assert settings.quorum_cap_run is caps.run is None
    assert settings.quorum_cap_person_day == caps.person_day == Cap(tokens=2_000_000)
    assert settings.quorum_cap_workspace_month == caps.workspace_month == Cap(tokens=50_000_000)


@pytest.mark.parametrize(
    ("text", "cap"),
    [
        ("off", NO_CAP),
        ("400000", Cap(tokens=400_000)),
        ("400k", Cap(tokens=400_000)),
        ("$2.50, 2M", Cap(tokens=2_000_000, micros=2_500_000)),
    ],
)
@pytest.mark.parametrize("name", ["cap_run", "cap_person_day", "cap_workspace_month"])
def test_a_cap_is_written_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, cap: Cap
) -> None:
    monkeypatch.setenv(f"QUORUM_{name.upper()}", text)

    assert getattr(load(), f"quorum_{name}") == cap


@pytest.mark.parametrize(("text", "searches"), [("on", True), ("off", False), (" On ", True)])
def test_web_search_is_off_until_somebody_switches_it_on(
    monkeypatch: pytest.MonkeyPatch, text: str, searches: bool
) -> None:
    assert not load().quorum_web_search

    monkeypatch.setenv("QUORUM_WEB_SEARCH", text)

    assert load().quorum_web_search is searches


def test_a_wrong_switch_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUORUM_WEB_SEARCH", "sometimes")

    with pytest.raises(BadSettings, match="QUORUM_WEB_SEARCH: must be on or off"):
        load()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("QUORUM_CAP_RUN", "much"),
        ("QUORUM_CAP_PERSON_DAY", "0"),
        ("QUORUM_RPM", "0"),
        ("QUORUM_TPM", "-1"),
        ("QUORUM_MAX_CALLS", "0"),
        ("QUORUM_MOST_OUTPUT", "0"),
        ("QUORUM_HEDGE", "perhaps"),
        ("QUORUM_WEB_SEARCH", "sometimes"),
        ("QUORUM_KEEP_ANSWERS_DAYS", "-1"),
    ],
)
def test_what_cannot_be_meant_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(name, text)

    with pytest.raises(BadSettings, match=f"^{name}: "):
        load()


def test_the_rest_has_its_types(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, tuple[str, Any]] = {
        "quorum_rpm": ("120", 120.0),
        "quorum_tpm": ("2e5", 200_000.0),
        "quorum_max_calls": ("8", 8),
        "quorum_hedge": ("false", False),
        "quorum_prices": ("my/prices.toml", Path("my/prices.toml")),
        "quorum_keep_answers_days": ("0", 0),
    }
    for name, (text, _) in given.items():
        monkeypatch.setenv(name.upper(), text)

    settings = load()

    assert {name: getattr(settings, name) for name in given} == {
        name: value for name, (_, value) in given.items()
    }
