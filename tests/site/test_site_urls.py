from __future__ import annotations

import pytest
from django.test import Client

from tests.support.reference_site.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("redirects of the URLconf"),
]


def test_staff_log_in_where_everybody_does_because_tries_are_counted_there(client: Client) -> None:
    login = client.get("/admin/", follow=True)

    assert login.redirect_chain[-1] == ("/login?next=/admin/", 302)


def test_the_admins_own_login_form_is_out_of_reach(client: Client) -> None:
    UserFactory(username="staff", is_staff=True)

    answer = client.post(
        "/admin/login/", {"username": "staff", "password": "x", "this_is_the_login_form": "1"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/admin/")


def test_whoever_may_not_enter_the_admin_is_told_so_instead_of_asked_to_log_in_for_ever(
    client: Client,
) -> None:
    client.force_login(UserFactory())

    denied = client.get("/admin/", follow=True)

    assert denied.status_code == 403
    assert "Content-Security-Policy" in denied


def test_staff_who_are_logged_in_are_led_past_the_login(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True))

    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_logging_out_takes_a_post(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/logout").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/logout")["Location"] == "/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["/oauth/applications", "/oauth/connections", "/oauth/security"])
def test_pages_that_people_type_are_found_without_their_slash(path: str, client: Client) -> None:
    assert client.get(f"{path}?x=1")["Location"] == f"{path}/?x=1"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/images/", "/v1/images/not-a-uuid", "/v1/keywords/-1"])
def test_an_address_that_is_not_there_is_json_below_v1_and_never_a_redirect(
    path: str, client: Client
) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
