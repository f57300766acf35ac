"""Files stay as long as there is room for their bytes; the oldest go first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from playground.shelf import SNIPPET_MOST, Shelf, new_file
from playground.values import Message
from playground.workspace import Workspace


def file(content: bytes, name: str = "a.txt"):
    return new_file(name=name, user="U0ANN", content=content)


def test_short_text_is_a_snippet_and_all_else_a_hosted_file():
    assert file(b"x").mode == "snippet"
    assert file(b"x" * (SNIPPET_MOST + 1)).mode == "hosted"
    assert file(b"\0").mode == "hosted"


@given(st.lists(st.integers(0, 12), max_size=30))
def test_no_more_bytes_are_kept_than_there_is_room_for_and_the_oldest_go(sizes):
    shelf, files = Shelf(most=20), [file(b"x" * size) for size in sizes]
    for each in files:
        shelf.put(each)

    kept = [shelf.get(each.id) for each in files]
    assert sum(len(each.content or b"") for each in kept if each) <= 20
    assert all(each for each in kept)
    assert all(each.content is not None for each in kept[-1:] if each)
    here = [each.content is not None for each in kept if each]
    assert here == sorted(here)


def test_a_message_says_that_its_file_is_gone(workspace: Workspace):
    workspace.shelf = Shelf(most=10)
    old = file(b"123456")
    workspace.keep(old)
    said = workspace.post("C0GENERAL", Message(ts="", user="U0ANN", files=(old.id,)))
    with workspace.listen("U0BEN") as page:
        workspace.keep(file(b"123456"))
        told = page.queue.get_nowait()

    assert told is not None
    assert told["message"]["ts"] == said.ts
    assert told["message"]["files"] == [{"id": old.id, "mode": "tombstone"}]
