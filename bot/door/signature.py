"""Whether bytes come from Slack: HMAC over what was sent, and a narrow window of time."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 300  # Slack's own

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What the headers of a request say about its body; nothing is believed yet."""

    timestamp: str
    signature: str


def claim(headers: Mapping[str, str], *, now: float) -> Claim | None:
    """None: no body could make these headers true, so none has to be read."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return None
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        return None
    return Claim(timestamp=timestamp, signature=signature)


class Verifier:
    """*secrets*: more than one while they are rotated. Raises `ValueError` without any."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [secret.strip().encode() for secret in secrets if secret.strip()]
        if not self._keys:
            raise ValueError("Set SLACK_SIGNING_SECRET: without it nobody could be let in.")

    def holds(self, said: Claim, body: bytes) -> bool:
        """Whether one of the secrets signed exactly these bytes."""
        signed = b"v0:" + said.timestamp.encode() + b":" + body
        given = said.signature.encode()
        # all secrets are tried, so that the time taken tells nothing
        matches = [hmac.compare_digest(b"v0=" + _hex(key, signed), given) for key in self._keys]
        return any(matches)


def _hex(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).hexdigest().encode()
