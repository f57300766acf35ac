"""What a summary will use, before its first question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from patterns.estimating import Guess, estimate, follow_up
from patterns.itemizing import FAN_IN_LEAST, SHOWN_MOST
from patterns.mapping import question
from patterns.portions import portioned
from patterns.recipes.summarize.questions import CHECKED_MOST, CHECKS, aim, portions
from patterns.reducing import merges_of
from patterns.task import Cuts, Depth, Task
from patterns.usage import Estimate, Usage

#: Tokens of answers.
_NOTES, _DIGEST, _FINDINGS = Guess(10, 1_500), Guess(0, 600), Guess(0, 600)
#: Tokens that a merge is given, that a checker is, and that a second question about a part adds.
_MERGED, _CHECKED, _AGAIN = Guess(0, 2 * SHOWN_MOST), Guess(0, CHECKED_MOST * 400), 2_000


def foresee(task: Task) -> Estimate | None:
    """
    At least one question a part, which may find nothing that has to be merged; at most each part
    is asked again for what did not hold. None for a stream, and for nothing to read.
    """
    sizes = replace(portions(task), cuts=Cuts(before=task.cuts.before))
    found = portioned(task.messages, sizes)
    if not isinstance(found, Sequence) or not found:
        return None
    mapped = estimate([question(part, aim(task)) for part in found], _NOTES)
    again = mapped.high + Usage(input_tokens=len(found) * _AGAIN)
    low, high = mapped.low, mapped.high + again
    high += follow_up(merges_of(len(found), FAN_IN_LEAST), _MERGED, _DIGEST).high
    if task.depth is Depth.DEEP:
        low += mapped.low
        high += again + follow_up(len(CHECKS) + 1, _CHECKED, _FINDINGS).high
    return Estimate(low=low, high=high)
