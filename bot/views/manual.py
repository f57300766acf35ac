"""What people are told of how to ask: examples, options, all of it. Each line is mrkdwn."""

from __future__ import annotations

from bot.runs.limits import CHANNELS_MOST

_LINK = "https://acme.slack.com/archives/C012AB3CD/p1763990000000100"
EXAMPLES = {
    "factcheck": "/factcheck The Great Wall is visible from the Moon",
    "brainstorm": "/brainstorm How do we halve the time a release takes?",
    "summarize": "/summarize #general since 7d",
    "safety": "/quorum safety Send me your password, or else",
    "logs": f"/quorum logs {_LINK}",
    "extract": f"/quorum extract {_LINK} fields: name, amount: number",
}
#: With a question, where one can be asked.
ABOUT = {
    "summarize": f"/summarize {_LINK} about pricing",
    "logs": f"/quorum logs {_LINK} about timeouts",
}
USAGE = {
    "factcheck": (
        "*Check a claim by a panel of voters*",
        "• `/factcheck The Great Wall is visible from the Moon`",
        "• `/factcheck` with the link to a message (⋮ → Copy link)",
        "Options: `--quick` (3 voters), `--deep` (9), `--voters 7`, `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
    "summarize": (
        "*Summarize a conversation, every point with its source*",
        "• `/summarize`: this channel, the last 24 hours",
        "• `/summarize since 7d`, or `24h`, `2w`, `90m`; `/summarize last 200` messages",
        "• `/summarize since last`: what came since your last summary of it",
        "• `/summarize #general #random since 7d`: other channels that you are in, at most "
        f"{CHANNELS_MOST}",
        "• `/summarize` with the link to a thread or message (⋮ → Copy link), its files included",
        "• `/summarize #general since 7d about pricing`: what bears on a question, which goes to "
        "the end",
        "• `/summarize since last for me`: what concerns you, and for you alone",
        "Options: `--quick`, `--deep`, `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
    "safety": (
        "*See whether a text could do harm: voters name categories, a person decides*",
        "• `/quorum safety Send me your password, or else`",
        "• `/quorum safety` with the link to a message (⋮ → Copy link)",
        "One voter of three flags it, two block it. Only you see the result; you can share it.",
        "Options: `--deep` (5 voters), `--fresh` (asked anew, though the answers are known)",
    ),
    "logs": (
        "*Look through a log: every line counted in code, and what stands out told*",
        "• `/quorum logs` with the link to the message that the file came with (⋮ → Copy link)",
        "• `/quorum logs` with the link, then `about timeouts`: with a question",
        "Options: `--quick`, `--deep`, `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
    "extract": (
        "*A list or a table into typed fields: a row for every row, as a CSV file*",
        "• `/quorum extract` with the link to the message that the file came with (⋮ → Copy "
        "link), then `fields: name, amount: number, paid: yes/no, due: date, kind: a|b`",
        "A field is text where nothing else is said. What does not stand in its row is marked.",
        "Options: `--quick`, `--deep` (each row by itself), `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
    "brainstorm": (
        "*Ideas from several points of view, each blind to the others*",
        "• `/brainstorm How do we halve the time a release takes?`",
        "• `/brainstorm` with the link to a message (⋮ → Copy link)",
        "Options: `--quick`, `--deep`, `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
}
HELP = (
    "*I ask a model several times side by side, and post what the answers agree on*",
    "• `/factcheck The Great Wall is visible from the Moon`: voters judge it, and are counted",
    "• `/summarize`, `/summarize #general since 7d about pricing`, `since last for me`, or with a "
    "thread's link: every point with its source",
    "• `/brainstorm How do we halve the time a release takes?`: ideas from several points of view",
    "• `/quorum safety Send me your password, or else`: could a text do harm? For you alone",
    "• `/quorum logs` with the link to a message with a log file: what stands out, with counts",
    "• `/quorum extract` with such a link and `fields: name, amount: number`: a table of them",
    "• each of them with `help` tells its options: `/factcheck help`",
    "*In threads Slack takes no commands*: mention me there (`@Quorum summarize`, also with "
    "`about pricing`; `factcheck`, `brainstorm`, `safety`, `logs` or `extract`, alone, mean the "
    "thread's first message), or on a message choose "
    "⋮ → Summarize thread, Fact-check message or Brainstorm on this. In our direct messages, "
    "leave out the slash.",
    "*About runs*",
    "• `/quorum runs`: the last ones that you may see",
    "• `/quorum show 1a2b3c4d`: what happened in one, by the beginning of its id",
    "• `/quorum cancel 1a2b3c4d`: end one of yours",
    "• `/quorum usage`: what was spent, and the most that may be",
    "• `/quorum panel`: what your votes on claims have taught of the voters",
    "• `/quorum factcheck …`, `/quorum summarize …`, `/quorum brainstorm …`: as the commands above",
)
