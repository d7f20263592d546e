"""``rotate_second_factor_keys``: older keys can be removed, no seed is lost, and lost ones are named."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from oauthcore.flows.second_factor import codes, key_rotation
from oauthcore.flows.second_factor.challenges import ask_for_second_factor
from oauthcore.models import MFAChallenge, SecurityEvent, TOTPFactor
from oauthcore.recording import events
from oauthcore.rules.errors.sign_in import InvalidMFACode
from oauthcore.rules.sign_in.totp import code_at
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.clock import NOON
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db

OLD, NEW, LOST = "old key " * 6, "new key " * 6, "lost key " * 6
CODES = ["abcdefghijkmnpqr"]


@pytest.fixture
def keys(settings: Any) -> Any:
    """Set the keys of the site, the newest first."""

    def use(*texts: str) -> None:
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": texts}

    use(OLD)
    return use


def enrolled() -> tuple[Any, bytes]:
    """Return a person whose factor is on, with the key in their app."""
    user = UserFactory()
    key = TOTPFactor.prepare(user, now=NOON)
    assert key is not None
    factor = TOTPFactor.objects.get(user=user)
    factor.confirm(1, now=NOON)
    factor.replace_recovery_codes(map(HiddenText, CODES))
    return user, key


def rotate(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_second_factor_keys", *arguments, stdout=out)
    return out.getvalue()


def counts(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rotate("--json", *arguments))
    return {name: count for name, count in found.items() if isinstance(count, int) and count}


def signs_in(user: Any, key: bytes) -> bool:
    code = code_at(key, int(NOON.timestamp()) // 30)
    return codes.TOTPAndRecoveryCodes().use(user, code) == "totp"


def test_after_a_rotation_the_old_key_can_be_removed(keys, clock):
    people = [enrolled() for _ in range(3)]
    keys(NEW, OLD)

    assert counts() == {"rotated": 3}

    keys(NEW)
    assert all(signs_in(user, key) for user, key in people)
    assert counts() == {"current": 3}


def test_a_seed_that_waits_to_be_confirmed_is_rotated_too(keys):
    TOTPFactor.prepare(UserFactory(), now=NOON)
    keys(NEW, OLD)

    assert counts() == {"rotated": 1}


def test_a_dry_run_counts_and_changes_nothing(keys):
    enrolled()
    before = TOTPFactor.objects.values().get()
    keys(NEW, OLD)

    assert counts("--dry-run") == {"is_dry_run": True, "rotated": 1}
    assert "would be encrypted with the first key: 1\n" in rotate("--dry-run")
    assert TOTPFactor.objects.values().get() == before


def test_every_seed_is_reached_however_many_there_are(keys, monkeypatch):
    monkeypatch.setattr(key_rotation, "_BATCH", 2)
    for _ in range(5):
        enrolled()
    keys(NEW, OLD)

    assert rotate().splitlines()[0] == "encrypted with the first key: 5"


def test_a_seed_that_its_person_replaces_meanwhile_is_not_overwritten(keys, clock, monkeypatch):
    user, _ = enrolled()
    keys(NEW, OLD)
    encrypt_anew, latest = TOTPFactor.encrypt_anew, []

    def too_late(factor: TOTPFactor) -> bool:
        TOTPFactor.objects.filter(pk=factor.pk).update(confirmed_at=None)
        latest.append(TOTPFactor.prepare(user, now=NOON))
        TOTPFactor.objects.get(user=user).confirm(1, now=NOON)
        return encrypt_anew(factor)

    monkeypatch.setattr(TOTPFactor, "encrypt_anew", too_late)

    assert counts() == {"replaced": 1}
    assert signs_in(user, latest[0])


def test_seeds_that_no_key_opens_are_named_and_the_others_rotated(keys):
    keys(LOST)
    lost, _ = enrolled()
    keys(OLD)
    enrolled()
    keys(NEW, OLD)
    out = io.StringIO()

    with pytest.raises(CommandError, match="No key opens 1 of the seeds"):
        call_command("rotate_second_factor_keys", "--json", stdout=out)

    told = json.loads(out.getvalue())
    factor = str(TOTPFactor.objects.get(user=lost).uuid)
    assert (told["rotated"], told["unreadable"]) == (1, 1)
    assert told["unreadable_seeds"] == [{"user": str(lost.pk), "factor": factor}]


def test_in_words_too_each_that_no_key_opens_is_named(keys):
    lost, _ = enrolled()
    keys(NEW)
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("rotate_second_factor_keys", stdout=out)

    assert f"no key opens the seed of user {lost.pk} " in out.getvalue()


def test_a_seed_copied_to_somebody_elses_row_opens_for_nobody(keys, clock):
    ada, key = enrolled()
    grace, _ = enrolled()
    seed = TOTPFactor.objects.get(user=ada).seed
    TOTPFactor.objects.filter(user=grace).update(seed=seed)
    keys(NEW, OLD)

    with pytest.raises(InvalidMFACode):
        signs_in(grace, key)
    with pytest.raises(CommandError, match="1 of the seeds"):
        rotate()
    assert signs_in(ada, key)


class TestWhoseSeedNoKeyOpens:
    """Nobody is let in by a code, the site's people are told once, and recovery codes still work."""

    @pytest.fixture
    def lost(self, keys, clock):
        user, key = enrolled()
        keys(NEW)
        return user, key

    def test_no_code_is_right_and_none_counts_as_wrong(self, lost):
        user, key = lost
        code = code_at(key, int(NOON.timestamp()) // 30)

        for _ in range(12):
            with pytest.raises(InvalidMFACode, match="no key in SECOND_FACTOR_KEYS"):
                codes.check_code(user, HiddenText(code), lambda: True)

        assert codes.check_code(user, HiddenText(CODES[0]), lambda: True)

    def test_the_log_says_so_once_in_each_process_without_a_trace(self, lost, caplog):
        user, key = lost

        for _ in range(3):
            with pytest.raises(InvalidMFACode):
                signs_in(user, key)

        [line] = [one for one in caplog.records if one.levelno == logging.ERROR]
        assert line.exc_info is None
        assert str(TOTPFactor.objects.get().uuid) in line.getMessage()

    def test_the_event_of_the_refusal_says_why_and_whose_it_is(self, lost, client):
        user, key = lost
        asked = ask_for_second_factor(user, MFAChallenge.Channel.APP)
        assert asked is not None
        body = {"mfa_token": asked.mfa_token.reveal(), "code": code_at(key, int(NOON.timestamp()) // 30)}

        answer = client.post("/v1/auth/mfa", body, content_type="application/json")

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_mfa_code")
        events.refusals.flush()
        event = SecurityEvent.objects.get(kind="sign_in_refused")
        assert event.user_ref == str(user.pk)
        assert "no key in SECOND_FACTOR_KEYS opens the seed" in event.reason


class Terminal(io.StringIO):
    """Standard error where somebody looks on."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_to_whoever_looks_on(keys):
    enrolled()
    progress = Terminal()

    call_command("rotate_second_factor_keys", stdout=io.StringIO(), stderr=progress)

    assert "1" in progress.getvalue()
