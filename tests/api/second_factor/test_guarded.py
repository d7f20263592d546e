"""What it takes to change a second factor: a token of signing in, a fresh proof, a factor that is ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauthcore.models import Grant, RecoveryCode, TOTPFactor
from tests.support.factories import PASSWORD, UserFactory, bearer, service_token
from tests.support.reference_site.factories import AccountFactory
from tests.support.sign_in.client import Answer, AppClient
from tests.support.sign_in.people import Person

pytestmark = pytest.mark.django_db


def test_what_weakens_the_factor_takes_a_fresh_proof(
    tess_app: AppClient, tess_token: str, person_with_totp: Person, clock: Any
) -> None:
    wrong, used, code = (
        person_with_totp.wrong_code(),
        person_with_totp.code(steps=-1),
        person_with_totp.code(),
    )
    for call in (tess_app.recovery_codes, tess_app.end_totp):
        assert call(tess_token, code, "wrong").refused == (401, "invalid_credentials")
        assert call(tess_token, wrong).refused == (401, "invalid_mfa_code")
        # The code of the sign-in itself was used then.
        assert call(tess_token, used).refused == (401, "invalid_mfa_code")
        clock.shift(300)
        code = person_with_totp.code()

    assert RecoveryCode.objects.filter(used_at=None).count() == 10
    assert TOTPFactor.objects.exists()
    assert tess_app.sign_in().json["mfa_required"] is True


def test_beginning_takes_the_password(app: AppClient, token: str) -> None:
    answer = app.begin_totp(token, "wrong")

    assert answer.refused == (401, "invalid_credentials")
    assert not TOTPFactor.objects.exists()


def every_call(app: AppClient, text: str | None) -> list[Answer]:
    """Make each of the four calls with a token."""
    return [
        app.begin_totp(text),
        app.confirm_totp(text, "123456"),
        app.recovery_codes(text, "123456"),
        app.end_totp(text, "123456"),
    ]


def test_only_the_token_of_somebody_who_signed_in_may(app: AppClient, token: str, person: Person) -> None:
    account = AccountFactory()
    of_an_application = bearer(user=person.user, scopes=["read"])

    assert {one.refused for one in every_call(app, None)} == {(401, "not_authenticated")}
    assert {one.refused for one in every_call(app, "nonsense")} == {(401, "invalid_token")}
    for text in (of_an_application, service_token(account.pk)):
        for answer in every_call(app, text):
            assert answer.refused == (403, "insufficient_scope")
            assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    Grant.objects.update(revoked_at=timezone.now())
    assert {one.refused for one in every_call(app, token)} == {(401, "invalid_token")}
    assert not TOTPFactor.objects.exists()


def test_a_member_of_the_wrong_type_is_named(app: AppClient, token: str) -> None:
    for method, path, names in (
        ("POST", "mfa/totp", {"password"}),
        ("POST", "mfa/totp/confirm", {"code"}),
        ("POST", "mfa/recovery_codes", {"password", "code"}),
        ("DELETE", "mfa/totp", {"password", "code"}),
    ):
        for members in (
            {"password": 1, "code": 123456},
            {"password": "x" * 1025, "code": "1" * 65},
            {},
            None,
        ):
            answer = app.call(method, path, members, bearer=token)
            assert answer.refused == (400, "invalid_request")
            assert answer.json["error_details"].keys() == names


@pytest.mark.parametrize(
    "factor", ["oauthcore.second_factor.NoSecondFactor", "tests.api.second_factor.test_guarded.AnotherFactor"]
)
def test_a_site_that_keeps_the_factor_itself_has_none_of_these(
    app: AppClient, person: Person, settings: Any, factor: str
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR": factor}
    text = app.access_token()

    assert {one.refused for one in every_call(app, text)} == {(404, "not_found")}


class AnotherFactor:
    """What a site of its own mind could use: one code, for whoever is called tess."""

    def methods_of(self, user: Any) -> list[str]:
        return ["pigeon"] if user.get_username() == "tess" else []

    def use(self, user: Any, code: str) -> str | None:
        return "pigeon" if code == "coo" else None


def test_the_factor_of_a_site_of_its_own_mind_guards_signing_in(
    tess_app: AppClient, person_with_totp: Person, settings: Any
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR": f"{__name__}.AnotherFactor"}

    answer = tess_app.sign_in(password=PASSWORD)

    assert answer.json["methods"] == ["pigeon"]
    assert tess_app.mfa(answer.json["mfa_token"], person_with_totp.code()).error == "invalid_mfa_code"
    assert tess_app.mfa(answer.json["mfa_token"], "coo").status == 200


class AnybodysBackend:
    """An authentication backend that finds somebody else than was asked for."""

    def authenticate(self, request: Any, username: str = "", password: str = "") -> Any:
        return get_user_model().objects.get(username="mallory")

    def get_user(self, pk: Any) -> Any:
        return get_user_model().objects.get(pk=pk)


def test_the_password_that_is_asked_again_is_the_persons_own(
    app: AppClient, token: str, settings: Any
) -> None:
    UserFactory(username="mallory")
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.AnybodysBackend"]

    assert app.begin_totp(token).refused == (401, "invalid_credentials")
    assert not TOTPFactor.objects.exists()
