"""Commands that are called from code: their options mean what they mean on a command line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from oauthcore.models import Application, ServiceToken, Token
from tests.support.clock import NOON
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import fails, made, run, used

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("how arguments are parsed")]

CREATE = "service_token_create"


@pytest.fixture
def account():
    return AccountFactory()


@pytest.mark.parametrize("scope", ["api.images.read", ["api.images.read"], ("api.images.read", "read")])
def test_one_scope_is_a_text_and_several_are_a_list(account, scope):
    run(CREATE, account.uuid, "Nightly export", scope=scope, network="192.0.2.0/24")

    token = ServiceToken.objects.get()
    assert token.scopes == {scope} if isinstance(scope, str) else set(scope)
    assert token.allowed_networks == ["192.0.2.0/24"]


@pytest.mark.parametrize(
    ("expires", "at"),
    [
        (90, NOON + timedelta(days=90)),
        ("90", NOON + timedelta(days=90)),
        (date(2030, 12, 31), datetime(2030, 12, 31, tzinfo=UTC)),
        (NOON + timedelta(hours=1), NOON + timedelta(hours=1)),
        (None, None),
    ],
)
def test_an_end_may_be_days_a_date_or_a_time(account, clock, expires, at):
    run(CREATE, account.uuid, "Nightly export", scope=["read"], expires=expires)

    assert ServiceToken.objects.get().expires_at == at


@pytest.mark.parametrize(("size", "bytes_"), [(512, 512), ("64KB", 65_536)])
def test_a_size_may_be_a_number_or_words(account, size, bytes_):
    run(CREATE, account.uuid, "Nightly export", scope=["read"], max_bytes=size)

    assert ServiceToken.objects.get().max_request_bytes == bytes_


def test_what_is_wrong_is_named_as_on_the_command_line(account):
    assert "--expires: give a number of days" in fails(CREATE, account.uuid, "Export", expires="soon")[2]
    assert "required: --scope" in fails(CREATE, account.uuid, "Export")[2]
    assert not ServiceToken.objects.exists()


def test_the_other_commands_take_options_from_code_as_well(clock):
    token, _ = made(allowed_networks=("192.0.2.7",))
    other, _ = made()
    used(other)

    assert str(token.uuid) in (listed := run("service_token_list", account=str(token.account_uuid)))
    assert str(other.uuid) not in listed
    assert run("service_token_list", expiring="3") == ""
    run("service_token_rotate", token.uuid, overlap="1h")
    assert Token.objects.filter(expires_at=NOON + timedelta(hours=1)).count() == 1
    run("service_token_revoke", all_of=str(other.account_uuid), is_interactive=False)
    assert set(ServiceToken.objects.filter(revoked_at=None)) == {token}


def test_an_application_is_registered_from_code():
    run("create_application", "Printer", redirect_uri="https://printer.example/cb", scope="read")

    application = Application.objects.get()
    assert list(application.redirect_uris) == ["https://printer.example/cb"]
    assert application.scopes == {"read"}
