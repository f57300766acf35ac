"""What a fact-check will use, before its first question."""

from __future__ import annotations

from patterns.estimating import Guess, estimate, follow_up
from patterns.evidence import Nothing
from patterns.packing import tokens
from patterns.passages import CHARACTERS_MOST, PASSAGES_MOST
from patterns.recipes.factcheck.claims import CLAIMS_MOST, plain, question, splits, statements
from patterns.recipes.factcheck.gathering import SEARCHES_MOST, search
from patterns.recipes.factcheck.panel import Case, ballot_prompt, size_of
from patterns.stopping import waves
from patterns.task import Depth, Task, known_topic
from patterns.usage import Estimate, Usage

#: Tokens of answers.
_BALLOT, _PAGES, _LOOK = Guess(10, 400), Guess(10, 1_500), Guess(1, 30)
#: Tokens of the pages that one search of the web reads. Nobody knows beforehand; nothing is read
#: for sure, as a search may find nothing.
_READ = 20_000
#: Tokens around the words of one statement.
_STATEMENT = 30
#: Characters by which a claim that can be read alone is longer than its share of the text.
_AROUND = 200
#: Tokens of passages in one prompt, at most, with what stands before each.
_PASSAGES = PASSAGES_MOST * (CHARACTERS_MOST // 4 + 40)
_NONE = Estimate(low=Usage(), high=Usage())


def foresee(task: Task) -> Estimate | None:
    """
    At least one panel's first wave; at most all seats of every claim, each after all its searches.

    None where the text has yet to be read, or there is none. What fails and is asked of a reserve
    is not foreseen.
    """
    if not (text := known_topic(task)):
        return None
    if not splits(text):
        return _claim(text, task) if plain(text).claims else _NONE
    count = 2 * statements(text)
    gate = estimate([question(text)], Guess(5, count * _STATEMENT + 3 * tokens(text)))
    claims = min(CLAIMS_MOST, count)
    # Each may be said at length; told apart badly, all of the text is one claim.
    share = text[: 2 * len(text) // claims + _AROUND]
    apart, whole = _claim(share, task).high, _claim(text, task)
    high = Usage(
        calls=claims * apart.calls,
        input_tokens=max(claims * apart.input_tokens, whole.high.input_tokens),
        output_tokens=claims * apart.output_tokens,
    )
    return Estimate(low=gate.low + _claim("x", task).low, high=gate.high + high)


def _claim(claim: str, task: Task) -> Estimate:
    """Of one claim, from the first wave alone to everything there may be to ask."""
    size = size_of(task)
    seats = [ballot_prompt(Case(claim=claim), number) for number in range(size)]
    low = estimate(seats[: waves(size)[0]], _BALLOT).low
    high = estimate(seats, _BALLOT).high
    if task.web:
        searches = [
            search(key=f"search-{number}", title="", claim=claim, query=claim)
            for number in range(1, SEARCHES_MOST + 1)
        ]
        low += estimate(searches[:1], _PAGES).low
        high += estimate(searches, _PAGES).high + _reading(SEARCHES_MOST)
        high += Usage(input_tokens=SEARCHES_MOST * _READ)
    if task.web or not isinstance(task.evidence, Nothing):
        high += _reading(size)
        if task.depth is Depth.DEEP:
            look = Guess(0, tokens(claim) + 400)
            high += follow_up(size, look, _LOOK).high
    return Estimate(low=low, high=high)


def _reading(prompts: int) -> Usage:
    """Passages that stand in so many of them."""
    return Usage(input_tokens=prompts * _PASSAGES)
