"""Links to messages of this workspace and no other; text as it was typed."""

from __future__ import annotations

import pytest

from bot.listeners.links import led
from bot.listeners.parsing import Usage
from bot.runs.model import OneMessage, RunRequest, Thread
from tests.listeners.keyboard import LINK, REPLY, parsed, request, sentence


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("the payload was 5 kg", "the payload was 5 kg"),
        ("payload={}", "payload={}"),
        ("5 &lt; 6 &amp;&amp; 7 &gt; 6", "5 < 6 && 7 > 6"),
        ("the entity &amp;lt; is typed", "the entity &lt; is typed"),
        ("&copy; stays", "&copy; stays"),
        ("<@U7|ann> said so in <#C7|general>", "@ann said so in #general"),
        ("<@U7> and <#C7>", "@U7 and #C7"),
        ("<!here> is loud, <!date^1^{date}|May 1> too", "@here is loud, May 1 too"),
        ("<!here|here> and <tel:+491234|+491234>", "@here and +491234"),
        ("see <http://acme.example|acme.example>", "see acme.example"),
        ("see <https://acme.example/x|our site>", "see our site (https://acme.example/x)"),
        ("see <https://acme.example/x> twice", "see https://acme.example/x twice"),
        ("ask <mailto:a@b.example|a@b.example>", "ask a@b.example"),
        ("two\nlines", "two\nlines"),
        ("a\x00b\u202ec\U000e0041", "abc"),
        ("He said —really— and left", "He said —really— and left"),
        ("prices rose -- a lot", "prices rose -- a lot"),
        ("-- git push --force is safe", "git push --force is safe"),
        ("a-b --c", None),
    ],
)
def test_the_text_is_read_as_it_was_typed(text: str, read: str | None) -> None:
    found = parsed("/factcheck", text)

    if read is None:
        assert isinstance(found, Usage)
    else:
        assert isinstance(found, RunRequest)
        assert found.text == read


def test_a_message_link_is_that_message() -> None:
    alone = OneMessage(channel="C0123", ts="1763990000.000100")
    reply = alone.model_copy(update={"thread_ts": "1763980000.000200"})

    for command in ("/factcheck", "/brainstorm"):
        assert request(command, f"<{LINK}>").source == alone
        assert request(command, f"<{LINK}|look>").source == alone
        assert request(command, f"--deep {LINK}").source == alone
        assert request(command, f"<{REPLY}>").source == reply
        assert request(command, f"<{REPLY}>").text == ""


def test_a_link_is_summarized_as_its_thread() -> None:
    assert request("/summarize", f"<{LINK}>").source == (
        Thread(channel="C0123", ts="1763990000.000100")
    )
    assert request("/summarize", f"<{REPLY}> --private").source == (
        Thread(channel="C0123", ts="1763980000.000200")
    )


def test_a_workspace_may_be_on_a_port_of_this_machine() -> None:
    link = "http://127.0.0.1:4000/archives/C0123/p1763990000000100"
    found = parsed("/summarize", f"<{link}>", home="http://127.0.0.1:4000/")

    assert isinstance(found, RunRequest)
    assert found.source == Thread(channel="C0123", ts="1763990000.000100")
    assert isinstance(parsed("/summarize", link, home="http://127.0.0.1:4001/"), Usage)


def test_as_long_as_our_own_address_is_unknown_the_channel_of_a_link_decides() -> None:
    for host in ("https://acme.slack.com", "https://acme.enterprise.slack.com"):
        found = parsed("/factcheck", f"<{host}/archives/C0123/p1763990000000100>", home="")

        assert isinstance(found, RunRequest)
        assert found.source == OneMessage(channel="C0123", ts="1763990000.000100")
    assert isinstance(parsed("/factcheck", "https://acme.slack.com/x", home=""), Usage)


@pytest.mark.parametrize(
    "link",
    [
        "https://other.slack.com/archives/C0123/p1763990000000100",
        "https://acme.slack.com.evil.example/archives/C0123/p1763990000000100",
        "https://acme.slack.com@evil.example/archives/C0123/p1763990000000100",
        "https://evil.example/?https://acme.slack.com/archives/C0123/p1763990000000100",
        "https://acme.slack.com/archives/C0123",
        "https://acme.slack.com/archives/C0123/p176399",
        "https://acme.slack.com/archives/c0123/p1763990000000100",
        "https://app.slack.com/client/T1/C0123/thread/C0123-1763990000.000100",
        "http://[",
    ],
)
@pytest.mark.parametrize("command", ["/factcheck", "/summarize", "/brainstorm"])
def test_a_link_to_anything_else_is_refused(command: str, link: str) -> None:
    assert "links to messages of this workspace" in sentence(command, link)


def test_what_follows_a_leading_address_is_kept() -> None:
    assert led(f" <{LINK}|look> about\nit ") == (LINK, "about\nit")
    assert led(f"{LINK}") == (LINK, "")
    assert led(f"see {LINK} ") == (None, f"see {LINK}")
    assert led(f"<{LINK}>about") == (None, f"<{LINK}>about")
