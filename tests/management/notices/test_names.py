"""Names that strangers chose cannot speak for the site in a mail about the security of an account."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from oauthcore.models import Application, SecurityEvent
from oauthcore.recording import events
from tests.support.factories import PASSWORD, UserFactory, device_session, register
from tests.support.notices import sent
from tests.support.oauth import with_person

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind


@pytest.fixture
def ada(clock: Any) -> Any:
    return UserFactory(username="ada", email="ada@example.org")


def sign_in(login: str, device: str = "Pixel 9") -> Any:
    body = {"login": login, "password": PASSWORD, "device": {"name": device, "platform": "android"}}
    return (
        Client()
        .post("/v1/auth/sign_in", body, content_type="application/json", REMOTE_ADDR="203.0.113.7")
        .json()
    )


HOSTILE = [
    "Your password leaked: reset it at https://evil.example/reset",
    "evil.example",
    "evil。example",
    "evil\u2024example",
    "help@evil.example",
    "x”. Visit evil.xn--p1ai now",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_device_cannot_be_called_a_link_in_a_mail_of_the_site(ada, name):
    sign_in("ada", device=name)

    [mail] = sent()

    assert "- You signed in on a new device, 2030-06-15" in mail.body
    assert "evil" not in mail.body


@pytest.mark.parametrize("name", HOSTILE)
def test_nor_can_an_application_a_passkey_or_a_person(ada, name):
    registered = register()
    oauth = with_person(registered, ada)
    code = oauth.code()
    oauth.redeem(code)
    oauth.redeem(code)
    Application.objects.update(name=name)
    events.record(Kind.PASSKEY_ADDED, user=ada, reason=name)
    events.record(Kind.REFRESH_TOKEN_REPLAYED, grant=device_session(ada, label=name))
    type(ada).objects.update(username=name)

    [mail] = sent()

    said = mail.subject + mail.body
    assert "evil" not in said
    assert "leaked" not in said
    assert "Hello,\n" in said
    assert "- A passkey was added" in said
    assert f"We ended the access of the application “{registered.client_id}”" in said


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mr. Smith’s iPhone 15.2", "“Mr. Smith’s iPhone 15.2”"),
        ("x" * 200, f"“{'x' * 60}…”"),
        ("a\nb\u202ec", "“a\\nb\\u202ec”"),
    ],
)
def test_names_are_shown_short_and_as_they_are_written(ada, name, shown):
    events.record(Kind.DEVICE_SIGNED_IN, grant=device_session(ada, label=name))

    [mail] = sent()

    assert shown in mail.body
