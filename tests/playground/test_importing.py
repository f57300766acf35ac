"""A workspace comes from disk: an export of Slack, or a file of messages."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from playground.importing import ImportRefused, load, read

ELM = Path(__file__).parents[3] / "shared" / "data" / "slack" / "elm-general-2019"


def message(ts: str, text: str = "x", **more: object) -> dict[str, object]:
    return {"type": "message", "user": "U1", "text": text, "ts": ts, **more}


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    root, reply = "1600000000.000100", "1600000100.000200"
    told = [
        json.dumps(message(root, "root")),
        "not json",
        json.dumps({"type": "message", "text": "nobody said this", "ts": "1600000001.000100"}),
        json.dumps(message("yesterday")),
        json.dumps(message(root, "twice")),
        json.dumps(message(reply, "reply", thread_ts=root, user="U2")),
        json.dumps(message("1600000200.000300", "orphan", thread_ts="1500000000.000100")),
    ]
    folder = tmp_path / "Town-Hall"
    folder.mkdir()
    (folder / "messages.jsonl").write_text("\n".join(told))
    (folder / "users.json").write_text(json.dumps({"U1": "Ada", "U3": "Quiet"}))
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    users = [
        {"id": "U1", "name": "ada", "profile": {"display_name": "Ada L", "title": "Counts"}},
        {"id": "U2", "name": "bob", "deleted": True, "is_restricted": True, "profile": {}},
        {"name": "no id"},
    ]
    places = [
        {"id": "C1", "name": "random", "topic": {"value": "anything"}},
        {"id": "C2", "name": "../escape"},
    ]
    (tmp_path / "users.json").write_text(json.dumps(users))
    (tmp_path / "channels.json").write_text(json.dumps(places))
    days = tmp_path / "random"
    days.mkdir()
    joined = message("1600000300.000100", subtype="channel_join")
    (days / "2020-09-13.json").write_text(json.dumps([message("1600000000.000100"), joined]))
    (days / "2020-09-14.json").write_text(json.dumps([message("1600090000.000100", user="U2")]))
    (days / "2020-09-15.json").write_text("broken")
    return tmp_path


def test_lines_become_a_channel_named_after_the_folder(lines):
    workspace = load(lines, keep_times=True)

    place = workspace.channel_named("town-hall")
    log = workspace.logs[place.id]
    assert [said.text for said in log.between(None, None)] == ["root", "orphan"]
    assert [said.text for said in log.replies("1600000000.000100")] == ["reply"]
    assert workspace.people["U1"].name == "Ada"
    assert workspace.people["U2"].name == "Someone U2"


def test_what_is_no_message_is_skipped_and_counted(lines):
    assert read(lines).skipped == 4


def test_the_bot_and_those_who_spoke_first_are_members(lines):
    workspace = load(lines)

    assert workspace.channel_named("town-hall").members == ("U1", "U2", "U3", workspace.bot)


def test_times_are_moved_to_end_now(lines):
    """Or "since 7d" would find nothing in an archive of years ago."""
    workspace = load(lines)

    first, last = workspace.logs["C0IMPORTED"].between(None, None)
    assert time.time() - 600 < float(last.ts) < time.time()
    assert float(last.ts) - float(first.ts) == pytest.approx(200.0002, abs=1e-3)
    assert workspace.logs["C0IMPORTED"].replies(first.ts)[0].thread_ts == first.ts


def test_an_export_keeps_people_channels_and_days(export):
    found = read(export, keep_times=True)

    workspace = found.workspace
    assert [place.name for place in workspace.channels.values()] == ["random"]
    assert [said.user for said in workspace.logs["C1"].between(None, None)] == ["U1", "U2"]
    assert (workspace.people["U1"].name, workspace.people["U1"].title) == ("Ada L", "Counts")
    assert workspace.people["U2"].deleted
    assert workspace.people["U2"].guest
    assert found.skipped == 2


def test_files_of_an_export_are_told_of_without_their_bytes_and_foreign_links(tmp_path):
    files = [
        {
            "id": "F1",
            "name": "Plan.pdf",
            "title": "The plan",
            "mimetype": "application/pdf",
            "filetype": "pdf",
            "pretty_type": "PDF",
            "size": 12_345,
            "mode": "hosted",
            "url_private": "https://evil.example/steal",
            "preview": "words",
        },
        {"id": "F2", "mode": "tombstone"},
        {"id": "F3", "name": 7, "size": "big", "mode": ["odd"], "mimetype": None},
        {"id": "../F4"},
        "no file",
        None,
    ]
    raw = [message("1600000000.000100", "", files=files), message("1600000001.000100", files="x")]
    (tmp_path / "messages.jsonl").write_text("\n".join(map(json.dumps, raw)))
    workspace = load(tmp_path)
    first, second = workspace.logs["C0IMPORTED"].between(None, None)
    plan, gone, odd = workspace.wire("C0IMPORTED", first)["files"]

    assert (plan["name"], plan["title"], plan["size"]) == ("Plan.pdf", "The plan", 12_345)
    assert (plan["pretty_type"], plan["file_access"]) == ("PDF", "file_not_found")
    assert plan["url_private"] == f"/files-pri/{workspace.team}-F1/plan.pdf"
    assert "evil" not in json.dumps(workspace.wire("C0IMPORTED", first))
    assert gone == {"id": "F2", "mode": "tombstone"}
    assert (odd["name"], odd["size"], odd["mode"]) == ("7", 0, "hosted")
    assert "files" not in workspace.wire("C0IMPORTED", second)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ImportRefused, match=r"^There is no folder .* to import\.$"):
        load(tmp_path / "nowhere")


def test_a_folder_of_something_else_is_one_sentence(tmp_path):
    with pytest.raises(ImportRefused, match=r"neither messages\.jsonl nor channels\.json"):
        load(tmp_path)


@pytest.mark.data
@pytest.mark.skipif(not ELM.is_dir(), reason="the real channel is not on this machine")
def test_a_real_channel_of_half_a_year_loads_whole():
    found = read(ELM)

    (log,) = found.workspace.logs.values()
    assert len(log) + found.skipped == 14_510
    assert max(len(log.replies(said.ts)) for said in log.between(None, None)) >= 100
