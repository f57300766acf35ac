"""People's own vote on the claims of a fact-check: buttons while it is open, then its end."""

from __future__ import annotations

from bot.runs.model import Opinion, PeoplesVote, Run, Status
from bot.runs.polling import LEAST
from bot.views.actions import AGREE, CANNOT_TELL, CLOSE_VOTE, DISAGREE, ticket
from bot.views.blocks import Block, actions, button, confirmation, context, section, weight
from bot.views.message import SlackMessage
from bot.views.mrkdwn import line
from patterns.recipes.factcheck import ClaimVerdict, FactCheck

#: Claims whose buttons have room on the card; those of more are a message in the thread.
ON_CARD = 1
_CLAIM_MOST = 120
#: What is said of the claim: under "Refuted" a bare "agree" could be meant of the panel.
OPINIONS = {
    Opinion.AGREE: "it's true",
    Opinion.DISAGREE: "it's false",
    Opinion.CANNOT_TELL: "can't tell",
}
_DO = {
    Opinion.AGREE: ("agrees", "agree"),
    Opinion.DISAGREE: ("disagrees", "disagree"),
    Opinion.CANNOT_TELL: ("can't tell", "can't tell"),
}
_BUTTONS = (
    (AGREE, "✅ Agree: it's true"),
    (DISAGREE, "❌ Disagree: it's false"),
    (CANNOT_TELL, "🤷 Can't tell"),
)
_ASKED = "Do you agree with the claim itself?"
_ASKED_OF_MANY = "Do you agree with the claims themselves?"
_HIDDEN = "You see how others voted once you have voted; no names are shown."


def outcome(vote: PeoplesVote | None) -> str:
    """
    "4 agree with the claim · 1 disagrees; they say: it's true" once it is over; before that empty.
    """
    if vote is None or not vote.closed:
        return ""
    said = counts(vote, *(each for each in Opinion if vote.counts.get(each)))
    if not said:
        return "nobody voted"
    few = vote.voters < LEAST
    none = "too few: three are needed" if few else "no majority"
    return f"{said}; {f'they say: {OPINIONS[vote.settled]}' if vote.settled else none}"


def counts(vote: PeoplesVote, *opinions: Opinion) -> str:
    """ "4 agree with the claim · 1 disagrees": of what is said once, for all that stand here."""
    told = [_count(vote.counts.get(each, 0), each) for each in opinions]
    if opinions and opinions[0] is not Opinion.CANNOT_TELL:
        told[0] += " with the claim"
    return " · ".join(told)


def of(run: Run, claim: int) -> PeoplesVote | None:
    return next((vote for vote in run.people if vote.claim == claim), None)


def on_card(run: Run) -> list[Block]:
    """Buttons for the card, or where they are instead; nothing where the vote is over."""
    claims = _claims(run)
    if not claims or _is_over(run):
        return []
    if len(claims) > ON_CARD:
        return [context(f"{_ASKED_OF_MANY} You can vote on them in the thread.")]
    voted = f" {told}." if (told := _voted(run, 0)) else ""
    return [context(f"{_ASKED} {_HIDDEN}{voted}"), _row(run, 0, _closing(run))]


def messages(run: Run) -> list[SlackMessage]:
    """
    For the thread, where the claims are too many for the card. It stays when the vote is over,
    without its buttons.
    """
    claims = _claims(run)
    if len(claims) <= ON_CARD:
        return []
    if _is_over(run):
        text = "The vote on the claims is over."
        ends = [
            section(
                f"{_named(number, claim)}\n*People*: {outcome(of(run, number)) or 'nobody voted'}"
            )
            for number, claim in enumerate(claims)
        ]
        blocks = [section(text), *ends]
    else:
        text = f"{_ASKED_OF_MANY} {_HIDDEN}"
        blocks = [section(text), *_rows(run, claims)]
    return [SlackMessage(slot="people", text=text, blocks=(*blocks,), final=True)]


def room(rows: list[Block], page: int) -> int:
    """Bytes that the *rows* leave of a *page* to the result."""
    return max(page - weight(rows), page // 3) if rows else page


def _claims(run: Run) -> tuple[ClaimVerdict, ...]:
    if run.status is Status.DONE and isinstance(run.result, FactCheck):
        return run.result.claims
    return ()


def _is_over(run: Run) -> bool:
    """It is closed for all claims of a run at once."""
    return any(vote.closed for vote in run.people)


def _rows(run: Run, claims: tuple[ClaimVerdict, ...]) -> list[Block]:
    rows = [
        block
        for number, claim in enumerate(claims)
        for block in (
            section(" · ".join(filter(None, (_named(number, claim), _voted(run, number))))),
            _row(run, number),
        )
    ]
    return [*rows, actions(_closing(run), block_id="people")]


def _named(number: int, claim: ClaimVerdict) -> str:
    return f"*{number + 1}.* {line(claim.claim, _CLAIM_MOST)}"


def _row(run: Run, number: int, *others: Block) -> Block:
    value = str(ticket(run, number))
    buttons = [button(action, text, value) for action, text in _BUTTONS]
    return actions(*buttons, *others, block_id=f"claim-{number}")


def _count(number: int, opinion: Opinion) -> str:
    one, more = _DO[opinion]
    return f"{number:,} {one if number == 1 else more}"


def _voted(run: Run, number: int) -> str:
    vote = of(run, number)
    if vote is None or not vote.voters:
        return ""
    return f"{'1 person' if vote.voters == 1 else f'{vote.voters:,} people'} voted"


def _closing(run: Run) -> Block:
    many = len(_claims(run)) > 1
    return button(
        CLOSE_VOTE,
        "Close the vote",
        str(ticket(run)),
        confirm=confirmation(
            "Close the vote?",
            f"What people said is shown beside the panel's word, and nobody can vote on "
            f"{'these claims' if many else 'this claim'} any more. Only who asked, and admins, "
            "can close it.",
            yes="Close it",
            no="Leave it open",
        ),
    )
