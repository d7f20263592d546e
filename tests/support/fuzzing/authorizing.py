"""What applications ask of people: authorization, rightly and wrongly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from oauthcore.rules.oauth.pkce import challenge_of
from tests.support.fuzzing.model import App, Grant, Person
from tests.support.fuzzing.requests import Code, Pushed, Wanted
from tests.support.fuzzing.site import HTTPS, LIBRARY, LOOPBACK, REDIRECT, Site, has, keys, which
from tests.support.fuzzing.wire import KEYS, carried, is_registered
from tests.support.oauth import ticked_on

VERIFIER = "a-verifier-of-forty-three-characters-or-more"
#: Where an application is not: each is near to an address that it has.
ELSEWHERE = [
    *(f"{REDIRECT}{tail}" for tail in ("/", "?a=b", "#a", ".evil.example", "/../x", "\\@evil.example")),
    *("https://evil.example/cb", "http://client.example/cb", "http://127.0.0.1:0/cb", "http://127.0.0.2/cb"),
    *("javascript:alert(1)", "//client.example/cb", "https://client.example@evil.example/cb"),
]
WHERE = st.sampled_from([REDIRECT, HTTPS, LOOPBACK, "http://127.0.0.1:51004/cb", *ELSEWHERE])
grants_scopes = st.sampled_from([{"read"}, {"read", LIBRARY}, {LIBRARY}])
methods = st.sampled_from(["S256", "S256", "S256", "plain", ""])


class Authorizing(Site):
    """People approve applications, or nobody does."""

    @precondition(lambda machine: machine.web_apps)
    @rule(
        number=which,
        who=which,
        scopes=grants_scopes,
        method=methods,
        account=which,
        implicit=st.booleans(),
        key=keys,
    )
    def authorize(
        self,
        number: int,
        who: int,
        scopes: set[str],
        method: str,
        account: int,
        implicit: bool,
        key: int | None,
    ) -> None:
        """A person approves an application, which gets a code, or a token in the fragment."""
        app, person = self.pick(self.web_apps, number), self.pick(self.world.people[:1], who)
        wanted = Wanted(app, app.redirect_uris[0], scopes, method, implicit, app.reads(key))
        answer = self.answer_page(app, person, parameters_of(wanted, key), account)
        if answer is not None:
            self.take_answer(wanted, person, answer)

    @property
    def web_apps(self) -> list[App]:
        """The applications that people are sent back to."""
        return [one for one in self.world.apps if one.redirect_uris]

    def take_answer(self, wanted: Wanted, person: Person, answer: Any) -> None:
        """Take what an approved request brought, which no request may bring that is too weak."""
        app, got = wanted.app, carried(answer)
        is_weak = not wanted.is_implicit and wanted.method != "S256"
        if (is_weak or wanted.is_implicit) and not app.is_legacy:
            assert got["error"] in ("invalid_request", "unauthorized_client"), got
            return
        if wanted.is_implicit and not app.row.allows("implicit"):
            assert "error" in got, got
            return
        grant = self.open_grant(app, person)
        if wanted.is_implicit:
            self.add_token(
                got["access_token"],
                grant,
                lifetime=app.lifetime,
                scopes=wanted.scopes,
                account=grant.account,
            )
            return
        code = Code(
            self.note_given(got["code"], "code"),
            grant,
            app,
            wanted.redirect_uri,
            VERIFIER if wanted.method else None,
            wanted.method,
            wanted.scopes,
            self.now + timedelta(seconds=60),
            wanted.key,
        )
        self.world.codes.append(code)

    def open_grant(self, app: App, person: Person) -> Grant:
        """Open the grant that an approval brings."""
        chosen = self.chosen[app, person]  # without a page it is the account that was chosen on the last one
        grant = Grant("application", app, person, chosen if chosen in person.roles else None)
        self.world.grants.append(grant)
        if app.gets_refresh_tokens:
            grant.ends_at = self.now + timedelta(days=90)
        return grant

    def answer_page(self, app: App, person: Person, asked: dict[str, str], account: int) -> Any:
        """Return the redirect that an approval ends in, or None if nobody may approve."""
        browser = self.browser_of(person)
        page = self.wire.checked(browser.get("/oauth/authorize", asked), app.redirect_uris)
        if not app.is_live:
            assert (page.status_code, page.headers.get("Location")) == (400, None)
            return None
        if not person.is_active:
            assert page.status_code == 302
            assert page["Location"].startswith("/")
            return None
        if page.status_code == 200:
            chosen = self.account_for(person, account)
            self.chosen[app, person] = chosen
            address = f"/oauth/authorize?{urlencode(asked)}"
            page = self.approve(browser, address, page, chosen, app.redirect_uris)
        assert is_registered(page["Location"], app.redirect_uris), page["Location"]
        return page

    def approve(
        self, browser: Any, address: str, page: Any, account: Any, redirect_uris: list[str], **more: str
    ) -> Any:
        """Tick every box of a page for an account. For another account than before the page comes again."""
        for _ in range(2):
            form = {
                "transaction": page.context["transaction"],
                "decision": "approve",
                "account": account.uuid if account else "",
                **ticked_on(page),
                **more,
            }
            page = self.wire.checked(browser.post(address, form), redirect_uris)
            if page.status_code != 400:
                break
        return page

    @precondition(lambda machine: machine.web_apps)
    @rule(number=which, scopes=grants_scopes, key=keys)
    def push(self, number: int, scopes: set[str], key: int | None) -> None:
        """An application sends its request in advance."""
        app = self.pick(self.web_apps, number)
        wanted = Wanted(app, app.redirect_uris[0], scopes, key=app.reads(key))
        asked = {**parameters_of(wanted, None), **app.credentials}
        answer = self.wire.form("/oauth/par", asked, key=key)
        if not app.is_live or app.is_legacy:
            assert answer.status_code in (400, 401), answer.content
            return
        assert answer.status_code == 201, answer.content
        text = self.note_given(answer.json()["request_uri"], "request_uri")
        self.world.pushed.append(Pushed(text, wanted, self.now + timedelta(seconds=90)))

    @precondition(has("pushed"))
    @rule(number=which, by=which, account=which, what=st.sampled_from(["", "", "", "foreign", "only look"]))
    def bring(self, number: int, by: int, account: int, what: str) -> None:
        """A person brings a request that was sent in advance, or another application names it."""
        pushed, person = self.pick(self.world.pushed, number), self.world.people[0]
        own = pushed.wanted.app
        app = self.pick(self.world.apps, by) if what == "foreign" else own
        asked = {"client_id": app.client_id, "request_uri": pushed.text}
        if app is not own or not pushed.is_live(self.now):
            page = self.wire.checked(self.browser_of(person).get("/oauth/authorize", asked))
            assert (page.status_code, page.headers.get("Location")) == (400, None)
            return
        pushed.open(self.now)
        if what == "only look":
            self.browser_of(self.world.people[1]).logout()
            page = self.wire.checked(self.browsers[self.world.people[1]].get("/oauth/authorize", asked))
            assert page.status_code == (302 if app.is_live else 400)
            return
        answer = self.answer_page(app, person, asked, account)
        if answer is not None:
            pushed.is_used = True
            self.take_answer(pushed.wanted, person, answer)

    @precondition(has("apps"))
    @rule(
        number=which,
        where=WHERE,
        asked=st.sampled_from(["admin", "read"]),
        prompt=st.sampled_from(["none", ""]),
    )
    def ask_wrongly(self, number: int, where: str, asked: str, prompt: str) -> None:
        """Nobody is logged in, and the address may be another's: the browser goes nowhere else."""
        app = self.pick(self.world.apps, number)
        parameters = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": where,
            "scope": asked,
            **({"prompt": prompt} if prompt else {}),
        }
        answer = self.wire.checked(self.wire.client.get("/oauth/authorize", parameters), app.redirect_uris)
        if not app.is_live or not is_registered(where, app.redirect_uris) or "?" in where or "#" in where:
            assert (answer.status_code, answer.headers.get("Location")) == (400, None)
        elif not prompt:
            assert answer["Location"].startswith("/login")


def parameters_of(wanted: Wanted, key: int | None) -> dict[str, str]:
    """Return what the address of a request says, with the key that its code is to be bound to."""
    return {
        "response_type": "token" if wanted.is_implicit else "code",
        "client_id": wanted.app.client_id,
        "redirect_uri": wanted.redirect_uri,
        "scope": " ".join(sorted(wanted.scopes)),
        "state": "a state",
        **({} if wanted.is_implicit else _challenge(wanted.method)),
        **({} if key is None else {"dpop_jkt": KEYS[key].jkt}),
    }


def _challenge(method: str) -> dict[str, str]:
    if not method:
        return {}
    text = VERIFIER if method == "plain" else challenge_of(VERIFIER)
    return {"code_challenge": text, "code_challenge_method": method}
