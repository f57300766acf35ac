"""What a run may be asked for at most, said once for every door: Slack's, the console's, ours."""

from __future__ import annotations

#: Characters of a claim or a problem.
TEXT_MOST = 3_000
#: Seats on a panel; one is the least.
VOTERS_MOST = 15
#: Messages of one window, and days that it may reach back.
LAST_MOST = 5_000
DAYS_MOST = 366
