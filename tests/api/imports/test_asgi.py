"""Under ASGI the limits of an imported token are applied before a body is read, as for any other token."""

from __future__ import annotations

import pytest
from django.core.asgi import get_asgi_application

from oauthcore.asgi import RequestLimits
from oauthcore.models import Grant
from tests.support.imported import ACCESS, accepts, import_token
from tests.support.service_tokens.exchange import Exchange

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite_only("bytes are counted before any view runs"),
]


@pytest.mark.parametrize("scheme", ["Bearer", "Api-Key"])
def test_an_imported_token_is_verified_before_the_body_is_read(settings, scheme):
    accepts(settings, "api-key")
    import_token(ACCESS, source="api-key", kind=Grant.Kind.SERVICE)
    Grant.objects.update(max_request_bytes=10)
    application = RequestLimits(get_asgi_application())

    answer = Exchange(
        "", pieces=[b"x" * 20], authorization=f"{scheme} {ACCESS}", content_length="20"
    ).through(application)

    assert (answer.status, answer.asked_for) == (413, 0)


def test_an_imported_token_is_accepted_under_asgi(settings):
    accepts(settings, "knox")
    import_token(ACCESS, source="knox", kind=Grant.Kind.SESSION)

    answer = Exchange("", method="GET", path="/v1/me", pieces=[b""], authorization=f"Token {ACCESS}").through(
        RequestLimits(get_asgi_application())
    )

    assert answer.status == 200
