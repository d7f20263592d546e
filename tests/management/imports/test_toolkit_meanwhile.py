"""django-oauth-toolkit goes on serving between two runs: the later one ends here what has ended there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from oauthcore.flows.imports import ended
from oauthcore.flows.imports import run as runs
from oauthcore.flows.imports.ended import ENDED_SINCE
from oauthcore.models import Grant, Import, SecurityEvent, Token
from tests.support import toolkit
from tests.support.factories import UserFactory
from tests.support.oauth import is_live, post
from tests.support.toolkit import at_the_aliases, run

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("accepted"),
    pytest.mark.urls("tests.support.sites.moving"),
]


def rows() -> Any:
    return [list(table.objects.order_by("pk").values()) for table in (Grant, Token)]


def noted(report: Any) -> Any:
    return report["stages"]["used refresh tokens"]["notes"]


def rotate(application: Any, issued: Any) -> dict[str, Any]:
    return toolkit.token(application, grant_type="refresh_token", refresh_token=issued["refresh_token"])


@pytest.mark.parametrize("revoked", ["refresh_token", "access_token"])
def test_what_is_revoked_there_ends_here_with_the_next_run(revoked):
    application = toolkit.register()
    gone, other = (toolkit.approve(application, UserFactory()) for _ in range(2))
    run()
    credentials = {"client_id": application.client_id, "client_secret": toolkit.SECRET}
    post("/before/revoke_token/", credentials | {"token": gone[revoked]})
    assert is_live(gone["access_token"])

    assert noted(run()) == {ENDED_SINCE: 1}

    assert not is_live(gone["access_token"])
    assert at_the_aliases(application).refresh(gone["refresh_token"]).status_code == 400
    assert is_live(other["access_token"])
    assert at_the_aliases(application).refresh(other["refresh_token"]).status_code == 200
    assert not SecurityEvent.objects.filter(kind=SecurityEvent.Kind.REVOKED).exists()


def test_what_is_rotated_there_goes_on_here_with_its_newest_refresh_token():
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    run()
    second = rotate(application, first)

    assert noted(run()) == {ENDED_SINCE: 1}

    before = rows()
    assert noted(run()) == {}
    assert rows() == before
    newer = at_the_aliases(application).refresh(second["refresh_token"]).json()
    assert is_live(newer["access_token"])
    assert at_the_aliases(application).refresh(first["refresh_token"]).status_code == 400
    # Release 3 knows that both are of one family, so that the used one ends it.
    assert is_live(newer["access_token"]) is (toolkit.RELEASE < 3)


def test_what_is_rotated_there_while_a_run_is_under_way_goes_on(monkeypatch):
    """The run has read the first refresh token as live, and has not seen its successor."""
    application = toolkit.register()
    first, later = toolkit.approve(application, UserFactory()), []
    next_stage = runs._next_stage

    def rotate_there(row, stage, number):
        if stage.what == "access tokens":
            later.append(rotate(application, first))
        return next_stage(row, stage, number)

    with monkeypatch.context() as patch:
        patch.setattr(runs, "_next_stage", rotate_there)
        assert noted(run()) == {}
    (second,) = later

    assert noted(run()) == {ENDED_SINCE: 1}

    assert is_live(second["access_token"])
    assert at_the_aliases(application).refresh(second["refresh_token"]).status_code == 200


def test_what_is_rotated_there_and_then_revoked_ends_here():
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    run()
    second = rotate(application, first)
    run()
    credentials = {"client_id": application.client_id, "client_secret": toolkit.SECRET}
    post("/before/revoke_token/", credentials | {"token": second["refresh_token"]})

    assert noted(run()) == {ENDED_SINCE: 1}

    for issued in (first, second):
        assert not is_live(issued["access_token"])
        assert at_the_aliases(application).refresh(issued["refresh_token"]).status_code == 400


def test_a_refresh_token_that_was_used_here_and_there_ends_its_grant():
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    run()
    here = at_the_aliases(application).refresh(first["refresh_token"]).json()
    rotate(application, first)

    assert noted(run()) == {ENDED_SINCE: 1}

    assert not is_live(here["access_token"])
    assert at_the_aliases(application).refresh(here["refresh_token"]).status_code == 400


def test_a_refresh_token_that_is_used_here_alone_goes_on():
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    run()
    here = at_the_aliases(application).refresh(first["refresh_token"]).json()

    assert noted(run()) == {}

    assert is_live(here["access_token"])
    assert at_the_aliases(application).refresh(here["refresh_token"]).status_code == 200


@toolkit.needs_release_3
def test_a_refresh_token_that_is_used_here_at_the_moment_of_the_run_is_not_overwritten(monkeypatch):
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    run()
    second = rotate(application, first)
    successors, answers = ended._successors, []

    def after_a_refresh(*arguments: Any) -> Any:
        answers.append(at_the_aliases(application).refresh(first["refresh_token"]))
        return successors(*arguments)

    monkeypatch.setattr(ended, "_successors", after_a_refresh)
    run()

    for refresh_token in (answers[0].json()["refresh_token"], second["refresh_token"]):
        assert at_the_aliases(application).refresh(refresh_token).status_code == 200


def test_two_runs_at_once_leave_tokens_that_are_live(monkeypatch):
    """The second one ends while the first still reads. The first one writes nothing over what that noted."""
    application = toolkit.register()
    issued = toolkit.approve(application, UserFactory())
    check = runs._check

    def run_and_check(*args: Any) -> Any:
        monkeypatch.setattr(runs, "_check", check)
        run()
        return check(*args)

    monkeypatch.setattr(runs, "_check", run_and_check)
    with pytest.raises(CommandError, match="another run"):
        run()

    assert Import.objects.get().is_live(timezone.now())
    assert is_live(issued["access_token"])


def test_a_run_that_finds_everything_here_notes_again_when_its_tokens_end():
    application = toolkit.register()
    issued = toolkit.approve(application, UserFactory())
    run()
    Import.objects.update(last_ends_at=None, never_ends=False)

    run()

    assert Import.objects.get().is_live(timezone.now())
    assert is_live(issued["access_token"])
