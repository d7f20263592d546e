"""Wire §5: each of the nine scopes guards its endpoints, for service tokens as for any other."""

from __future__ import annotations

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from reference_site.accounts.roles import ALL_SCOPES
from tests.support.reference_site.endpoints import BY_NAME, CALLS, ON_OBJECTS, objects_of, send
from tests.support.reference_site.factories import AccountFactory, picture
from tests.support.service_tokens.making import assert_answer, make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("media_root"),
    pytest.mark.sqlite_only("scopes are compared in Python after the row was read"),
]

at_every_endpoint = pytest.mark.parametrize("call", CALLS, **BY_NAME)


def made_for(scopes):
    """Return a token for these scopes, a client that sends it, and one of each object of its account."""
    made = make(scopes=scopes)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.text}")
    return client, objects_of(made.account)


def test_the_table_names_all_nine():
    assert {call.scope for call in CALLS} == ALL_SCOPES
    assert len(ALL_SCOPES) == 9


@at_every_endpoint
def test_its_one_scope_is_enough(call):
    client, objects = made_for([call.scope])

    if call.scope == "api.upload":
        answer = client.post(call.path, picture(), content_type="image/jpeg")
    else:
        answer = send(client, call, objects)

    assert answer.status_code in (200, 201, 204)


@pytest.mark.rfc("6750", "3.1")
@at_every_endpoint
def test_the_other_eight_are_not_and_the_challenge_names_it(call):
    client, objects = made_for(ALL_SCOPES - {call.scope})

    answer = send(client, call, objects)

    assert_answer(answer, 403, "insufficient_scope")
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
    assert f'scope="{call.scope}"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("scopes", [[], *([one] for one in sorted(ALL_SCOPES))], ids=str)
def test_what_has_gone_live_needs_none(scopes):
    assert make(scopes=scopes).ask(path="/v1/public/images").status_code == 200


@pytest.mark.parametrize("call", ON_OBJECTS, **BY_NAME)
def test_an_object_of_another_account_is_one_that_never_was(call):
    client, _ = made_for(ALL_SCOPES)
    foreign = objects_of(AccountFactory())

    theirs = send(client, call, foreign)
    nobodys = send(client, call, {"image": uuid4(), "set": uuid4(), "keyword": 2**62})

    assert_answer(theirs, 404, "not_found")
    assert theirs.content == nobodys.content


def test_a_member_of_both_accounts_gives_a_token_nothing_of_the_other():
    """It is the account's: whoever made it, and wherever they belong."""
    made, other = make(scopes=ALL_SCOPES), AccountFactory()
    objects_of(other)

    listed = [made.ask(path=path).json() for path in ("/v1/images", "/v1/sets", "/v1/keywords")]

    assert [page[name] for page, name in zip(listed, ("images", "sets", "keywords"), strict=True)] == [[]] * 3


def test_a_scope_that_is_taken_away_is_missing_in_the_next_request():
    made = make(scopes=["api.images.read", "api.sets.write"])
    assert made.ask("POST", "/v1/sets", b'{"name": "x"}').status_code == 201

    made.change(scopes=frozenset({"api.images.read"}))

    assert_answer(made.ask("POST", "/v1/sets", b'{"name": "x"}'), 403, "insufficient_scope")
    assert made.ask(path="/v1/sets").status_code == 200
