"""What people's votes have taught of the panel, in sentences for people."""

from __future__ import annotations

from bot.views.mrkdwn import line
from bot.views.words import counted
from patterns.learned import ENOUGH, ENOUGH_TO_CALIBRATE, Learned

_SEAT_MOST = 60
NOTHING = (
    "No claim has been rated here yet. Under a fact-check choose Agree (it's true) or Disagree "
    "(it's false): once the vote closes, with three voices or more and a majority for one of "
    "these, the panel's voters are measured by it."
)


def panel(learned: Learned) -> str:
    if not learned.rated:
        return NOTHING
    seats = [f"• {line(seat, _SEAT_MOST)}: {told}" for seat, told in of_seats(learned)]
    facts = [f"• {fact}" for fact in (together(learned), *used(learned))]
    shares = calibrated(learned)
    table = ["*How often people said the same as the panel*", *(f"• {each}" for each in shares)]
    return "\n".join(
        [
            f"*The panel, by {counted(learned.rated, 'claim')} that people rated*",
            *seats,
            *facts,
            *(table if learned.calibrated else [f"• {shares[0]}"]),
        ]
    )


def of_seats(learned: Learned) -> list[tuple[str, str]]:
    """Each seat, and how often people said the same; who was asked most often comes first."""
    order = sorted(learned.votes, key=lambda seat: (-learned.votes[seat], seat))
    return [(seat, _record(learned, seat)) for seat in order]


def independent(effective: float) -> str:
    """Of a panel of five."""
    return f"five voters are worth {effective:.1f} independent ones"


def together(learned: Learned) -> str:
    """How independent the voters are of each other."""
    if learned.rho is None or learned.effective is None:
        return f"How independent voters are is told from {ENOUGH} rated claims on"
    return f"Errors are shared: correlation {learned.rho:.2f}, so {independent(learned.effective)}"


def used(learned: Learned) -> list[str]:
    """What of it counts when votes are counted, or from when on it would."""
    if learned.rated < ENOUGH:
        return [
            f"Weights are used from {ENOUGH} rated claims on; {learned.rated} so far: "
            "every vote counts the same",
            "So is voters' own confidence, where it is measured to mean something by then",
        ]
    confidence = (
        "Voters' own confidence counts"
        if learned.by_confidence
        else f"Confidence does not count, or not yet (it takes {ENOUGH} claims that divided voters)"
    )
    return [
        "Votes count by how often their seat said the same as people",
        f"{confidence}{_tells(learned)}",
    ]


def calibrated(learned: Learned) -> list[str]:
    """
    By the share of the panel behind its verdict, how often people said the same as the panel;
    before that, from when on.
    """
    if learned.rated < ENOUGH_TO_CALIBRATE:
        return [
            f"How often people say the same as the panel is told from {ENOUGH_TO_CALIBRATE} "
            "rated claims on"
        ]
    if not learned.calibrated:
        return [
            "No share of the panel has come up often enough yet to tell how often people say the "
            "same"
        ]
    return [
        f"Where {tenths * 10}% of the panel gave its verdict, people said the same in {percent}%"
        for tenths, percent in learned.calibrated.items()
    ]


def _record(learned: Learned, seat: str) -> str:
    cast = learned.votes[seat]
    same = round(learned.accuracy.get(seat, 0) * cast)
    weight = f", counts {learned.weights[seat]:.2f}" if seat in learned.weights else ""
    return f"said the same as people in {same:,} of {counted(cast, 'vote')}{weight}"


def _tells(learned: Learned) -> str:
    """How well confidence tells right votes from wrong ones."""
    if learned.auroc is None:
        return ""
    return f": it tells a right vote from a wrong one {learned.auroc * 100:.0f} times in 100"
