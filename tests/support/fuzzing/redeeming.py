"""What applications get tokens for: a code, a refresh token, themselves, a token they were shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.fuzzing.model import App, Grant
from tests.support.fuzzing.requests import Code
from tests.support.fuzzing.site import HTTPS, LIBRARY, Site, has, keys, which
from tests.support.fuzzing.wire import error_of
from tests.support.token_exchange import ACCESS_TOKEN
from tests.support.token_exchange import NAME as EXCHANGE

OTHER_VERIFIER = "another-verifier-of-forty-three-characters-or-more"


class Redeeming(Site):
    """Applications ask at the token endpoint, rightly and wrongly."""

    @precondition(has("codes"))
    @rule(
        number=which,
        by=which,
        wrong=st.sampled_from(["", "", "", "verifier", "no verifier", "client", "redirect_uri"]),
        at=st.sampled_from(["/oauth/token", "/oauth2/token"]),
        key=st.sampled_from(["right", "right", "right", None, 0, 1]),
    )
    def redeem(self, number: int, by: int, wrong: str, at: str, key: int | str | None) -> None:
        """Somebody trades a code, fresh or used, for tokens."""
        code = self.pick(self.world.codes, number)
        app = self.pick(self.world.apps, by) if wrong == "client" else code.app
        shown = code.key if isinstance(key, str) else key
        if app.needs_key and key == "right" and shown is None:
            shown = 0
        verifier = {"verifier": OTHER_VERIFIER, "no verifier": None}.get(wrong, code.verifier)
        answer = self.wire.form(
            at,
            {
                "grant_type": "authorization_code",
                "code": code.text,
                "redirect_uri": HTTPS + "/other" if wrong == "redirect_uri" else code.redirect_uri,
                "code_verifier": verifier,
                **app.credentials,
            },
            key=shown,
        )
        shown = app.reads(shown)
        if not self._is_redeemed(code, app, wrong, verifier, shown):
            assert answer.status_code in (400, 401), answer.content
            return
        assert answer.status_code == 200, answer.content
        code.is_used = True
        self.take_tokens(answer.json(), code.grant, app, code.scopes, shown)

    def _is_redeemed(self, code: Code, app: App, wrong: str, verifier: str | None, key: int | None) -> bool:
        """Return whether the model gives tokens for it, after it has counted what went wrong."""
        if not app.is_live or app is not code.app or (code.needs_legacy and not app.is_legacy):
            return False
        if app.needs_key and key is None:
            return False
        is_held = code.key is None or key == code.key
        if wrong == "redirect_uri" or verifier != code.verifier or not is_held:
            code.failures += not code.is_used
            return False
        if code.is_used:
            code.grant.is_ended = True
            return False
        is_open = code.failures < 5 and self.now < code.ends_at
        return is_open and code.grant.is_live(self.now) and code.grant.may_work_on(code.grant.account)

    def take_tokens(
        self, answer: dict[str, Any], grant: Grant, app: App, scopes: set[str], key: int | None
    ) -> None:
        """Take the tokens that a code brought."""
        assert set(answer["scope"].split()) == scopes
        self._take_access_token(answer, grant, app, scopes, key)
        assert ("refresh_token" in answer) is app.gets_refresh_tokens
        if app.gets_refresh_tokens:
            bound_to = key if app.secret is None else None
            self.add_chain(answer["refresh_token"], grant, "refresh", scopes=scopes, key=bound_to)

    def _take_access_token(
        self, answer: dict[str, Any], grant: Grant, app: App, scopes: set[str], key: int | None
    ) -> None:
        assert answer["token_type"] == ("Bearer" if key is None else "DPoP")
        self.add_token(
            answer["access_token"],
            grant,
            lifetime=app.lifetime,
            scopes=scopes,
            account=grant.account,
            key=key,
        )

    @precondition(lambda machine: machine.chains_of("application"))
    @rule(
        number=which,
        by=which,
        what=st.sampled_from(["", "", "", "old", "foreign"]),
        old=which,
        narrow=st.booleans(),
        key=st.sampled_from(["right", "right", "right", None, 0, 1]),
    )
    def refresh(self, number: int, by: int, what: str, old: int, narrow: bool, key: int | str | None) -> None:
        """An application trades a refresh token: the current one, a spent one, or another's."""
        chain = self.pick(self.chains_of("application"), number)
        own = chain.grant.app
        assert own is not None
        app = self.pick(self.world.apps, by) if what == "foreign" else own
        text = self.pick(chain.spent, old) if what == "old" and chain.spent else chain.current
        scopes = {"read"} if narrow and "read" in chain.scopes else chain.scopes
        shown = chain.key if isinstance(key, str) else key
        if app.needs_key and key == "right" and shown is None:
            shown = 0
        answer = self.wire.form(
            "/oauth/token",
            {
                "grant_type": "refresh_token",
                "refresh_token": text,
                "scope": " ".join(scopes) if narrow else None,
                **app.credentials,
            },
            key=shown,
        )
        shown = app.reads(shown)
        is_current, is_graced = text == chain.current, chain.is_within_grace(text, self.now)
        if not app.is_live or app is not own:
            assert answer.status_code in (400, 401), answer.content
            return
        if (app.needs_key and shown is None) or chain.key not in (None, shown):
            assert answer.status_code == 400, answer.content
            return
        is_live = chain.is_live(self.now) and chain.grant.may_work_on(chain.grant.account)
        if not (is_live and (is_current or is_graced)):
            assert (answer.status_code, error_of(answer)) == (400, "invalid_grant"), answer.content
            if not is_current and not is_graced:
                chain.grant.is_ended = True
            return
        assert answer.status_code == 200, answer.content
        got = answer.json()
        if is_current:
            chain.turn(self.note_given(got["refresh_token"], "refresh"), self.now)
        else:
            assert got["refresh_token"] == chain.current
        assert set(got["scope"].split()) == scopes
        self._take_access_token(got, chain.grant, own, scopes, shown)

    def chains_of(self, kind: str) -> list[Any]:
        """Return the chains under grants of a kind."""
        return [chain for chain in self.world.chains if chain.grant.kind == kind]

    @precondition(has("apps"))
    @rule(number=which, scope=st.sampled_from(["read", LIBRARY, "admin", None]), key=keys)
    def ask_for_itself(self, number: int, scope: str | None, key: int | None) -> None:
        """An application asks for a token for itself."""
        app = self.pick(self.world.apps, number)
        answer = self.wire.form(
            "/oauth/token",
            {"grant_type": "client_credentials", "scope": scope, **app.credentials},
            key=key,
        )
        key = app.reads(key)
        if (app.needs_key and key is None) or not (
            app.is_live and app.secret and app.row.allows("client_credentials") and scope in ("read", None)
        ):
            assert answer.status_code in (400, 401), answer.content
            return
        assert answer.status_code == 200, answer.content
        grant = next((one for one in self.world.grants if (one.kind, one.app) == ("client", app)), None)
        if grant is None:
            grant = Grant("client", app)
            self.world.grants.append(grant)
        self._take_access_token(answer.json(), grant, app, {"read"}, key)

    @precondition(has("tokens"))
    @rule(number=which, key=keys)
    def exchange(self, number: int, key: int | None) -> None:
        """The resource server trades a token that it was shown for one of its own."""
        token, gateway = self.pick(self.world.tokens, number), self.gateway
        answer = self.wire.form(
            "/oauth/token",
            {
                "grant_type": EXCHANGE,
                "subject_token": token.text,
                "subject_token_type": ACCESS_TOKEN,
                "resource": "https://testserver",
                **gateway.credentials,
            },
            key=key,
        )
        is_fit = token.actor is None and token.key is None and token.grant.kind in ("application", "client")
        if not (gateway.is_live and is_fit and token.is_live(self.now)):
            assert answer.status_code in (400, 401), answer.content
            return
        assert answer.status_code == 200, answer.content
        lives = timedelta(seconds=300)
        if token.ends_at is not None:
            lives = min(lives, token.ends_at - self.now)
        self.add_token(
            answer.json()["access_token"],
            token.grant,
            lifetime=lives,
            scopes=token.scopes,
            account=token.account,
            actor=gateway,
            key=key,
        )
