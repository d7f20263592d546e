"""Devices without a browser: they show a code, a person answers, and they fetch their tokens."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.devices.television import BEGIN, GRANT_TYPE, PAGE
from tests.support.fuzzing.authorizing import Authorizing, grants_scopes
from tests.support.fuzzing.model import App
from tests.support.fuzzing.redeeming import Redeeming
from tests.support.fuzzing.requests import DeviceCode
from tests.support.fuzzing.site import has, keys, which
from tests.support.fuzzing.wire import error_of


class Devices(Authorizing, Redeeming):
    """A television asks, and a person answers at another place."""

    @rule(scopes=grants_scopes)
    def begin_device(self, scopes: set[str]) -> None:
        """A device begins, and shows its code."""
        app = self.television
        answer = self.wire.form(BEGIN, {"scope": " ".join(scopes), **app.credentials})
        if not app.is_live:
            assert answer.status_code == 401, answer.content
            return
        assert answer.status_code == 200, answer.content
        got = answer.json()
        text = self.note_given(got["device_code"], "device_code")
        ends_at = self.now + timedelta(seconds=600)
        self.world.device_codes.append(DeviceCode(text, got["user_code"], app, scopes, ends_at, self.now))

    @precondition(has("device_codes"))
    @rule(number=which, is_yes=st.sampled_from([True, True, True, False]), account=which)
    def answer_device(self, number: int, is_yes: bool, account: int) -> None:
        """A person types the code of a device, and answers."""
        device, person = self.pick(self.world.device_codes, number), self.world.people[0]
        browser = self.browser_of(person)
        page = self.wire.checked(browser.post(PAGE, {"user_code": device.user_code}))
        if not person.is_active:
            assert page.status_code == 302
            return
        if not device.is_waiting(self.now):
            assert page.status_code == 400
            return
        chosen = self.account_for(person, account)
        more = {"user_code": page.context["user_code"], "decision": "approve" if is_yes else "deny"}
        assert self.approve(browser, PAGE, page, chosen, [], **more).status_code == 303
        if is_yes:
            self.chosen[device.app, person] = chosen
            device.grant = self.open_grant(device.app, person)
        else:
            device.is_denied = True

    @precondition(has("device_codes"))
    @rule(
        number=which,
        by=which,
        is_patient=st.booleans(),
        is_foreign=st.sampled_from([False, False, False, True]),
        key=keys,
    )
    def poll(self, number: int, by: int, is_patient: bool, is_foreign: bool, key: int | None) -> None:
        """A device asks for its tokens, in time or too soon; or another application does, with its code."""
        device = self.pick(self.world.device_codes, number)
        if is_patient:
            self.clock.shift(device.interval)
        app = self.pick(self.world.apps, by) if is_foreign else device.app
        asked = {"grant_type": GRANT_TYPE, "device_code": device.text, **app.credentials}
        answer = self.wire.form("/oauth/token", asked, key=key)
        if not app.is_live or app is not device.app:
            assert answer.status_code in (400, 401), answer.content
            return
        expected = self._answer_to(device, app)
        if expected is None:
            assert answer.status_code == 200, answer.content
            assert device.grant is not None
            self.take_tokens(answer.json(), device.grant, app, device.scopes, key)
        else:
            is_gone = not device.is_used and self.now >= device.ends_at  # and may have been removed
            assert answer.status_code == 400, answer.content
            assert error_of(answer) in {expected, *(["invalid_grant"] if is_gone else [])}, answer.content

    def _answer_to(self, device: DeviceCode, app: App) -> str | None:
        """Return the error that a device gets, or None for tokens; the model counts the request."""
        grant = device.grant
        if not device.is_used and self.now >= device.ends_at:
            return "expired_token"
        if device.is_denied:
            return "access_denied"
        if grant is not None and not device.is_used:
            if not (grant.is_live(self.now) and grant.may_work_on(grant.account)):
                return "invalid_grant"
            device.is_used = device.poll(self.now)
            return None if device.is_used else "slow_down"
        if not device.poll(self.now):
            return "slow_down"
        if grant is None:
            return "authorization_pending"
        grant.is_ended = True
        return "invalid_grant"
