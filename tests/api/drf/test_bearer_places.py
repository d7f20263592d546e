"""Where a token may stand: in the header or a form body, and in one place only (wire §3).

RFC 6750 §2. The same at DRF views, plain ones, sync and async, and at placebo.
"""

from __future__ import annotations

from itertools import combinations
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.support.factories import bearer, register, service_token, sign_in_token
from tests.support.reference_site.factories import MembershipFactory
from tests.support.token_places import (
    FORM,
    Unread,
    assert_refused,
    at_every_resource,
    at_every_view,
    noted,
    send,
    switched,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.resources"),
    pytest.mark.sqlite_only("parsing header and body; finding a token runs everywhere in flows/tokens"),
]

LONGEST = 64 * 1024
PAIRS = list(combinations(["header", "form", "query"], 2))
OTHER_BODIES = ["application/json", "multipart/form-data; boundary=x", "text/plain"]


@pytest.mark.rfc("6750", "2.2")
@at_every_view
def test_a_form_body_may_hold_the_token(path):
    assert send(path, form=bearer()).status_code == 200
    assert send(path, form=bearer(application=switched())).status_code == 200


@at_every_view
def test_client_credentials_tokens_may_stand_in_a_form_too(path):
    registered = register()
    sent = registered.credentials | {"grant_type": "client_credentials"}
    text = Client().post("/oauth/token", sent).json()["access_token"]

    assert send(path, form=text).status_code == 200


@at_every_view
@pytest.mark.parametrize("make", [lambda: "nonsense", lambda: bearer(revoked_at="2020-01-01T00:00Z")])
def test_a_token_in_a_form_that_is_not_live_is_an_invalid_one(path, make):
    response = send(path, form=make())

    assert_refused(response, 401, "invalid_token")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@at_every_view
def test_a_token_sent_twice_in_a_form_is_refused(path):
    body = urlencode({"access_token": [bearer(), bearer()]}, doseq=True)

    assert_refused(Client().post(path, body, content_type=FORM))


@at_every_view
def test_a_form_of_64_kib_is_read(path):
    text = bearer()
    more = "x" * (LONGEST - len(urlencode({"access_token": text, "more": ""})))

    assert send(path, form=text, more=more).status_code == 200


@at_every_view
def test_a_longer_form_is_not_read_and_its_token_is_none(path):
    text = bearer()
    more = "x" * (LONGEST - len(urlencode({"access_token": text, "more": ""})) + 1)

    response = send(path, form=text, more=more)

    assert response.status_code == 401
    assert "error=" not in response["WWW-Authenticate"]
    unread = send(path, **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(LONGEST + 1)})
    assert unread.status_code == 401


@pytest.mark.rfc("6750", "2.2")
@at_every_resource
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_form_of_a_get_is_never_read(path, method):
    response = send(path, method=method, form=bearer(), **{"wsgi.input": Unread()})

    assert response.status_code == 401
    assert "error=" not in response["WWW-Authenticate"]


@pytest.mark.rfc("6750", "2.2")
@at_every_view
@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_json_and_multipart_are_never_read_for_a_token(path, content_type):
    part = f'--x\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n{bearer()}\r\n--x--\r\n'
    body = f'{{"access_token": "{bearer()}"}}' if "json" in content_type else part

    response = Client().post(path, body, content_type=content_type)

    assert response.status_code == 401
    assert "error=" not in response["WWW-Authenticate"]
    unread = Client().post(path, body, content_type=content_type, **{"wsgi.input": Unread()})
    assert unread.status_code == 401


@at_every_view
def test_only_oauth_tokens_may_stand_in_a_form(path):
    membership = MembershipFactory()
    account = membership.account.uuid

    assert_refused(send(path, form=service_token(account)))
    assert_refused(send(path, form=sign_in_token(membership.user, account)))


@pytest.mark.rfc("6750", "2")
@at_every_view
@pytest.mark.parametrize("places", PAIRS, ids="+".join)
@pytest.mark.parametrize("is_same", [True, False])
def test_two_places_at_once_are_refused(path, places, is_same):
    application = switched()
    first = bearer(application=application)
    second = first if is_same else bearer(application=application)

    assert_refused(send(path, **dict(zip(places, (first, second), strict=True))))
    assert noted() == [], "a refused request is no use"


@at_every_view
def test_three_places_at_once_are_refused(path):
    text = bearer(application=switched())

    assert_refused(send(path, header=text, form=text, query=text))


@at_every_resource
def test_an_empty_parameter_is_no_second_place(path):
    assert (
        Client().get(f"{path}?access_token=", headers={"authorization": f"Bearer {bearer()}"}).status_code
        == 200
    )


@at_every_view
def test_what_the_token_in_the_header_limits_is_applied_before_a_form_is_read(path):
    account = MembershipFactory().account.uuid
    capped = service_token(account, scopes=["read"], max_request_bytes=100)
    elsewhere = service_token(account, scopes=["read"], allowed_networks=["192.0.2.0/24"])
    form = {"wsgi.input": Unread(), "CONTENT_LENGTH": "101"}

    assert_refused(send(path, header=capped, **form), 413, "request_too_large")
    assert_refused(send(path, header=elsewhere, **form), 403, "ip_not_allowed")
    assert_refused(send(path, header="nonsense", **form), 401, "invalid_token")
    chunked = form | {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert_refused(send(path, header=capped, **chunked), 411, "length_required")


@at_every_view
def test_what_the_token_in_a_form_limits_is_applied_to_the_form(path):
    capped, elsewhere = bearer(max_request_bytes=100), bearer(allowed_networks=["192.0.2.0/24"])

    assert_refused(send(path, form=capped, more="x" * 100), 413, "request_too_large")
    assert_refused(send(path, form=elsewhere), 403, "ip_not_allowed")


def test_a_view_still_has_the_form_that_was_looked_at_for_a_token():
    assert send("/drf/echo", header=bearer(), more="words").json() == {"more": "words"}
    assert send("/drf/echo", form=bearer(), more="words").json()["more"] == "words"
    assert send("/plain/echo", header=bearer(), more="words").json() == {"more": "words"}
