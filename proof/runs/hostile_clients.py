"""R5: clients that break HTTP, take their time and guess, beside decent ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from random import Random

from oauthcore import conf
from oauthcore.models.mfa_challenges import MOST_FAILURES
from proof.clients.applications import ApplicationClient
from proof.clients.crowds import crowd_of, meanwhile
from proof.clients.devices import DeviceClient
from proof.clients.hostile import any_of, at_a_rate, broken_requests, raw_client, slow_clients
from proof.clients.people import with_account, with_second_factor
from proof.clients.sending import Answer, Sender
from proof.clients.traffic import visitors
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run
from proof.servers.site import RunningSite
from tests.support.factories import Registered, register
from tests.support.percentiles import percentile
from tests.support.races.crowd import Crowd

SECRETS_A_SECOND = 20
#: gunicorn gives each request a thread until it has been read, so it needs a proxy that reads it first.
#: The docs say so (deployment.md). uvicorn holds slow requests without a thread.
READS_WITHOUT_THREADS = "uvicorn"


@dataclass(frozen=True)
class Size:
    """How long broken requests and guesses come, how many guess at once, and how many are slow.

    A decent client waits no longer than ``most_seconds`` (p99), whatever the others do. That is measured on a
    quiet machine; the gate only sees that nobody hangs.
    """

    seconds: float
    guesses: int
    bursts: int
    slow: int
    programs: tuple[str, ...]
    most_seconds: float = 1.0


def work(rig: Rig, size: Size) -> Findings:
    """Let decent and hostile clients use each server program."""
    found = Findings()
    for program in size.programs:
        with rig.own_site(program=program) as site:
            _attack(rig, found, site, size)
    return found


def _attack(rig: Rig, found: Findings, site: RunningSite, size: Size) -> None:
    # With a seed of its own: what one program's clients have used up must not be missing at the next.
    sender = Sender(site.url, rig.ledger, mutant=rig.mutant, seed=rig.random.randrange(2**32))
    registered = register()
    raw = raw_client(sender, site.url)
    broken = broken_requests(raw)
    chance = Random(f"{rig.seed} hostile")

    def break_http() -> None:
        name, status = any_of(broken, chance)
        found.count("broken requests")
        found.expect(status is not None, f"{site.program}, {name}: it hung")
        found.expect((status or 0) < 500, f"{site.program}, {name}: {status}")

    slow = size.slow if site.program == READS_WITHOUT_THREADS else 0
    with (
        visitors(sender, f"{rig.seed}", how_many=2) as heard,
        slow_clients(raw, slow) as held,
        meanwhile([break_http] * 3, found.faults, pause_seconds=0.02),
    ):
        _guess_secrets(found, sender, registered, size.seconds)
        with crowd_of(size.guesses) as crowd:
            for _ in range(size.bursts):
                _guess_passwords(rig, found, sender, crowd)
                _guess_codes_of_a_challenge(found, sender, crowd)
                _guess_codes_of_a_person(found, sender, crowd)
    found.expect(held.most >= slow, f"{site.program}: {held.most} slow clients at once, not {slow}")
    slowest = round(percentile([one.seconds for one in heard.told]), 3)
    found.numbers[f"{site.program}: p99 of {len(heard.told)} decent requests"] = slowest
    found.expect(slowest < size.most_seconds, f"{site.program}: decent clients waited {slowest} s")
    unserved = sum(one.status in (0, 503) for one in heard.told)
    found.expect(not unserved, f"{site.program}: {unserved} decent requests were not served")
    found.faults += heard.faults


def _guess_secrets(found: Findings, sender: Sender, registered: Registered, seconds: float) -> None:
    """Guess the secret of one application from one address, steadily, within one window of the limit."""
    most, window = conf.settings().CLIENT_SECRET_LIMIT
    application = ApplicationClient(sender, registered)
    address = sender.new_address()
    told: list[Answer] = []

    def guess() -> None:
        told.append(application.act_for_itself(address=address, flow="guess", client_secret="guessed"))

    sent = at_a_rate(guess, per_second=SECRETS_A_SECOND, seconds=min(seconds, window * 0.8))
    _expect_exactly(found, "secrets", told, "invalid_client", min(most, sent))
    right = application.act_for_itself(address=sender.new_address())
    found.expect(right.status == 200, f"the application itself was refused: {right.status}")


def _guess_passwords(rig: Rig, found: Findings, sender: Sender, crowd: Crowd) -> None:
    most, _ = conf.settings().LOGIN_LIMIT
    person = with_account()
    device = DeviceClient(sender, person)
    before = rig.passwords_hashed()
    told = crowd.all_at_once(partial(device.sign_in, "guessed"))
    _expect_exactly(found, "passwords", told, "invalid_credentials", most)
    # Others sign in meanwhile, so the hashes are not counted here but in the run password_burst.
    found.count("passwords hashed meanwhile", rig.passwords_hashed() - before)


def _guess_codes_of_a_challenge(found: Findings, sender: Sender, crowd: Crowd) -> None:
    person = with_second_factor()
    device = DeviceClient(sender, person)
    mfa_token = device.sign_in()["mfa_token"]
    told = crowd.all_at_once(partial(device.mfa, mfa_token, person.wrong_code()))
    _expect_exactly(found, "codes of a challenge", told, "invalid_mfa_code", MOST_FAILURES)


def _guess_codes_of_a_person(found: Findings, sender: Sender, crowd: Crowd) -> None:
    """Guess with as many challenges as one login may open, so that only the limit of the person can hold."""
    (challenges, _), (most, _) = conf.settings().LOGIN_LIMIT, conf.settings().SECOND_FACTOR_LIMIT
    person = with_second_factor()
    devices = [DeviceClient(sender, person) for _ in range(challenges)]
    tokens = [one.sign_in()["mfa_token"] for one in devices]
    acts = [
        partial(device.mfa, token, person.wrong_code())
        for device, token in zip(devices, tokens, strict=True)
        for _ in range(MOST_FAILURES)
    ]
    told = crowd.at_once(acts)
    _expect_exactly(found, "codes of a person", told, "invalid_mfa_code", most)


def _expect_exactly(found: Findings, what: str, told: list[Answer], error: str, most: int) -> None:
    """So many guesses were looked at, no more and no fewer, unless the site could not look at some."""
    errors = Counter(one.error if one.status else "no answer" for one in told)
    found.count(f"{what} guessed", len(told))
    found.count(f"{what} looked at", errors[error])
    unavailable = errors["temporarily_unavailable"]
    found.expect(
        most - unavailable <= errors[error] <= most,
        f"{what}: {errors[error]} were looked at, and the limit is {most}: {dict(errors)}",
    )
    unexpected = set(errors) - {error, "throttled", "slow_down", "invalid_mfa_token"}
    found.expect(not unexpected - {"temporarily_unavailable"}, f"{what}: {dict(errors)}")


RUN = Run(
    "hostile_clients",
    "Broken HTTP, slow requests and guesses: the limits hold exactly, and decent clients are served.",
    work,
    {
        "gate": Size(seconds=2, guesses=40, bursts=1, slow=100, programs=("uvicorn",), most_seconds=10),
        "night": Size(seconds=40, guesses=40, bursts=10, slow=300, programs=("gunicorn", "uvicorn")),
        "release": Size(seconds=45, guesses=40, bursts=40, slow=400, programs=("gunicorn", "uvicorn")),
    },
)
