from __future__ import annotations

from bot.slack.signature import REMEMBERED_SECONDS, Claim, Replays, Verifier, claim
from tests.slack.door import NEW, NOW, OLD, signature


def _claim(body: bytes, secret: str = NEW) -> Claim:
    headers = {name.replace("_", "-"): value for name, value in signature(body, secret).items()}
    found = claim(headers, now=NOW)
    assert found is not None
    return found


def test_only_the_signed_bytes_hold() -> None:
    verifier = Verifier([NEW])

    assert verifier.holds(_claim(b"body"), b"body")
    assert not verifier.holds(_claim(b"body"), b"body ")
    assert not verifier.holds(_claim(b"body", OLD), b"body")


def test_blanks_around_secrets_do_not_count() -> None:
    assert Verifier([f" {OLD} ", "", NEW]).holds(_claim(b"body", OLD), b"body")


def test_a_signature_is_new_once_until_it_is_too_old_to_be_good() -> None:
    now = 0.0
    replays = Replays(lambda: now)
    said = _claim(b"body")

    assert replays.first(said)
    now = REMEMBERED_SECONDS - 1
    assert not replays.first(said)
    now = REMEMBERED_SECONDS + 1
    assert replays.first(said)


def test_what_is_forgotten_is_new_again() -> None:
    replays = Replays(lambda: 0)
    said = _claim(b"body")
    replays.first(said)
    replays.forget(said)

    assert replays.first(said)


def test_memory_of_signatures_has_an_end() -> None:
    replays = Replays(lambda: 0, most=3)
    for number in range(5):
        assert replays.first(_claim(str(number).encode()))

    assert not replays.first(_claim(b"4"))
    assert replays.first(_claim(b"0"))
