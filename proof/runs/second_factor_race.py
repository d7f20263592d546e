"""One code of a second factor in many hands: it opens one session (wire §6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from proof.clients.crowds import crowd_of
from proof.clients.devices import DeviceClient
from proof.clients.people import Person, with_second_factor
from proof.clients.sending import Sender
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run
from tests.support.races.crowd import Crowd

HELD = "after_consume=sleep:0.1"


@dataclass(frozen=True)
class Size:
    """How many challenges of a person are answered with one code at once, and how often for each kind."""

    clients: int
    rounds: int


def work(rig: Rig, size: Size) -> Findings:
    """Answer many challenges of one person with the same code at once."""
    found, sender = Findings(), rig.sender()
    with crowd_of(size.clients) as crowd:
        for _ in range(size.rounds):
            person = with_second_factor()
            one_opens(found, sender, crowd, person, person.code())
            one_opens(found, sender, crowd, person, person.recovery_codes[0])
    found.expect_half("sessions opened", of="codes raced for")
    return found


def one_opens(found: Findings, sender: Sender, crowd: Crowd, person: Person, code: str) -> None:
    """Show the code with every challenge at once; one is let in."""
    found.count("codes raced for")
    devices = [DeviceClient(sender, person) for _ in range(crowd.size)]
    tokens = [one.sign_in()["mfa_token"] for one in devices]
    acts = [
        partial(device.mfa, token, code, failpoint=HELD)
        for device, token in zip(devices, tokens, strict=True)
    ]
    answers = crowd.at_once(acts)
    opened = [one for one in answers if one.status == 200]
    found.count("sessions opened", len(opened))
    for one in answers:
        is_told = one.status in (200, 503) or (one.status, one.error) in REFUSALS
        found.expect(is_told, f"{one.status or 'no response'} {one.error}")
    all_refused = not opened and any(one.is_unavailable for one in answers)
    found.expect(len(opened) == 1 or all_refused, f"one code has opened {len(opened)} sessions")


REFUSALS = {(401, "invalid_mfa_code"), (401, "invalid_mfa_token"), (429, "throttled")}

RUN = Run(
    "second_factor_race",
    "One code of a second factor in many hands: it opens one session.",
    work,
    {
        "gate": Size(clients=6, rounds=1),
        "night": Size(clients=8, rounds=40),
        "release": Size(clients=8, rounds=100),
    },
)
