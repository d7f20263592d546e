"""What is used around its end, under load: it is taken before it and never after it. The clock is real."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import connection

from proof.audit import audit
from proof.clients.applications import new_application, use
from proof.clients.browsers import BrowserClient
from proof.clients.crowds import crowd_of
from proof.clients.devices import DeviceClient
from proof.clients.families import Family, application_family, device_family
from proof.clients.people import new_user, with_second_factor
from proof.clients.sending import Sender
from proof.findings import Findings
from proof.ledger import Ledger
from proof.rig import Rig
from proof.runs.run import Run

SECONDS_OF_A_TOKEN, SECONDS_OF_A_CODE, SECONDS_OF_A_GRANT = 4, 2, 6
SETTINGS = {
    "ACCESS_TOKEN_LIFETIME": SECONDS_OF_A_TOKEN,
    "DEVICE_ACCESS_TOKEN_LIFETIME": SECONDS_OF_A_TOKEN,
    "AUTHORIZATION_CODE_LIFETIME": SECONDS_OF_A_CODE,
    "MFA_TOKEN_LIFETIME": SECONDS_OF_A_CODE,
    "REFRESH_TOKEN_LIFETIME": SECONDS_OF_A_GRANT,
    "DEVICE_SESSION_LIFETIME": SECONDS_OF_A_GRANT,
}
#: A flow, and three numbers of requests.
Row = tuple[str, int, int, int]
#: Waits about so many seconds.
Wait = Callable[[float], None]
#: Each use comes so much before or after the end, at most.
_AROUND = 0.4
#: What is used around its end.
_FLOWS = ("code", "use", "mfa", "refresh", "device_token")
#: Every request that showed something with an end, and that end. Nothing else ends in this run.
_SHOWN = """
    WITH shown AS (
        SELECT l.*, t.expires_at AS ends
        FROM proof_ledger l JOIN oauthcore_token t ON t.digest = l.input WHERE l.flow = 'use'
        UNION ALL
        SELECT l.*, c.expires_at
        FROM proof_ledger l JOIN oauthcore_authorizationcode c ON c.digest = l.input WHERE l.flow = 'code'
        UNION ALL
        SELECT l.*, m.expires_at
        FROM proof_ledger l JOIN oauthcore_mfachallenge m ON m.digest = l.challenge WHERE l.flow = 'mfa'
        UNION ALL
        SELECT l.*, g.expires_at
        FROM proof_ledger l JOIN oauthcore_token t ON t.digest = l.refresh OR t.turn = l.input
        JOIN oauthcore_grant g ON g.id = t.grant_id WHERE l.flow IN ('refresh', 'device_token')
    )
    SELECT flow, count(*) FILTER (WHERE status = 200 AND began < ends AND began > ends - interval '1 second'),
           count(*) FILTER (WHERE status BETWEEN 400 AND 499 AND ended > ends),
           count(*) FILTER (WHERE status BETWEEN 400 AND 499 AND ended < ends)
    FROM shown GROUP BY flow ORDER BY flow
"""


@dataclass(frozen=True)
class Size:
    """How many clients there are, and how often each uses each kind of thing around its end."""

    clients: int
    rounds: int


def work(rig: Rig, size: Size) -> Findings:
    """Let everybody come around the end; then ask the rows who came when, and who was served."""
    found = Findings()
    with rig.with_settings(**SETTINGS), crowd_of(size.clients) as crowd:
        sender = rig.sender()
        crowd.at_once(
            [partial(_come, sender, size.rounds, f"{rig.seed} {number}") for number in range(size.clients)]
        )
        _judge(found, _came(rig.ledger))
        found.audit += audit(rig.ledger)
    return found


def _come(sender: Sender, rounds: int, seed: str) -> None:
    chance = random.Random(seed)
    for _ in range(rounds):
        for one in chance.sample(THINGS, len(THINGS)):
            one(sender, lambda lifetime: time.sleep(lifetime + chance.uniform(-_AROUND, _AROUND)))


def _code(sender: Sender, wait: Wait) -> None:
    application = new_application(sender)
    code = BrowserClient(sender, new_user()).code(application.registered)
    wait(SECONDS_OF_A_CODE)
    application.redeem(code)


def _challenge(sender: Sender, wait: Wait) -> None:
    person = with_second_factor()
    device = DeviceClient(sender, person)
    mfa_token = device.sign_in()["mfa_token"]
    wait(SECONDS_OF_A_CODE)
    device.mfa(mfa_token, person.code())


def _family(begin: Callable[[Sender], Family], sender: Sender, wait: Wait) -> None:
    family = begin(sender)
    if not family.access_tokens:
        return  # the machine is so busy that the code ended on its way
    wait(SECONDS_OF_A_TOKEN)
    use(sender, family.access_tokens[-1])
    wait(SECONDS_OF_A_GRANT - SECONDS_OF_A_TOKEN)
    family.refresh()


THINGS: tuple[Callable[[Sender, Wait], None], ...] = (
    *(_code, _challenge),
    *(partial(_family, begin) for begin in (application_family, device_family)),
)


def _came(ledger: Ledger) -> list[Row]:
    """Return how often each flow was taken in time, refused late, and refused in time."""
    with connection.cursor() as cursor:
        ledger.load(cursor)
        cursor.execute(_SHOWN)
        rows: list[Row] = cursor.fetchall()
        return rows


def _judge(found: Findings, rows: Sequence[Row]) -> None:
    """Some must have come in time and some late, or the run proves nothing. The audit sees who came late."""
    for flow, in_time, late, wronged in rows:
        found.numbers[f"{flow}: taken in time, refused late"] = f"{in_time}, {late}"
        found.expect(not wronged, f"{flow}: {wronged} were refused before their end")
    came = {flow: (in_time, late) for flow, in_time, late, _ in rows}
    for flow in _FLOWS:
        in_time, late = came.get(flow, (0, 0))
        found.expect(
            min(in_time, late) > 0, f"{flow}: {in_time} came in time and {late} late: that proves nothing"
        )


RUN = Run(
    "expiry",
    "Codes, challenges, tokens and grants that live for seconds: taken before their end, and never after it.",
    work,
    {"night": Size(clients=16, rounds=3), "release": Size(clients=16, rounds=40)},
    is_audited=False,  # the audit must have the lifetimes of this run, so it is done within it
)
