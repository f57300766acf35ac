"""What a run may be asked for at most, said once for every door: Slack's, the console's, ours."""

from __future__ import annotations

#: Characters of a claim or a problem.
TEXT_MOST = 3_000
#: Seats on a panel; one is the least.
VOTERS_MOST = 15
#: Runs that may be open at once: of a person, and of a workspace. They bound the queue; what may
#: be spent has caps of its own.
OPEN_OF_PERSON = 250
OPEN_OF_WORKSPACE = 1_000
#: Characters of the reason that comes with a rating.
REASON_MOST = 1_000
#: Channels of one summary; messages of one window, and days that it may reach back.
CHANNELS_MOST = 10
LAST_MOST = 5_000
DAYS_MOST = 366
#: Days that what was asked, read and found may be kept.
KEEP_DAYS_MOST = 3_650
