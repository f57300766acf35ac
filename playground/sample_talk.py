"""What the sample workspace says: a camera maker days before a launch. All of it is made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from playground.values import Kind

Role = Literal["admin", "member", "guest"]


@dataclass(frozen=True)
class Line:
    """Who said what, *ago* minutes before now; *reply* lines belong to the last that is none."""

    who: str
    ago: int
    text: str
    reply: bool
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: tuple[str, ...] = ()


PEOPLE: tuple[tuple[str, str, str, Role], ...] = (
    ("U0ANN", "Ann Ruiz", "Product lead", "admin"),
    ("U0BEN", "Ben Okafor", "Firmware", "member"),
    ("U0CHLOE", "Chloe Martin", "Design", "member"),
    ("U0DEV", "Dev Patel", "Quality and support", "member"),
    ("U0ELIF", "Elif Kaya", "Marketing", "member"),
    ("U0FINN", "Finn Lund", "Freelance writer, guest", "guest"),
    ("U0GRO", "Gro Dahl", "New in support", "member"),
)

LINE = re.compile(r"(?P<reply>  )?(?P<ago>\d+) (?P<who>\w+): (?P<text>.*)")


def lines(script: str) -> Iterator[Line]:
    """
    Read a script: `<minutes> <name>: text`, replies indented, `| more`, `+reaction names`, and
    `& file` for one of `FILES`.
    """
    said: Line | None = None
    for row in script.strip("\n").splitlines():
        more = row.strip()
        if hit := LINE.fullmatch(row):
            if said:
                yield said
            said = Line(hit["who"], int(hit["ago"]), hit["text"], bool(hit["reply"]))
        elif said and more.startswith("|"):
            said = replace(said, text=f"{said.text} {more[2:]}")
        elif said and more.startswith("+"):
            name, *who = more[1:].split()
            said = replace(said, reactions=(*said.reactions, (name, tuple(who))))
        elif said and more.startswith("&"):
            said = replace(said, files=(*said.files, more[2:]))
    if said:
        yield said


GENERAL = r"""
1690 Dev: Morning all. The heating on the second floor is back, the coffee machine is not.
1660 Chloe: New product photos are in the shared drive, folder `falcon/press`. Please don't
    | crop them, the ratio is meant.
    +heart_eyes Ann Elif
    ++1 Ben Dev Finn
1585 Elif: For the newsletter: does anyone have a *good story from a customer* this month? Two
    | sentences are enough.
  1570 Dev: The lighthouse keeper in Norway who films storms with ours since 2021. She wrote
      | again last week and sent a clip.
  1566 Elif: Perfect. Can you ask her whether we may quote her?
  1561 Dev: Will do today.
  1198 Dev: She says yes, with her first name only.
1490 Ben: Reminder: the build server moves to the new rack tonight at 22:00. Expect half an
    | hour without builds.
1475 Ann: Thanks for the warning @ben. Nothing of Falcon is due tonight.
1105 Ben: Build server is back, it took 18 minutes. Builds are about a third faster now.
460 Finn: Draft of the launch post, first paragraph, be honest please: \n > Falcon sees what
    | you miss. From the Great Wall to your garden wall, 40 grams of glass that never blink.
    +eyes Ann
  452 Elif: I like the rhythm. "40 grams" is the old lens, the new one is 46.
  449 Finn: Noted, 46. And the Great Wall? I wanted to write that it is the only building you
      | can see from the Moon. That is a fact, isn't it?
  447 Dev: It is not. Nobody on the Moon has ever seen a building.
  445 Elif: My geography teacher swore by it, and it is in two of our old brochures.
  441 Ben: From the Moon the Earth is about the size of a coin at arm's length… The wall is
      | long but only some metres wide.
  439 Elif: Then somebody should check it properly before we print it. Try `/factcheck The
      | Great Wall is visible from the Moon`.
  436 Finn: Will do. I leave the sentence out until then.
385 Dev: Support numbers of the week: \n • 214 tickets, 31 fewer than last week \n • median
    | first answer 2 h 10 min \n • top topic: _firmware 4.2 drains the battery in cold
    | weather_
    +tada Ann Chloe
372 Ann: 31 fewer, lovely. The cold weather topic worries me though, let's talk in #falcon.
170 Chloe: The Wi-Fi name in the meeting room is now `kestrel-guests`, same password as
    | before.
95 Elif: Journalists ask how Falcon compares with a phone camera. One line that is true and
    | not boring?
88 Ben: "It keeps filming when your phone has long gone to sleep."
86 Elif: Sold.
    +joy Ann Ben
34 Ann: All hands tomorrow at 10:00, fifteen minutes, standing. Agenda: Falcon, the battery,
    | cake.
"""

FALCON = r"""
1640 Ann: This channel is for the launch on Thursday. What is decided here is decided; write
    | it so that somebody who was away can follow.
1620 Ben: Firmware 4.3 release candidate is on the test devices:
    | <https://builds.kestrel.example/4.3-rc1>
1600 Dev: Test plan is ready: 62 cases, 48 automated. I run the other 14 by hand, starting
    | tonight.
420 Ann: *Go or no-go for Thursday.* Three things are open: battery in the cold, the price,
    | and the claim on the box. Please argue here, in the thread, so that we can close it
    | today.
    +eyes Ben Chloe Dev Elif
  416 Dev: Cold first. With 4.2 the battery is empty after 3 h 40 min at −10 °C. With the 4.3
      | candidate I get 6 h 05 min, two devices, same chamber.
  413 Ben: That fits: 4.3 stops the sensor's heater from running twice. I still want a run at
      | −20.
  411 Ann: How long does a run at −20 take?
  410 Dev: One night. The chamber is free tonight.
  407 Ann: Decision: we ship with 4.3, not 4.2, provided that the run at −20 °C gives at least
      | 4 hours. @dev please do it tonight and post the figure here by 09:00 tomorrow.
      +white_check_mark Ben Dev
  404 Ben: If it fails I can switch the heater off below −15, at the price of some fog. I
      | prepare that as plan B by tomorrow noon.
  398 Elif: Price. The shops want 249, finance wants 279. Competitors are at 259 and 299.
  395 Chloe: At 279 people expect the case in the box. At 249 nobody does.
  391 Elif: The case costs us 6.40 a piece. I would rather take 259 without the case.
  386 Ann: 259 without the case is cheaper than 279 with it, for the customer *and* for us?
      | Then it is simple. Decision: 259 euros, case sold separately for 19.
  384 Elif: I tell the shops today and change the price list by Wednesday.
  377 Elif: Now the box. The claim reads "Lightning never strikes the same place twice. Falcon
      | does: 60 frames a second."
  374 Dev: The first half is simply wrong. Tall buildings are hit dozens of times a year.
  372 Chloe: It is a saying, not physics. Everybody understands it as a joke.
  369 Ben: We sell cameras to people who film storms. They will write us letters.
  365 Elif: And the second half? Do we do 60 in every mode?
  362 Ben: 60 in daylight, 30 at night. Physics again, sorry.
  358 Chloe: The boxes are not printed yet, the printer needs the file by Wednesday 12:00.
  351 Ann: Then no joke that is wrong. @chloe please make a version without the lightning and
      | with "up to 60 frames a second", for Wednesday 10:00. Decided.
  349 Chloe: Will do, Wednesday 10:00.
      ++1 Ann
  344 Elif: One question stays open: who answers the press on Thursday if Ann sits in the
      | plane?
  340 Ann: Good question, I don't know yet. Let me ask around. Everything else is closed,
      | thank you.
300 Chloe: Box artwork, second version, is in `falcon/box/v2`. Lightning is gone, 60 is now
    | *up to* 60.
214 Dev: 31 of 62 cases are done, 30 green, 1 red: the app forgets the time zone when the
    | phone is offline. The figures from the cold chamber are in the file, too.
    & test-report.txt
205 Ben: I know that one. Fix is small, it goes into rc2 tonight.
128 Elif: Where do we launch in the morning, our time? Two agencies claim that most people
    | read such news before 8:00, and one that nobody does.
  121 Ann: Our own numbers say 9:30 for the newsletter. I would trust those.
  117 Elif: 9:30 then, unless somebody has better numbers by tonight.
52 Ben: rc2 is building. It contains the time zone fix and nothing else.
12 Dev: Chamber is cooling down to −20 °C. See you tomorrow with a figure.
    +snowflake Ben Elif
"""

LEADS = r"""
1330 Ann: Only the two of us here, and the bot. Budget for the launch week: 18,000 all in.
    | Fine with you?
1322 Ben: Fine, if 2,000 of it stay for a second chamber. One is not enough any more.
1318 Ann: Agreed: 2,000 for the chamber, you order it this week.
240 Ann: I fly on Thursday at 11. Could you take the press calls, or shall I ask Elif?
231 Ben: Ask Elif, she is better at it than both of us.
228 Ann: I ask her tomorrow in person. Please keep it here until then.
"""

KITCHEN = r"""
1310 Gro: Hello! First day, I was told that the coffee is here.
  1305 Dev: Welcome! It is, as soon as somebody repairs the machine.
330 Chloe: Which cake for tomorrow? Please decide here, I order at five.
  327 Gro: Anything with lemon.
  325 Elif: Lemon is fine. No nuts please, Finn can't have them.
  321 Chloe: Lemon, no nuts, for twelve. I order it now.
150 Elif: Somebody told me that cold coffee has more caffeine than hot coffee. Is that so?
"""

#: What came with messages, by name.
FILES = {
    "test-report.txt": """\
Falcon, firmware 4.3 rc1: test report, first half

CASES
31 of 62 are done: 30 passed, 1 failed.
Case 17 failed: the app forgets the time zone when the phone is offline.

BATTERY, cold chamber at -10 degrees
Firmware 4.3 ran for 6 h 05 min on device A.
Firmware 4.3 ran for 6 h 02 min on device B.
Firmware 4.2 ran for 3 h 40 min on device A.

BATTERY, cold chamber at -20 degrees
Not done yet: the run takes one night.

VIDEO
Firmware 4.3 films 60 frames a second in daylight and 30 at night.
""",
}

#: Id, name, kind, topic, who is there, and what was said; the bot is where it was invited.
CHANNELS: tuple[tuple[str, str, Kind, str, str, str], ...] = (
    (
        "C0GENERAL",
        "general",
        "public",
        "Everybody, everything",
        "Ann Ben Chloe Dev Elif Finn Quorum",
        GENERAL,
    ),
    (
        "C0FALCON",
        "falcon",
        "public",
        "Launch on Thursday",
        "Ann Ben Chloe Dev Elif Quorum",
        FALCON,
    ),
    ("C0LEADS", "leads", "private", "Ann and Ben", "Ann Ben Quorum", LEADS),
    ("C0KITCHEN", "kitchen", "public", "Cake, without bots", "Ann Chloe Dev Elif Gro", KITCHEN),
)
