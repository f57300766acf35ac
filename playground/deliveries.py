"""Signed posts to the bot, and what Slack tells the person when the bot does not answer in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from slack_sdk.signature import SignatureVerifier

from playground.values import Json

PATIENCE = 3.0
ANSWER_BYTES_MOST = 1_000_000
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a delivery: the body of a 200, or Slack's word for the failure."""

    body: str = ""
    content_type: str = ""
    error: str = ""
    absent: bool = False


class Deliveries:
    """Posts to *bot_url*, which may change at any time; keeps the last body for redelivery."""

    def __init__(self, bot_url: str, signing_secret: str, *, patience: float = PATIENCE) -> None:
        self.bot_url, self.patience = bot_url, patience
        self.last: str | None = None
        self._signer = SignatureVerifier(signing_secret)
        self._http: ClientSession | None = None

    async def running(self, _: web.Application) -> AsyncGenerator[None, None]:
        """Hold the client session while the application runs."""
        async with ClientSession() as self._http:
            yield

    async def send(self, form: Json, *, retry: int = 0) -> Answer:
        # Half a surrogate pair, which a page can send, has no UTF-8.
        return await self._post(urlencode(form, errors="replace"), retry=retry)

    async def again(self) -> Answer | None:
        """Deliver the last body once more, newly signed, marked as Slack marks a retry."""
        return None if self.last is None else await self._post(self.last, retry=1)

    async def online(self) -> bool:
        """Whether something listens where the bot should be."""
        parts = urlsplit(self.bot_url)
        try:
            async with asyncio.timeout(0.5):
                _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    def signed(self, body: str) -> dict[str, str]:
        now = str(int(time.time()))
        signature = self._signer.generate_signature(timestamp=now, body=body) or ""
        return {
            "Content-Type": FORM,
            "User-Agent": "Slackbot 1.0 (playground)",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": signature,
        }

    async def _post(self, body: str, *, retry: int) -> Answer:
        if self._http is None:
            raise RuntimeError("The playground is not running.")
        self.last = body
        headers = self.signed(body)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        timeout = ClientTimeout(total=self.patience)
        try:
            async with self._http.post(
                self.bot_url,
                data=body.encode(),
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as reply:
                content = await reply.content.read(ANSWER_BYTES_MOST)
                if reply.status != web.HTTPOk.status_code:
                    return Answer(error="dispatch_failed")
                text = content.decode(errors="replace")
                return Answer(body=text, content_type=reply.content_type)
        except TimeoutError:
            return Answer(error="operation_timeout")
        except ClientError:
            return Answer(error="dispatch_failed", absent=not await self.online())
