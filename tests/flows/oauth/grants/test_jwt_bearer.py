"""Enterprise-managed authorization: a trusted issuer says for whom an application may act (ID-JAG)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oauthcore.models import Grant, IssuerSubject, Token, TrustedIssuer
from oauthcore.recording import last_uses
from reference_site.accounts.backend import MembershipBackend
from tests.support.enterprise import (
    IDENTITY_PROVIDER,
    MCP,
    NAME,
    ask,
    assertion,
    managed_application,
    refuse,
    trusted,
)
from tests.support.factories import UserFactory
from tests.support.jose import a_key, key_set, new_key, public
from tests.support.oauth import me
from tests.support.reference_site.factories import MembershipFactory
from tests.support.sign_in.people import with_account
from tests.support.statements import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("enterprise_managed")]

ISSUER = "https://testserver"
YEARS = 10 * 365 * 24 * 60 * 60


@pytest.mark.rfc("draft-ietf-oauth-identity-assertion-authz-grant", "4.4")
@pytest.mark.rfc("7523", "2.1")
def test_an_application_gets_a_token_for_the_person_whom_the_issuer_names(ada, agent):
    answer = ask(agent).json()

    token = Token.objects.get()
    assert (token.grant.user, token.grant.application) == (ada.user, agent.registered.application)
    assert (token.account_uuid, token.resource) == (ada.account.pk, MCP)
    assert answer["scope"] == "api.images.read"
    assert answer["expires_in"] == 3600
    assert "refresh_token" not in answer
    last_uses.issuers.flush()
    assert TrustedIssuer.objects.get().last_used_at is not None
    told = agent.introspect(answer["access_token"]).json()
    assert (told["active"], told["username"], told["aud"]) == (True, ada.user.get_username(), MCP)


def test_the_token_works_at_its_resource_and_nowhere_else(ada, agent):
    answer = ask(agent, resource=ISSUER, scope="read").json()

    assert me(answer["access_token"]).json()["user"]["username"] == ada.user.get_username()
    assert me(ask(agent).json()["access_token"]).status_code == 401


def test_the_grant_ends_with_its_only_token(ada, agent):
    ask(agent)

    grant = Grant.objects.get()
    assert grant.kind == "application"
    assert grant.expires_at == Token.objects.get().expires_at == grant.created_at + timedelta(hours=1)
    assert not Token.objects.filter(kind="refresh").exists()


def test_it_ends_after_an_hour_where_tokens_live_for_ever(ada, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCESS_TOKEN_LIFETIME": None}
    agent = managed_application(access_tokens_expire=False)

    assert ask(agent).json()["expires_in"] == 3600


@pytest.mark.rfc("7523", "3")
def test_an_assertion_works_once(ada, agent):
    text = assertion(agent.registered.client_id)
    answers = [agent.token(grant_type=NAME, assertion=text) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 400]
    assert answers[1].json()["error"] == "invalid_grant"


def test_the_request_may_narrow_the_resources(ada, agent):
    both = [MCP, ISSUER]

    ask(agent, resource=both, scope="read api.images.read", sent={"resource": ISSUER})
    assert Token.objects.get().resource == ISSUER
    refuse(agent, sent={"resource": ISSUER}, error="invalid_target")


def test_the_request_may_narrow_the_scopes_and_not_widen_them(ada, agent):
    both = "api.images.read api.download"

    assert ask(agent, scope=both, sent={"scope": "api.download"}).json()["scope"] == "api.download"
    refuse(agent, sent={"scope": "api.download"}, error="invalid_scope")
    refuse(agent, scope="nonsense", error="invalid_scope")
    refuse(agent, scope="read", error="invalid_scope")  # which the resource does not declare


def test_an_application_gets_no_scope_that_it_may_not_ask_for(ada, agent):
    assert ask(agent, scope="api.images.read api.upload").json()["scope"] == "api.images.read"
    refuse(agent, scope="api.upload", error="invalid_scope")


def test_without_a_scope_the_application_gets_its_default(ada):
    agent = managed_application(default_scopes=["api.download"])

    assert ask(agent, scope=None).json()["scope"] == "api.download"
    assert ask(agent, scope=None, sent={"scope": "api.images.read"}).json()["scope"] == "api.images.read"


def test_of_several_accounts_none_is_chosen(ada, agent):
    MembershipFactory(user=ada.user)

    refuse(agent, error="invalid_scope")
    assert ask(agent, resource=ISSUER, scope="read").status_code == 200
    assert Token.objects.get().account_uuid is None


def test_the_site_may_say_who_is_meant(agent, monkeypatch):
    ben, grace = with_account().user, with_account().user
    trusted(grace)
    people = {"ada@acme": None, "ben@acme": ben}
    asked = []

    def find_person(self, issuer, subject, claims):
        asked.append((issuer, claims["email"]))
        return people[subject]

    monkeypatch.setattr(MembershipBackend, "find_person", find_person, raising=False)

    ask(agent, sub="ben@acme", email="ben@acme.example")
    ask(agent, email="ada@acme.example")

    assert [one.grant.user for one in Token.objects.order_by("pk")] == [ben, grace]
    assert asked == [(IDENTITY_PROVIDER, "ben@acme.example"), (IDENTITY_PROVIDER, "ada@acme.example")]


def test_the_same_subject_of_two_issuers_is_two_people(ada, agent):
    grace, key = with_account().user, new_key()
    trusted(grace, key=key, issuer="https://login.other.example")

    ask(agent, key, iss="https://login.other.example")

    assert Token.objects.get().grant.user == grace
    refuse(agent, key)


def test_a_jti_of_one_issuer_is_not_used_up_by_another(ada, agent):
    key = new_key()
    trusted(with_account().user, key=key, issuer="https://login.other.example")

    assert ask(agent, jti="1").status_code == 200
    assert ask(agent, key, iss="https://login.other.example", jti="1").status_code == 200


def test_keys_overlap(ada, agent):
    old, new = new_key(), new_key("EdDSA")
    TrustedIssuer.objects.update(jwks=key_set(old, public(new, kid="new")))

    assert ask(agent, old).status_code == 200
    assert ask(agent, new, header={"alg": "EdDSA", "kid": "new"}).status_code == 200
    refuse(agent, a_key())


def test_many_people_of_one_issuer_are_found_with_as_many_statements_as_one(ada, agent):
    issuer = TrustedIssuer.objects.get()
    ask(agent)
    counts = []
    for number in range(2):
        with statements() as run:
            ask(agent)
        counts.append(len(run))
        for more in range(20):
            IssuerSubject.objects.create(issuer=issuer, subject=f"{number}-{more}", user=UserFactory())

    assert counts == [7, 7], "one of them is the account backend's"
