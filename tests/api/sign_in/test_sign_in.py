"""``POST /v1/auth/sign_in``: login, password and device give a session (wire §6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from oauthcore.models import Device, Grant, SecurityEvent
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import UserFactory
from tests.support.reference_site.factories import MembershipFactory
from tests.support.secrets import parse
from tests.support.sign_in.client import HOME, PHONE, AppClient
from tests.support.sign_in.people import Person, with_account

pytestmark = pytest.mark.django_db


def test_login_password_and_device_give_a_session(app: AppClient, person: Person) -> None:
    answer = app.sign_in()

    grant = Grant.objects.get()
    secret = parse(answer.json["refresh_token"])
    assert answer.status == 200
    assert secret.kind is SecretKind.REFRESH
    assert answer.json == {
        "refresh_token": secret.reveal(),
        "refresh_token_expires_at": "2030-09-13T12:00:00Z",  # 90 days from now
        "device": {
            "uuid": str(grant.uuid),
            "name": "Ada's phone",
            "platform": "ios",
            "app_version": "1.2.0",
            "created_at": "2030-06-15T12:00:00Z",
        },
        "user": {"id": person.user.pk, "username": "ada"},
        "accounts": [{"uuid": str(person.account.pk), "name": person.account.name, "role": "owner"}],
    }
    assert (grant.kind, grant.user, grant.expires_at) == (
        Grant.Kind.SESSION,
        person.user,
        timezone.now() + timedelta(days=365),
    )
    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.DEVICE_SIGNED_IN)
    assert (event.user_ref, event.grant_uuid, event.address) == (str(person.user.pk), grant.uuid, HOME)
    assert Device.objects.get().address == HOME


def test_accounts_are_those_the_person_can_work_on_now(app: AppClient, person: Person) -> None:
    MembershipFactory()
    suspended = MembershipFactory(user=person.user).account
    suspended.suspended_at = timezone.now()
    suspended.save()
    shared = MembershipFactory(user=person.user, role="viewer", account__name="Zoo").account

    found = [(one["uuid"], one["role"]) for one in app.sign_in().json["accounts"]]

    assert found == [(str(person.account.pk), "owner"), (str(shared.pk), "viewer")]


def test_whoever_has_no_account_is_signed_in_without_one(app: AppClient, clock: Any) -> None:
    UserFactory(username="ada")

    assert app.sign_in().json["accounts"] == []


def test_the_server_names_the_session_and_what_the_app_calls_its_device_decides_nothing(
    app: AppClient, person: Person
) -> None:
    with_account(username="bob")
    own = str(uuid4())
    device = {**PHONE, "uuid": own.upper()}

    first, again, bobs = (app.sign_in(login, device=device).json for login in ("ada", "ada", "bob"))

    uuids = {one["device"]["uuid"] for one in (first, again, bobs)}
    assert [one["device"]["client_uuid"] for one in (first, again, bobs)] == [own] * 3
    assert len(uuids) == 3
    assert own not in uuids
    # Nobody's session was handed out, turned or ended by it.
    assert Grant.objects.filter(revoked_at=None).count() == 3
    for one in (first, again, bobs):
        assert app.token(one["refresh_token"], one["accounts"][0]["uuid"]).status == 200
    assert set(Device.objects.values_list("client_uuid", flat=True)) == {UUID(own)}


@pytest.mark.parametrize(
    "login", ["ada", " ada ", "\uff41da", "ada\u200b", "ada@home.example", "ADA@HOME.example"]
)
def test_a_login_is_a_username_or_an_e_mail_address(app: AppClient, login: str, clock: Any) -> None:
    with_account(username="ada", email="Ada@Home.example")

    assert app.sign_in(login).json["user"]["username"] == "ada"


def test_a_username_keeps_its_case_where_the_database_tells_cases_apart(
    app: AppClient, person: Person
) -> None:
    """The usual collations of MariaDB and MySQL do not: nobody else can have that name there."""
    assert app.sign_in("ADA").status == (200 if connection.vendor == "mysql" else 401)


def test_an_address_of_two_people_is_nobodys_login(app: AppClient, clock: Any) -> None:
    for username in ("ada", "bob"):
        with_account(username=username, email="both@home.example")

    assert app.sign_in("both@home.example").error == "invalid_credentials"
    assert app.sign_in("bob").status == 200


def test_a_username_comes_before_the_address_of_somebody_else(app: AppClient, clock: Any) -> None:
    with_account(username="ada", email="mallory@home.example")
    mallory = with_account(username="mallory@home.example")

    assert app.sign_in("mallory@home.example").json["user"]["id"] == mallory.user.pk


@pytest.mark.parametrize(
    "kept", ["  two spaces  ", "\tq2\n", "\ufb01\u2460\uff21", "e\u0301t\u00e9", "x" * 1024, "pass\u200bword"]
)
def test_a_password_is_taken_to_the_last_character(app: AppClient, clock: Any, kept: str) -> None:
    with_account(username="ada", password=kept)

    assert app.sign_in(password=kept).status == 200
    for other in (kept.strip()[:-1], kept[:-1], kept[1:]):
        assert app.sign_in(password=other).error == "invalid_credentials"


def test_a_device_is_described_as_its_owner_likes(app: AppClient, person: Person) -> None:
    name = "<script>alert('x')</script> & \u96fb\u8a71"
    device = {"name": name, "platform": "web", "app_version": None, "model": {"a": [1]}}
    device |= {f"member{number}": number for number in range(2_000)}

    answer = app.sign_in(device=device)

    assert answer.json["device"].keys() == {"uuid", "name", "platform", "created_at"}
    assert answer.json["device"]["name"] == Grant.objects.get().label == name
