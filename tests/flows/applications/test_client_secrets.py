"""Client secrets: two during a rotation, imported ones taken along, guesses counted (OAuth 2.1 §2.4.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from oauthcore.models import ClientSecret, LimitWindow
from tests.support.client_secrets import ask
from tests.support.factories import register
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def test_the_old_secret_ends_at_once_when_it_is_rotated(clock):
    one = register()
    new = one.application.rotate_secret()

    assert ask(one).status_code == 401
    assert ask(one, client_secret=new).status_code == 200


def test_two_secrets_are_live_while_one_is_rotated_with_an_overlap(clock):
    one = register()
    new = one.application.rotate_secret(overlap=timedelta(hours=1))

    clock.shift(3599.999)
    assert [ask(one).status_code, ask(one, client_secret=new).status_code] == [200, 200]
    clock.shift(0.001)
    assert [ask(one).status_code, ask(one, client_secret=new).status_code] == [401, 200]


def test_an_imported_secret_is_checked_with_its_own_hasher_once_and_by_digest_from_then_on():
    one = register()
    ClientSecret.objects.update(digest=None, encoded=make_password("from-another-server"))

    assert ask(one, client_secret="guessed").status_code == 401
    assert ask(one, client_secret="from-another-server").status_code == 200

    stored = ClientSecret.objects.get()
    assert stored.encoded is None
    assert stored.digest is not None
    assert ask(one, client_secret="from-another-server").status_code == 200


def test_after_thirty_wrong_secrets_in_a_minute_an_address_has_to_wait(clock):
    one = register()

    answers = [ask(one, client_secret="guess") for _ in range(31)]

    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert answers[-1].json()["error"] == "slow_down"
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    clock.shift(60)
    assert ask(one, client_secret="guess").status_code == 401


def test_an_application_has_one_count_however_it_is_named(clock):
    one = register()
    names = [one.client_id, str(one.application.pk)]

    answers = [ask(one, client_id=names[turn % 2], client_secret="guess") for turn in range(31)]

    assert answers[-1].status_code == 429


def test_guesses_from_one_address_keep_nobody_else_out():
    one, other = register(), register()
    for _ in range(31):
        last = ask(one, client_secret="guess")

    assert last.status_code == 429
    assert ask(one, address="192.0.2.2").status_code == 200
    assert ask(one, address="192.0.2.2", client_secret="guess").status_code == 401
    assert ask(other, client_secret="guess").status_code == 401


def test_addresses_of_one_ipv6_network_count_as_one():
    one = register()

    answers = [ask(one, address=f"2001:db8::{number:x}", client_secret="guess") for number in range(31)]

    assert answers[-1].status_code == 429
    assert ask(one, address="2001:db8:0:1::1", client_secret="guess").status_code == 401


def test_a_success_touches_no_counter():
    one = register()
    ask(one, client_secret="guess")
    before = list(LimitWindow.objects.values())

    with statements() as run:
        assert ask(one).status_code == 200

    assert list(LimitWindow.objects.values()) == before
    assert not any("oauthcore_limitwindow" in sql for sql in run)


@pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])
def test_the_count_of_failures_survives_the_answer(is_atomic, atomic_requests):
    atomic_requests(is_atomic)

    ask(register(), client_secret="guess")

    assert [one.count for one in LimitWindow.objects.all()] == [1, 1]


def test_however_often_a_secret_is_rotated_few_ended_ones_are_kept(clock):
    application = register().application

    for _ in range(30):
        clock.shift(timedelta(minutes=1))
        application.rotate_secret(overlap=timedelta(hours=1))

    assert sum(one.is_live(timezone.now()) for one in application.client_secrets.all()) == 2
    assert application.client_secrets.count() < 25
