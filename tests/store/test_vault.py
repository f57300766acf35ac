"""What is locked away is read again with the keys of the day, and with no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.store.vault import BadKey, Unopened, Vault

OLD, NEW = (f"{sign * 43}=" for sign in "AB")


def vault(*keys: str) -> Vault:
    return Vault(SecretStr(",".join(keys)))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_goes_in_comes_out(secret: str):
    closed = vault(NEW).close(SecretStr(secret))

    assert vault(NEW).open(closed).get_secret_value() == secret


def test_a_secret_cannot_be_read_where_it_lies():
    closed = vault(NEW).close(SecretStr("xoxb-canary"))

    assert "canary" not in closed
    assert vault(NEW).close(SecretStr("xoxb-canary")) != closed, "not even told to be the same"


def test_the_first_key_closes_and_all_of_them_open():
    before = vault(OLD).close(SecretStr("secret"))
    both = vault(f" {NEW}", f"{OLD} ", "")

    assert both.open(before).get_secret_value() == "secret"
    assert not both.is_new(before)
    after = both.close(SecretStr("secret"))
    assert both.is_new(after)
    assert vault(NEW).open(after).get_secret_value() == "secret"


@pytest.mark.parametrize("closed", ["", "plain", "gAAAAA", "ü"])
def test_what_no_key_opens_stays_closed(closed: str):
    with pytest.raises(Unopened):
        vault(NEW).open(closed)
    with pytest.raises(Unopened):
        vault(NEW).open(vault(OLD).close(SecretStr("secret")))


@pytest.mark.parametrize(
    "keys", ["", " , ", "hunter2", f"{NEW},hunter2", "ü" * 44, NEW[:-2]], ids=repr
)
def test_what_is_no_key_is_refused_with_the_way_to_make_one(keys: str):
    with pytest.raises(BadKey, match=r"Fernet\.generate_key") as refused:
        Vault(SecretStr(keys))

    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None
