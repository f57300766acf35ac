"""`quorum manifest`: what to paste into Slack, for this host."""

from __future__ import annotations

import json

import pytest

from tests.console.conftest import Quorum


def test_it_is_json_for_that_host_and_nothing_else(quorum: Quorum) -> None:
    result = quorum("manifest", "--url", "https://quorum.example.com")

    made = json.loads(result.stdout)
    assert result.exit_code == 0
    assert made["settings"]["interactivity"]["request_url"].startswith(
        "https://quorum.example.com/"
    )
    assert not made["settings"]["socket_mode_enabled"]


def test_socket_mode_needs_no_host(quorum: Quorum) -> None:
    made = json.loads(quorum("manifest", "--socket").stdout)

    assert made["settings"]["socket_mode_enabled"]


def test_rotation_is_asked_for(quorum: Quorum) -> None:
    made = json.loads(quorum("manifest", "--socket", "--rotate").stdout)

    assert made["settings"]["token_rotation_enabled"]


def test_a_local_host_may_go_without_tls(quorum: Quorum) -> None:
    assert quorum("manifest", "--url", "http://localhost:3000").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--url", "http://quorum.example.com"),
        ("--url", "quorum.example.com"),
        ("--url", "https://"),
        ("--url", "https://a.example/?x=1"),
    ],
)
def test_an_address_that_slack_would_not_take_is_wrong_usage(
    quorum: Quorum, words: tuple[str, ...]
) -> None:
    result = quorum("manifest", *words)

    assert result.exit_code == 2
    assert "--url" in result.stderr
    assert result.stdout == ""
