"""The client in ``docs/signing-in.md``, as it stands there: it signs in and works on two accounts."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler

from tests.support.factories import PASSWORD
from tests.support.markdown import PAGES, code_blocks
from tests.support.reference_site.factories import MembershipFactory
from tests.support.sign_in.people import Person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about the client; other tests ask what the database does"),
]


class Store:
    """A place for the refresh token."""

    text = ""

    def read(self) -> str:
        return self.text

    def write(self, text: str) -> None:
        self.text = text

    @contextmanager
    def lock(self) -> Any:
        yield


def test_the_documented_client_works(
    person_with_totp: Person, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = httpx.WSGITransport(app=WSGIHandler())
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=transport))
    example: dict[str, Any] = {}
    exec(code_blocks(PAGES["signing-in.md"], "python")[0], example)
    other = MembershipFactory(user=person_with_totp.user, role="viewer").account
    typed = iter([person_with_totp.wrong_code(), person_with_totp.code()])

    session = example["Session"]("https://testserver", Store())
    accounts = session.sign_in("tess", PASSWORD, lambda: next(typed))

    assert {one["uuid"] for one in accounts} == {str(person_with_totp.account.pk), str(other.pk)}
    for _ in range(2):
        for account in accounts:
            assert session.get("/v1/me", account["uuid"]).json()["account"]["name"] == account["name"]
        clock.shift(901)
    with pytest.raises(example["Refused"]) as refused:
        session.sign_in("tess", "wrong", lambda: "")
    assert refused.value.error == "invalid_credentials"
