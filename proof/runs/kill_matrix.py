"""R3: a process is killed at each point of each flow; then at random under load; then the database is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

from django.db import connections

from proof.clients.applications import ApplicationClient, new_application, use
from proof.clients.browsers import BrowserClient
from proof.clients.devices import DeviceClient
from proof.clients.families import Family, application_family, device_family
from proof.clients.people import new_user, with_second_factor
from proof.clients.sending import Answer, Sender
from proof.clients.traffic import seconds_until_well, visitors
from proof.failpoints import POINTS
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run
from proof.servers.site import RunningSite
from tests.support.factories import register

#: Whatever is killed before its commit has done nothing, and can be done again.
BEFORE_COMMIT = ("after_consume", "after_mint", "before_commit")
AFTER_COMMIT = ("after_commit", "before_response")

#: What the killed request was told, and whether the same request was done again as if for the first time.
Again = tuple[Answer, bool]


def _code(sender: Sender, failpoint: str) -> Again:
    application = ApplicationClient(sender, register(is_trusted=True))
    code = BrowserClient(sender, new_user()).code(application.registered)
    first = application.redeem(code, failpoint=failpoint)
    return first, application.redeem(code).status == 200


def _refresh(begin: Callable[[Sender], Family], sender: Sender, failpoint: str) -> Again:
    family = begin(sender)
    first, again = family.refresh(failpoint=failpoint), family.refresh()
    family.keep(again)
    if again.status != 200 and not family.is_dead():
        raise AssertionError(f"the family lives on after {again.status} {again.error}")
    return first, again.status == 200


def _second_factor(is_recovery: bool, sender: Sender, failpoint: str) -> Again:
    person = with_second_factor()
    device = DeviceClient(sender, person)
    mfa_token = device.sign_in()["mfa_token"]
    code = person.recovery_codes[0] if is_recovery else person.code()
    first = device.mfa(mfa_token, code, failpoint=failpoint)
    return first, device.mfa(mfa_token, code).status == 200


def _consent(sender: Sender, failpoint: str) -> Again:
    registered = register()
    browser = BrowserClient(sender, new_user())
    page = browser.authorize(registered)
    first = browser.approve(registered, page, failpoint=failpoint)
    return first, browser.approve(registered, page).code is not None


def _revoke(sender: Sender, failpoint: str) -> Again:
    family = application_family(sender)
    access_token = family.refresh()
    family.keep(access_token)
    first = family.end(failpoint=failpoint)
    was_live = use(sender, access_token["access_token"]).status == 200
    if family.end().status != 200 or use(sender, access_token["access_token"]).status != 401:
        raise AssertionError("what was revoked again is taken")
    return first, was_live


def _revoke_own(sender: Sender, failpoint: str) -> Again:
    application = new_application(sender)
    access_token = application.act_for_itself()["access_token"]
    first = application.revoke(access_token, failpoint=failpoint)
    was_live = use(sender, access_token).status == 200
    if application.revoke(access_token).status != 200 or use(sender, access_token).status != 401:
        raise AssertionError("what was revoked again is taken")
    return first, was_live


FLOWS: dict[str, Callable[[Sender, str], Again]] = {
    "code": _code,
    "refresh": partial(_refresh, application_family),
    "access token for an account": partial(_refresh, device_family),
    "second factor": partial(_second_factor, False),
    "recovery code": partial(_second_factor, True),
    "consent": _consent,
    "revoke": _revoke,
    "revoke one token": _revoke_own,
}


@dataclass(frozen=True)
class Size:
    """How many rounds of the matrix, how long workers are killed at random, how often the database is.

    With no rounds each flow is killed at one point before its commit and at one after it.
    """

    rounds: int
    random_seconds: float
    restarts: int
    clients: int
    #: Workers are forked from a loaded process. Otherwise each one loads the site, for seconds.
    is_preloaded: bool


def work(rig: Rig, size: Size) -> Findings:
    """Kill at each point; then at random; then the database. The audit of the run comes afterwards."""
    found = Findings()
    arguments = "--preload" if size.is_preloaded else ""
    with rig.own_site(GUNICORN_CMD_ARGS=arguments) as site:
        sender = rig.sender(url=site.url)
        for name, point in [*product(FLOWS, POINTS)] * size.rounds or _two_points_each():
            _kill_at(found, sender, name, point)
        if size.random_seconds or size.restarts:
            with visitors(sender, f"{rig.seed}", how_many=size.clients) as heard:
                _kill_at_random(rig, found, site, size.random_seconds)
                for _ in range(size.restarts):
                    _restart_database(rig, found, sender)
            found.faults += heard.faults
            found.count("requests under load", len(heard.told))
            found.count("without a response", sum(one.status == 0 for one in heard.told))
            found.count("503", sum(one.status == 503 for one in heard.told))
    connections.close_all()  # the database has ended them
    return found


def _two_points_each() -> Iterator[tuple[str, str]]:
    for number, name in enumerate(FLOWS):
        for points in (BEFORE_COMMIT, AFTER_COMMIT):
            yield name, points[number % len(points)]


def _kill_at(found: Findings, sender: Sender, name: str, point: str) -> None:
    found.count("killed at a point")
    what = f"{name}, {point}"
    try:
        first, is_new = FLOWS[name](sender, f"{point}=kill")
    except (AssertionError, KeyError) as wrong:
        found.faults.append(f"{what}: {wrong}")
        return
    found.expect(first.status == 0, f"{what}: it was answered {first.status} {first.error}")
    if point in BEFORE_COMMIT:
        found.expect(is_new, f"{what}: what was killed before its commit cannot be done again")
    else:
        found.expect(not is_new, f"{what}: what was killed after its commit was done twice")


def _kill_at_random(rig: Rig, found: Findings, site: RunningSite, seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        time.sleep(rig.random.uniform(0.5, 2))
        if workers := site.workers:
            site.kill(rig.random.choice(workers))
            found.count("killed at random")


def _restart_database(rig: Rig, found: Findings, sender: Sender) -> None:
    """End the database as a power cut does, and start it again on what lies on its disk."""
    time.sleep(1)
    application = ApplicationClient(sender, register())
    rig.database.restart("immediate")
    connections.close_all()
    seconds = seconds_until_well(application.act_for_itself)
    found.count("immediate restarts of the database")
    found.numbers["most seconds until it served again"] = max(
        seconds, found.numbers.get("most seconds until it served again", 0)
    )
    found.expect(seconds < 5, f"{seconds} s after the restart of the database it still did not serve")


RUN = Run(
    "kill_matrix",
    "A process is killed at each point of each flow: all of it has happened, or nothing.",
    work,
    {
        "gate": Size(rounds=0, random_seconds=0, restarts=0, clients=0, is_preloaded=True),
        "night": Size(rounds=3, random_seconds=120, restarts=3, clients=8, is_preloaded=True),
        "release": Size(rounds=10, random_seconds=600, restarts=10, clients=8, is_preloaded=False),
    },
)
