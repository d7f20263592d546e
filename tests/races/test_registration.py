"""Applications that register themselves at one moment (RFC 7591)."""

from __future__ import annotations

from functools import partial

from oauthcore.models import Application, InitialAccessToken
from tests.support.oauth import with_person
from tests.support.registration import (
    CALLBACK,
    Managed,
    initial_access_token,
    register_itself,
    registered_itself,
)


def test_an_initial_access_token_lets_in_no_more_than_it_says(crowd, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION_LIMIT": (1000, 600)}
    for _ in range(3):
        token = initial_access_token(uses=3)

        answers = crowd.all_at_once(partial(register_itself, token=token))

        assert sorted(one.status_code for one in answers) == [201] * 3 + [401] * (crowd.size - 3)
        admission = InitialAccessToken.objects.order_by("-pk")[0]
        assert admission.used == admission.registrations.count() == 3


def test_a_change_and_a_deletion_at_one_moment_leave_it_deleted(crowd, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION_LIMIT": (1000, 600)}
    for _ in range(3):
        managed = Managed()
        changes = [partial(managed.change, client_name=f"Tool {number}") for number in range(crowd.size - 1)]

        answers = crowd.at_once([*changes, managed.delete])

        assert answers[-1].status_code == 204
        assert {one.status_code for one in answers[:-1]} <= {200, 401}
        assert managed.application.deleted_at is not None


def test_scopes_that_people_approve_at_one_moment_are_all_kept(crowd):
    wanted = ["write:media", "write:statuses", "write:follows", "push", "follow", "write:lists"]
    registered = registered_itself(scope="read")
    way = {"redirect_uri": CALLBACK}
    people = [with_person(registered) for _ in wanted]

    asking = [{"scope": f"read {scope}", **way} for scope in wanted]
    pages = [one.authorize(**asked).context["transaction"] for one, asked in zip(people, asking, strict=True)]

    crowd.at_once(
        [
            partial(one.decide, transaction=page, **asked)
            for one, page, asked in zip(people, pages, asking, strict=True)
        ]
    )

    assert Application.objects.get().scopes == {"read", *wanted}
