"""A day with the mobile app: signing in, two accounts, answers that get lost, being signed out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.utils import timezone

from oauthcore.models import Token, TOTPFactor
from oauthcore.rules.sign_in import recovery_codes, totp
from tests.support.clients.mobile_app import CodeWanted, MobileApp, Refused, SignedOut
from tests.support.clients.network import Network
from tests.support.factories import PASSWORD, UserFactory
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(db: None) -> Any:
    """Somebody who owns one account and looks at another one."""
    user = UserFactory()
    MembershipFactory(user=user, account__name="Album", role="owner")
    MembershipFactory(user=user, account__name="Studio", role="viewer")
    return user


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def http(site: str, network: Network) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, transport=network, timeout=20) as client:
        yield client


@pytest.fixture
def app(http: httpx.Client) -> MobileApp:
    return MobileApp(http, {}, device={"name": "Phone", "platform": "ios", "app_version": "1.0"})


@pytest.fixture
def tablet(http: httpx.Client) -> MobileApp:
    return MobileApp(http, {}, device={"name": "Tablet", "platform": "android"})


@pytest.fixture
def signed_in(app: MobileApp, user: Any) -> MobileApp:
    app.sign_in(user.username, PASSWORD)
    return app


def uuid_of(app: MobileApp, name: str) -> str:
    """Return the UUID of the account of that name."""
    return next(str(one["uuid"]) for one in app.accounts if one["name"] == name)


def status(
    app: MobileApp, account: str, method: str = "GET", path: str = "/v1/images", **options: Any
) -> int:
    return app.call(method, path, account=uuid_of(app, account), **options).status_code


def switch_on(user: Any) -> bytes:
    """Switch the person's second factor on; return the key in their authenticator app."""
    key = TOTPFactor.prepare(user, now=timezone.now())
    assert key is not None
    TOTPFactor.objects.update(confirmed_at=timezone.now())
    return key


def test_one_sign_in_works_on_two_accounts_each_as_far_as_the_role_goes(signed_in):
    assert {one["name"]: one["role"] for one in signed_in.accounts} == {"Album": "owner", "Studio": "viewer"}
    a_set = {"name": "Evenings", "images": []}

    assert [status(signed_in, name) for name in ("Album", "Studio", "Album")] == [200, 200, 200]
    assert status(signed_in, "Album", "POST", "/v1/sets", json=a_set) == 201
    assert status(signed_in, "Studio", "POST", "/v1/sets", json=a_set) == 403


def test_an_app_that_was_closed_goes_on_with_what_it_has_stored(signed_in, http):
    status(signed_in, "Album")

    reopened = MobileApp(http, signed_in._storage, device={})

    assert status(reopened, "Studio") == 200


def test_the_second_step_takes_a_code_and_a_wrong_one_may_be_corrected(app, user):
    key = switch_on(user)

    with pytest.raises(CodeWanted) as asked:
        app.sign_in(user.username, PASSWORD)
    assert asked.value.methods == ["totp", "recovery_code"]
    with pytest.raises(Refused, match="invalid_mfa_code"):
        app.show_code("00000")
    app.show_code(totp.code_at(key, int(time.time()) // totp.STEP))

    assert status(app, "Album") == 200


def test_whoever_has_lost_the_phone_shows_a_recovery_code(app, user):
    switch_on(user)
    code = recovery_codes.make()
    TOTPFactor.objects.get().replace_recovery_codes([code])

    with pytest.raises(CodeWanted):
        app.sign_in(user.username, PASSWORD)
    app.show_code(code.reveal().upper())

    assert status(app, "Album") == 200


def test_a_request_that_never_arrived_is_sent_again(signed_in, network):
    network.loses = "request"
    with pytest.raises(httpx.ConnectTimeout):
        status(signed_in, "Album")

    assert status(signed_in, "Album") == 200


def test_after_a_lost_answer_the_old_token_ends_the_session_and_the_person_signs_in_again(
    signed_in, network, user
):
    network.loses = "answer"
    with pytest.raises(httpx.ReadTimeout):
        status(signed_in, "Album")

    with pytest.raises(SignedOut) as over:
        status(signed_in, "Album")
    assert str(over.value.__cause__) == "refresh_token_reused"
    assert (signed_in.accounts, signed_in._storage) == ([], {})

    signed_in.sign_in(user.username, PASSWORD)
    assert status(signed_in, "Album") == 200


def test_an_answer_of_the_api_that_is_lost_costs_nothing(signed_in, network):
    status(signed_in, "Album")
    network.loses = "answer"
    with pytest.raises(httpx.ReadTimeout):
        status(signed_in, "Album")

    assert status(signed_in, "Album") == 200


def test_whoever_copied_the_storage_ends_the_session_for_both(signed_in, http):
    thief = MobileApp(http, dict(signed_in._storage), device={})
    assert status(signed_in, "Album") == 200

    with pytest.raises(SignedOut):
        status(thief, "Album")
    with pytest.raises(SignedOut):
        status(signed_in, "Album")


def test_a_person_sees_their_devices_and_ends_one_from_another(signed_in, tablet, user):
    tablet.sign_in(user.username, PASSWORD)
    status(signed_in, "Album")

    found = {one["name"]: one for one in tablet.devices()}
    assert {name: one["current"] for name, one in found.items()} == {"Phone": False, "Tablet": True}
    tablet.end_device(found["Phone"]["uuid"])

    with pytest.raises(SignedOut):
        status(signed_in, "Album")
    assert [one["name"] for one in tablet.devices()] == ["Tablet"]


def test_signing_out_everywhere_else_leaves_this_device(signed_in, tablet, user):
    tablet.sign_in(user.username, PASSWORD)

    tablet.end_other_devices()

    assert status(tablet, "Album") == 200
    with pytest.raises(SignedOut):
        status(signed_in, "Album")


def test_after_signing_out_nothing_is_left(signed_in):
    status(signed_in, "Album")
    stored = dict(signed_in._storage)

    signed_in.sign_out()

    assert signed_in._storage == {}
    signed_in._storage.update(stored)
    with pytest.raises(SignedOut):
        status(signed_in, "Album")


def test_signing_out_without_a_connection_forgets_what_is_stored(signed_in, network):
    network.loses = "request"

    signed_in.sign_out()

    assert signed_in._storage == {}


def test_an_access_token_that_ends_before_its_time_is_renewed_once(signed_in):
    status(signed_in, "Album")
    Token.objects.filter(kind=Token.Kind.ACCESS).update(expires_at=timezone.now())

    assert status(signed_in, "Album") == 200
    assert Token.objects.filter(kind=Token.Kind.ACCESS).count() == 2


def test_a_password_that_is_asked_again_and_wrong_is_no_reason_to_refresh(signed_in):
    begin = {"method": "POST", "path": "/v1/auth/mfa/totp", "json": {"password": "a short walk"}}

    assert status(signed_in, "Album", **begin) == 401

    assert Token.objects.filter(kind=Token.Kind.ACCESS).count() == 1


def test_an_account_that_was_taken_away_is_named_as_such_and_the_others_go_on(signed_in, user):
    status(signed_in, "Studio")
    user.memberships.filter(account__name="Studio").delete()

    with pytest.raises(Refused, match="account_not_allowed"):
        status(signed_in, "Studio")
    assert [one["name"] for one in signed_in.accounts] == ["Album"]
    assert status(signed_in, "Album") == 200


def test_a_changed_password_signs_the_app_out(signed_in, user):
    status(signed_in, "Album")
    user.set_password("another long walk")
    user.save()

    with pytest.raises(SignedOut):
        status(signed_in, "Album")


def test_one_try_too_many_says_how_long_to_wait_and_then_it_works(app, user, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_LIMIT": (2, 3)}
    for _ in range(2):
        with pytest.raises(Refused, match="invalid_credentials"):
            app.sign_in(user.username, "a short walk")

    with pytest.raises(Refused, match="throttled") as refusal:
        app.sign_in(user.username, PASSWORD)
    assert 1 <= refusal.value.retry_after <= 3
    time.sleep(refusal.value.retry_after)

    app.sign_in(user.username, PASSWORD)
    assert status(app, "Album") == 200
