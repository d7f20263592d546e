"""Reading tables of other packages, and writing what was read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from oauthcore.flows.imports import tables
from oauthcore.flows.imports.grants import NO_APPLICATION, check_grants, write_grants
from oauthcore.flows.imports.people import NOT_ONE_ACCOUNT
from oauthcore.flows.imports.run import _as_json
from oauthcore.flows.imports.tally import MOST_DAMAGE, Tally
from oauthcore.models import Grant, Token
from oauthcore.rules.imports.sources import DJANGO_OAUTH_TOOLKIT, of_text
from oauthcore.rules.imports.values import Damaged, ImportedGrant, ImportedToken, uuid_of
from tests.support.factories import UserFactory, register

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("what is read is decided in Python")]


def test_a_site_without_the_tables_is_told_so():
    with pytest.raises(CommandError, match="has no table oauth2_provider_application"):
        call_command("import_tokens", source=DJANGO_OAUTH_TOOLKIT)


def test_a_key_that_is_no_number_is_kept_as_text():
    assert (_as_json(7), _as_json(uuid_of("knox", 7))) == (7, str(uuid_of("knox", 7)))


def entry(text: str, *, uuid: Any = None, **values: Any) -> ImportedGrant:
    now = timezone.now()
    end = values.pop("expires_at", now + timedelta(hours=1))
    token = ImportedToken(of_text(text), now, end, values.get("scopes", frozenset()))
    return ImportedGrant(
        **{
            "source": DJANGO_OAUTH_TOOLKIT,
            "row": f"row {text}",
            "uuid": uuid or uuid_of(DJANGO_OAUTH_TOOLKIT, text),
            "kind": Grant.Kind.SERVICE,
            "created_at": now,
            "expires_at": end,
            "tokens": [token],
            **values,
        }
    )


def test_entries_with_one_uuid_are_one_grant_that_ends_when_the_last_of_them_ends():
    now, uuid = timezone.now(), uuid_of(DJANGO_OAUTH_TOOLKIT, "family")
    early, late = now + timedelta(hours=1), now + timedelta(hours=2)
    tally = Tally()

    write_grants(
        [
            entry("one", uuid=uuid, expires_at=late, scopes=frozenset({"read"})),
            entry("two", uuid=uuid, expires_at=early, scopes=frozenset({"api.sets.write"})),
        ],
        tally,
    )

    grant = Grant.objects.get()
    assert (grant.expires_at, grant.scopes) == (late, {"read", "api.sets.write"})
    assert (tally.taken, tally.ends_at, tally.never_ends) == (2, late, False)


def test_a_grant_of_which_one_token_never_ends_never_ends():
    uuid, tally = uuid_of(DJANGO_OAUTH_TOOLKIT, "family"), Tally()

    write_grants([entry("one", uuid=uuid), entry("two", uuid=uuid, expires_at=None)], tally)

    assert (Grant.objects.get().expires_at, tally.never_ends) == (None, True)


def test_a_token_whose_application_is_not_here_is_left():
    tally = Tally()

    write_grants([entry("one", kind=Grant.Kind.CLIENT, client_id="nobody")], tally)

    assert dict(tally.left) == {NO_APPLICATION: 1}
    assert not Token.objects.exists()


def test_a_person_with_no_account_or_several_gets_none_and_it_is_noted():
    tally, application = Tally(), register()
    of_person = {"kind": Grant.Kind.APPLICATION, "client_id": application.client_id}

    check_grants([entry("one", user_id=UserFactory().pk, **of_person)], tally)

    assert dict(tally.notes) == {NOT_ONE_ACCOUNT: 1}


@pytest.mark.usefixtures("without_accounts")
def test_on_a_site_without_accounts_nobody_needs_one():
    tally = Tally()

    check_grants([entry("one", user_id=UserFactory().pk, kind=Grant.Kind.SESSION)], tally)

    assert not tally.notes


def test_a_grant_of_nobody_is_damage_and_is_not_written():
    entries = [entry(str(number), user_id=-1, kind=Grant.Kind.SESSION) for number in range(MOST_DAMAGE + 1)]
    tally = Tally()

    check_grants(entries, tally)

    assert tally.damaged[0] == "row 0: there is no person -1"
    assert len(tally.damaged) == MOST_DAMAGE
    with pytest.raises(Damaged):
        write_grants(entries, Tally())


def test_a_table_names_its_rows():
    table = tables.Table("knox_authtoken", "default", frozenset({"digest"}))

    assert table.row("abc") == "row abc of knox_authtoken"
    with pytest.raises(Damaged, match="has no column expiry"):
        tables.make_models(
            Knox=(table, {"digest": models.TextField(), "expiry": models.TextField()}, frozenset())
        )
