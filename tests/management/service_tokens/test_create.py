"""``service_token_create``: makes one, shows it once, and says what is wrong by its argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from oauthcore.models import SecurityEvent, ServiceToken, Token
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.clock import NOON
from tests.support.oauth import is_live, me
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import fails, objects, run, secrets_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("arguments and what is printed"),
]

CREATE = "service_token_create"
READ = ("--scope", "api.images.read")


@pytest.fixture
def account():
    return AccountFactory(name="Studio North")


def test_it_prints_the_uuid_and_this_once_the_token(account):
    printed = run(CREATE, account.uuid, "Nightly export", *READ)

    [text] = secrets_in(printed)
    assert str(ServiceToken.objects.get().uuid) in printed
    assert "cannot be shown again" in printed
    assert printed.count(text) == 1
    assert Token.objects.get().digest == digest_of(text)
    assert me(text).json()["account"]["name"] == "Studio North"


def test_every_limit_can_be_given_and_scripts_read_them_back(account, clock):
    [told] = objects(
        CREATE,
        *(account.uuid, "Nightly export", *READ, "--scope", "api.download"),
        *("--network", "10.0.0.0/8", "--network", "2001:db8::1", "--max-bytes", "64KB"),
        *("--expires", "90", "--contact", "ops@example.org"),
    )

    text = told.pop("token")
    token = ServiceToken.objects.get()
    assert told == {
        "uuid": str(token.uuid),
        "name": "Nightly export",
        "account_uuid": str(account.uuid),
        "scopes": ["api.download", "api.images.read"],
        "contact": "ops@example.org",
        "created_at": NOON.isoformat(),
        "expires_at": (NOON + timedelta(days=90)).isoformat(),
        "allowed_networks": ["10.0.0.0/8", "2001:db8::1"],
        "max_request_bytes": 65_536,
    }
    assert me(text).json()["error"] == "ip_not_allowed"


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1", NOON + timedelta(days=1)),
        ("2031-02-03", datetime(2031, 2, 3, tzinfo=UTC)),
        ("2031-02-03T18:00Z", datetime(2031, 2, 3, 18, tzinfo=UTC)),
        ("2031-02-03T18:00+02:00", datetime(2031, 2, 3, 16, tzinfo=UTC)),
        ("2031-02-03 18:00", datetime(2031, 2, 3, 18, tzinfo=UTC)),
    ],
)
def test_the_end_is_so_many_days_from_now_a_date_or_a_time(account, clock, written, at):
    run(CREATE, account.uuid, "Nightly export", *READ, "--expires", written)

    assert ServiceToken.objects.get().expires_at == at


def test_without_limits_it_may_be_used_from_anywhere_and_for_ever(account):
    [text] = secrets_in(run(CREATE, account.uuid, "Nightly export", *READ))

    token = ServiceToken.objects.get()
    assert (token.allowed_networks, token.expires_at, token.max_request_bytes) == (None, None, None)
    assert is_live(text)


def test_nowhere_is_a_list_without_networks(account):
    run(CREATE, account.uuid, "Nightly export", *READ, "--nowhere")

    assert ServiceToken.objects.get().allowed_networks == []


def test_it_leaves_one_security_event_which_names_nobody(account):
    run(CREATE, account.uuid, "Nightly export", *READ)

    event = SecurityEvent.objects.get()
    assert (event.kind, event.reason, event.user_ref) == ("service_token_made", "Nightly export", "")
    assert event.grant_uuid == ServiceToken.objects.get().uuid


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--network", "10.0.0.1", "--network", "10.1.2.3/8"], "--network: Line 2: "),
        (["--network", "0.0.0.0/1", "--network", "128.0.0.0/1"], "--network: This is every address"),
        (["--scope", "api.nonsense"], "--scope: This site has no scope api.nonsense."),
        (["--expires", "2001-01-01"], "--expires: Choose a future time."),
        (["--expires", "0"], "--expires: Choose a future time."),
        (["--contact", "nobody"], "--contact: Give an e-mail address."),
        (["--contact", "a@example.org\nBcc: b@example.org"], "--contact: Give an e-mail address."),
        (["--expires", "soon"], "--expires: give a number of days, a date"),
        (["--expires", "2030-02-31"], "--expires: give a number of days, a date"),
        (["--expires", "99999999"], "--expires: give a whole number of days up to 36500"),
        (["--expires", "9999-12-31T23:59-12:00"], "--expires: Choose a time within a hundred years."),
        (["--max-bytes", "ten"], "--max-bytes: Write a size"),
        (["--nowhere", "--network", "10.0.0.1"], "--nowhere does not go with --network."),
    ],
)
def test_what_is_wrong_is_named_by_its_argument_and_nothing_is_made(account, arguments, said):
    assert said in fails(CREATE, account.uuid, "Nightly export", *READ, *arguments)[2]
    assert not ServiceToken.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[2J", "x" * 201])
def test_a_name_is_one_line_that_says_something(account, name):
    assert "name: Enter " in fails(CREATE, account.uuid, name, *READ)[2]
    assert not ServiceToken.objects.exists()


@pytest.mark.parametrize(
    ("uuid", "said"),
    [
        (uuid4(), "account: There is no live account of this UUID, as the class in ACCOUNT_BACKEND"),
        ("north", "account: give a UUID"),
    ],
)
def test_an_account_that_is_not_there_is_named_too(uuid, said):
    assert said in fails(CREATE, uuid, "Nightly export", *READ)[2]


def test_an_account_has_so_many_and_no_more(account, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}
    run(CREATE, account.uuid, "Nightly export", *READ)

    assert "as many live service tokens" in fails(CREATE, account.uuid, "Another", *READ)[2]
    assert ServiceToken.objects.count() == 1


@pytest.mark.usefixtures("without_accounts")
def test_on_a_site_without_accounts_none_is_named(settings):
    [told] = objects(CREATE, "Nightly export", *READ)

    assert (told["account_uuid"], me(told["token"]).json()["account"]) == (None, None)
    assert "  the whole site  " in run("service_token_list")


@pytest.mark.usefixtures("without_accounts")
def test_one_that_is_named_there_is_refused_by_the_setting_that_knows_none(account, settings):
    assert (
        "account: This site has no accounts: the setting ACCOUNT_BACKEND"
        in (fails(CREATE, account.uuid, "Nightly export", *READ)[2])
    )
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}
    run(CREATE, "Nightly export", *READ)
    assert "The site has as many live service tokens" in fails(CREATE, "Another", *READ)[2]
