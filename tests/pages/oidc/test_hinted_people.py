"""A request can name its person: with an id token, or with the claim ``sub``.

OpenID Connect Core §3.1.2.1, §5.5.1.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from oauthcore.models import Application, Grant, SigningKey, signing
from oauthcore.models.subjects import subject_for
from tests.support.claims import wanting
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import answer, post
from tests.support.relying_party import SignIn
from tests.support.signing import ISSUER, make_keys, signed_by_the_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(sign_in: SignIn) -> Any:
    """An application that Ada uses, and keys of the site."""
    make_keys()
    app = sign_in()
    app.code()
    Grant.objects.all().delete()
    return app


@pytest.fixture
def ben(db: None) -> Any:
    return UserFactory(username="ben", password=PASSWORD)


def wanted_subject(app: Any, user: Any) -> str:
    return str(subject_for(app.registered.application, user))


def id_token(app: Any, user: Any, *, type_: str = "JWT", **changes: Any) -> str:
    """Return an id token that the site once issued to the application, and that has expired."""
    application, now = app.registered.application, int(timezone.now().timestamp())
    claims = {
        "iss": ISSUER,
        "sub": wanted_subject(app, user),
        "aud": application.client_id,
        "iat": now - 7200,
        "exp": now - 3600,
        **changes,
    }
    return signed_by_the_site(claims, type_=type_)


def log_in(app: Any, led: Any, username: str) -> Any:
    """Log in where an answer leads, and return the next answer of the authorize page."""
    assert "/login" in led["Location"]
    back = app.browser.post(led["Location"], {"username": username, "password": PASSWORD})["Location"]
    return app.browser.get(back)


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize("prompt", [None, "none"])
def test_the_person_of_the_hint_signs_in(app: Any, lovelace: Any, prompt: str | None) -> None:
    assert answer(app.authorize(id_token_hint=id_token(app, lovelace), prompt=prompt))["code"]


@pytest.mark.openid("core", "3.1.2.1")
def test_prompt_none_is_refused_if_another_person_is_logged_in(app: Any, ben: Any) -> None:
    told = answer(app.authorize(id_token_hint=id_token(app, ben), prompt="none"))

    assert told["error"] == "login_required"
    assert not Grant.objects.exists()


def test_without_prompt_none_the_page_asks_the_hinted_person_to_log_in(app: Any, ben: Any) -> None:
    page = log_in(app, app.authorize(id_token_hint=id_token(app, ben)), "ben")

    assert page.status_code == 200
    assert page.context["person_name"] == "ben"


def test_a_second_login_as_another_person_does_not_sign_in(app: Any, ben: Any) -> None:
    told = answer(log_in(app, app.authorize(id_token_hint=id_token(app, ben)), "ada"))

    assert told["error"] == "login_required"
    assert "names a person" in told["error_description"]
    assert not Grant.objects.exists()


def test_the_hinted_person_logs_in_if_nobody_is_logged_in(app: Any, lovelace: Any) -> None:
    app.browser.post("/logout")

    assert answer(log_in(app, app.authorize(id_token_hint=id_token(app, lovelace)), "ada"))["code"]


def test_the_answer_to_the_page_must_come_from_the_hinted_person(app: Any, lovelace: Any, ben: Any) -> None:
    hint = {"id_token_hint": id_token(app, lovelace)}
    transaction = app.authorize(prompt="consent", **hint).context["transaction"]

    other = {"id_token_hint": id_token(app, ben)}
    assert app.decide(transaction=transaction, prompt="consent", **other).status_code == 400


class TestWhatIsNoHint:
    def test_an_id_token_of_another_application_is_refused(self, app: Any, lovelace: Any) -> None:
        other = type(app)(register(), app.browser)

        told = answer(app.authorize(id_token_hint=id_token(other, lovelace)))
        assert told["error"] == "invalid_request"

    @pytest.mark.parametrize(
        "changes",
        [{"iss": "https://elsewhere.example"}, {"sub": None}, {"aud": ["a", "b"]}, {"type_": "at+jwt"}],
        ids=str,
    )
    def test_another_token_of_this_site_is_refused(self, app: Any, lovelace: Any, changes: Any) -> None:
        told = answer(app.authorize(id_token_hint=id_token(app, lovelace, **changes)))

        assert told["error"] == "invalid_request"

    @pytest.mark.parametrize("change", ["x", "a.b.c", "unsigned", "wrong signature", "long"])
    def test_a_token_that_the_site_has_not_signed_is_refused(
        self, app: Any, lovelace: Any, change: str
    ) -> None:
        good = id_token(app, lovelace)
        head, _, _ = good.rpartition(".")
        hint = {
            "unsigned": f"{head}.",
            "wrong signature": f"{head}.{'A' * 86}",
            "long": "x" * 9000,
        }.get(change, change)

        assert answer(app.authorize(id_token_hint=hint))["error"] == "invalid_request"

    def test_a_hint_without_openid_is_ignored(self, app: Any) -> None:
        assert app.authorize(scope="read", id_token_hint="x").status_code == 200


class TestKeys:
    @pytest.fixture
    def hint(self, app: Any, lovelace: Any) -> str:
        """A hint whose key was retired long ago, and is no longer published."""
        hint = id_token(app, lovelace)
        SigningKey.objects.update(
            state="retired", private=None, published_until=timezone.now() - timedelta(days=1)
        )
        signing.forget()
        return hint

    def test_a_retired_key_still_verifies_a_hint(self, app: Any, hint: str) -> None:
        assert answer(app.authorize(id_token_hint=hint, prompt="none"))["code"]

    def test_a_hint_whose_key_was_deleted_is_refused(self, app: Any, hint: str) -> None:
        SigningKey.objects.all().delete()

        assert answer(app.authorize(id_token_hint=hint))["error"] == "invalid_request"


@pytest.mark.openid("core", "8.1")
def test_an_application_with_pairwise_subjects_names_people_by_them(
    app: Any, lovelace: Any, settings: Settings
) -> None:
    public = id_token(app, lovelace)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": "a salt of thirty-two characters!"}
    Application.objects.update(subject_type="pairwise")
    app.registered.application.refresh_from_db()

    own = id_token(app, lovelace)
    assert answer(app.authorize(id_token_hint=own, prompt="none"))["code"]
    assert str(Grant.objects.get().pairwise_subject) == wanted_subject(app, lovelace)
    assert answer(app.authorize(id_token_hint=public, prompt="none"))["error"] == "login_required"


class TestSubject:
    @pytest.mark.openid("core", "5.5.1")
    @pytest.mark.parametrize("place", ["id_token", "userinfo"])
    def test_a_request_for_one_person_is_for_nobody_else(
        self, app: Any, lovelace: Any, ben: Any, place: str
    ) -> None:
        def asking_for(user: Any) -> str:
            return wanting(**{place: {"sub": {"value": wanted_subject(app, user)}}})

        assert answer(app.authorize(claims=asking_for(lovelace), prompt="none"))["code"]
        told = answer(app.authorize(claims=asking_for(ben), prompt="none"))
        assert told["error"] == "login_required"
        page = log_in(app, app.authorize(claims=asking_for(ben)), "ben")
        assert page.context["person_name"] == "ben"

    def test_sub_without_a_value_means_any_person(self, app: Any) -> None:
        assert answer(app.authorize(claims=wanting(id_token={"sub": {"essential": True}})))["code"]


def test_a_pushed_hint_is_checked_when_it_is_pushed(app: Any, lovelace: Any) -> None:
    other = type(app)(register(), app.browser)
    own = {**app.parameters(id_token_hint=id_token(other, lovelace)), **app.registered.credentials}

    assert post("/oauth/par", own).json()["error"] == "invalid_request"


@pytest.mark.parametrize("is_trusted", [False, True])
def test_an_application_that_nobody_approved_cannot_guess_who_is_logged_in(
    sign_in: SignIn, lovelace: Any, ben: Any, is_trusted: bool
) -> None:
    make_keys()
    app = sign_in(is_trusted=is_trusted)

    told = [
        answer(
            app.authorize(
                prompt="none", claims=wanting(id_token={"sub": {"value": wanted_subject(app, user)}})
            )
        )
        for user in (lovelace, ben)
    ]
    assert [one.get("error", "code") for one in told] == (
        ["code", "login_required"] if is_trusted else ["consent_required", "consent_required"]
    )
