"""What `quorum doctor` asks of the models: one tiny question each, and one search of the web."""

from __future__ import annotations

import asyncio

from bot.calls.prices import BadPrices
from bot.console.findings import Finding, ok, problem, warn
from bot.llm.build import SIMULATED
from bot.llm.errors import NoModel
from bot.parts import open_model
from bot.runs.ports import Errand
from bot.settings import Settings
from patterns.errors import PatternError
from patterns.ports import A, Answer, Prompt, Reply

#: Seconds for one question, and for a search, which reads pages first.
_PATIENCE, _MORE_PATIENCE = 20, 90
_CHECK = "check OPENAI_API_KEY, OPENAI_BASE_URL, QUORUM_MODEL"
_SEARCH = "web search"
_SWITCH_OFF = "set QUORUM_WEB_SEARCH to off, or name a model that searches"


class _Word(Answer):
    word: str


class _Page(Answer):
    url: str
    title: str


class _Pages(Answer):
    pages: list[_Page]


_QUESTION = Prompt(
    key="doctor",
    system="This is a test of the connection.",
    text="Answer with the word: ready",
    answer=_Word,
)
_LOOK = Prompt(
    key="doctor-search",
    system="This is a test of web search. Give pages that you found, never any other.",
    text="Search the web for: example.com. Give one page.",
    answer=_Pages,
    search=True,
)


async def check_models(settings: Settings) -> list[Finding]:
    """A finding for each model that the settings name, and one for web search if it is on."""
    try:
        async with open_model(settings) as model_for:
            names, searches = list(model_for.prices), model_for.searches
    except NoModel as err:
        return [problem("model", "none is configured", str(err))]
    except BadPrices as err:
        return [problem("prices", "cannot be used", str(err).rstrip("."))]
    if (settings.quorum_model or "").strip() == SIMULATED:
        return _simulated(settings)
    findings: list[Finding] = []
    for name in names:
        alone = settings.model_copy(update={"quorum_model": name})
        title = "model" if len(names) == 1 else f"model {name}"
        findings.append(await _answers(alone, title))
        if searches and name == names[0]:
            findings.append(await _searches(alone))
    return findings


def _simulated(settings: Settings) -> list[Finding]:
    findings = [ok("model", "simulated: no real model is asked")]
    if settings.quorum_web_search:
        findings.append(warn(_SEARCH, "the simulated model searches nothing", "name a real model"))
    return findings


async def _answers(settings: Settings, title: str) -> Finding:
    try:
        reply = await _asked(settings, _QUESTION, _PATIENCE)
    except PatternError as err:  # some say what to do in a second sentence
        said, _, remedy = str(err).rstrip(".").partition(". ")
        return problem(title, said, remedy or _CHECK)
    except TimeoutError:
        return problem(title, f"no answer came within {_PATIENCE} s", _CHECK)
    return ok(title, f"{reply.model} answers in the shape that it is asked for")


async def _searches(settings: Settings) -> Finding:
    try:
        reply = await _asked(settings, _LOOK, _MORE_PATIENCE)
    except PatternError as err:
        return problem(_SEARCH, str(err).rstrip("."), _SWITCH_OFF)
    except TimeoutError:
        return problem(_SEARCH, f"no answer came within {_MORE_PATIENCE} s", _SWITCH_OFF)
    if not reply.answer.pages:
        return warn(_SEARCH, "answers, but tells of no page that it found", _SWITCH_OFF)
    return ok(_SEARCH, f"{reply.model} finds pages")


async def _asked(settings: Settings, prompt: Prompt[A], seconds: float) -> Reply[A]:
    async with asyncio.timeout(seconds), open_model(settings) as model_for:
        return await model_for(Errand()).ask(prompt)
