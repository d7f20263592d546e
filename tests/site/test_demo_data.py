"""``demo_data``, whose output tests and newcomers rely on (the contract's section 7)."""

from __future__ import annotations

import base64
import io
import json

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from oauthcore.models import Application, ClientSecret
from reference_site.accounts.models import Account, Membership
from reference_site.accounts.roles import ALL_SCOPES
from reference_site.photos.models import Image, ImageSet, Keyword
from tests.site.conftest import stored_files

pytestmark = pytest.mark.django_db


def _demo(*arguments):
    output = io.StringIO()
    call_command("demo_data", "--force", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def demo():
    return json.loads(_demo("--json"))


def test_it_prints_one_object_with_the_keys_of_the_contract(demo, settings):
    assert list(demo) == ["base_url", "users", "accounts", "applications", "service_tokens"]
    assert demo["base_url"] == settings.OAUTHCORE["ISSUER"]
    keys = {"username", "password", "email", "is_staff", "totp_secret", "recovery_codes"}
    assert all(user.keys() == keys for user in demo["users"])
    assert all(account.keys() == {"uuid", "name", "members"} for account in demo["accounts"])
    keys = {
        "name",
        "id",
        "client_id",
        "client_secret",
        "client_type",
        "profile",
        "redirect_uris",
        "scopes",
        "grant_types",
    }
    assert all(application.keys() == keys for application in demo["applications"])


def test_everybody_can_log_in_and_one_of_them_is_staff(demo):
    people = [authenticate(username=user["username"], password=user["password"]) for user in demo["users"]]

    assert [(person.is_staff, person.is_superuser) for person in people] == [
        (False, False),
        (False, False),
        (True, True),
    ]


def test_one_account_is_shared_and_one_is_not(demo):
    members = [len(account["members"]) for account in demo["accounts"]]

    assert (len(members), max(members) > 1, min(members)) == (2, True, 1)
    for account in demo["accounts"]:
        names = Account.objects.get(uuid=account["uuid"]).users.values_list("username", flat=True)
        assert set(names) == set(account["members"])


def test_the_applications_are_of_every_kind_each_on_a_port_of_its_own(demo):
    applications = demo["applications"]
    callbacks = [uri for application in applications for uri in application["redirect_uris"]]

    assert len(set(callbacks)) == len(callbacks) == 4
    assert sum(uri.startswith("http://127.0.0.1:") and uri.endswith("/callback") for uri in callbacks) >= 3
    assert all(set(application["scopes"]) == ALL_SCOPES | {"read"} for application in applications)
    assert {(a["client_type"], bool(a["client_secret"])) for a in applications} == {
        ("confidential", True),
        ("public", False),
    }
    assert Application.objects.filter(may_introspect=True, client_type="confidential").count() == 1
    assert not Application.objects.filter(is_trusted=True).exists()


def test_the_library_is_filled_with_real_pictures(demo, media_root):
    assert Image.objects.count() == len(stored_files(media_root)) == 12
    assert {image.account_id for image in Image.objects.all()} == {
        account.pk for account in Account.objects.all()
    }
    assert Image.objects.filter(alt_text="").count() == 0
    assert ImageSet.objects.count() == 4
    assert Image.objects.public().count() == 4


def test_a_second_run_changes_nothing_but_the_secrets(demo, media_root):
    models = (Account, Membership, Application, ClientSecret, Image, ImageSet, Keyword)
    before = [model.objects.count() for model in models]
    files = {path: path.stat().st_mtime_ns for path in stored_files(media_root)}

    again = json.loads(_demo("--json"))

    assert [model.objects.count() for model in models] == before
    assert {path: path.stat().st_mtime_ns for path in stored_files(media_root)} == files
    for first, second in zip(demo["applications"], again["applications"], strict=True):
        assert first | {"client_secret": None} == second | {"client_secret": None}
        assert first["client_secret"] is None or first["client_secret"] != second["client_secret"]
    assert {**again, "applications": 0} == {**demo, "applications": 0}


def test_a_new_secret_gets_a_token_and_the_old_one_does_not(demo, client):
    old = demo["applications"][0]
    new = json.loads(_demo("--json"))["applications"][0]

    assert _token(client, old).status_code == 401
    token = _token(client, new).json()["access_token"]
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).json()["kind"] == "oauth_token"


def _token(client, application):
    basic = base64.b64encode(f"{application['client_id']}:{application['client_secret']}".encode()).decode()
    return client.post(
        "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )


def test_the_banner_says_what_to_open_who_to_be_and_what_to_type(settings):
    banner = _demo()

    assert f"{settings.OAUTHCORE['ISSUER']}/" in banner
    assert "moonlight-over-the-bay" in banner
    assert "curl -s -u 'light-table:" in banner


def test_it_refuses_to_run_when_debug_is_off(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="--force"):
        call_command("demo_data")

    assert not Account.objects.exists()
