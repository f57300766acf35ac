"""Where files go and come from: to Slack and nowhere else, and our token less far than that."""

from __future__ import annotations

import pytest

from bot.slack.hosts import is_local, is_slacks, may_have_token

SLACK, HERE = "https://slack.com/api/", "http://127.0.0.1:5000/api/"


@pytest.mark.parametrize(
    ("url", "base", "has"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.txt", SLACK, True),
        ("https://files.slack.com:443/files-pri/a.txt", SLACK, True),
        ("https://files.slack.com/files/a..txt", HERE, True),
        ("http://files.slack.com/files/a.txt", SLACK, False),
        ("https://files.slack.com:8443/files/a.txt", SLACK, False),
        ("https://slack.com/api/auth.revoke", SLACK, False),
        ("https://files.slack.com/api/auth.revoke", SLACK, False),
        ("https://team.slack.com/files/F1", SLACK, False),
        ("http://127.0.0.1:5000/api/auth.revoke", HERE, False),
        ("http://127.0.0.1:5000/files/../api/auth.revoke", HERE, False),
        ("http://127.0.0.1:5000/files/%2e%2E/api/auth.revoke", HERE, False),
        ("http://127.0.0.1:5000/files/..%2fapi/auth.revoke", HERE, False),
        ("http://127.0.0.1:5000/files/.\t./api/auth.revoke", HERE, False),
        ("http://127.0.0.1:5000/files/..\\api/auth.revoke", HERE, False),
        ("http://127.0.0.1:5000/filesystem", HERE, False),
        ("https://docs.google.com/files/1", SLACK, False),
        ("https://files.slack.com.evil.example/files/a.txt", SLACK, False),
        ("https://evilfiles.slack.com/files/a.txt", SLACK, False),
        ("https://files.slack.com@evil.example/files/a.txt", SLACK, False),
        ("https://x:y@files.slack.com/files/a.txt", SLACK, False),
        ("http://127.0.0.1:5000/files/F1", HERE, True),
        ("http://127.0.0.1:5001/files/F1", HERE, False),
        ("https://127.0.0.1:5000/files/F1", HERE, False),
        ("http://127.0.0.1:5000/files/F1", SLACK, False),
        ("http://169.254.169.254/files/latest", HERE, False),
        ("//files.slack.com/files/a.txt", SLACK, False),
        ("file:///etc/passwd", SLACK, False),
        ("https://[::1", SLACK, False),
        ("https://files.slack.com:99999/files/a", SLACK, False),
        ("", SLACK, False),
    ],
)
def test_our_token_is_shown_to_slack_alone_and_for_files_alone(
    url: str, base: str, has: bool
) -> None:
    assert may_have_token(url, base) is has


def test_bytes_may_go_to_another_port_of_the_machine_that_we_speak_with() -> None:
    assert is_slacks("http://127.0.0.1:1/upload", HERE)
    assert not is_slacks("http://127.0.0.2:1/upload", HERE)


def test_a_machine_is_local_by_its_name() -> None:
    assert is_local(HERE)
    assert not is_local(SLACK)
