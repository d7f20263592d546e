"""A refresh whose commit no synchronous standby has confirmed is answered with 503, and can be sent again."""

from __future__ import annotations

import pytest
from django.db import connections

from oauthcore.models import Token
from tests.support.factories import register
from tests.support.oauth import is_live, with_person
from tests.support.standbys import (
    connection_of_the_site,
    one_at_a_time,
    wait_until,
    wait_until_commits_wait,
    waiting_for,
)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.not_on_mariadb("only PostgreSQL waits for standbys"),
]


@pytest.fixture(autouse=True)
def _one_test_at_a_time():
    with one_at_a_time():
        yield


@pytest.fixture
def patient_site():
    """The site itself waits for standbys, for half a second."""
    usual = connections["default"]
    usual.close()
    connections["default"] = connection_of_the_site(answer_within=0.5)
    yield
    connections["default"].close()
    connections["default"] = usual


def of_application():
    oauth = with_person(register(is_trusted=True))
    refresh_token = oauth.redeem(oauth.code()).json()["refresh_token"]
    return refresh_token, oauth.refresh


def test_a_refresh_whose_commit_came_into_force_after_503_can_be_sent_again(patient_site):
    token, refresh = of_application()
    with waiting_for("nobody", cancels=False):
        wait_until_commits_wait()
        refused = refresh(token)
        assert (refused.status_code, refused["Retry-After"]) == (503, "1")
        assert Token.objects.filter(kind=Token.Kind.ACCESS).count() == 1, "it is not in force yet"
        assert refresh(token).status_code == 503
    wait_until(lambda: Token.objects.filter(kind=Token.Kind.ACCESS).count() == 2)

    answer = wait_until(lambda: (again := refresh(token)).status_code == 200 and again.json())

    assert is_live(answer["access_token"])
    latest = refresh(answer["refresh_token"])
    assert latest.status_code == 200
    assert refresh(token).status_code == 400, "it was used, and its family ends"
    assert not is_live(latest.json()["access_token"])


def test_a_refresh_that_no_standby_has_confirmed_is_503_and_can_be_sent_again(patient_site):
    token, refresh = of_application()
    with waiting_for("nobody", cancels=True):
        wait_until_commits_wait()
        assert refresh(token).status_code == 503, "it is committed, and a failover may lose it"

    answer = wait_until(lambda: (again := refresh(token)).status_code == 200 and again.json())

    assert is_live(answer["access_token"])
