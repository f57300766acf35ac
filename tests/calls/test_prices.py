"""Prices: whose they are, which model they are for, and that no sum says too little."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.prices import UNPRICED, BadPrices, Price, check, dearest, load
from bot.runs.model import SIMULATED_MODEL
from bot.runs.money import Cap, Caps
from patterns.usage import Usage

CENT = Decimal("0.01")
MINI = Price(input=Decimal("0.25"), cached=Decimal("0.025"), output=Decimal(2), search=CENT)
IN_DOLLARS = Caps(run=Cap(micros=1_000_000))
COUNTS = st.integers(0, 10**7)


def own(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_table_says_of_when_and_from_where_it_is() -> None:
    table = tomllib.loads(files("bot.calls").joinpath("prices.toml").read_text(encoding="utf-8"))

    assert isinstance(table["as_of"], date)
    assert table["currency"] == "USD"
    assert table["source"]
    assert len(table["models"]) > 20


@pytest.mark.parametrize(
    "name", ["gpt-5-mini", "gpt-5-mini-2025-08-07", "gpt-5-mini-20250807", "gpt-5-mini-latest"]
)
def test_a_model_has_its_price_whichever_of_its_versions_is_named(name: str) -> None:
    assert load(None).of(name, openai=True) == MINI


@pytest.mark.parametrize(
    "name",
    [
        "gpt-5.9-unknown",
        "gpt-5-mini-high",
        "gpt-5-ultra",
        "ft:gpt-5-mini:acme",
        "gpt",
        "",
        "-latest",
    ],
)
def test_a_model_that_begins_like_another_is_not_taken_for_it(name: str) -> None:
    assert load(None).of(name, openai=True) is UNPRICED


def test_what_openai_asks_is_not_what_another_server_asks() -> None:
    assert load(None).of("gpt-5-mini", openai=False) is UNPRICED


def test_a_file_of_the_house_wins_and_prices_other_servers(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        '[models]\n"gpt-5-mini" = { input = 1, output = 3 }\n'
        '"qwen3:8b" = { input = 0, output = 0 }',
    )
    prices = load(path)
    dear = Price(input=Decimal(1), cached=Decimal(1), output=Decimal(3))

    assert prices.of("gpt-5-mini-2025-08-07", openai=True) == dear.model_copy(
        update={"search": CENT}
    )
    assert prices.of("gpt-5-mini", openai=False) == dear
    assert prices.of("gpt-5", openai=True).input == Decimal("1.25")
    free = prices.of("qwen3:8b", openai=False)
    assert free is not UNPRICED
    assert free.cost(Usage(input_tokens=9)) == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("models", "is no TOML file"),
        ("a = 1", "models: Field required"),
        ("models = 3", "models: Input should be a valid dictionary"),
        ("[models]\na = { input = 1 }", "models.a.output: Field required"),
        ("[models]\na = { input = -1, output = 1 }", "models.a.input: Input should be greater"),
        ("[models]\na = { input = nan, output = 1 }", "models.a.input: Input should be a finite"),
        ("[models]\na = { input = 1, output = 1, cahced = 1 }", "models.a.cahced: Extra inputs"),
        ("[models]\na = { input = 1, cached = 2, output = 1 }", "cached input costs more"),
        ("[models]\na = { cached = 2, output = 1 }", "models.a.input: Field required"),
    ],
)
def test_a_table_with_a_mistake_is_named_with_it(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadPrices) as caught:
        load(own(tmp_path, text))

    assert str(caught.value).startswith(f"QUORUM_PRICES: {tmp_path}")
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadPrices, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(BadPrices, match="is no TOML file"):
        load(tmp_path / "binary")


def test_a_usage_costs_what_its_tokens_cost() -> None:
    used = Usage(calls=3, input_tokens=1_000_000, cached_tokens=400_000, output_tokens=100_000)

    assert MINI.cost(used) == 150_000 + 10_000 + 200_000


def test_a_fraction_of_a_millionth_is_a_millionth() -> None:
    assert MINI.cost(Usage(input_tokens=1)) == 1
    assert MINI.cost(Usage()) == 0
    assert UNPRICED.cost(Usage(input_tokens=10, output_tokens=10)) == 0


def test_a_search_of_the_web_costs_its_fee_beside_its_tokens() -> None:
    assert MINI.cost(Usage(input_tokens=1_000_000, searches=3)) == 250_000 + 30_000
    assert UNPRICED.cost(Usage(searches=3)) == 0


def test_the_house_says_what_a_search_costs_for_all_of_its_models_or_for_one(
    tmp_path: Path,
) -> None:
    text = """
search = 0.002
[models]
a = { input = 1, output = 1 }
b = { input = 1, output = 1, search = 0 }
"""
    prices = load(own(tmp_path, text))

    assert prices.of("a", openai=False).search == Decimal("0.002")
    assert prices.of("b", openai=True).search == 0
    assert prices.of("gpt-5", openai=True).search == CENT


PRICES = st.builds(
    lambda cached, more, output, search: Price(
        input=cached + more, cached=cached, output=output, search=search
    ),
    cached=st.decimals(0, 10, places=3),
    more=st.decimals(0, 10, places=3),
    output=st.decimals(0, 10, places=3),
    search=st.none() | st.decimals(0, 1, places=3),
)


@given(st.lists(PRICES, min_size=1, max_size=4), COUNTS, COUNTS, st.integers(0, 9))
def test_nothing_costs_more_at_any_of_several_prices_than_at_the_dearest(
    prices: list[Price], read: int, written: int, searches: int
) -> None:
    used = Usage(
        input_tokens=read, cached_tokens=read // 3, output_tokens=written, searches=searches
    )

    assert dearest(prices).cost(used) >= max(price.cost(used) for price in prices)


def test_of_models_without_a_price_nobody_knows_the_dearest() -> None:
    assert dearest([UNPRICED]) is UNPRICED


@given(fresh=COUNTS, cached=COUNTS, output=COUNTS)
def test_what_is_set_aside_for_a_request_covers_it(fresh: int, cached: int, output: int) -> None:
    """Before it is sent nobody knows what the provider has read before."""
    spent = Usage(input_tokens=fresh + cached, cached_tokens=cached, output_tokens=output)
    most = Usage(input_tokens=fresh + cached, output_tokens=output)

    assert 0 <= MINI.cost(spent) <= MINI.cost(most)


def test_a_server_that_tells_nonsense_of_cached_tokens_is_not_cheaper_for_it() -> None:
    assert MINI.cost(Usage(input_tokens=100, cached_tokens=10**9)) == 3


def test_a_cap_in_dollars_needs_a_price() -> None:
    with pytest.raises(BadPrices, match="A cap is in dollars, and qwen3:8b has no known price"):
        check(IN_DOLLARS, "qwen3:8b", UNPRICED)

    check(IN_DOLLARS, "gpt-5-mini", MINI)
    check(IN_DOLLARS, SIMULATED_MODEL, UNPRICED)  # costs nothing, as everybody knows
    check(Caps(), "qwen3:8b", UNPRICED)
