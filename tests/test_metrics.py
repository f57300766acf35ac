"""What a scraper reads of the bot."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import NAMES_MOST, OTHER, Metrics
from bot.runs.meter import Meter
from patterns.usage import Usage


def samples(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """By name, and the values of the labels in the order of their names."""
    body, _ = metrics.render()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_it_is_a_meter(metrics: Metrics) -> None:
    meter: Meter = metrics

    assert meter


def test_it_is_served_as_prometheus_text(metrics: Metrics) -> None:
    assert metrics.render()[1].startswith("text/plain; version=0.0.4")


def test_attempts_are_counted_by_model_and_outcome_and_refusals_by_themselves(
    metrics: Metrics,
) -> None:
    metrics.attempt("m", "ok", 0.3)
    metrics.attempt("m", "ok", 0.3)
    metrics.attempt("m", "busy", 0.1)

    told = samples(metrics)
    assert told["quorum_model_attempts_total", "m", "ok"] == 2
    assert told["quorum_model_attempts_total", "m", "busy"] == 1
    assert told["quorum_model_busy_total", "m"] == 1
    assert told["quorum_model_attempt_seconds_count", "m"] == 3
    assert told["quorum_model_attempt_seconds_sum", "m"] == pytest.approx(0.7)
    assert told["quorum_model_attempt_seconds_bucket", "0.2", "m"] == 1


def test_the_queue_is_as_deep_as_it_was_said_last_and_waits_are_timed(metrics: Metrics) -> None:
    metrics.queue("m", 7)
    metrics.queue("m", 3)
    metrics.waited("m", 12)

    told = samples(metrics)
    assert told["quorum_model_queue_depth", "m"] == 3
    assert told["quorum_model_wait_seconds_sum", "m"] == 12


def test_tokens_of_the_input_are_counted_once_as_new_or_as_cached(metrics: Metrics) -> None:
    metrics.spent("m", Usage(calls=1, input_tokens=100, cached_tokens=80, output_tokens=5, cost=42))
    metrics.spent("m", Usage(calls=1, input_tokens=1, cached_tokens=9))

    told = samples(metrics)
    assert told["quorum_model_tokens_total", "input", "m"] == 20
    assert told["quorum_model_tokens_total", "cached", "m"] == 89
    assert told["quorum_model_tokens_total", "output", "m"] == 5
    assert told["quorum_model_cost_dollars_total", "m"] == pytest.approx(42e-6)


def test_hedges_and_answers_that_cost_nothing_are_counted(metrics: Metrics) -> None:
    metrics.hedge("m", won=True)
    metrics.hedge("m", won=False)
    metrics.hedge("m", won=False)
    metrics.reused("kept")
    metrics.reused("shared")

    told = samples(metrics)
    assert told["quorum_model_hedges_total", "m", "yes"] == 1
    assert told["quorum_model_hedges_total", "m", "no"] == 2
    assert told["quorum_answers_reused_total", "kept"] == 1
    assert told["quorum_answers_reused_total", "shared"] == 1


def test_branches_and_runs_are_counted_and_timed_by_recipe(metrics: Metrics) -> None:
    metrics.branch("factcheck", "done", 2)
    metrics.branch("factcheck", "failed", 3)
    metrics.run("factcheck", "cancelled", 4)

    told = samples(metrics)
    assert told["quorum_branches_total", "done", "factcheck"] == 1
    assert told["quorum_branches_total", "failed", "factcheck"] == 1
    assert told["quorum_branch_seconds_sum", "factcheck"] == 5
    assert told["quorum_runs_total", "cancelled", "factcheck"] == 1
    assert told["quorum_run_seconds_sum", "factcheck"] == 4


def test_names_from_outside_make_a_bounded_number_of_series(metrics: Metrics) -> None:
    for number in range(1000):
        metrics.attempt(f"model-{number}", "ok", 1)

    told = samples(metrics)
    counted = {key: value for key, value in told.items() if key[0] == "quorum_model_attempts_total"}
    assert len(counted) == NAMES_MOST + 1
    assert counted["quorum_model_attempts_total", OTHER, "ok"] == 1000 - NAMES_MOST
    assert counted["quorum_model_attempts_total", "model-0", "ok"] == 1


def test_two_bots_in_one_process_count_apart(metrics: Metrics) -> None:
    other = Metrics()
    metrics.run("factcheck", "done", 1)

    assert ("quorum_runs_total", "done", "factcheck") not in samples(other)


def test_who_scrapes_sees_the_memory_of_the_process(metrics: Metrics) -> None:
    assert samples(metrics)[("process_resident_memory_bytes",)] > 0
