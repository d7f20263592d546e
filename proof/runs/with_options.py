"""R1 and R2 once more, with a grace for lost answers, JWT access tokens, and tokens bound to a key (DPoP)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from oauthcore.flows.keys.rotation import rotate
from proof.audit import audit
from proof.clients.applications import use
from proof.clients.crowds import crowd_of
from proof.clients.families import Family
from proof.clients.sending import Answer
from proof.findings import Findings
from proof.rig import Rig
from proof.runs import code_race
from proof.runs.refresh_storm import BEGINNINGS, ENDINGS, HELD, MET, RACED, end_while_refreshing
from proof.runs.run import Run, look_at_tokens
from tests.support.proofs import Prover

SECONDS_OF_GRACE = 20


@dataclass(frozen=True)
class Size:
    """How many codes are raced for, how many families of each kind there are, how many rounds of endings."""

    codes: code_race.Size
    families: int
    endings: int
    clients: int = 16


def work(rig: Rig, size: Size) -> Findings:
    """Race with codes and refresh tokens; the audit knows of the grace."""
    found = Findings()
    rotate(now=timezone.now())  # the first keys; the site finds them when it starts
    with rig.with_settings(REFRESH_TOKEN_GRACE=SECONDS_OF_GRACE):
        rig.ledger.grace_seconds = SECONDS_OF_GRACE
        rig.prover = Prover()
        try:
            races = code_race.work(rig, size.codes)
            found.numbers |= races.numbers
            found.faults += races.faults
            _refresh(rig, found, size)
            bound = found.numbers["tokens bound to a key"]
            found.expect(bool(bound), "no token was bound to a key")
            look_at_tokens(rig)
            found.audit += audit(rig.ledger)
        finally:
            rig.prover = None
    return found


def _refresh(rig: Rig, found: Findings, size: Size) -> None:
    sender = rig.sender()
    with crowd_of(size.clients) as crowd:
        for begin in BEGINNINGS.values():
            for number in range(size.families):
                family = begin(sender)
                if number % 2:
                    _lost_answer(found, family)
                _is_bound(found, family)
                _repeated(found, family, crowd.all_at_once(partial(family.refresh, failpoint=HELD)))
    with crowd_of(2) as crowd:
        for kind, begin in BEGINNINGS.items():
            for how in ENDINGS:
                for number in range(size.endings):
                    end_while_refreshing(found, begin(sender), crowd, f"{kind} {how}", how, number)
    found.expect_half(MET, of=RACED)


def _lost_answer(found: Findings, family: Family) -> None:
    """The client learns nothing of a refresh that has happened, and asks again."""
    lost, again = family.refresh(failpoint="after_commit=raise"), family.refresh()
    found.expect(lost.status >= 500, f"a request that was interrupted was answered {lost.status}")
    found.expect(again.status == 200, f"a lost answer was not repeated: {again.status} {again.error}")
    family.keep(again)


def _repeated(found: Findings, family: Family, answers: Sequence[Answer]) -> None:
    """All get the same next refresh token. Once that is used, the one before is a replay, and ends all."""
    found.count("families that all refreshed at once")
    given = {one["refresh_token"] for one in answers if one.status == 200}
    told = {(one.status, one.error) for one in answers if one.status not in (200, 503)}
    found.expect(not told, f"with a grace: {told}")
    found.expect(len(given) == 1, f"with a grace: {len(given)} next refresh tokens for one")
    for one in answers:
        family.keep(one)
    spent, latest = family.refresh_token, family.refresh()
    found.expect(latest.status == 200, f"the repeated refresh token was refused: {latest.error}")
    family.keep(latest)
    again = family.refresh()
    found.expect(again.status == 200, f"the next one was refused: {again.error}")
    family.keep(again)
    newest, family.refresh_token = family.refresh_token, spent
    replayed = family.refresh()
    is_refused = (replayed.status, replayed.error) in family.refusals
    found.expect(is_refused, f"with a grace: a replay was answered {replayed.status} {replayed.error}")
    family.refresh_token = newest
    found.expect(family.is_dead(), "with a grace: an older refresh token did not end its family")


def _is_bound(found: Findings, family: Family) -> None:
    """A token that is bound to a key is refused without a proof, and with that of another key."""
    ledger, sender = family.sender.ledger, family.sender
    bound = [one for one in family.access_tokens if ledger.is_bound(one)]
    found.count("tokens bound to a key", len(bound))
    for token in bound[:1]:
        found.expect(use(sender, token).status == 200, "a bound token was refused with its key")
        found.expect(token.count(".") == 2, "a bound token is no JWT")
        for prover in (None, Prover()):
            told = use(sender, token, flow="foreign key", prover=prover)
            found.expect(told.status == 401, f"a bound token was taken without its key: {told.status}")


RUN = Run(
    "with_options",
    "Codes and refresh tokens in many hands, with a grace, JWT access tokens and DPoP.",
    work,
    {
        "night": Size(code_race.Size(((16, 15), (64, 3)), wrong_verifiers=10, interrupted=6), 15, 8),
        "release": Size(code_race.Size(((16, 100), (64, 20)), wrong_verifiers=50, interrupted=30), 100, 50),
    },
    is_audited=False,  # the audit must know of the grace, and the tokens are of this site
)
