"""Whom the authorize page answers: an address that is registered, letter for letter, or nobody.

Wire §2 points 1 and 2; RFC 9700 §4.1.3.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from oauthcore.models import Application
from tests.support.factories import REDIRECT_URI, register
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.refusals import CASES, NAMES, assert_shown_on_a_page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("redirect URIs are compared in Python"),
]

NEARLY_REGISTERED = [
    "https://client.example/cb/",
    "https://client.example/CB",
    "https://client.example/cb/../x",
    "https://client.example/cb/%2e%2e/x",
    "https://client.example/c%62",
    "https://client.example/cb?x=1",
    "https://client.example/cb?",
    "https://client.example/cb;evil=1",
    "https://client.example/cb#x",
    "https://client.example/cb#",
    "http://client.example/cb",
    "HTTPS://client.example/cb",
    "https://CLIENT.example/cb",
    "https://client.example:443/cb",
    "https://client.example:8443/cb",
    "https://client.example./cb",
    "https://client.example.evil.example/cb",
    "https://sub.client.example/cb",
    "https://client.example",
]
WITH_A_USER_NAME = [
    "https://evil@client.example/cb",
    "https://client.example@evil.example/cb",
    "https://client.example:80@evil.example/cb",
]
READ_IN_TWO_WAYS = [
    "https://client.example\\@evil.example/cb",
    "https://client.exa\nmple/cb",
    "https://client.exa\tmple/cb",
    "https://client.example/cb\n",
    "https://client.example/cb\r\nLocation: https://evil.example",
    " https://client.example/cb",
    "\x01https://client.example/cb",
    "https:/client.example/cb",
    "//client.example/cb",
    "/cb",
    "https://client.example%2fcb",
    "https://client.example\uff0fcb",
    "https://\u0441lient.example/cb",  # a Cyrillic letter that looks like c
    "http://[::1",
    "http://[not-an-ip]/",
    "https://client.example:99999/cb",
    "https://" + "a" * 5000,
]
THAT_RUN_OR_READ = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "javascript://client.example/cb",
    "data:text/html,hello",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://client.example/1",
    "about:blank",
    "view-source:https://client.example/cb",
]
OUT_OF_BAND = ["urn:ietf:wg:oauth:2.0:oob", "urn:ietf:wg:oauth:2.0:oob:auto"]
FOREIGN = [*NEARLY_REGISTERED, *WITH_A_USER_NAME, *READ_IN_TWO_WAYS, *THAT_RUN_OR_READ, *OUT_OF_BAND]


@pytest.mark.rfc("9700", "4.1.3")
@pytest.mark.parametrize("uri", FOREIGN, ids=ascii)
def test_an_address_that_is_not_the_registered_string_is_sent_nothing(
    printer: OAuthClient, stranger: OAuthClient, uri: str
) -> None:
    assert_shown_on_a_page(printer.authorize(redirect_uri=uri))
    assert_shown_on_a_page(stranger.authorize(redirect_uri=uri, prompt="none"))


@pytest.mark.rfc("8252", "7.3")
@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:51004/cb",
        "http://[::1]:51004/cb",
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.1:51004/cb?foo=bar",
        "http://127.0.0.1:51004/cb#x",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:0051004/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:\uff15\uff11/cb",
        "http://user@127.0.0.1:51004/cb",
        "http://127.0.0.1:51004@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.1/cb",
        "http://2130706433/cb",
        "http://0177.0.0.1/cb",
        "https://127.0.0.1:51004/cb",
    ],
    ids=ascii,
)
def test_on_the_loopback_nothing_but_the_port_is_free(printer: OAuthClient, uri: str) -> None:
    device = OAuthClient(register(redirect_uris=["http://127.0.0.1/cb"]), printer.browser)

    assert_shown_on_a_page(device.authorize(redirect_uri=uri))


@pytest.mark.rfc("8252", "7.3")
@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1/cb"),
        ("http://[::1]/cb", "http://[::1]:51004/cb"),
        ("http://localhost:8000/cb", "http://localhost:8000/cb"),
        ("com.example.app:/cb", "com.example.app:/cb"),
        ("com.example.app://cb", "com.example.app://cb"),
        ("https://client.example/cb?tenant=1", "https://client.example/cb?tenant=1"),
    ],
)
def test_a_registered_address_gets_its_answer_and_a_loopback_one_on_any_port(
    printer: OAuthClient, registered: str, sent: str
) -> None:
    device = OAuthClient(register(redirect_uris=[registered]), printer.browser)

    answered = device.decide(redirect_uri=sent)

    assert answered["Location"].startswith(sent)
    assert answer(answered)["code"]


@pytest.mark.rfc("6749", "4.1.2.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None, "redirect_uri": "https://evil.example/cb"},
        {"client_id": ""},
        {"client_id": "unknown", "redirect_uri": "https://evil.example/cb"},
        {"client_id": "unknown", "redirect_uri": "https://evil.example/cb", "prompt": "none"},
        {"client_id": "<img src=x onerror=alert(1)>"},
        {"client_id": "9" * 30},
        {"client_id": "\uff11"},
        {"client_id": "with\x00nul"},
        {"redirect_uri": [REDIRECT_URI, REDIRECT_URI]},
        {"redirect_uri": [REDIRECT_URI, "https://evil.example/cb"]},
    ],
    ids=ascii,
)
@pytest.mark.parametrize("who", ["printer", "stranger"])
def test_without_a_known_application_nobody_is_sent_anywhere(
    request: pytest.FixtureRequest, who: str, changes: dict[str, Any]
) -> None:
    response = request.getfixturevalue(who).authorize(**changes)

    assert_shown_on_a_page(response)
    assert b"onerror" not in response.content
    assert b"evil.example" not in response.content


def test_two_client_ids_are_no_client_id(printer: OAuthClient) -> None:
    assert_shown_on_a_page(printer.authorize(client_id=[printer.registered.client_id] * 2))


@pytest.mark.parametrize("change", [{"is_enabled": False}, {"deleted_at": "2029-01-01T00:00Z"}])
def test_an_application_that_is_switched_off_or_deleted_is_unknown(
    printer: OAuthClient, change: dict[str, Any]
) -> None:
    Application.objects.update(**change)

    assert_shown_on_a_page(printer.authorize())


@pytest.mark.parametrize(("changes", "_"), CASES, ids=NAMES)
def test_the_address_is_looked_at_before_anything_else(
    printer: OAuthClient, changes: dict[str, Any], _: str
) -> None:
    assert_shown_on_a_page(printer.authorize(redirect_uri="https://evil.example/cb", **changes))


def test_the_only_registered_address_may_be_left_out(printer: OAuthClient) -> None:
    assert printer.decide(redirect_uri=None)["Location"].startswith(f"{REDIRECT_URI}?code=")


@pytest.mark.parametrize("registered", [[], [REDIRECT_URI, "https://client.example/other"]])
def test_with_none_or_several_registered_it_cannot_be_left_out(
    printer: OAuthClient, registered: list[str]
) -> None:
    Application.objects.update(redirect_uris=registered)

    assert_shown_on_a_page(printer.authorize(redirect_uri=None))
    assert_shown_on_a_page(printer.authorize(redirect_uri=""))


def test_an_application_goes_by_its_number_as_well(printer: OAuthClient) -> None:
    number = str(printer.registered.application.pk)

    assert answer(printer.decide(client_id=number))["code"]


@pytest.mark.parametrize(
    "uri",
    [
        *WITH_A_USER_NAME,
        *THAT_RUN_OR_READ,
        "https://client.example/cb#x",
        "https://client.example/cb#",
        "https://*.client.example/cb",
        "http://client.example/cb",
        "/cb",
        "https://client.example/" + "a" * 2000,
        "https://client.example/cb\r\nX: y",
        "https://a.example/cb\nhttps://evil.example/cb",
        "myapp://cb",
    ],
    ids=ascii,
)
def test_an_address_nobody_should_be_sent_to_cannot_be_registered(uri: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register(redirect_uris=[uri])

    assert set(refused.value.message_dict) == {"redirect_uris"}
    assert not Application.objects.exists()


@pytest.mark.parametrize("uri", [*WITH_A_USER_NAME, *THAT_RUN_OR_READ], ids=ascii)
def test_such_an_address_is_not_used_either_when_it_came_in_another_way(
    printer: OAuthClient, uri: str
) -> None:
    Application.objects.update(redirect_uris=[uri])

    assert_shown_on_a_page(printer.authorize(redirect_uri=uri))
    assert_shown_on_a_page(
        OAuthClient(printer.registered, Client()).authorize(redirect_uri=None, prompt="none")
    )
