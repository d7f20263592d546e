"""System checks of signing: keys that can be used, and keys that are due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.checks import ERROR, WARNING
from django.db import connection
from django.utils import timezone

from oauthcore.checks import keys
from oauthcore.flows.keys.rotation import rotate
from oauthcore.models import SigningKey
from tests.support.checks import found, ids
from tests.support.rsa_keys import ec_pem, pem, rsa_pem
from tests.support.signing import make_keys

GOOD = ec_pem()


@pytest.fixture(autouse=True)
def configure(settings):
    """Change keys of the site's ``OAUTHCORE``, in which OpenID Connect is off."""
    good = settings.OAUTHCORE = settings.OAUTHCORE | {"OPENID_CONNECT": False}

    def change(**changes):
        settings.OAUTHCORE = good | changes

    return change


def stored() -> list[str]:
    return [one.id for one in keys.check_signing_keys(databases=["default"])]


def test_a_good_site_has_nothing_to_mend(configure):
    configure(SIGNING_KEYS=[GOOD])
    assert ids() == []

    configure(SIGNING_KEYS=[rsa_pem(), GOOD, ec_pem(1)], OPENID_CONNECT=True)
    assert ids() == []


@pytest.mark.openid("core", "15.1")
@pytest.mark.parametrize(
    ("switch", "keys", "algorithm"),
    [
        ("OPENID_CONNECT", [GOOD], "RS256"),
        ("OPENID_CONNECT", [rsa_pem()], "ES256"),
        ("JWT_ACCESS_TOKENS", [rsa_pem()], "ES256"),
    ],
)
def test_keys_of_the_settings_are_for_each_algorithm_that_the_site_needs(configure, switch, keys, algorithm):
    configure(**{switch: True}, SIGNING_KEYS=keys)
    [message] = found()

    assert (message.id, message.level) == ("oauthcore.E073", ERROR)
    assert f"no key for {algorithm}" in message.msg
    assert "openssl" in str(message.hint)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a private key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "not a private key"),
        (pem(ec.generate_private_key(ec.SECP192R1())), "too short"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (pem(rsa.generate_private_key(65537, 1024)), "2048 to 4096 bits"),
    ],
    ids=["none", "broken", "short", "another curve", "short RSA"],
)
def test_a_key_of_the_settings_that_cannot_be_used_is_named_by_its_place(configure, text, words):
    configure(SIGNING_KEYS=[GOOD, text])
    [message] = found()

    assert (message.id, message.msg) == ("oauthcore.E071", "Key 2 of SIGNING_KEYS cannot be used.")
    assert words in str(message.hint)
    assert "PRIVATE" not in str(message.hint)


def test_a_key_that_is_there_twice_is_found(configure):
    configure(SIGNING_KEYS=[GOOD, GOOD])

    assert ids() == ["oauthcore.E071"]


@pytest.mark.parametrize("name", ["JWT_ACCESS_TOKEN_LIFETIME", "SIGNING_KEY_LIFETIME"])
def test_a_lifetime_is_positive(configure, name):
    configure(**{name: 0})

    assert ids() == ["oauthcore.E007"]


def test_a_jwt_lives_a_day_at_the_most(configure):
    configure(JWT_ACCESS_TOKEN_LIFETIME=86_401)

    assert ids() == ["oauthcore.E007"]


def test_scopes_that_do_not_fit_into_a_header_are_a_warning(configure, settings):
    scopes = {f"a.very.long.scope.number.{number:04}": "…" for number in range(120)}
    configure(SCOPES={**settings.OAUTHCORE["SCOPES"], **scopes})
    [message] = found()

    assert (message.id, message.level) == ("oauthcore.W073", WARNING)


@pytest.mark.django_db
def test_missing_keys_are_a_warning_that_stops_no_migration(configure):
    assert stored() == ["oauthcore.W070"]
    assert keys.check_signing_keys(databases=["default"])[0].level == WARNING
    assert keys.check_signing_keys(databases=[]) == []
    assert keys.check_signing_keys() == []
    configure(SIGNING_KEYS=[GOOD])
    assert stored() == []
    configure(JWT_ACCESS_TOKENS=False)
    assert stored() == []


@pytest.mark.django_db
def test_good_keys_are_none():
    make_keys()

    assert stored() == []


@pytest.mark.django_db
def test_a_missing_next_key_is_a_warning():
    make_keys()
    SigningKey.objects.filter(state="next").delete()

    assert stored() == ["oauthcore.W070"]


@pytest.mark.django_db
def test_a_key_that_cannot_be_decrypted_is_a_warning(configure):
    make_keys()
    configure(SECOND_FACTOR_KEYS=["another key " * 4])

    assert stored() == ["oauthcore.W071"]


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "due"), [(80, []), (82, ["oauthcore.W072"]), (91, ["oauthcore.W072"])])
def test_a_key_that_is_nearly_due_for_rotation_is_a_warning(days, due):
    make_keys()
    since = timezone.now() - timedelta(days=days)
    SigningKey.objects.filter(state="current").update(signs_since=since)

    assert stored() == due
    for message in keys.check_signing_keys(databases=["default"]):
        assert f"due for rotation on {since + timedelta(days=90):%Y-%m-%d}" in message.msg


@pytest.mark.django_db
def test_each_algorithm_is_checked_by_itself(configure):
    make_keys()
    configure(OPENID_CONNECT=True)
    [missing] = keys.check_signing_keys(databases=["default"])
    assert (missing.id, "RS256" in missing.msg) == ("oauthcore.W070", True)

    rotate(now=timezone.now())
    assert stored() == []

    SigningKey.objects.filter(algorithm="RS256", state="next").delete()
    since = timezone.now() - timedelta(days=91)
    SigningKey.objects.filter(algorithm="ES256", state="current").update(signs_since=since)
    one, two = keys.check_signing_keys(databases=["default"])
    assert (one.id, "ES256" in one.msg) == ("oauthcore.W072", True)
    assert (two.id, "RS256" in two.msg) == ("oauthcore.W070", True)
    # OpenID Connect alone needs them as well.
    configure(OPENID_CONNECT=True, JWT_ACCESS_TOKENS=False)
    assert stored() == ["oauthcore.W072", "oauthcore.W070"]


@pytest.mark.django_db
def test_before_the_migration_nothing_is_asked(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: [])

    assert stored() == []


class TestResources:
    """Those that want JWTs, and those whose views ask no database."""

    def declared(self, configure, *, at="https://testserver/mcp", scopes=("read",), **members):
        configure(RESOURCES={at: {"name": "Tools", "scopes": scopes, **members}})
        return [(one.id, one.level) for one in found()]

    @pytest.mark.parametrize("members", [{"access_token_format": "jwt"}, {"offline": True}])
    def test_one_that_wants_jwts_gets_them_where_they_are_on(self, configure, members, settings):
        assert self.declared(configure, **members) == []
        settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": False}
        assert ids() == ["oauthcore.E072"]

    def test_the_issuer_is_never_offline(self, configure):
        assert self.declared(configure, at="https://testserver", offline=True) == [("oauthcore.E072", ERROR)]

    def test_an_offline_one_has_no_scope_that_needs_an_account(self, configure, settings):
        found = self.declared(configure, scopes=("read", "api.images.read"), offline=True)

        assert found == [("oauthcore.W074", WARNING)]
        backend = "oauthcore.accounts.NoAccounts"
        settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": backend}
        assert "oauthcore.W074" not in ids()

    @pytest.mark.parametrize("members", [{"access_token_format": "xml"}, {"offline": "yes"}])
    def test_another_value_is_an_error_of_the_declaration(self, configure, members):
        assert self.declared(configure, **members) == [("oauthcore.E040", ERROR)]
