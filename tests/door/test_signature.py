from __future__ import annotations

from bot.door.signature import Claim, Verifier, claim
from tests.door.door import NEW, NOW, OLD, signature


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
