"""Rehashes that meet: two log-ins at once, a change of the password, a person who is deleted."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model

from oauthcore.flows.passwords import rehashes
from oauthcore.flows.passwords.rehashes import keep_grants_over_rehashes
from tests.support.factories import PASSWORD, bearer
from tests.support.oauth import is_live

pytestmark = pytest.mark.django_db

NEW = "a short run through the wood"


def test_two_rehashes_at_once_end_nothing(ada):
    """Two log-ins read the same hash. The second one leaves what the first has stored."""
    token, first, second = bearer(user=ada), *(get_user_model().objects.get(pk=ada.pk) for _ in range(2))

    assert first.check_password(PASSWORD)
    assert second.check_password(PASSWORD)

    assert second.password == first.password == get_user_model().objects.get(pk=ada.pk).password
    assert is_live(token)


@pytest.mark.parametrize("check", ["check_password", "acheck_password"])
def test_a_rehash_does_not_bring_back_a_password_that_was_changed_meanwhile(check, ada):
    token, late = bearer(user=ada), get_user_model().objects.get(pk=ada.pk)
    ada.set_password(NEW)
    ada.save()
    verify = getattr(late, check)

    assert not (async_to_sync(verify) if check.startswith("a") else verify)(PASSWORD)

    assert get_user_model().objects.get(pk=ada.pk).check_password(NEW)
    assert late.password == get_user_model().objects.get(pk=ada.pk).password
    assert not is_live(token)


def test_a_rehash_of_somebody_who_was_deleted_meanwhile_is_no_right_password(ada):
    late = get_user_model().objects.get(pk=ada.pk)
    ada.delete()

    assert not late.check_password(PASSWORD)
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize("check", ["check_password", "acheck_password"])
def test_a_check_that_is_overtaken_again_and_again_ends(check, ada, monkeypatch):
    monkeypatch.setattr(rehashes, "_MOST_CHECKS", 0)
    verify = getattr(ada, check)

    assert not (async_to_sync(verify) if check.startswith("a") else verify)(PASSWORD)


@pytest.mark.parametrize("check", ["check_password", "acheck_password"])
def test_a_model_that_was_wrapped_often_checks_no_more_often(check, ada, monkeypatch):
    model = type(ada)
    for name in ("check_password", "acheck_password"):
        monkeypatch.setattr(model, name, getattr(model, name))  # so that it is put back
    for _ in range(20):
        keep_grants_over_rehashes(model)
    first, second = (get_user_model().objects.get(pk=ada.pk) for _ in range(2))
    assert first.check_password(PASSWORD)
    verify = getattr(second, check)

    assert (async_to_sync(verify) if check.startswith("a") else verify)(PASSWORD)
