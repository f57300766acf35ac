from __future__ import annotations

import pytest

from bot.showing.patience import MOST, Patience
from bot.slack.errors import Gone, NotAllowed, SlackError, Unavailable, Unheard

ODD = Unheard("chat.update", "never_heard_of")


def kinds(patience: Patience, *errors: SlackError | None, what: str = "card") -> list[object]:
    found: list[object] = []
    for error in errors:
        try:
            with patience.over(what):
                if error is not None:
                    raise error
        except SlackError as err:
            found.append(type(err))
    return found


def test_what_nobody_knows_is_a_refusal_when_it_was_said_often() -> None:
    assert kinds(Patience(), *[ODD] * MOST) == [Unheard] * (MOST - 1) + [NotAllowed]


def test_a_success_in_between_begins_the_count_anew() -> None:
    errors = [*[ODD] * (MOST - 1), None, *[ODD] * (MOST - 1)]

    assert NotAllowed not in kinds(Patience(), *errors)


def test_each_thing_has_a_count_of_its_own() -> None:
    patience = Patience()

    kinds(patience, *[ODD] * (MOST - 1))

    assert kinds(patience, ODD, what="result") == [Unheard]


def test_what_may_have_been_done_is_never_a_refusal() -> None:
    down = Unavailable("chat.update", "http_500")

    assert kinds(Patience(), *[down] * 9, Gone("chat.update", "x")) == [Unavailable] * 9 + [Gone]


def test_where_there_is_another_way_every_failure_counts() -> None:
    patience = Patience()
    for _ in range(MOST - 1):
        with pytest.raises(Unavailable), patience.over("file", Unavailable):
            raise Unavailable("files.upload", "http_500")

    with pytest.raises(NotAllowed), patience.over("file", Unavailable):
        raise Unavailable("files.upload", "http_500")
