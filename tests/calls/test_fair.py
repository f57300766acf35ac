from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.fair import FairQueue, Ticket


def ticket(person: str = "ann", run: str = "run", number: int = 1) -> Ticket:
    return Ticket(person=person, run=run, number=number)


def queue_of(*tickets: Ticket) -> FairQueue[Ticket]:
    queue = FairQueue[Ticket]()
    for each in tickets:
        queue.add(each)
    return queue


def drained(queue: FairQueue[Ticket]) -> list[Ticket]:
    return [queue.pop() for _ in range(len(queue))]


def test_a_run_gets_its_turns_in_the_order_in_which_it_asked():
    tickets = [ticket(number=n) for n in (3, 1, 2)]

    assert drained(queue_of(*tickets)) == tickets


def test_persons_take_turns_whatever_the_number_of_their_runs():
    tickets = [ticket("ann", f"a{n % 3}") for n in range(6)] + [ticket("bob", "b")] * 1

    persons = [each.person for each in drained(queue_of(*tickets))]

    assert persons[:2] == ["ann", "bob"]


def test_the_runs_of_one_person_take_turns():
    tickets = [ticket(run="a"), ticket(run="a"), ticket(run="a"), ticket(run="b")]

    assert [each.run for each in drained(queue_of(*tickets))] == ["a", "b", "a", "a"]


def test_a_run_that_has_just_begun_comes_first_and_every_fifth_turn_is_for_the_others():
    long = [ticket("ann", "long", 17 + n) for n in range(20)]
    new = [ticket("bob", "new", 1 + n) for n in range(12)]

    runs = [each.run for each in drained(queue_of(*long, *new))]

    assert runs[:15] == (["new"] * 4 + ["long"]) * 3
    assert runs[15:] == ["long"] * 17


def test_a_run_is_new_for_its_first_sixteen_requests():
    queue = FairQueue[Ticket]()

    tickets = [ticket(number=queue.number("run")) for _ in range(20)]

    assert [each.interactive for each in tickets] == [True] * 16 + [False] * 4
    assert ticket(number=queue.number("other")).interactive


def test_runs_that_nobody_heard_of_for_long_are_forgotten():
    queue = FairQueue[Ticket]()
    queue.number("old")
    queue.number("busy")
    for n in range(10_000):
        queue.number(str(n))
        queue.number("busy")

    assert queue.number("old") == 1
    assert queue.number("busy") == 10_002


def test_who_goes_away_leaves_no_trace():
    stays, goes = ticket(run="a"), ticket(run="b")
    queue = queue_of(goes, stays)

    queue.remove(goes)
    queue.remove(goes)
    queue.remove(ticket())
    queue.remove(ticket("nobody"))

    assert list(queue) == [stays]
    assert queue.head() is stays
    assert drained(queue) == [stays]


def test_an_empty_queue_has_no_head():
    with pytest.raises(StopIteration):
        FairQueue[Ticket]().head()


def test_how_many_come_before_is_told_by_what_takes_turns():
    mine = [ticket("ann", "mine") for _ in range(3)]
    queue = queue_of(*mine, *(ticket("bob", "long", 17) for _ in range(100)))
    last, fourth = ticket("cem", "new"), ticket("ann", "mine")
    queue.add(fourth)
    queue.add(last)

    assert queue.ahead(last) == 1
    assert queue.ahead(fourth) == 4 + 1
    assert queue.ahead(list(queue)[-1]) == 99 + 5


tickets = st.builds(
    ticket,
    person=st.sampled_from("ab"),
    run=st.sampled_from("xyz"),
    number=st.sampled_from([1, 99]),
)


@given(st.lists(st.one_of(tickets, st.none(), st.integers(0, 30)), max_size=60))
def test_nobody_is_lost_and_nobody_comes_twice(steps: list[Ticket | int | None]):
    """Tickets are added; None takes the head; a number takes that one away."""
    queue = FairQueue[Ticket]()
    waiting, came = list[Ticket](), list[Ticket]()
    for step in steps:
        if isinstance(step, Ticket):
            queue.add(step)
            waiting.append(step)
        elif step is not None and step < len(waiting):
            queue.remove(waiting.pop(step))
        elif step is None and waiting:
            head = queue.head()
            assert queue.pop() is head
            waiting.remove(head)
            came.append(head)
        assert len(queue) == len(waiting)
        assert Counter(map(id, queue)) == Counter(map(id, waiting))
        assert all(queue.ahead(each) >= 0 for each in waiting)

    assert Counter(map(id, drained(queue))) == Counter(map(id, waiting))
