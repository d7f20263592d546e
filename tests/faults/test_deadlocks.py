"""A deadlock costs a developer, staff or a command nothing: what they do is done again, once and as a whole.

The loop of ``tests/models/test_retried.py``, for what is done by one call of a flow.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from oauthcore.flows.applications.applications import change_application, delete_application, set_enabled
from oauthcore.flows.applications.client_secrets import end_secret
from oauthcore.flows.applications.descriptions import Description
from oauthcore.flows.applications.scope_requests import approve, ask, refuse
from oauthcore.flows.applications.upgrade import upgrade
from oauthcore.flows.passwords.rehashes import end_sessions
from oauthcore.flows.second_factor import passkeys
from oauthcore.flows.second_factor.totp_settings import remove_second_factor
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import change, revoke
from oauthcore.flows.upkeep.cleanup import clean_up
from oauthcore.flows.upkeep.leaks import Outcome, Search
from oauthcore.models import (
    Application,
    ExpiryNotice,
    Grant,
    LegacySwitch,
    LimitWindow,
    ScopeRequest,
    SecurityEvent,
    SecurityNotice,
    TOTPFactor,
    Usage,
)
from oauthcore.recording import last_uses, usage
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.deadlocks import deadlock_at
from tests.support.factories import PASSWORD, REDIRECT_URI, UserFactory, open_grant, register
from tests.support.legacy import register_legacy
from tests.support.oauth import with_person
from tests.support.passkeys.owners import with_factor
from tests.support.service_tokens.commands import made

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], Any]

REASON = "We print the albums that people order with us."


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    albums = {"description": "See your albums", "level": "approval"}
    scopes = {**settings.OAUTHCORE["SCOPES"], "albums": albums}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes}


def _owned() -> Application:
    return register(owner=UserFactory()).application


def change_an_application() -> Act:
    application = _owned()
    described = Description(
        name="Renamed",
        website="",
        redirect_uris=(REDIRECT_URI,),
        grant_types=application.grant_types,
        scopes=application.scopes,
        default_scopes=frozenset(),
        required_scopes=frozenset(),
    )
    return lambda: change_application(application, described, user=application.owner).name == "Renamed"


def turn_it_off() -> Act:
    application = _owned()

    def act() -> bool:
        set_enabled(application, False, user=application.owner)
        return not Application.objects.get(pk=application.pk).is_enabled

    return act


def delete_it() -> Act:
    application = _owned()

    def act() -> bool:
        delete_application(application, user=application.owner)
        return Application.objects.get(pk=application.pk).deleted_at is not None

    return act


def end_a_secret() -> Act:
    application = _owned()
    number = application.client_secrets.get().pk
    return partial(end_secret, application, number, may_be_last=True, user=application.owner)


def upgrade_it() -> Act:
    application = register_legacy(owner=UserFactory(), legacy_switches=list(LegacySwitch))
    return lambda: upgrade(application, application.owner, confirmed="", now=timezone.now())


def ask_for_a_scope() -> Act:
    return partial(ask, application := _owned(), scope="albums", reason=REASON, user=application.owner)


def _asked() -> ScopeRequest:
    return ask(application := _owned(), scope="albums", reason=REASON, user=application.owner)


def approve_a_scope() -> Act:
    return partial(approve, _asked(), staff=UserFactory(is_staff=True))


def refuse_a_scope() -> Act:
    return partial(refuse, _asked(), staff=UserFactory(is_staff=True))


def change_a_service_token() -> Act:
    token, _ = made()
    limits = Limits(label="Renamed", scopes=frozenset(token.scopes))
    return lambda: change(token, limits, staff=None) == ["label"]


def revoke_a_service_token() -> Act:
    return partial(revoke, made()[0], reason="lost", staff=None)


def add_a_passkey() -> Act:
    ada = with_factor()
    ceremony = ada.begin()
    text = ada.key.register(ceremony.options)
    return partial(passkeys.register, ada.user, ceremony.state, text)


def use_a_passkey() -> Act:
    ada = with_factor()
    ada.add()
    return ada.log_in


def remove_a_passkey() -> Act:
    ada = with_factor()
    passkey = ada.add()

    def act() -> bool:
        passkeys.remove(ada.user, passkey, password=HiddenText(PASSWORD))
        return not passkeys.passkeys_of(ada.user)

    return act


def remove_a_second_factor() -> Act:
    ada = with_factor()
    ada.add()
    factor = TOTPFactor.objects.get(user=ada.user)
    return partial(remove_second_factor, factor, reason="lost phone", now=timezone.now())


def end_other_sessions() -> Act:
    user = with_person().tokens() and Grant.objects.latest("pk").user
    encoded = HiddenText(make_password(PASSWORD))

    def act() -> bool:
        is_done = end_sessions(user, encoded, but=b"")
        grant = Grant.objects.select_related("user", "application").filter(user=user).latest("pk")
        return is_done and user.password == encoded.reveal() and grant.is_live(timezone.now())

    return act


def end_what_leaked() -> Act:
    tokens, (_, service) = with_person().tokens(), made()
    lines = [tokens["access_token"], register().client_secret, service]
    return lambda: {one.outcome for one in Search().through(lines)} == {Outcome.ENDED}


def claim_a_notice_of_an_event() -> Act:
    user = UserFactory()
    event = SecurityEvent.objects.create(kind="signed_in", user_ref=str(user.pk))
    claim = partial(SecurityNotice.claim, str(user.pk), [event], now=timezone.now())
    return lambda: claim() == [event]


def claim_a_notice_of_an_end() -> Act:
    token, _ = made(expires_at=timezone.now() + timedelta(days=3))
    return partial(ExpiryNotice.claim, token, days=3, now=timezone.now())


def clean_up_and_merge() -> Act:
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=100)
    _ = list(clean_up(now=long_ago, keep=timedelta(0), batch_size=10))  # the first one makes a row
    live, _ = open_grant(), open_grant(created_at=long_ago, revoked_at=long_ago)
    for at in (long_ago.replace(day=10), long_ago.replace(day=11)):
        Usage.objects.create(grant=live, day=at.date(), count=1, last_at=at)
    LimitWindow.objects.create(key=b"k" * 32, count=1, ends_at=long_ago)

    def act() -> bool:
        done = clean_up(now=now, keep=timedelta(days=30), batch_size=10)
        removed = {one.what: one.count for one in done if one.count}
        return removed == {"ended grants": 1, "limit windows": 1, "days of usage merged into months": 1}

    return act


def write_counts() -> Act:
    grant, application = open_grant(), register().application
    usage.note(grant.pk, at=timezone.now(), address=None)
    last_uses.note_secret(application.client_secrets.get().pk)

    def act() -> Any:
        usage.batch.flush()
        last_uses.secrets.flush()
        return application.client_secrets.get().last_used_at and grant.usage.get().count == 1

    return act


@pytest.mark.parametrize(
    "prepare",
    [
        *(change_an_application, turn_it_off, delete_it, end_a_secret, upgrade_it),
        *(ask_for_a_scope, approve_a_scope, refuse_a_scope),
        *(change_a_service_token, revoke_a_service_token),
        *(add_a_passkey, use_a_passkey, remove_a_passkey, remove_a_second_factor, end_other_sessions),
        *(end_what_leaked, claim_a_notice_of_an_event, claim_a_notice_of_an_end),
        *(clean_up_and_merge, write_counts),
    ],
    ids=lambda prepare: prepare.__name__,
)
def test_a_deadlock_costs_nothing_and_it_is_done_once(prepare: Callable[[], Act], clock: Any) -> None:
    left = None
    for turn in count(1):
        act = prepare()
        before = _rows()
        with deadlock_at(turn) as has_failed:
            assert act(), f"the deadlock was at write {turn}"
        written = {name: number - before[name] for name, number in _rows().items()}
        assert left in (None, written), "as much is written as without a deadlock"
        left = written
        if not has_failed():
            assert turn > 1, "nothing was written"
            break


def _rows() -> dict[str, int]:
    models = apps.get_app_config("oauthcore").get_models()
    return {model.__name__: model._default_manager.count() for model in models if model is not LimitWindow}
