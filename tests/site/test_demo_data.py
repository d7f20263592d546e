"""``demo_data``, whose output tests and newcomers rely on (wire §7)."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

import oauthcore
from oauthcore.flows.applications.refusals import recent_refusals_of
from oauthcore.flows.applications.scope_requests import approve
from oauthcore.flows.applications.upgrade import dry_run
from oauthcore.flows.connections.connections import connections_of
from oauthcore.models import (
    Application,
    ClientSecret,
    Device,
    Grant,
    LegacySwitch,
    LegacyUse,
    RecoveryCode,
    Refusal,
    ScopeRequest,
    SecurityEvent,
    ServiceToken,
    Usage,
)
from reference_site.accounts.models import Account, Membership
from reference_site.accounts.roles import ALL_SCOPES, Role
from reference_site.photos.models import Image, ImageSet, Keyword
from tests.support.factories import register
from tests.support.reference_site.demo import demo_data, demo_object
from tests.support.reference_site.files import stored_files

OPENID = {"openid", "profile", "email"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what the demo prints, and its rows"),
]


def test_it_prints_one_object_with_the_keys_of_the_contract(demo, settings):
    assert list(demo) == ["base_url", "users", "accounts", "applications", "service_tokens"]
    assert demo["base_url"] == settings.OAUTHCORE["ISSUER"]
    keys = {"username", "password", "email", "is_staff", "totp_secret", "recovery_codes"}
    assert all(user.keys() == keys for user in demo["users"])
    assert all(account.keys() == {"uuid", "name", "members"} for account in demo["accounts"])
    keys = {"name", "id", "client_id", "client_secret", "private_jwk", "client_type", "profile"}
    keys |= {"redirect_uris", "scopes", "grant_types", "post_logout_redirect_uris"}
    assert all(application.keys() == keys for application in demo["applications"])


def test_everybody_can_log_in_and_one_of_them_is_staff(demo):
    people = [authenticate(username=user["username"], password=user["password"]) for user in demo["users"]]

    assert [(person.is_staff, person.is_superuser) for person in people] == [
        (False, False),
        (False, False),
        (False, False),
        (True, True),
    ]


def test_one_account_has_somebody_of_every_role(demo):
    roles = Membership.objects.filter(account_id=demo["accounts"][0]["uuid"]).values_list("role", flat=True)

    assert set(roles) == set(Role)


def test_one_account_is_shared_and_one_is_not(demo):
    members = [len(account["members"]) for account in demo["accounts"]]

    assert (len(members), max(members) > 1, min(members)) == (2, True, 1)
    for account in demo["accounts"]:
        names = Account.objects.get(uuid=account["uuid"]).users.values_list("username", flat=True)
        assert set(names) == set(account["members"])


def test_the_applications_are_of_every_kind_each_on_a_port_of_its_own(demo):
    applications = demo["applications"]
    callbacks = [uri for application in applications for uri in application["redirect_uris"]]

    assert len(set(callbacks)) == len(callbacks) == 7
    assert sum(uri.startswith("http://127.0.0.1:") and uri.endswith("/callback") for uri in callbacks) == 5
    library = [one for one in applications if one["client_id"] != "lumen-prints"]
    assert all(set(one["scopes"]) - OPENID == ALL_SCOPES | {"read", "api.public.read"} for one in library)
    assert {(a["client_type"], bool(a["client_secret"])) for a in applications} == {
        ("confidential", True),
        ("confidential", False),
        ("public", False),
    }
    assert Application.objects.filter(may_introspect=True, client_type="confidential").count() == 1
    assert not Application.objects.filter(is_trusted=True).exists()


def test_one_application_has_every_legacy_switch_and_one_the_implicit_grant(demo):
    legacy = {one["name"]: one for one in demo["applications"] if one["profile"] == "oauth2.0"}
    confidential, implicit = legacy["Contact Sheet"], legacy["Picture Frame"]

    assert len(legacy) == 2
    assert confidential["redirect_uris"] == ["http://127.0.0.1:8804/callback"]
    every = {"authorization_code", "refresh_token", "client_credentials"}
    assert set(confidential["grant_types"]) == every
    stored = Application.objects.get(client_id=confidential["client_id"])
    assert all(stored.may(switch) for switch in LegacySwitch)
    assert implicit["grant_types"] == ["implicit"]
    assert all(uri.startswith("https://") for uri in implicit["redirect_uris"])
    assert not Application.objects.get(client_id=implicit["client_id"]).legacy_switches


def test_the_legacy_application_may_do_what_its_switches_say(demo, client):
    application = next(one for one in demo["applications"] if one["name"] == "Contact Sheet")
    sent = {name: application[name] for name in ("client_id", "client_secret")}

    token = client.get("/oauth2/token", sent | {"grant_type": "client_credentials"}).json()["access_token"]

    assert client.get("/v1/me", {"access_token": token}).json()["kind"] == "oauth_token"


def test_the_applications_are_adas_who_sees_what_they_have_done_of_late(demo):
    named = Application.objects.filter(client_id__in=[one["client_id"] for one in demo["applications"]])
    assert set(named.values_list("owner__username", flat=True)) == {"ada"}
    legacy = {one.client_id: one for one in Application.objects.filter(profile="oauth2.0")}

    reports = {name: dry_run(one, now=timezone.now()) for name, one in legacy.items()}

    habits = {name: {one.habit.value for one in report.findings} for name, report in reports.items()}
    assert habits == {
        "contact-sheet": {"no_pkce", "path_prefix", "query_token", "get_credentials"},
        "picture-frame": {"implicit"},
    }
    assert all(recent_refusals_of(one, now=timezone.now()) for one in legacy.values())


def test_what_is_kept_of_refusals_is_in_the_words_of_whoever_refuses(demo):
    sources = "".join(path.read_text() for path in Path(oauthcore.__file__).parent.rglob("*.py"))

    assert Refusal.objects.count() == 6
    for refusal in Refusal.objects.all():
        assert f'"{refusal.reason}"' in sources
        assert f'error = "{refusal.error}"' in sources


def test_each_counted_approval_opened_a_grant_and_what_was_counted_was_used_under_one(demo):
    for client_id, habit in (("contact-sheet", "no_pkce"), ("picture-frame", "implicit")):
        application = Application.objects.get(client_id=client_id)
        approvals = LegacyUse.objects.filter(application=application, habit=habit)
        grants = Grant.objects.filter(application=application, kind="application")
        assert {one.last_at for one in approvals} == {one.created_at for one in grants}
        assert sum(one.count for one in approvals) == grants.count()
        last_use = Usage.objects.filter(grant__application=application).latest("last_at").last_at
        assert last_use == LegacyUse.objects.filter(application=application).latest("last_at").last_at


def test_ben_has_connected_the_legacy_applications(demo):
    ben = User.objects.get(username="ben")

    connected = connections_of(ben, now=timezone.now()).applications

    assert {one.application.client_id for one in connected} == {"contact-sheet", "picture-frame"}
    assert all(one.last_use for one in connected)


def test_ben_is_signed_in_on_two_devices_which_were_used_after_that(demo):
    devices = connections_of(User.objects.get(username="ben"), now=timezone.now()).devices

    assert {one.platform for one in devices} == {"ios", "android"}
    assert all(one.since < one.last_use.at < timezone.now() for one in devices)


def test_one_scope_request_waits_for_staff_after_every_run(demo):
    waiting = ScopeRequest.objects.get(state="waiting")
    approve(waiting, staff=User.objects.get(username="staff"))

    demo_data()

    waiting.refresh_from_db()
    assert (waiting.state, waiting.scope) == ("waiting", "api.images.delete")
    assert waiting.application.owner == User.objects.get(username="ben")
    assert "api.images.delete" not in waiting.application.scopes


def test_real_counts_are_never_mixed_with_the_demos():
    application = register(profile="oauth2.0").application
    LegacyUse.objects.create(
        application=application, habit="no_pkce", day="2030-01-01", last_at="2030-01-01T00:00Z"
    )

    demo_data()

    assert LegacyUse.objects.count() == 1
    assert not Refusal.objects.exists()


def test_the_library_is_filled_with_real_pictures(pictures, demo, media_root):
    assert Image.objects.count() == len(stored_files(media_root)) == 12
    assert {image.account_id for image in Image.objects.all()} == {
        account.pk for account in Account.objects.all()
    }
    assert Image.objects.filter(alt_text="").count() == 0
    assert ImageSet.objects.count() == 4
    assert Image.objects.public().count() == 4


def test_a_second_run_changes_nothing_but_the_secrets(pictures, demo, media_root):
    models = (Account, Membership, Application, ClientSecret, Image, ImageSet, Keyword)
    models += (LegacyUse, Refusal, Grant, Device, Usage, ScopeRequest, ServiceToken, RecoveryCode)
    before = [model.objects.count() for model in models]
    files = {path: path.stat().st_mtime_ns for path in stored_files(media_root)}

    again = demo_object()

    assert [model.objects.count() for model in models] == before
    assert {path: path.stat().st_mtime_ns for path in stored_files(media_root)} == files
    assert SecurityEvent.objects.filter(kind="service_token_made").count() == len(demo["service_tokens"])
    for first, second in zip(demo["service_tokens"], again["service_tokens"], strict=True):
        assert first | {"token": None} == second | {"token": None}
        assert first["token"] != second["token"]
    for first, second in zip(demo["applications"], again["applications"], strict=True):
        new = dict.fromkeys(("client_secret", "private_jwk"))
        assert first | new == second | new
        assert all(first[name] is None or first[name] != second[name] for name in new)
    for first, second in zip(demo["users"], again["users"], strict=True):
        assert first | {"recovery_codes": None} == second | {"recovery_codes": None}
    others = {"applications": 0, "service_tokens": 0, "users": 0}
    assert {**again, **others} == {**demo, **others}


def test_a_new_secret_gets_a_token_and_the_old_one_does_not(demo, client):
    old = demo["applications"][0]
    new = demo_object()["applications"][0]

    assert _token(client, old).status_code == 401
    token = _token(client, new).json()["access_token"]
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).json()["kind"] == "oauth_token"


def _token(client, application):
    basic = base64.b64encode(f"{application['client_id']}:{application['client_secret']}".encode()).decode()
    return client.post(
        "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )


def test_it_refuses_to_run_when_debug_is_off(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="--force"):
        call_command("demo_data")

    assert not Account.objects.exists()
