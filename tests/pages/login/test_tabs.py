"""Two tabs with a login page: a login in one makes the form in the other worthless, which leads on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.support.factories import PASSWORD
from tests.support.pages.authenticator_app import STEP, switch_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the session's key and CSRF tokens of two forms"),
]


@pytest.fixture
def browser() -> Client:
    """Whose forms are checked to come from the site's own pages."""
    return Client(enforce_csrf_checks=True)


def fields_of(browser: Client, path: str) -> dict[str, str]:
    """Return what a form sends as it stands. The one that switches the language is left out."""
    page = browser.get(path).content.decode()
    (form,) = (one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if "/language" not in one)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_the_second_login_form_leads_on(browser: Client, ada: Any) -> None:
    typed = {"username": "ada", "password": PASSWORD}
    first, second = (
        fields_of(browser, f"/login?next=/oauth/{name}/") for name in ("security", "connections")
    )

    assert browser.post("/login", first | typed)["Location"] == "/oauth/security/"
    led_on = browser.post("/login", second | typed)

    assert (led_on.status_code, led_on["Location"]) == (303, "/oauth/connections/")


def test_the_second_form_of_the_second_step_leads_on(browser: Client, ada: Any, clock: Any) -> None:
    app = switch_on(ada)
    login = fields_of(browser, "/login?next=/oauth/security/")
    browser.post("/login", login | {"username": "ada", "password": PASSWORD})
    first, second = fields_of(browser, STEP), fields_of(browser, STEP)

    assert browser.post(STEP, first | {"code": app.code()})["Location"] == "/oauth/security/"
    led_on = browser.post(STEP, second | {"code": app.code()})

    assert (led_on.status_code, led_on["Location"]) == (303, "/oauth/security/")


@pytest.mark.parametrize("path", ["/login", STEP])
def test_a_form_of_another_site_is_still_refused(browser: Client, ada: Any, path: str) -> None:
    assert browser.post(path, {"username": "ada", "password": PASSWORD}).status_code == 403
