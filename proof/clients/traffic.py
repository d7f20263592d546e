"""Traffic: clients that use the site all the time, and know what it may answer them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from proof.clients.applications import ApplicationClient, use
from proof.clients.browsers import BrowserClient
from proof.clients.crowds import meanwhile
from proof.clients.devices import DeviceClient
from proof.clients.people import new_user, with_account
from proof.clients.sending import Answer, Sender
from proof.ledger import halves_of
from tests.support.factories import register

#: What a site in trouble may say: it did it, it was not right, it is too much, it cannot now.
_ALLOWED = (*range(200, 400), *range(400, 500), 503)


@dataclass(frozen=True)
class Told:
    """What one request was told. ``status`` is 0 without a response."""

    flow: str
    status: int
    error: str
    began: float
    seconds: float
    retry_after: str | None


@dataclass
class Heard:
    """What all clients of some traffic were told, and what should not have been."""

    told: list[Told] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, answer: Answer) -> Answer:
        """Keep what an answer says; note a fault for what no client should ever be told."""
        told = Told(
            answer.entry.flow,
            answer.status,
            answer.error,
            time.monotonic() - answer.seconds,
            answer.seconds,
            answer.headers.get("Retry-After"),
        )
        self.told.append(told)
        if told.status and told.status not in _ALLOWED:
            self.faults.append(f"{told.flow}: {told.status} {told.error}")
        if told.status == 503 and not told.retry_after:
            self.faults.append(f"{told.flow}: 503 without Retry-After")
        return answer


@dataclass
class Chain:
    """The tokens of one family, as its client knows them."""

    refresh_token: str
    access_token: str = ""
    #: Whether the last answer has come. Otherwise the refresh token may have been traded.
    is_certain: bool = True


class Visitor:
    """One client: an application with its person and browser, and a device of somebody else.

    It is made beforehand, and knows the site by HTTP only, so that it goes on when the database is away.
    """

    def __init__(self, sender: Sender, heard: Heard, *, seed: str) -> None:
        self._sender, self._heard = sender, heard
        self._random = random.Random(seed)
        self._application = ApplicationClient(sender, register(is_trusted=True))
        self._browser = BrowserClient(sender, new_user())
        self._device = DeviceClient(sender, with_account())
        self._address = sender.new_address()
        self._chains: dict[str, Chain] = {}
        self._acts: dict[Callable[[], None], int] = {
            self._refresh: 8,
            self._use: 6,
            self._act_for_itself: 3,
            self._end: 1,
            self._show_wrong_secret: 1,
        }

    def step(self) -> None:
        """Do one thing."""
        (act,) = self._random.choices(list(self._acts), weights=list(self._acts.values()))
        act()

    def _chain(self) -> tuple[str, Chain | None]:
        kind = self._random.choice(["application", "device"])
        return kind, self._chains.get(kind) or self._begin(kind)

    def _begin(self, kind: str) -> Chain | None:
        if kind == "device":
            answer = self._heard.note(self._device.sign_in())
        else:
            page = self._heard.note(self._browser.authorize(self._application.registered))
            if page.code is None:
                return None
            answer = self._heard.note(self._application.redeem(page.code))
        if answer.status != 200:
            if answer.status == 401:
                self._heard.faults.append(f"a right password was refused: {answer.error}")
            return None
        self._chains[kind] = Chain(answer["refresh_token"], answer.json.get("access_token", ""))
        return self._chains[kind]

    def _refresh(self) -> None:
        kind, chain = self._chain()
        if chain is None:
            return
        trade = self._device.token if kind == "device" else self._application.refresh
        answer = self._heard.note(trade(chain.refresh_token))
        if answer.status == 200:
            self._chains[kind] = Chain(answer["refresh_token"], answer["access_token"])
        elif answer.is_unavailable:
            chain.is_certain = False
        elif answer.status != 429:
            self._is_refused(kind, chain, answer)

    def _use(self) -> None:
        kind, chain = self._chain()
        if chain is None or not chain.access_token:
            return
        answer = self._heard.note(use(self._sender, chain.access_token))
        if answer.status == 401:
            self._is_refused(kind, chain, answer)

    def _is_refused(self, kind: str, chain: Chain, answer: Answer) -> None:
        """A token that was given, and of which no answer was lost since, must be taken."""
        del self._chains[kind]
        if chain.is_certain:
            told = f"{answer.entry.flow}: {answer.status} {answer.error}"
            self._heard.faults.append(f"a live token was refused: {told}")

    def _end(self) -> None:
        kind, chain = self._chain()
        if chain is None:
            return
        end = self._device.sign_out if kind == "device" else self._application.revoke
        chain.is_certain = False
        if self._heard.note(end(chain.refresh_token)).status in (200, 204):
            digest = halves_of(chain.refresh_token)["refresh"]
            self._sender.ledger.state("ended", refresh=digest, error="ended by its client")
            del self._chains[kind]

    def _act_for_itself(self) -> None:
        answer = self._heard.note(self._application.act_for_itself(address=self._address))
        if answer.status not in (0, 200, 503):
            self._heard.faults.append(f"a right secret was refused: {answer.status} {answer.error}")

    def _show_wrong_secret(self) -> None:
        # From another address each time: the limit is no part of what is watched here.
        address = self._sender.new_address()
        answer = self._heard.note(
            self._application.act_for_itself(address=address, flow="wrong secret", client_secret="guessed")
        )
        if answer.status not in (0, 401, 429, 503):
            self._heard.faults.append(f"a wrong secret was answered {answer.status} {answer.error}")


@contextmanager
def visitors(sender: Sender, seed: str, *, how_many: int, pause_seconds: float = 0.01) -> Iterator[Heard]:
    """Let so many clients use the site as long as the block lasts."""
    heard = Heard()
    made = [Visitor(sender, heard, seed=f"{seed} {number}") for number in range(how_many)]
    with coming(made, heard, pause_seconds=pause_seconds):
        yield heard


@contextmanager
def coming(made: Sequence[Visitor], heard: Heard, *, pause_seconds: float = 0.01) -> Iterator[None]:
    """Let clients that were made before use the site as long as the block lasts."""
    with meanwhile([one.step for one in made], heard.faults, pause_seconds=pause_seconds):
        yield


def seconds_until_well(ask: Callable[[], Answer], *, most: float = 30) -> float:
    """Return after how long the site answers 200 five times in a row, or ``most``."""
    began, well, since = time.monotonic(), 0, 0.0
    while time.monotonic() - began < most:
        if ask().status == 200:
            since = since or time.monotonic() - began
            well += 1
            if well == 5:
                return round(since, 2)
        else:
            well, since = 0, 0.0
        time.sleep(0.05)
    return most
