"""R2: one refresh token in many hands, across processes; endings beside refreshes (RFC 9700 §4.14.2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from proof.clients.crowds import crowd_of
from proof.clients.families import Family, application_family, device_family
from proof.clients.people import change_password, deactivate, delete, end_by_staff, switch_off
from proof.clients.sending import Answer, Sender
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run
from tests.support.races.crowd import Crowd

_HELD_SECONDS = 0.15
HELD = f"after_consume=sleep:{_HELD_SECONDS}"
#: So much later the other one of two begins, within the time in which the first holds what it has used up.
_A_MOMENT = 0.05

#: How a family begins: an application that a person approved, or a device on which one signed in.
BEGINNINGS: dict[str, Callable[[Sender], Family]] = {
    "application": application_family,
    "device": device_family,
}
#: The ending that is a request of the client itself.
_REQUESTED = "revoked"
#: How a family ends.
ENDINGS: dict[str, Callable[[Family], object]] = {
    _REQUESTED: lambda family: family.end(),
    "password changed": lambda family: change_password(family.user, family.sender.ledger),
    "deactivated": lambda family: deactivate(family.user),
}
#: How the administration ends one. The last two take its application away, and so are for applications only.
BY_ADMINISTRATION: dict[str, Callable[[Family], object]] = {
    "ended by staff": lambda family: end_by_staff(family.digest),
    "application switched off": lambda family: switch_off(family.application),
    "application deleted": lambda family: delete(family.application),
}
_WITHOUT_APPLICATION = {"ended by staff"}
#: What is counted: an ending that was over before its refresh began shows nothing.
RACED, MET = "endings raced", "endings that met their refresh"


@dataclass(frozen=True)
class Size:
    """How many families of each kind many refresh at once, and how many rounds each ending has."""

    families: int
    clients: int
    endings: int
    #: How many rounds each ending by the administration has.
    administration: int = 0
    #: How many families of each kind have no part in it.
    unrelated: int = 3
    #: How often each token is used before its family ends, so that every process has met it.
    uses: int = 1


def work(rig: Rig, size: Size) -> Findings:
    """Refresh in many hands; end while refreshing; see that nobody else was touched."""
    found, sender = Findings(), rig.sender()
    unrelated = [begin(sender) for begin in BEGINNINGS.values() for _ in range(size.unrelated)]
    with crowd_of(size.clients) as crowd:
        for begin in BEGINNINGS.values():
            for _ in range(size.families):
                storm(found, begin(sender), crowd)
    with crowd_of(2) as crowd:
        for kind in BEGINNINGS:
            _end_in_every_way(found, sender, crowd, kind, size)
    found.expect_half("families that one refreshed", of="families stormed")
    found.expect_half(MET, of=RACED)
    for one in unrelated:
        found.count("unrelated families")
        found.expect(one.is_live(), "a family that had no part in it has ended")
    return found


def _end_in_every_way(found: Findings, sender: Sender, crowd: Crowd, kind: str, size: Size) -> None:
    begin = BEGINNINGS[kind]
    for how in ENDINGS:
        for number in range(size.endings):
            family = begin(sender)
            for _ in range(size.uses):
                found.expect(family.is_taken(), f"{kind}: a new token is not taken")
            end_while_refreshing(found, family, crowd, f"{kind} {how}", how, number)
    for how in BY_ADMINISTRATION if kind == "application" else _WITHOUT_APPLICATION:
        for number in range(size.administration):
            end_while_refreshing(found, begin(sender), crowd, f"{kind} {how}", how, number)


def storm(found: Findings, family: Family, crowd: Crowd) -> None:
    """Let everybody refresh with the same token at once: one wins, and the others end the family."""
    found.count("families stormed")
    answers: list[Answer] = crowd.all_at_once(partial(family.refresh, failpoint=HELD))
    won = [one for one in answers if one.status == 200]
    for one in answers:
        is_told = one.status in (200, 503) or (one.status, one.error) in family.refusals
        found.expect(is_told, f"storm: {one.status or 'no response'} {one.error}")
    found.count("503", sum(one.status == 503 for one in answers))
    all_refused = not won and any(one.is_unavailable for one in answers)
    found.expect(
        len(won) == 1 or all_refused, f"storm: {len(won)} of {len(answers)} got tokens for one token"
    )
    found.count("families that one refreshed", len(won))
    for one in won:
        family.keep(one)
    if won:
        found.expect(family.is_dead(), "storm: the family lives on although its token was replayed")


def end_while_refreshing(
    found: Findings, family: Family, crowd: Crowd, what: str, how: str, number: int
) -> None:
    """End a family while it refreshes: in turn the refresh or the ending holds what it has changed."""
    refresh_first = number % 2 == 0

    def refresh() -> Answer:
        return family.refresh(failpoint=HELD if refresh_first else "")

    def end() -> None:
        if how == _REQUESTED:
            family.end(failpoint="" if refresh_first else HELD)
        else:
            _end_in_the_database(family, how, is_held=not refresh_first)

    (answer, *refreshing), (_, *ending) = crowd.at_once(
        [
            partial(_timed, refresh, after=0 if refresh_first else _A_MOMENT),
            partial(_timed, end, after=_A_MOMENT if refresh_first else 0),
        ]
    )
    found.count(RACED)
    found.count(MET, int(max(refreshing[0], ending[0]) < min(refreshing[1], ending[1])))
    family.keep(answer)
    family.sender.ledger.state("ended", refresh=family.digest, error=how)
    is_told = answer.status in (200, 503) or (answer.status, answer.error) in family.refusals
    is_told |= how.startswith("application") and (answer.status, answer.error) == (401, "invalid_client")
    found.expect(is_told, f"{what}: {answer.status or 'no response'} {answer.error}")
    found.expect(family.is_dead(), f"{what}: a token is taken after the end")


def _end_in_the_database(family: Family, how: str, *, is_held: bool) -> None:
    """End it in a transaction, as a page of the admin does, and keep that open if it is to be held."""
    with transaction.atomic():
        (ENDINGS | BY_ADMINISTRATION)[how](family)
        time.sleep(_HELD_SECONDS if is_held else 0)


def _timed(act: Callable[[], Any], *, after: float) -> tuple[Any, float, float]:
    """Return what an act returns that begins after so many seconds, and when it began and ended."""
    time.sleep(after)
    began = time.monotonic()
    return act(), began, time.monotonic()


RUN = Run(
    "refresh_storm",
    "One refresh token in many hands: one answer has tokens. What ends beside a refresh has ended.",
    work,
    {
        "gate": Size(families=3, clients=16, endings=2, administration=1),
        "night": Size(families=100, clients=16, endings=100, administration=30),
        "release": Size(families=200, clients=16, endings=200, administration=100),
    },
)
