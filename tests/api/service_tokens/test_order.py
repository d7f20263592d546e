"""Wire §5: limits are checked in the order of its table, so that a stranger learns the least."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import Grant
from tests.support.service_tokens.making import ask, assert_answer, make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the order of checks that are made in Python"),
]

ELSEWHERE, LARGE = ("10.0.0.0/8",), b'{"name": "a name"}'


def send(text):
    """Ask for what none of the tokens here has the scope for, from 127.0.0.1, with a body."""
    return ask(text, "POST", "/v1/sets", LARGE)


def test_no_credentials_come_first():
    assert_answer(send(None), 401, "not_authenticated")


def test_then_whether_it_is_live():
    made = make(allowed_networks=ELSEWHERE, max_request_bytes=1)
    Grant.objects.update(created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now())

    assert_answer(send(made.text), 401, "invalid_token")


def test_then_the_network():
    assert_answer(send(make(allowed_networks=ELSEWHERE, max_request_bytes=1).text), 403, "ip_not_allowed")


def test_then_the_size():
    made = make(max_request_bytes=1)

    assert_answer(send(made.text), 413, "request_too_large")
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert_answer(ask(made.text, "POST", "/v1/sets", **chunked), 411, "length_required")


def test_then_the_scope():
    assert_answer(send(make(max_request_bytes=len(LARGE)).text), 403, "insufficient_scope")


def test_and_only_then_what_was_sent():
    made = make(scopes=["api.sets.write"])

    assert_answer(ask(made.text, "POST", "/v1/sets", b"nonsense"), 400, "invalid_request")
    assert_answer(ask(make().text, "POST", "/v1/sets", b"nonsense"), 403, "insufficient_scope")
