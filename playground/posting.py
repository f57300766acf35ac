"""Signed posts to the address of the bot."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from slack_sdk.signature import SignatureVerifier

from playground.parcels import Answer, Parcel

ANSWER_BYTES_MOST = 1_000_000


class Posting:
    """Posts to *url*, which may change at any time."""

    def __init__(self, url: str, signing_secret: str) -> None:
        self.url = url
        self.http: ClientSession | None = None
        self._signer = SignatureVerifier(signing_secret)

    async def bring(self, parcel: Parcel, patience: float, /) -> Answer:
        if self.http is None:
            raise RuntimeError("The playground is not running.")
        try:
            async with self.http.post(
                self.url,
                data=parcel.body.encode(),
                headers=self._headers(parcel),
                timeout=ClientTimeout(total=patience),
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

    async def online(self) -> bool:
        """Whether something listens where the bot should be."""
        parts = urlsplit(self.url)
        try:
            async with asyncio.timeout(0.5):
                _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    def _headers(self, parcel: Parcel) -> dict[str, str]:
        now = str(int(time.time()))
        signature = self._signer.generate_signature(timestamp=now, body=parcel.body) or ""
        headers = {
            "Content-Type": parcel.content_type,
            "User-Agent": "Slackbot 1.0 (playground)",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": signature,
        }
        if not parcel.retry:
            return headers
        retry = {"X-Slack-Retry-Num": str(parcel.retry), "X-Slack-Retry-Reason": parcel.reason}
        return headers | retry
