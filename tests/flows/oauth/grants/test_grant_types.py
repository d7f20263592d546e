"""A grant type is one file: this one makes one up, and every place that lists grant types has it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from oauthcore.flows.oauth.client_authentication import Client as ProvenClient
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.models import Application, Grant, Issued, Profile
from oauthcore.models.issuing import issue
from oauthcore.rules.errors.oauth import InvalidScope
from oauthcore.rules.wire.parameters import Parameters
from tests.support.factories import register, register_public
from tests.support.oauth import OAuthClient, me
from tests.support.pages.developer import Developer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("about lists of grant types, which no database knows"),
]

NAME = "urn:example:params:oauth:grant-type:test"
WORDS = "It knocks three times"


def exchange(client: ProvenClient, parameters: Parameters) -> Issued:
    if parameters.values["knock"] != "three times" or len(parameters.items("colour")) != 2:
        raise InvalidScope("it knocked in another way")
    grant = client.standing_grant
    assert grant is not None, "it asks for itself, so the grant came along"
    grant.application = client.application
    return issue(grant, scopes=grant.scopes, account_uuid=None, now=timezone.now())


MADE_UP = TokenGrantType(
    name=NAME,
    label="Knocking",
    words=WORDS,
    exchange=exchange,
    required=("knock",),
    several=("colour",),
    needs_secret=True,
    gives_refresh_tokens=True,
    is_for_itself=True,
)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grant_types, "GRANT_TYPES", (*grant_types.GRANT_TYPES, MADE_UP))


def knock(registered: Any, **changes: Any) -> Any:
    sent = {"grant_type": NAME, "knock": "three times", "colour": ["red", "blue"], **changes}
    return OAuthClient(registered).token(**{name: value for name, value in sent.items() if value is not None})


def knocker(**values: Any) -> Any:
    registered = register(**{"grant_types": [NAME], "redirect_uris": [], **values})
    Grant.standing(registered.application)
    return registered


@pytest.mark.usefixtures("made_up")
class TestOneFileAddsAGrantType:
    def test_the_token_endpoint_exchanges_it(self):
        answer = knock(knocker())

        assert me(answer.json()["access_token"]).status_code == 200

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"knock": None}, "invalid_request"),
            ({"knock": ["once", "twice"]}, "invalid_request"),
            ({"knock": "twice"}, "invalid_scope"),
            ({"colour": None}, "invalid_scope"),
        ],
    )
    def test_the_token_endpoint_reads_its_parameters(self, changes, error):
        answer = knock(knocker(), **changes)

        assert (answer.status_code, answer.json()["error"]) == (400, error)

    def test_an_application_that_is_not_registered_for_it_is_refused(self):
        answer = knock(register())

        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")

    def test_an_application_that_may_not_be_registered_for_it_is_refused_at_use(self):
        public, legacy = register_public(), register(profile=Profile.OAUTH_2_0)
        Application.objects.update(grant_types=[NAME])  # an update asks no validator

        assert knock(public).json()["error"] == "unauthorized_client"
        assert knock(legacy).json()["error"] == "unauthorized_client"

    def test_the_metadata_name_it(self):
        told = Client().get("/.well-known/oauth-authorization-server").json()

        assert told["grant_types_supported"][-1] == NAME

    @pytest.mark.parametrize(
        "values", [{"client_type": "public"}, {"profile": "oauth2.0"}, {"grant_types": [NAME, "urn:x"]}]
    )
    def test_it_is_registered_only_where_its_file_and_the_profile_let_it(self, values):
        with pytest.raises(ValidationError) as refused:
            knocker(**values)

        assert list(refused.value.message_dict) == ["grant_types"]

    def test_developers_choose_it_and_see_it(self):
        developer = Developer()
        mine = developer.has()

        form = developer.see(mine, "edit").content.decode()
        developer.change(mine, grant_types=[NAME, "refresh_token"])

        assert WORDS in form
        assert Application.objects.get().grant_types == {NAME, "refresh_token"}
        assert "Knocking" in developer.see(mine).content.decode()

    def test_the_command_registers_it(self):
        call_command("create_application", "Knocker", "--grant-type", NAME)

        assert Application.objects.get().grant_types == {NAME}


def test_without_words_staff_give_it_and_developers_keep_it(monkeypatch):
    given = TokenGrantType(name=NAME, label="Knocking", words="", exchange=exchange)
    monkeypatch.setattr(grant_types, "GRANT_TYPES", (*grant_types.GRANT_TYPES, given))
    developer = Developer()
    mine = developer.has(grant_types=[NAME, "client_credentials"])

    page = developer.see(mine, "edit").content.decode()
    developer.change(mine, name="Another", grant_types=["client_credentials"])

    assert "Knocking" in page
    assert "until it is upgraded" not in page
    mine.refresh_from_db()
    assert (mine.name, mine.grant_types) == ("Another", {NAME, "client_credentials"})


def test_a_grant_type_that_nobody_knows_any_more_keeps_its_name(admin_client):
    application = register().application
    Application.objects.update(grant_types=[NAME, "implicit"])

    page = admin_client.get(f"/admin/oauthcore/application/{application.pk}/change/").content.decode()

    assert NAME in page
    assert "Implicit (legacy)" in page
