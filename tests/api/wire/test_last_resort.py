"""Nothing leaves the site without a ``Request-Id``, and no JSON route answers with a page, come what may."""

from __future__ import annotations

import asyncio

import pytest
from django.test import AsyncClient, Client

pytestmark = [pytest.mark.urls("tests.support.sites.broken"), pytest.mark.django_db]


def get(path):
    return Client(raise_request_exception=False).get(path)


def get_async(path):
    return asyncio.run(AsyncClient(raise_request_exception=False).get(path))


@pytest.mark.parametrize("ask", [get, get_async])
def test_a_json_route_answers_json_even_when_the_error_page_is_broken(ask):
    answer = ask("/v1/nothing-here")

    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    assert answer["Request-Id"]
    assert "template" not in answer.content.decode()


@pytest.mark.parametrize("ask", [get, get_async])
def test_a_page_is_a_bare_sentence_then(ask, caplog):
    answer = ask("/nothing-here")

    assert answer.status_code == 500
    assert answer["Content-Type"] == "text/plain"
    assert "template" not in answer.content.decode()
    (record,) = [one for one in caplog.records if one.message == "the error page broke"]
    assert record.request_id == answer["Request-Id"]


@pytest.mark.parametrize("ask", [get, get_async])
def test_a_developer_who_wants_the_exception_gets_it(ask, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True

    with pytest.raises(LookupError):
        ask("/nothing-here")
