"""
What can go wrong in a pattern. Every message is one sentence that a person may read.

PatternError
├── ModelError            one question got no usable answer: its branch fails alone
│   ├── ModelUnavailable      no answer came; another try may work
│   │   └── ModelBusy             the server asks all who ask it to wait
│   ├── ModelRefused          the model declined to answer
│   ├── AnswerUnusable        an answer came, in the wrong shape or cut short
│   └── RunOver               the run has no more questions: who reads for it can stop
│       ├── TimeUp                its time is up
│       └── BudgetSpent           the question might cost more than is left to spend
├── ModelDenied           no question can be answered: bad key, no credit, no such model
├── QuorumMissed          too few branches answered
└── NothingToDo           the input holds nothing to work on
"""

from __future__ import annotations

from patterns.usage import Usage


class PatternError(Exception):
    """The run cannot give a result."""


class ModelError(PatternError):
    """
    The model gave no usable answer to one question.

    *usage* is what the attempts at it cost all the same.
    """

    def __init__(self, message: str, *, usage: Usage = Usage()) -> None:
        super().__init__(message)
        self.usage = usage


class ModelUnavailable(ModelError):
    """
    The model did not answer.

    *retry_after* is what the server asked us to wait, in seconds, if it said so.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, usage: Usage = Usage()
    ) -> None:
        super().__init__(message, usage=usage)
        self.retry_after = retry_after


class ModelBusy(ModelUnavailable):
    """Too much was asked of the server, by whomever: it is not this question's fault."""


class ModelRefused(ModelError):
    """The model declined; asking again gives the same."""


class AnswerUnusable(ModelError):
    """The answer did not have the shape that was asked for, or was cut short."""


class RunOver(ModelError):
    """No answer comes to this question, nor to others like it that follow."""


class TimeUp(RunOver):
    """The run has had its time."""


class BudgetSpent(RunOver):
    """What this question may cost at most is more than is left to spend."""


class ModelDenied(PatternError):
    """No call can succeed until somebody mends the key, the credit or the model's name."""


class QuorumMissed(PatternError):
    """Too few branches answered to decide."""


class NothingToDo(PatternError):
    """The input holds nothing to work on."""
