from __future__ import annotations

import pytest

from patterns import errors


def test_every_error_of_the_patterns_is_one_of_the_tree():
    found = {e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)}

    assert all(issubclass(error, errors.PatternError) for error in found)
    assert {error.__name__ for error in found} <= set(str(errors.__doc__).split())


@pytest.mark.parametrize("error", [errors.ModelDenied, errors.QuorumMissed, errors.NothingToDo])
def test_what_concerns_the_whole_run_is_no_error_of_one_question(error: type[Exception]):
    assert not issubclass(error, errors.ModelError)


def test_a_model_may_say_when_to_come_back():
    assert errors.ModelUnavailable("Busy.", retry_after=3).retry_after == 3
    assert errors.ModelUnavailable("Gone.").retry_after is None
