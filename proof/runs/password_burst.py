"""Tries at once: however many come, no more are looked at than the limits allow (wire §6)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

from oauthcore import conf
from proof.clients.crowds import crowd_of
from proof.clients.devices import DeviceClient
from proof.clients.people import with_account
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run


@dataclass(frozen=True)
class Size:
    """How many wrong passwords come at once, and how often."""

    clients: int
    rounds: int


def work(rig: Rig, size: Size) -> Findings:
    """Guess the password of one login from one address, all at once."""
    found, sender = Findings(), rig.sender()
    most, _ = conf.settings().LOGIN_LIMIT
    with crowd_of(size.clients) as crowd:
        for _ in range(size.rounds):
            person = with_account()
            device = DeviceClient(sender, person)
            before = rig.passwords_hashed()
            answers = crowd.all_at_once(partial(device.sign_in, "guessed"))
            hashed = rig.passwords_hashed() - before
            found.count("wrong passwords sent", size.clients)
            found.count("passwords hashed", hashed)
            sender.ledger.state("passwords", who=str(person.user.pk), count=hashed, most=most)
            told = Counter(one.error for one in answers if not one.is_unavailable)
            found.expect(told["invalid_credentials"] <= most, f"{told['invalid_credentials']} were looked at")
            unavailable = sum(one.is_unavailable for one in answers)
            judge(found, hashed=hashed, unavailable=unavailable, most=most)
            found.expect(set(told) <= {"invalid_credentials", "throttled"}, f"the answers: {dict(told)}")
    return found


def judge(found: Findings, *, hashed: int, unavailable: int, most: int) -> None:
    """Exactly as many were hashed as the limit allows, or fewer where the site could not look at some."""
    found.expect(hashed <= most, f"{hashed} passwords were hashed, and the limit is {most}")
    least = most - unavailable
    found.expect(hashed >= least, f"only {hashed} passwords were looked at, and not {least}")


RUN = Run(
    "password_burst",
    "Many wrong passwords at once: no more are hashed than the limit allows.",
    work,
    {
        "gate": Size(clients=24, rounds=1),
        "night": Size(clients=40, rounds=20),
        "release": Size(clients=40, rounds=40),
    },
)
