"""Bodies that end before their declared length, as when a client hangs up: WSGI servers pass them on."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client

from oauthcore.models import Token
from reference_site.accounts.roles import Role
from reference_site.photos.models import ImageSet
from tests.support.factories import bearer, register
from tests.support.reference_site.factories import MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("bodies are refused before any query"),
]

BOUNDARY = "a-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def send(path, body, content_type, **headers):
    return Client().post(
        path,
        body,
        content_type=content_type,
        headers=headers,
        CONTENT_LENGTH=str(len(body) + 10),
        **{"wsgi.input": BytesIO(body)},
    )


def part(name, value):
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


@pytest.mark.parametrize("form", ["urlencoded", "multipart", "json"])
def test_an_endpoint_for_applications_does_nothing_for_it(form):
    fields = register().credentials | {"grant_type": "client_credentials", "scope": "read"}
    body, content_type = {
        "urlencoded": ("&".join(map("=".join, fields.items())), "application/x-www-form-urlencoded"),
        "multipart": ("".join(part(*field) for field in fields.items()) + f"--{BOUNDARY}--\r\n", MULTIPART),
        "json": (str(fields).replace("'", '"'), "application/json"),
    }[form]

    answer = send("/oauth/token", body.encode(), content_type)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"name=Holi", "application/x-www-form-urlencoded"), (b'{"name": "Holi"}', "application/json")],
)
def test_a_view_of_the_api_does_nothing_for_it(body, content_type):
    member = MembershipFactory(role=Role.OWNER)
    scopes = ["api.sets.write"]
    token = bearer(
        user=member.user,
        application=register(scopes=scopes).application,
        account_uuid=member.account.uuid,
        scopes=scopes,
    )

    answer = send("/v1/sets", body, content_type, authorization=f"Bearer {token}")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert not ImageSet.objects.exists()
