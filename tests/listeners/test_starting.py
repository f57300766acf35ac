"""From words to a run, by whatever way in: the database alone is needed."""

from __future__ import annotations

from bot.listeners.parsing import Typed, Usage
from bot.listeners.starting import Starting
from bot.runs.desk import Desk
from bot.runs.model import Actor, OneMessage, Place, RunRequest
from tests.listeners.house import Seen, Started, Urls, Wire
from tests.listeners.shelves import Runs

ANN = Actor(user="U1", team="T1")


class Way:
    """One way in, with all that it stands on. The wire is forbidden throughout."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.wire.acked = False
        self.urls, self.seen, self.store = Urls(self.wire), Seen(self.wire), Runs()
        desk = Desk(self.store, Started())
        self.starting = Starting(
            desk, replies=self.urls, screens=self.seen, clock=lambda: 1_764_000_000.0
        )

    async def said(self, text: str, delivery: str, url: str = "") -> str:
        typed = Typed(
            recipe="factcheck",
            text=text,
            by=ANN,
            place=Place(team="T1", channel="C1"),
            dedupe=delivery,
        )
        return await self.starting.start(self.starting.read(typed), url=url)


async def test_a_run_that_was_started_says_nothing_and_keeps_the_way_to_its_asker() -> None:
    way = Way()

    assert await way.said("X", "1", "https://x.example/1") == ""
    assert way.urls == {"run-1": "https://x.example/1"}
    assert await way.said("Y", "2") == ""
    assert list(way.urls) == ["run-1"]


async def test_another_delivery_of_an_open_question_names_the_card_and_keeps_the_first_way() -> (
    None
):
    way = Way()
    await way.said("X", "1", "https://x.example/1")

    assert "run=run-1" in await way.said("X", "2", "https://x.example/2")
    assert await way.said("X", "1", "https://x.example/3") == ""
    assert way.urls == {"run-1": "https://x.example/1"}


async def test_what_can_not_be_started_is_a_sentence_and_no_run() -> None:
    way = Way()

    assert "There is no option --force" in await way.said("--force", "1")
    assert await way.starting.start(Usage("Say it.")) == "Say it."
    assert way.store.runs == {}


async def test_links_are_those_of_the_workspace_as_far_as_it_is_known() -> None:
    way = Way()
    link = "https://other.example/archives/C0123/p1763990000000100"
    typed = Typed(
        recipe="factcheck",
        text=link,
        by=ANN,
        place=Place(team="T1", channel="C1"),
        dedupe="1",
    )
    assert isinstance(way.starting.read(typed), Usage)

    way.seen.home = ""
    request = way.starting.read(typed)
    assert isinstance(request, RunRequest)
    assert request.source == OneMessage(channel="C0123", ts="1763990000.000100")
