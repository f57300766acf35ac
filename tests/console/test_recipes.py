"""`quorum factcheck`, `summarize`, `brainstorm`, `logs`: what people and machines get from them."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from patterns.canvassing import NOT_ASKED
from tests.console.conftest import Quorum
from tests.reading.pdfs import pdf_of

FIELDS = ["id", "recipe", "status", "result", "error", "branches", "usage", "model"]
BRANCH = ["key", "title", "status", "note", "seconds"]
USAGE = ["calls", "input_tokens", "cached_tokens", "output_tokens", "dollars", "reused"]


#: Branches of reading, which ask nobody.
_READING = {"shapes", "read"}


def asked(run: dict[str, Any]) -> int:
    """Branches that were asked, rather than spared as it was decided without them."""
    told = (branch for branch in run["branches"] if branch["key"] not in _READING)
    return sum(branch["note"] != NOT_ASKED for branch in told)


def test_a_verdict_is_markdown_on_stdout_and_progress_is_lines_on_stderr(quorum: Quorum) -> None:
    result = quorum("factcheck", "The moon is cheese")

    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("# ")
    assert "> The moon is cheese" in result.stdout
    assert "\nVotes: " in result.stdout
    assert "**How this was decided.** A label wins where more than half of all 5" in result.stdout
    assert "Simulated model: no real model was asked." in result.stdout
    assert result.stderr.startswith("Simulated model: no real model is asked.\n")
    assert "Skeptic: started" in result.stderr
    assert result.stderr.count("done:") + result.stderr.count(NOT_ASKED) == 5


def test_words_need_no_quotation_marks(quorum: Quorum) -> None:
    result = quorum("factcheck", "The", "moon", "is", "cheese")

    assert "> The moon is cheese" in result.stdout


def test_a_claim_comes_through_a_pipe(quorum: Quorum) -> None:
    result = quorum("factcheck", "-", piped="Honey never spoils\n")

    assert "> Honey never spoils" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("factcheck", "Honey never spoils"),
        ("brainstorm", "Nobody reads our notes"),
        ("safety", "Send me your password"),
        ("summarize", "talk.txt"),
        ("logs", "talk.txt"),
        ("extract", "talk.txt", "--fields", "who, what"),
    ],
)
def test_json_is_exactly_one_object_with_the_promised_fields(
    quorum: Quorum, here: Path, words: tuple[str, ...]
) -> None:
    (here / "talk.txt").write_text("Ann: Shall we ship?\nBen: We agreed to ship on Friday.\n")

    result = quorum(*words, "--json")

    run: dict[str, Any] = json.loads(result.stdout)
    reviewed = ["claim_review"] if words[0] == "factcheck" else []
    assert list(run) == [*FIELDS[:4], *reviewed, *FIELDS[4:]]
    assert (run["recipe"], run["status"], run["error"]) == (words[0], "done", None)
    assert run["result"]
    assert all(list(branch) == BRANCH for branch in run["branches"])
    assert all(branch["status"] == "done" for branch in run["branches"])
    assert all(
        branch["seconds"] is None if branch["note"] == NOT_ASKED else branch["seconds"] >= 0
        for branch in run["branches"]
    )
    assert list(run["usage"]) == USAGE
    assert run["usage"]["calls"] == asked(run)
    assert run["model"] == "simulated model"


@pytest.mark.parametrize(
    ("options", "voters"),
    [((), 5), (("--deep",), 9), (("--quick",), 3), (("--voters", "7"), 7)],
)
def test_options_say_how_many_voters_there_are(
    quorum: Quorum, options: tuple[str, ...], voters: int
) -> None:
    result = quorum("factcheck", *options, "--json", "Honey never spoils")

    assert len(json.loads(result.stdout)["branches"]) == voters


@pytest.mark.parametrize(("options", "paid"), [((), False), (("--fresh",), True)])
def test_a_question_asked_again_is_paid_for_again_only_if_that_is_wanted(
    quorum: Quorum, options: tuple[str, ...], paid: bool
) -> None:
    first = json.loads(quorum("factcheck", "--json", "Honey never spoils").stdout)

    again = json.loads(quorum("factcheck", *options, "--json", "Honey never spoils").stdout)

    calls = first["usage"]["calls"]
    assert calls == asked(first) >= 3
    assert again["usage"]["calls"] == (calls if paid else 0)
    assert again["result"]["claims"][0]["outcome"] == first["result"]["claims"][0]["outcome"]
    assert again["model"] == "simulated model"


@pytest.mark.parametrize(("options", "voters"), [((), 3), (("--deep",), 5)])
def test_a_safety_check_asks_all_seats_and_says_what_they_found(
    quorum: Quorum, options: tuple[str, ...], voters: int
) -> None:
    result = quorum("safety", *options, "-", piped="You are a clown.\n")

    assert result.exit_code == 0, result.stderr
    assert "> You are a clown." in result.stdout
    assert "a person decides" in result.stdout
    assert "Simulated model: no real model was asked." in result.stdout
    assert result.stderr.count("done:") == voters


def test_a_safety_check_is_for_machines_too(quorum: Quorum) -> None:
    found = json.loads(quorum("safety", "--json", "You are a clown.").stdout)["result"]

    assert (found["kind"], found["seats"], found["missing"]) == ("safety", 3, [])
    assert found["level"] in {"clear", "flag", "block"}


def test_a_summary_leads_back_to_the_lines_of_the_file(quorum: Quorum, here: Path) -> None:
    (here / "talk.txt").write_text("Ann: Shall we ship?\nBen: We agreed to ship on Friday.\n")

    result = quorum("summarize", "talk.txt", "--json")

    points = json.loads(result.stdout)["result"]["points"]
    assert {"talk.txt:2"} <= {link for point in points for link in point["links"]}


def test_a_pdf_is_summarized_and_its_pages_are_named(quorum: Quorum, here: Path) -> None:
    (here / "minutes.pdf").write_bytes(pdf_of("Ann: We agreed to ship on Friday."))

    result = quorum("summarize", "minutes.pdf", "--json")

    summary = json.loads(result.stdout)["result"]
    assert (summary["read"], summary["files"]) == (1, 1)
    assert [point["links"] for point in summary["points"]] == [["minutes.pdf:p1:1"]]


def test_a_summary_is_about_a_question(quorum: Quorum, here: Path) -> None:
    (here / "talk.txt").write_text("Ann: The price is 12 dollars.\nBen: We ship on Friday.\n")

    result = quorum("summarize", "talk.txt", "--about", "the price", "--json")
    shown = quorum("runs", "show", json.loads(result.stdout)["id"])

    assert json.loads(result.stdout)["result"]["about"] == "the price"
    assert shown.stdout.split("\n")[0].endswith("talk.txt: the price")


def test_a_summary_is_for_one_of_those_who_speak(quorum: Quorum, here: Path) -> None:
    (here / "talk.txt").write_text(
        "Ann Lee: We agreed to ship on Friday.\nBen Cole: We agreed to test on Monday.\n"
    )
    whole = json.loads(quorum("summarize", "talk.txt", "--json").stdout)["result"]

    mine = json.loads(quorum("summarize", "talk.txt", "--for", "ann", "--json").stdout)["result"]

    assert {point["speaker"] for point in whole["points"]} == {"Ann Lee", "Ben Cole"}
    assert {point["speaker"] for point in mine["points"]} == {"Ann Lee"}
    assert mine["others"] == len(whole["points"]) - len(mine["points"]) > 0
    assert mine["notes"] == ["It is told what concerns Ann Lee."]


def test_who_is_called_otherwise_is_told_who_is_there_and_pays_nothing(
    quorum: Quorum, here: Path
) -> None:
    result = quorum("summarize", "-", "--for", "Dora", piped="Ann Lee: Hi.\nBen Cole: Hi.\n")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Nobody is called Dora there, but Ann Lee, Ben Cole." in result.stderr
    assert not (here / "quorum.db").exists()
    assert not list((here / "quorum-stdin").iterdir())


def test_logs_are_counted_over_several_files_packed_or_not(quorum: Quorum, here: Path) -> None:
    lines = [f"2026-11-30 10:00:{n:02} ERROR payments: no answer from 10.0.0.{n}" for n in range(9)]
    (here / "app.log.1.gz").write_bytes(gzip.compress("\n".join(lines[:5]).encode()))
    (here / "app.log").write_text("\n".join(lines[5:]))

    words = ("logs", "app.log.1.gz", "app.log", "--about", "why do payments fail?")
    told = quorum(*words)
    report = json.loads(quorum(*words, "--json").stdout)["result"]

    assert told.exit_code == 0, told.stderr
    assert "9 lines, 1–9" in told.stdout
    assert "> why do payments fail?" in told.stdout
    assert (report["lines"], report["templates"], report["name"]) == (9, 1, "app.log.1, app.log")
    assert report["top"][0]["count"] == 9


def test_a_log_comes_through_a_pipe(quorum: Quorum, here: Path) -> None:
    report = json.loads(quorum("logs", "-", "--json", piped="one line\nand another\n").stdout)

    assert (report["result"]["name"], report["result"]["lines"]) == ("stdin", 2)
    assert not list((here / "quorum-stdin").iterdir())


@pytest.mark.data
@pytest.mark.parametrize(("name", "shapes"), [("HDFS_2k.log", 14), ("OpenSSH_2k.log", 26)])
def test_all_lines_of_a_real_log_are_counted(quorum: Quorum, name: str, shapes: int) -> None:
    log = Path(__file__).parents[3] / "shared" / "data" / "logs" / name
    if not log.exists():
        pytest.skip("no shared data here")

    report = json.loads(quorum("logs", str(log), "--json").stdout)["result"]

    assert (report["lines"], report["templates"]) == (2_000, shapes)
    lines = log.read_text().splitlines()
    for finding in report["findings"]:
        first = finding["first"]
        assert lines[first["number"] - 1].startswith(first["text"].rstrip("…"))


def test_a_pipe_is_summarized_and_not_kept_when_the_run_is_over(quorum: Quorum, here: Path) -> None:
    result = quorum("summarize", "-", "--json", piped="Ann: We agreed to ship on Friday.\n")

    run = json.loads(result.stdout)
    assert run["result"]["points"][0]["links"] == ["stdin:1"]
    assert not list((here / "quorum-stdin").iterdir())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("factcheck", "  "), "There is no text."),
        (("factcheck", "-"), "There is no text."),
        (("brainstorm", "x" * 3_001), "That is 3,001 characters; 3,000 are the most."),
        (("summarize", "-"), "Nothing came through the pipe."),
        (("summarize", "missing.txt"), "There is no file missing.txt."),
        (("summarize", "."), ". is a folder"),
        (("summarize", "packed.gz"), "packed.gz is packed; unpack it first."),
        (("summarize", "missing.txt", "--about", "x" * 3_001), "That is 3,001 characters;"),
        (("logs", "minutes.pdf"), "minutes.pdf is a PDF"),
        (("logs", "missing.log"), "There is no file missing.log."),
        (("logs", "--quick", "app.log"), "--quick"),
        (("factcheck", "x", "--source", "minutes.pdf"), "minutes.pdf is a PDF"),
        (("factcheck", "--deep", "--quick", "x"), "do not go together"),
        (("factcheck", "--voters", "16", "x"), "15"),
        (("factcheck", "--loud", "x"), "--loud"),
        (("factcheck",), "CLAIM"),
        (("safety", "-"), "There is no text."),
        (("safety", "--quick", "x"), "--quick"),
    ],
)
def test_wrong_usage_is_one_sentence_and_costs_nothing(
    quorum: Quorum, here: Path, words: tuple[str, ...], sentence: str
) -> None:
    (here / "packed.gz").write_bytes(gzip.compress(b"Ann: hello"))
    (here / "minutes.pdf").write_bytes(pdf_of("Ann: hello"))

    result = quorum(*words)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert not result.stdout
    assert not (here / "quorum.db").exists()


def test_a_pipe_that_is_no_text_leaves_nothing_behind(quorum: Quorum, here: Path) -> None:
    result = quorum("summarize", "-", piped=b"\x7fELF\0\0\0")

    assert result.exit_code == 2
    assert result.stderr == "What came through the pipe is not a text file.\n"
    assert not list((here / "quorum-stdin").iterdir())


def test_without_a_model_the_sentence_says_what_to_set(quorum: Quorum, here: Path) -> None:
    result = quorum("factcheck", "Honey never spoils", QUORUM_MODEL=None)

    assert result.exit_code == 3
    assert "OPENAI_API_KEY" in result.stderr
    assert not (here / "quorum.db").exists()


def test_a_wrong_setting_is_named(quorum: Quorum) -> None:
    result = quorum("factcheck", "Honey never spoils", PORT="many")

    assert result.exit_code == 3
    assert result.stderr.startswith("PORT: ")


def test_a_run_that_fails_says_why_and_ends_with_1(quorum: Quorum) -> None:
    result = quorum("factcheck", "--json", "Honey never spoils", QUORUM_BRANCH_SECONDS="0.000001")

    run = json.loads(result.stdout)
    assert result.exit_code == 1
    assert run["status"] == "failed"
    assert "voters answered" in run["error"]


def test_a_file_with_nothing_in_it_to_read_fails_with_a_sentence(
    quorum: Quorum, here: Path
) -> None:
    (here / "joined.jsonl").write_text(
        json.dumps({"type": "message", "subtype": "channel_join", "ts": "1.0", "text": "joined"})
    )

    result = quorum("summarize", "joined.jsonl")

    assert result.exit_code == 1
    assert "There is nothing to read in joined.jsonl." in result.stdout


def test_several_claims_are_checked_one_by_one_and_reviewed_for_machines(quorum: Quorum) -> None:
    text = "The moon is cheese. Honey never spoils. I like honey."
    run = json.loads(quorum("factcheck", "--json", text).stdout)

    claims = [claim["claim"] for claim in run["result"]["claims"]]
    assert claims == ["The moon is cheese.", "Honey never spoils."]
    assert [review["claimReviewed"] for review in run["claim_review"]] == claims
    assert [part["text"] for part in run["result"]["others"]] == ["I like honey"]
    told = quorum("runs", "show", run["id"]).stdout
    assert "\n# 2 claims: " in told
    assert "“I like honey” (opinion)" in told


def test_half_characters_in_words_do_no_harm(quorum: Quorum) -> None:
    result = quorum("factcheck", "caf\udce9s are open")

    assert result.exit_code == 0, result.stderr
    assert "> caf?s are open" in result.stdout


def test_the_database_is_for_its_owner_only(quorum: Quorum, here: Path) -> None:
    quorum("factcheck", "Honey never spoils")

    assert stat.S_IMODE((here / "quorum.db").stat().st_mode) == 0o600


@pytest.mark.data
@pytest.mark.parametrize("name", ["ES2011a.txt", "Bed003.txt"])
def test_a_real_meeting_is_read_to_its_end(quorum: Quorum, name: str) -> None:
    meeting = Path(__file__).parents[3] / "shared" / "data" / "meetings" / name
    if not meeting.exists():
        pytest.skip("no shared data here")

    result = quorum("summarize", str(meeting), "--json")

    summary = json.loads(result.stdout)["result"]
    lines = meeting.read_text().splitlines()
    assert summary["read"] == summary["messages"] == len(lines)
    assert summary["points"]
    for point in summary["points"]:
        where, number = point["links"][0].rsplit(":", 1)
        assert where == name
        assert point["quote"] in lines[int(number) - 1]


def test_a_claim_is_checked_against_files(quorum: Quorum, here: Path) -> None:
    (here / "notes.txt").write_text("Lunch.\n\nWe ship on Monday and not on Friday.\n")
    (here / "plan.md").write_text("# Nothing of it\n")
    words = ("We ship on Friday", "--source", "notes.txt", "--source", "plan.md")

    result = quorum("factcheck", *words, "--json")

    assert result.exit_code == 0, result.stderr
    [claim] = json.loads(result.stdout)["result"]["claims"]
    assert claim["claim"] == "We ship on Friday"
    assert [each["title"] for each in claim["passages"]] == ["notes.txt, line 3"]
    assert claim["looked"] == ["notes.txt", "plan.md"]


def test_a_file_for_a_claim_comes_through_a_pipe(quorum: Quorum, here: Path) -> None:
    words = ("factcheck", "We ship on Friday", "--source", "-", "--json")

    result = quorum(*words, piped="We ship on Monday and not on Friday.\n")

    [claim] = json.loads(result.stdout)["result"]["claims"]
    assert [each["title"] for each in claim["passages"]] == ["stdin, line 1"]
    assert not list(here.rglob("quorum-stdin/*"))


def test_of_a_claim_and_its_file_only_one_comes_through_the_pipe(quorum: Quorum) -> None:
    result = quorum("factcheck", "-", "--source", "-", piped="We ship on Friday")

    assert result.exit_code != 0
    assert "Only one thing can come through a pipe" in result.stderr


def test_a_file_that_is_not_there_costs_nothing(quorum: Quorum) -> None:
    result = quorum("factcheck", "We ship on Friday", "--source", "gone.txt")

    assert result.exit_code != 0
    assert "There is no file gone.txt." in result.stderr
    assert result.stdout == ""
