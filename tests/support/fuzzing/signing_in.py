"""What people do with apps of the site: sign in, with a second factor, get access tokens, sign out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from oauthcore.models import Grant as GrantRow
from oauthcore.rules.sign_in import totp
from tests.support.fuzzing.model import MOST_FAILURES, Access, Challenge, Grant, Person
from tests.support.fuzzing.site import Site, has, which
from tests.support.fuzzing.wire import error_of

PHONE = {"name": "Phone", "platform": "ios"}


def has_chain(machine: Any) -> bool:
    """Whether a device was ever signed in."""
    return bool(machine.chains_of("session"))


class SigningIn(Site):
    """Devices get sessions, and end."""

    @precondition(has("people"))
    @rule(who=which, is_right=st.sampled_from([True, True, True, False]))
    def sign_in(self, who: int, is_right: bool) -> None:
        """A person shows login and password."""
        person = self.pick(self.world.people, who)
        answer = self.wire.json(
            "POST",
            "/v1/auth/sign_in",
            {
                "login": person.user.get_username(),
                "password": person.password if is_right else "wrong",
                "device": PHONE,
            },
        )
        if not is_right or not person.is_active:
            assert (answer.status_code, error_of(answer)) == (401, "invalid_credentials")
            return
        assert answer.status_code == 200, answer.content
        if person.key is None:
            self._open_session(person, answer.json())
            return
        for one in self.world.challenges:
            if one.person is person and not one.is_used:
                one.failures = MOST_FAILURES  # the newer one for the same device takes its place
        text = self.note_given(answer.json()["mfa_token"], "mfa_token")
        self.world.challenges.append(Challenge(text, person, self.now + timedelta(seconds=300)))

    def _open_session(self, person: Person, answer: dict[str, Any]) -> None:
        row = GrantRow.objects.get(uuid=answer["device"]["uuid"])
        grant = Grant("session", person=person, ends_at=self.now + timedelta(days=365), row=row)
        self.world.grants.append(grant)
        self.add_chain(answer["refresh_token"], grant, "device refresh")
        live = {one.uuid for one in person.roles if not one.is_suspended}
        assert {one["uuid"] for one in answer["accounts"]} == live

    @precondition(has("challenges"))
    @rule(number=which, code=st.sampled_from(["now", "now", "now", "wrong", "recovery", "used recovery"]))
    def second_step(self, number: int, code: str) -> None:
        """A person shows a code of their second factor."""
        challenge = self.pick(self.world.challenges, number)
        person = challenge.person
        assert person.key is not None
        step = int(self.now.timestamp()) // totp.STEP
        shown, is_right = "000000", False
        if code == "now":
            shown, is_right = totp.code_at(person.key, step), step > person.last_step
        elif code == "recovery" and person.recovery_codes:
            shown, is_right = person.recovery_codes[0], True
        elif code == "used recovery" and self.used_recovery_codes:
            shown = self.used_recovery_codes[-1]
        answer = self.wire.json("POST", "/v1/auth/mfa", {"mfa_token": challenge.text, "code": shown})
        if not challenge.is_open(self.now):
            assert (answer.status_code, error_of(answer)) == (401, "invalid_mfa_token"), answer.content
        elif not is_right:
            assert (answer.status_code, error_of(answer)) == (401, "invalid_mfa_code"), answer.content
            challenge.failures += 1
        else:
            assert answer.status_code == 200, answer.content
            challenge.is_used = True
            if code == "now":
                person.last_step = step
            else:
                self.used_recovery_codes.append(person.recovery_codes.pop(0))
            self._open_session(person, answer.json())

    @precondition(has_chain)
    @rule(number=which, account=which, old=st.sampled_from([False, False, False, True]), spent=which)
    def get_access(self, number: int, account: int, old: bool, spent: int) -> None:
        """A device trades its refresh token for an access token to one account."""
        chain = self.pick(self.chains_of("session"), number)
        wanted = self.pick(self.world.accounts, account)
        text = self.pick(chain.spent, spent) if old and chain.spent else chain.current
        answer = self.wire.json(
            "POST", "/v1/auth/token", {"refresh_token": text, "account_uuid": wanted.uuid}
        )
        if text != chain.current:
            assert (answer.status_code, error_of(answer)) in (
                (401, "refresh_token_reused"),
                (401, "invalid_refresh_token"),  # once the clean-up has removed the session
            )
            chain.grant.is_ended = True
        elif not chain.is_live(self.now):
            assert (answer.status_code, error_of(answer)) == (401, "invalid_refresh_token"), answer.content
        elif not chain.grant.may_work_on(wanted):
            assert (answer.status_code, error_of(answer)) == (403, "account_not_allowed"), answer.content
        else:
            assert answer.status_code == 200, answer.content
            got = answer.json()
            chain.turn(self.note_given(got["refresh_token"], "device refresh"), self.now)
            lifetime = timedelta(seconds=900)
            self.add_token(got["access_token"], chain.grant, lifetime=lifetime, scopes=None, account=wanted)

    @precondition(has_chain)
    @rule(number=which, old=st.booleans(), spent=which)
    def sign_out(self, number: int, old: bool, spent: int) -> None:
        """A device signs out with a refresh token, current or spent."""
        chain = self.pick(self.chains_of("session"), number)
        text = self.pick(chain.spent, spent) if old and chain.spent else chain.current
        answer = self.wire.json("POST", "/v1/auth/sign_out", {"refresh_token": text})
        assert answer.status_code == 200, answer.content
        chain.grant.is_ended = True

    @precondition(has("tokens"))
    @rule(number=which, what=st.sampled_from(["sign_out", "this", "another", "others"]), other=which)
    def end_with_access_token(self, number: int, what: str, other: int) -> None:
        """A device signs out, or ends others, with an access token."""
        token = self.pick(self.world.tokens, number)
        sessions = [one for one in self.world.grants if one.kind == "session"]
        wanted = token.grant
        if what == "another" and sessions:
            wanted = self.pick(sessions, other)
        if what in ("this", "another") and wanted.kind != "session":
            return
        method, path = ("POST", "sign_out") if what == "sign_out" else ("DELETE", "devices")
        if what in ("this", "another"):
            path = f"devices/{wanted.row.uuid}"
        answer = self.wire.json(method, f"/v1/auth/{path}", bearer=token.text)
        if not (token.is_live(self.now) and token.grant.kind == "session"):
            assert answer.status_code in (401, 403), answer.content
        elif wanted.person is not token.grant.person:
            assert answer.status_code == 404, answer.content
        else:
            assert answer.status_code in (200, 204, 404), answer.content
            self._end_devices(token, wanted, what, sessions)

    def _end_devices(self, token: Access, wanted: Grant, what: str, sessions: list[Grant]) -> None:
        if what == "others":
            for one in sessions:
                one.is_ended |= one.person is token.grant.person and one is not token.grant
        else:
            wanted.is_ended = True
