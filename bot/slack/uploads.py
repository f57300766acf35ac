"""A file into Slack, in the three steps that it takes: an address, the bytes, the showing."""

from __future__ import annotations

from bot.slack.client import SlackClient
from bot.slack.errors import Invalid
from bot.slack.hosts import is_slacks
from bot.slack.limiter import Call, Limiter, Priority
from bot.views.message import File

ADDRESS, SHOW = "files.getUploadURLExternal", "files.completeUploadExternal"


class Uploads:
    """Each call takes its turn. Raises `SlackError`."""

    def __init__(self, client: SlackClient, limiter: Limiter) -> None:
        self._client = client
        self._limiter = limiter

    @property
    def possible(self) -> bool:
        """False once Slack has said that files are not for us."""
        return self._client.can(ADDRESS) and self._client.can(SHOW)

    async def bring(self, file: File) -> str:
        """The id of *file*, whose bytes Slack has; nobody sees anything of it yet."""
        content = file.text.encode(errors="replace")
        await self._limiter.turn(Call(method=ADDRESS, priority=Priority.FINAL))
        told = await self._client.form(ADDRESS, filename=file.name, length=str(len(content)))
        url, file_id = told.get("upload_url"), told.get("file_id")
        if not isinstance(url, str) or not isinstance(file_id, str) or not self._is_slacks(url):
            raise Invalid(ADDRESS, "no_address")
        await self._client.send(url, content)
        return file_id

    async def show(
        self, file_id: str, title: str, channel: str, *, thread_ts: str | None, text: str
    ) -> None:
        """To the channel, with *text* above it."""
        await self._limiter.turn(Call(method=SHOW, priority=Priority.FINAL))
        said = {
            "files": [{"id": file_id, "title": title}],
            "channel_id": channel,
            "thread_ts": thread_ts,
            "initial_comment": text,
        }
        await self._client.say(SHOW, said)

    def _is_slacks(self, url: str) -> bool:
        return is_slacks(url, self._client.web.base_url)
