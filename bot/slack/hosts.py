"""Where files of Slack are: an address that it gave us may lead anywhere."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FILES = "files.slack.com"
#: Where files are; beside them are the methods of the Web API, which act on whatever is asked.
_PATHS = ("/files-pri/", "/files/")


def is_local(url: str) -> bool:
    """On this machine, to which no proxy leads."""
    return urlsplit(url).hostname in _LOOPBACK


def is_slacks(url: str, base: str) -> bool:
    """Slack's own hosts over https, or the host of *base*, with which we speak."""
    split = _split(url, base)
    if split is None:
        return False
    there, here = split
    if there.hostname and (there.scheme, there.hostname) == (here.scheme, here.hostname):
        return True
    return _is_slack_com(there)


def may_have_token(url: str, base: str) -> bool:
    """A file, on Slack's host for files or where we speak with Slack: that port and no other."""
    split = _split(url, base)
    if split is None or not _is_file(split[0].path):
        return False
    there, here = split
    if _is_slack_com(there) and there.hostname == _FILES:
        return True
    ours = (here.scheme, here.hostname, here.port)
    return bool(there.hostname) and (there.scheme, there.hostname, there.port) == ours


def _split(url: str, base: str) -> tuple[SplitResult, SplitResult] | None:
    """None for what is no address, or says who wants in."""
    try:
        there, here = urlsplit(url), urlsplit(base)
        _ = there.port
    except ValueError:
        return None
    return None if there.username is not None or there.password is not None else (there, here)


def _is_file(path: str) -> bool:
    """Steps up lead elsewhere, however they are written."""
    parts = unquote(path).replace("\\", "/").split("/")
    return path.startswith(_PATHS) and not {".", ".."} & set(parts)


def _is_slack_com(there: SplitResult) -> bool:
    host = there.hostname or ""
    named = host == "slack.com" or host.endswith(".slack.com")
    return there.scheme == "https" and there.port in {None, 443} and named
