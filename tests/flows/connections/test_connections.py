"""What has access to a person, as it is found in the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.flows.connections.connections import Connection, Connections, LastUse, connections_of
from oauthcore.models import Application, Consent, Device, Grant, Token, Usage
from tests.support.clock import NOON
from tests.support.factories import UserFactory, bearer, device_session, open_grant, register
from tests.support.oauth import with_person
from tests.support.reference_site.factories import MembershipFactory
from tests.support.statements import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def ada() -> Any:
    return UserFactory(username="ada")


@pytest.fixture
def printer() -> Application:
    return register().application


def found(user: Any) -> Connections:
    return connections_of(user, now=timezone.now())


def the_one(user: Any) -> Connection:
    (connection,) = found(user).applications
    return connection


def consent(user: Any, application: Application, **values: Any) -> Consent:
    return Consent.objects.create(user=user, application=application, **{"scopes": ["read"], **values})


def use(grant: Grant, *, hours_ago: int = 0, address: str = "203.0.113.7") -> None:
    at = timezone.now() - timedelta(hours=hours_ago)
    Usage.objects.create(grant=grant, day=at.date(), last_at=at, last_address=address)


class TestWhatIsListed:
    """An application has access by a consent or by a grant under which something can still be used."""

    def test_a_consent_alone_is_enough_for_it_may_come_back_unasked(
        self, ada: Any, printer: Application
    ) -> None:
        consent(ada, printer)

        assert (the_one(ada).application, the_one(ada).sessions) == (printer, 0)

    def test_a_live_grant_alone_is_enough_for_nobody_consents_to_a_trusted_application(
        self, ada: Any, printer: Application
    ) -> None:
        bearer(user=ada, application=printer)

        assert (the_one(ada).application, the_one(ada).sessions) == (printer, 1)

    def test_a_code_that_waits_for_its_application_is_access(self, ada: Any) -> None:
        with_person(register(is_trusted=True), ada).code()

        assert the_one(ada).sessions == 1

    @pytest.mark.parametrize("field", ["revoked_at", "expires_at", "password_mark"])
    def test_a_grant_that_is_over_is_none(self, ada: Any, clock: Any, field: str) -> None:
        bearer(user=ada)
        Token.objects.update(expires_at=None)
        clock.shift(60)
        Grant.objects.update(**{field: b"0" * 32 if field == "password_mark" else timezone.now()})

        assert found(ada).applications == ()

    @pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
    def test_nor_is_one_whose_last_token_is_over(self, ada: Any, clock: Any, field: str) -> None:
        bearer(user=ada)
        clock.shift(60)
        Token.objects.update(**{field: timezone.now()})

        assert found(ada).applications == ()

    def test_what_other_people_allowed_is_none_of_ones_business(self, ada: Any, printer: Application) -> None:
        consent(UserFactory(), printer)
        bearer(application=printer)
        device_session(UserFactory())

        assert found(ada) == Connections((), ())

    def test_a_deleted_application_is_gone(self, ada: Any, printer: Application) -> None:
        consent(ada, printer)
        bearer(user=ada, application=printer)
        Application.objects.update(deleted_at=timezone.now())

        assert found(ada).applications == ()

    @pytest.mark.parametrize("change", [{"is_enabled": False}, {"is_suspended": True}])
    def test_one_that_is_switched_off_is_listed_for_it_may_be_switched_on_again(
        self, ada: Any, printer: Application, change: dict[str, bool]
    ) -> None:
        consent(ada, printer)
        Application.objects.update(**change)

        assert not the_one(ada).application.is_live

    def test_what_was_used_last_comes_first(self, ada: Any) -> None:
        names = ["yesterday", "now", "an hour ago"]
        for name, hours_ago in zip(names, (24, 0, 1), strict=True):
            use(open_grant(user=ada, application=register(name=name).application), hours_ago=hours_ago)
            consent(ada, Application.objects.get(name=name), created_at=timezone.now() - timedelta(days=9))

        assert [one.application.name for one in found(ada).applications] == [
            "now",
            "an hour ago",
            "yesterday",
        ]


class TestWhatIsSaidOfIt:
    """All grants of one application, and its consent, are told as one."""

    def test_it_may_do_all_that_the_consent_or_any_live_grant_says(
        self, ada: Any, printer: Application
    ) -> None:
        consent(ada, printer, scopes=["read"])
        bearer(user=ada, application=printer, scopes=["api.images.read"])

        assert the_one(ada).scopes == {"read", "api.images.read"}

    def test_it_has_access_since_the_first_of_them(self, ada: Any, printer: Application, clock: Any) -> None:
        first = timezone.now()
        bearer(user=ada, application=printer)
        clock.shift(60)
        consent(ada, printer)
        bearer(user=ada, application=printer)

        assert the_one(ada).since == first
        assert the_one(ada).sessions == 2

    def test_last_use_is_the_latest_of_all_its_grants_the_ended_ones_too(
        self, ada: Any, printer: Application
    ) -> None:
        consent(ada, printer)
        use(open_grant(user=ada, application=printer), hours_ago=30)
        use(open_grant(user=ada, application=printer, revoked_at=timezone.now()), address="2001:db8::1")
        use(open_grant(application=printer), address="198.51.100.1")

        last_use = the_one(ada).last_use

        assert last_use is not None
        assert (last_use.at, last_use.address) == (timezone.now(), "2001:db8::1")

    def test_what_was_never_used_has_no_last_use(self, ada: Any, printer: Application) -> None:
        consent(ada, printer)

        assert the_one(ada).last_use is None

    def test_accounts_are_named_as_the_site_names_them(self, ada: Any, printer: Application) -> None:
        studio, album, _ = (MembershipFactory(user=ada).account for _ in range(3))
        consent(ada, printer, account_uuid=album.uuid)
        bearer(user=ada, application=printer, account_uuid=studio.uuid)

        assert {one.name for one in the_one(ada).accounts} == {studio.name, album.name}
        assert not the_one(ada).has_lost_account

    @pytest.mark.parametrize("is_known", [True, False])
    def test_an_account_the_person_no_longer_belongs_to_is_not_named(
        self, ada: Any, printer: Application, is_known: bool
    ) -> None:
        elsewhere = MembershipFactory().account.uuid if is_known else uuid4()
        consent(ada, printer, account_uuid=elsewhere)

        assert the_one(ada).accounts == ()
        assert the_one(ada).has_lost_account


class TestDevices:
    """A device session is listed for as long as it lives."""

    def test_a_device_session_is_told_with_its_last_use(self, ada: Any) -> None:
        phone, tablet = device_session(ada, label="Phone"), device_session(ada, label="Tablet")
        use(phone, hours_ago=2, address="198.51.100.1")
        use(phone, hours_ago=48)

        listed = {one.uuid: one for one in found(ada).devices}

        assert listed[phone.uuid].label == "Phone"
        assert listed[phone.uuid].since == phone.created_at
        assert listed[phone.uuid].last_use == LastUse(timezone.now() - timedelta(hours=2), "198.51.100.1")
        assert listed[tablet.uuid].last_use == LastUse(tablet.created_at, "192.0.2.7"), "where it signed in"

    def test_what_its_app_said_of_it_is_told_and_nothing_where_nothing_is_known(self, ada: Any) -> None:
        known, unknown = device_session(ada), device_session(ada)
        said = {"platform": "android", "app_version": "2.0", "client_uuid": uuid4()}
        Device.objects.filter(grant=known).update(**said)
        Device.objects.filter(grant=unknown).delete()

        listed = {one.uuid: one for one in found(ada).devices}

        assert {name: getattr(listed[known.uuid], name) for name in said} == said
        assert (listed[unknown.uuid].platform, listed[unknown.uuid].last_use.address) == ("", "")

    def test_what_was_used_or_signed_in_last_comes_first(self, ada: Any, clock: Any) -> None:
        used, older = device_session(ada, label="used"), device_session(ada, label="older")
        clock.shift(60)
        newer = device_session(ada, label="newer")
        clock.shift(60)
        use(used)

        assert [one.uuid for one in found(ada).devices] == [used.uuid, newer.uuid, older.uuid]

    @pytest.mark.parametrize(
        "over",
        [{"revoked_at": NOON}, {"password_mark": b"0" * 32}, {"expires_at": NOON + timedelta(hours=1)}],
    )
    def test_one_that_is_over_is_not_listed(self, ada: Any, clock: Any, over: dict[str, Any]) -> None:
        session = device_session(ada)
        clock.shift(timedelta(hours=1))
        assert [one.uuid for one in found(ada).devices] == [session.uuid]

        Grant.objects.update(**over)

        assert found(ada).devices == ()

    def test_one_that_did_not_refresh_for_too_long_is_not_listed(self, ada: Any, clock: Any) -> None:
        device_session(ada, label="signed in and never used")
        refreshed = device_session(ada)
        clock.shift(timedelta(days=90) - timedelta(microseconds=1))
        assert len(found(ada).devices) == 2

        Token.objects.filter(grant=refreshed).update(turned_at=timezone.now() - timedelta(days=89))
        clock.shift(timedelta(microseconds=1))

        assert [one.uuid for one in found(ada).devices] == [refreshed.uuid]


def test_however_much_there_is_it_takes_five_statements_and_one_question_to_the_site(
    ada: Any, printer: Application
) -> None:
    counts = set()
    for more in (1, 40):
        for number in range(more):
            account = MembershipFactory(user=ada).account.uuid
            bearer(user=ada, application=printer, account_uuid=account)
            use(Grant.objects.latest("pk"))
            consent(ada, register(name=f"Application {number}").application, account_uuid=account)
            use(device_session(ada))
        with statements() as run:
            found(ada)
        counts.add((len(run), len([sql for sql in run if "oauthcore_" in sql])))

    assert counts == {(6, 5)}, run
