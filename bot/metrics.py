"""What who runs the bot can watch: counts and times of model calls, branches and runs."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from patterns.usage import Usage

#: Names that come from outside, of each kind, that are told apart: a series is never forgotten.
NAMES_MOST: Final = 20
OTHER: Final = "other"
_MICROS: Final = 1_000_000

#: Upper ends, in seconds.
_WAITS = (0.01, 0.1, 0.5, 1, 2, 5, 10, 20, 40, 60, 120, 300)
_ATTEMPTS = (0.1, 0.2, 0.5, 1, 2, 4, 8, 15, 30, 45, 60, 120)
_BRANCHES = (0.1, 0.5, 1, 2, 5, 10, 20, 40, 80, 120, 240, 600)
_RUNS = (0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 600, 1800)

M = TypeVar("M", Counter, Gauge, Histogram)


class Metrics:
    """Implements `bot.runs.ports.Meter` for Prometheus, in a registry of its own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def counter(name: str, says: str, *labels: str) -> _Family[Counter]:
            return _Family(Counter(name, says, labels, registry=registry))

        def times(
            name: str, says: str, ends: tuple[float, ...], *labels: str
        ) -> _Family[Histogram]:
            return _Family(Histogram(name, says, labels, buckets=ends, registry=registry))

        queue = Gauge("quorum_model_queue_depth", "Requests waiting.", ["model"], registry=registry)
        self._queue = _Family(queue)
        self._waits = times("quorum_model_wait_seconds", "Waits for a turn.", _WAITS, "model")
        self._attempts = counter(
            "quorum_model_attempts_total", "Requests by what came of them.", "model", "outcome"
        )
        self._attempt_times = times(
            "quorum_model_attempt_seconds", "Requests, as they took.", _ATTEMPTS, "model"
        )
        self._busy = counter(
            "quorum_model_busy_total", "Requests refused as too many (429, 529).", "model"
        )
        self._hedges = counter(
            "quorum_model_hedges_total", "Second requests for slow ones.", "model", "won"
        )
        self._tokens = counter(
            "quorum_model_tokens_total", "Tokens; input without cached.", "model", "kind"
        )
        self._dollars = counter("quorum_model_cost_dollars_total", "US dollars.", "model")
        self._reused = counter("quorum_answers_reused_total", "Answers not paid for.", "how")
        self._branches = counter(
            "quorum_branches_total", "Branches by their end.", "recipe", "outcome"
        )
        self._branch_times = times("quorum_branch_seconds", "Branches.", _BRANCHES, "recipe")
        self._runs = counter("quorum_runs_total", "Runs by their end.", "recipe", "outcome")
        self._run_times = times("quorum_run_seconds", "Runs.", _RUNS, "recipe")

    def render(self) -> tuple[bytes, str]:
        """All of it as a scraper reads it, and the content type of that."""
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4

    def queue(self, model: str, depth: int, /) -> None:
        self._queue.of(model).set(depth)

    def waited(self, model: str, seconds: float, /) -> None:
        self._waits.of(model).observe(seconds)

    def attempt(self, model: str, outcome: str, seconds: float, /) -> None:
        self._attempts.of(model, outcome).inc()
        self._attempt_times.of(model).observe(seconds)
        if outcome == "busy":
            self._busy.of(model).inc()

    def hedge(self, model: str, /, *, won: bool) -> None:
        self._hedges.of(model, "yes" if won else "no").inc()

    def spent(self, model: str, usage: Usage, /) -> None:
        self._tokens.of(model, "input").inc(max(usage.input_tokens - usage.cached_tokens, 0))
        self._tokens.of(model, "cached").inc(usage.cached_tokens)
        self._tokens.of(model, "output").inc(usage.output_tokens)
        self._dollars.of(model).inc(usage.cost / _MICROS)

    def reused(self, how: str, /) -> None:
        self._reused.of(how).inc()

    def branch(self, recipe: str, outcome: str, seconds: float, /) -> None:
        self._branches.of(recipe, outcome).inc()
        self._branch_times.of(recipe).observe(seconds)

    def run(self, recipe: str, outcome: str, seconds: float, /) -> None:
        self._runs.of(recipe, outcome).inc()
        self._run_times.of(recipe).observe(seconds)


class _Family(Generic[M]):
    """A metric by its labels; the first label is a name from outside, and is bounded."""

    def __init__(self, metric: M) -> None:
        self._metric = metric
        self._names: set[str] = set()
        self._children: dict[tuple[str, ...], M] = {}

    def of(self, *labels: str) -> M:
        # looking a child up in the metric itself costs more than counting does
        return self._children.get(labels) or self._resolved(*labels)

    def _resolved(self, name: str, *others: str) -> M:
        if name not in self._names and len(self._names) >= NAMES_MOST:
            return self._metric.labels(OTHER, *others)
        self._names.add(name)
        child = self._children[name, *others] = self._metric.labels(name, *others)
        return child
