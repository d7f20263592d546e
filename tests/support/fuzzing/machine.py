"""The state machine: what happens to the site as a whole, and what is true after every step."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from oauthcore import testing
from oauthcore.flows.oauth.pushed_requests import PREFIX
from oauthcore.flows.upkeep.in_passing import turn
from reference_site.accounts.roles import Role
from tests.support.devices.television import GRANT_TYPE
from tests.support.fuzzing.devices import Devices
from tests.support.fuzzing.ending import Ending
from tests.support.fuzzing.model import Access
from tests.support.fuzzing.moving import Moving
from tests.support.fuzzing.site import which
from tests.support.fuzzing.staffing import KINDS_OF_APPS, Staffing
from tests.support.fuzzing.wire import KEYS, error_of, proof_for

DAY = 24 * 60 * 60
KINDS = {
    "application": "oauth_token",
    "client": "oauth_token",
    "session": "user_token",
    "service": "service_token",
}
SLOTS = (
    "access",
    "code",
    "refresh",
    "device refresh",
    "device_code",
    "request_uri",
    "mfa_token",
    "client_secret",
)


class Machine(Devices, Ending, Moving, Staffing):
    """Everything together."""

    #: Whether each text is shown wherever it does not belong.
    tries_elsewhere = True

    @initialize(kind=KINDS_OF_APPS, who=which)
    def begin(self, kind: str, who: int) -> None:
        """Begin with a token of each sort."""
        self.register_application(kind)
        approved = {"scopes": {"read"}, "method": "S256", "account": 0, "implicit": kind == "implicit"}
        self.authorize(number=0, who=0, key=None, **approved)
        if self.world.codes:
            self.redeem(number=0, by=0, wrong="", at="/oauth/token", key="right")
        self.sign_in(who=1, is_right=True)
        self.get_access(number=0, account=who, old=False, spent=0)
        self.begin_device(scopes={"read"})
        self.answer_device(number=0, is_yes=True, account=0)
        self.make_service_token(number=0, ends=None, networks=None)

    @rule(seconds=st.sampled_from([1, 29, 30, 59, 60, 61, 300, 900, 3600, DAY, 2 * DAY, 31 * DAY, 90 * DAY]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.clock.shift(seconds)

    @rule(what=st.sampled_from(["restart", "command", "in passing"]))
    def keep_up(self, what: str) -> None:
        """The process forgets what it remembered, or rows that nobody needs are removed."""
        if what == "restart":
            testing.forget()
            return
        if what == "command":
            call_command("oauthcore_cleanup", verbosity=0, stdout=StringIO())
        else:
            turn(now=self.now)
        before = self.now - timedelta(days=1)
        removed = [one for one in self.world.tokens if _ended_before(one, before)]
        self.gone += [one.text for one in removed]
        self.world.tokens = [one for one in self.world.tokens if one not in removed]

    @invariant()
    def everything_agrees(self) -> None:
        """The model, the API and introspection say the same of each token, and no slot takes another's."""
        self.the_api_accepts_the_tokens_that_are_live_and_no_others()
        self.introspection_agrees()
        if self.tries_elsewhere:
            self.no_two_slots_accept_one_text()

    def the_api_accepts_the_tokens_that_are_live_and_no_others(self) -> None:
        for token in self.world.tokens:
            answer, is_live = self.wire.me(token.text, key=token.key), token.is_live(self.now)
            if is_live and token.grant.networks is not None:
                assert (answer.status_code, error_of(answer)) == (403, "ip_not_allowed")
            elif is_live:
                assert answer.status_code == 200, (answer.content, token)
                self._compare(answer.json(), token)
            else:
                assert (answer.status_code, error_of(answer)) == (401, "invalid_token"), token
        for token in [one for one in self.world.tokens if one.is_live(self.now)][-3:]:
            if token.key is not None:
                self._needs_its_key(token.text, token.key)
        for text in self.gone[-3:]:
            assert self.wire.me(text).status_code == 401

    def _needs_its_key(self, text: str, key: int) -> None:
        """A bound token is no bearer token, needs a proof of its own key, and each proof is good once."""
        proof = proof_for(text, key)
        assert self.wire.me(text).status_code == 401
        assert self.wire.me_with_proof(text, proof_for(text, 1 - key)).status_code == 401
        assert [self.wire.me_with_proof(text, proof).status_code for _ in range(2)] == [200, 401]

    def _compare(self, told: dict[str, Any], token: Access) -> None:
        grant, account = token.grant, token.account
        assert told["kind"] == KINDS[grant.kind]
        assert (told["account"] or {}).get("uuid") == (account and account.uuid)
        assert (told["user"] or {}).get("username") == (grant.person and grant.person.user.get_username())
        assert (told["application"] or {}).get("client_id") == (grant.app and grant.app.client_id)
        scopes = token.scopes
        if scopes is None:
            assert grant.person is not None
            assert account is not None
            scopes = set(Role(grant.person.roles[account]).scopes)
        assert set(told["scopes"]) == scopes

    def introspection_agrees(self) -> None:
        asking = self.introspector.credentials
        for token in self.world.tokens:
            told = self.wire.form("/oauth/introspect", {"token": token.text, **asking}).json()
            assert told["active"] is token.is_live(self.now), token
            if not told["active"]:
                assert told == {"active": False}
            else:
                assert told.get("cnf") == (None if token.key is None else {"jkt": KEYS[token.key].jkt})
        for chain in self.world.chains[-3:]:
            app = chain.grant.app
            if app is None or app.secret is None or not app.is_live:
                continue
            is_live = chain.is_live(self.now) and chain.grant.may_work_on(chain.grant.account)
            for text in (chain.current, *chain.spent[-2:]):
                told = self.wire.form("/oauth/introspect", {"token": text, **app.credentials}).json()
                assert told["active"] is (is_live and text == chain.current), chain
            assert self.wire.form("/oauth/introspect", {"token": chain.current, **asking}).json() == {
                "active": False
            }

    def no_two_slots_accept_one_text(self) -> None:
        """What was given away since the last step is shown wherever it does not belong."""
        given = list(self.given.items())
        for text, slot in given[self.tried_elsewhere :]:
            for other in SLOTS:
                if other != slot.replace("service", "access"):
                    answer = self._show(text, other)
                    assert answer.status_code in (400, 401), (slot, other, answer.content)
        self.tried_elsewhere = len(given)

    def _show(self, text: str, slot: str) -> Any:
        asking = self.introspector.credentials
        account = self.world.accounts[0].uuid
        match slot:
            case "access":
                return self.wire.me(text)
            case "code":
                return self.wire.form(
                    "/oauth/token", {"grant_type": "authorization_code", "code": text, **asking}
                )
            case "refresh":
                return self.wire.form(
                    "/oauth/token", {"grant_type": "refresh_token", "refresh_token": text, **asking}
                )
            case "device refresh":
                members = {"refresh_token": text, "account_uuid": account}
                return self.wire.json("POST", "/v1/auth/token", members)
            case "device_code":
                return self.wire.form(
                    "/oauth/token",
                    {"grant_type": GRANT_TYPE, "device_code": text, **self.television.credentials},
                )
            case "request_uri":
                asked = {"client_id": asking["client_id"], "request_uri": PREFIX + text}
                return self.wire.checked(self.wire.client.get("/oauth/authorize", asked))
            case "mfa_token":
                return self.wire.json("POST", "/v1/auth/mfa", {"mfa_token": text, "code": "000000"})
            case _:
                named = {"grant_type": "client_credentials", "client_id": asking["client_id"]}
                return self.wire.form("/oauth/token", {**named, "client_secret": text})


def _ended_before(token: Access, moment: Any) -> bool:
    return any(end is not None and end < moment for end in (token.ends_at, token.ended_at))
