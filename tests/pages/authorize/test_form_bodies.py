"""What a form may be before anything of it is read, at every page of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from tests.support.pages.developer import Developer
from tests.support.token_places import FORM, Unread

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("bodies are refused before any query"),
]

LARGEST = 64 * 1024
LARGEST_WITH_FILE = 4 * 1024 * 1024
MULTIPART = "multipart/form-data; boundary=b"
#: Pages with a field for a logo.
TAKE_FILES = {"application_new", "application_edit"}

#: What is said of a form, and the status of its refusal.
NOT_AS_IT_IS: dict[str, tuple[dict[str, str], int]] = {
    "in chunks": ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
    "in chunks, with a length": ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411),
    "compressed": ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    "compressed twice": ({"HTTP_CONTENT_ENCODING": "identity, BR"}, 415),
    "in another character set": ({"CONTENT_TYPE": f"{FORM}; charset=utf-16"}, 415),
    "in parts of another character set": ({"CONTENT_TYPE": f"{MULTIPART}; charset=iso-8859-1"}, 415),
}


def pages(routes: list[URLPattern | URLResolver], before: str = "/") -> Iterator[tuple[str, str]]:
    """Yield address and name of each page of ours that the site serves."""
    for route in routes:
        address = before + re.sub("<.*?>", "1", str(route.pattern))
        if isinstance(route, URLResolver):
            yield from pages(route.url_patterns, address)
        elif route.lookup_str.startswith("oauthcore.pages."):
            yield address, str(route.name)


PAGES = dict(pages(get_resolver().url_patterns))
at_every_page = pytest.mark.parametrize("path", PAGES)


def send(path: str, body: bytes = b"a=b", browser: Client | None = None, **said: Any) -> Any:
    return (browser or Client()).generic("POST", path, body, FORM, **said)


def assert_refused(page: Any, status: int, words: str) -> None:
    assert page.status_code == status
    assert words in page.content.decode()
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store"


def test_the_pages_with_passwords_and_decisions_are_among_these():
    assert {"/login", "/oauth/authorize", "/oauth/login-again", "/oauth/second-step"} <= PAGES.keys()
    assert set(PAGES.values()) > TAKE_FILES


@pytest.mark.parametrize(("said", "status"), NOT_AS_IT_IS.values(), ids=NOT_AS_IT_IS)
@at_every_page
def test_a_form_that_would_not_be_read_as_it_is_meant_is_refused_unread(path, said, status):
    page = send(path, **{"wsgi.input": Unread(), **said})

    assert_refused(page, status, "This form cannot be read")
    assert ("Accept-Encoding" in page) is ("HTTP_CONTENT_ENCODING" in said)


@pytest.mark.parametrize("path", [path for path, name in PAGES.items() if name not in TAKE_FILES])
def test_64_kib_are_read_and_a_byte_more_is_refused_unread(path):
    largest = b"a=".ljust(LARGEST, b"b")

    assert send(path, largest).status_code not in (411, 413, 415)
    too_large = {"CONTENT_LENGTH": str(LARGEST + 1), "wsgi.input": Unread()}
    assert_refused(send(path, **too_large), 413, "This form is too long")


@pytest.mark.parametrize("path", [path for path, name in PAGES.items() if name in TAKE_FILES])
def test_with_a_file_4_mib_are_read_and_a_byte_more_of_nobody_who_is_logged_in_is_refused_unread(path):
    stranger, token = Client(enforce_csrf_checks=True), "a" * 32
    stranger.cookies["csrftoken"] = token
    form = f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode()
    form += b'--b\r\nContent-Disposition: form-data; name="logo"; filename="a.png"\r\n\r\n'
    largest = form.ljust(LARGEST_WITH_FILE - len(b"\r\n--b--\r\n"), b"x") + b"\r\n--b--\r\n"

    assert send(path, largest, stranger, CONTENT_TYPE=MULTIPART).status_code == 302
    too_large = {"CONTENT_TYPE": MULTIPART, "CONTENT_LENGTH": str(LARGEST_WITH_FILE + 1)}
    page = send(path, browser=stranger, **{"wsgi.input": Unread(), **too_large})
    assert_refused(page, 413, "This file is too large")


@pytest.mark.parametrize("coding", ["identity", ""])
@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"'])
@at_every_page
def test_a_form_that_says_that_it_is_plain_utf_8_is_read(path, charset, coding):
    said = {"CONTENT_TYPE": f"{FORM}; charset={charset}", "HTTP_CONTENT_ENCODING": coding}

    assert send(path, **said).status_code not in (411, 413, 415)


def test_a_refused_form_is_noted_with_its_reason():
    send("/login", CONTENT_LENGTH=str(LARGEST + 1))

    events.refusals.flush()
    assert [event.reason for event in SecurityEvent.objects.all()] == [
        "request_too_large: The body has more than 65536 bytes."
    ]


def test_what_was_typed_into_a_page_with_a_file_is_never_lost_to_its_size():
    grace = Developer()
    application = grace.has()

    page = grace.send(application, "edit", name="x" * 2 * LARGEST)

    assert page.status_code == 400
    assert "This form is too long" not in page.content.decode()
    assert "at most 100 characters" in page.content.decode()


def test_other_pages_of_the_site_are_its_own():
    assert send("/admin/login/", b"a=".ljust(LARGEST + 1, b"b")).status_code == 302
