"""R1: one authorization code in many hands, across processes (RFC 6749 §4.1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from oauthcore.models.codes import MOST_FAILURES
from proof.clients.applications import WRONG_VERIFIER, new_application, use
from proof.clients.browsers import BrowserClient
from proof.clients.crowds import crowd_of
from proof.clients.people import new_user
from proof.clients.sending import Answer
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run

#: The first request holds its code for so long, so that all others are under way meanwhile.
HELD = "after_consume=sleep:0.15"
#: Whatever raises before the commit takes nothing; after it the code is used, and the answer is lost.
BEFORE_COMMIT = ("after_consume", "after_mint", "before_commit")


@dataclass(frozen=True)
class Size:
    """How many clients race for how many codes; how many rounds each other part has."""

    widths: tuple[tuple[int, int], ...]
    wrong_verifiers: int
    interrupted: int


class Codes:
    """An application and a person who approves it without a page, and what is found out with them."""

    def __init__(self, rig: Rig, found: Findings) -> None:
        self.sender = rig.sender()
        self.found = found
        self.application = new_application(self.sender)
        self.browser = BrowserClient(self.sender, new_user())

    def new(self) -> str:
        """Return a code."""
        return self.browser.code(self.application.registered)

    def winners(self, answers: Sequence[Answer], what: str) -> list[Answer]:
        """Return who got tokens; note every other answer that is not a plain refusal."""
        for one in answers:
            is_refusal = (one.status, one.error) == (400, "invalid_grant")
            self.found.count("503", int(one.status == 503))
            self.found.count("answered with tokens", int(one.status == 200))
            self.found.expect(
                one.status == 200 or is_refusal or one.status == 503,
                f"{what}: {one.status or 'no response'} {one.error}",
            )
        return [one for one in answers if one.status == 200]

    def is_dead(self, won: Answer) -> bool:
        """Return whether neither token of an answer is taken any more."""
        return use(self.sender, won["access_token"]).status == 401 and (
            self.application.refresh(won["refresh_token"]).error == "invalid_grant"
        )


def work(rig: Rig, size: Size) -> Findings:
    """Race, with right verifiers and wrong ones; interrupt."""
    found = Findings()
    codes = Codes(rig, found)
    for clients, rounds in size.widths:
        with crowd_of(clients) as crowd:
            for _ in range(rounds):
                code = codes.new()
                answers = crowd.all_at_once(partial(codes.application.redeem, code, failpoint=HELD))
                _one_wins(codes, answers)
    with crowd_of(16) as crowd:
        for number in range(size.wrong_verifiers):
            wrong = (MOST_FAILURES - 1, 15)[number % 2]
            code = codes.new()
            guess = partial(codes.application.redeem, code, verifier=WRONG_VERIFIER)
            right = partial(codes.application.redeem, code, failpoint=HELD)
            acts = [*[guess] * wrong, right]
            rig.random.shuffle(acts)
            _wrong_ones_end_nothing(codes, crowd.at_once(acts), wrong)
    for number in range(size.interrupted):
        _interrupted(codes, BEFORE_COMMIT[number % len(BEFORE_COMMIT)])
    if size.interrupted:
        _lost_after_commit(codes)
    found.expect(
        bool(found.numbers.get("answered with tokens")), "nobody ever got tokens: that proves nothing"
    )
    return found


def _one_wins(codes: Codes, answers: Sequence[Answer]) -> None:
    found = codes.found
    found.count("codes raced for")
    won = codes.winners(answers, "race")
    all_refused = not won and any(one.is_unavailable for one in answers)
    found.expect(len(won) == 1 or all_refused, f"race: {len(won)} of {len(answers)} got tokens for one code")
    for one in won:
        found.expect(codes.is_dead(one), "race: the tokens live on although the code was replayed")


def _wrong_ones_end_nothing(codes: Codes, answers: Sequence[Answer], wrong: int) -> None:
    """Few wrong verifiers change nothing. Many may burn the code first, but end nothing that was won."""
    found = codes.found
    found.count("codes with wrong verifiers")
    won = codes.winners(answers, "wrong verifiers")
    is_exact = len(won) == 1 or (not won and any(one.is_unavailable for one in answers))
    found.expect(
        is_exact if wrong < MOST_FAILURES else len(won) <= 1,
        f"wrong verifiers: {len(won)} of {len(answers)} got tokens",
    )
    are_refused = {(one.status, one.error) for one in answers} == {(400, "invalid_grant")}
    found.expect(
        not are_refused or wrong >= MOST_FAILURES, "wrong verifiers have ended the code of the right one"
    )
    for one in won:
        told = use(codes.sender, one["access_token"]).status
        found.expect(told != 401, "wrong verifiers have ended the tokens of the right one")
        found.expect(told in (200, 401), f"the tokens of the right one: {told}")


def _interrupted(codes: Codes, point: str) -> None:
    codes.found.count("codes interrupted")
    code = codes.new()
    first = codes.application.redeem(code, failpoint=f"{point}=raise")
    again = codes.application.redeem(code)
    codes.found.expect(first.status >= 500, f"{point}: {first.status} although it was interrupted")
    codes.found.expect(
        again.status == 200,
        f"{point}: the code was lost with the interrupted request: {again.status} {again.error}",
    )


def _lost_after_commit(codes: Codes) -> None:
    code = codes.new()
    first = codes.application.redeem(code, failpoint="after_commit=raise")
    again = codes.application.redeem(code)
    codes.found.expect(first.status >= 500, f"after_commit: {first.status} although it was interrupted")
    codes.found.expect(again.error == "invalid_grant", "after_commit: the code was taken twice")


RUN = Run(
    "code_race",
    "One code in many hands: one answer has tokens, and the others end what it has given.",
    work,
    {
        "gate": Size(widths=((16, 5), (64, 1)), wrong_verifiers=4, interrupted=3),
        "night": Size(widths=((16, 100), (64, 100)), wrong_verifiers=100, interrupted=30),
        "release": Size(widths=((16, 100), (64, 100)), wrong_verifiers=200, interrupted=60),
    },
)
