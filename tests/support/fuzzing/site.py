"""The site that the state machine plays with: made anew for each example, its clock standing still."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from oauthcore import testing
from oauthcore.rules.imports.sources import API_KEY, DJANGO_OAUTH_TOOLKIT
from tests.support.clock import NOON
from tests.support.devices.television import register_television
from tests.support.emptied_tables import delete_all_rows
from tests.support.factories import PASSWORD, register
from tests.support.fuzzing.model import Access, Account, App, Chain, Grant, Person
from tests.support.fuzzing.wire import Wire
from tests.support.fuzzing.world import World
from tests.support.reference_site.factories import AccountFactory, MembershipFactory
from tests.support.sign_in.people import with_account, with_second_factor
from tests.support.token_exchange import resource_server

#: Which of several: the newest is 0.
which = st.integers(0, 30)
#: The number of the key that an application proves to hold, or no proof.
keys = st.sampled_from([None, None, None, 0, 1])
Row = TypeVar("Row")

LIBRARY = "api.images.read"
SCOPES = ["read", LIBRARY]
REDIRECT, LOOPBACK, HTTPS = "https://client.example/cb", "http://127.0.0.1/cb", "https://app.example/cb"
HOUR = timedelta(hours=1)

#: Everything is tried often here, and limits have tests of their own. Nothing is done by chance.
SETTINGS = {
    **dict.fromkeys(
        [
            *("CLIENT_SECRET_LIMIT", "CLIENT_SECRET_ADDRESS_LIMIT", "INTROSPECTION_LIMIT"),
            *("DEVICE_AUTHORIZATION_LIMIT", "DEVICE_AUTHORIZATION_APPLICATION_LIMIT", "USER_CODE_LIMIT"),
            *("PUSHED_REQUEST_LIMIT", "PUSHED_REQUEST_APPLICATION_LIMIT", "USER_CODE_TOTAL_LIMIT"),
            *("LOGIN_ADDRESS_LIMIT", "LOGIN_LIMIT", "LOGIN_STRANGER_LIMIT", "SECOND_FACTOR_LIMIT"),
        ],
        (100_000, 60),
    ),
    "CLEANUP_ON_WRITES": 0,
    **dict.fromkeys(["DEVICE_AUTHORIZATION", "PUSHED_AUTHORIZATION_REQUESTS", "DPOP"], True),
    "IMPORTED_TOKENS": [DJANGO_OAUTH_TOOLKIT, API_KEY],
}
#: The first one is the one that the site wants; passwords with another are hashed anew when they are used.
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "tests.support.hashers.Watched"]


def has(*names: str) -> Callable[[Any], bool]:
    """Return the precondition that there is one of each of these."""
    return lambda machine: all(getattr(machine.world, name) for name in names)


class Site(RuleBasedStateMachine):
    """A site with two people, three accounts, a resource server and a television."""

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(NOON, tick=False)
        self.clock = self.travel.start()
        self.overridden: list[override_settings] = []
        self.override(OAUTHCORE={**settings.OAUTHCORE, **SETTINGS}, PASSWORD_HASHERS=HASHERS)
        logging.disable()
        delete_all_rows(connection)
        cache.clear()
        testing.forget()
        self.world, self.wire = World(), Wire()
        #: Each secret text that was given away, with the slot it belongs to.
        self.given: dict[str, str] = {}
        self.tried_elsewhere = 0
        #: The texts of tokens that the clean-up has removed.
        self.gone: list[str] = []
        self.used_recovery_codes: list[str] = []
        #: The account that a person chose for an application last.
        self.chosen: dict[tuple[App, Person], Account | None] = {}
        self.browsers: dict[Person, Client] = {}
        self.introspector = register(name="Resource server", may_introspect=True)
        self.gateway = self.add_app(resource_server().registered, redirect_uris=[], gets_refresh_tokens=False)
        self.television = self.add_app(register_television(scopes=SCOPES), redirect_uris=[])
        self._add_people()

    def teardown(self) -> None:
        for one in reversed(self.overridden):
            one.disable()
        logging.disable(logging.NOTSET)
        self.travel.stop()
        super().teardown()

    def override(self, **values: Any) -> None:
        """Change settings until the example is over."""
        self.overridden.append(override_settings(**values))
        self.overridden[-1].enable()

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return datetime.now(tz=NOON.tzinfo)

    def _add_people(self) -> None:
        ada, tess = with_account(), with_second_factor()
        shared = AccountFactory()
        for person in (ada, tess):
            MembershipFactory(user=person.user, account=shared, role="viewer")
        accounts = {one: Account(str(one.pk)) for one in (ada.account, tess.account, shared)}
        self.world.accounts = list(accounts.values())
        for person in (ada, tess):
            roles = {accounts[person.account]: "owner", accounts[shared]: "viewer"}
            self.world.people.append(
                Person(person.user, PASSWORD, roles, person.key or None, person.recovery_codes)
            )

    def add_app(self, registered: Any, **values: Any) -> App:
        """Add what was registered to the model."""
        known = {
            "redirect_uris": [REDIRECT],
            "is_legacy": False,
            "grace": timedelta(0),
            "gets_refresh_tokens": True,
            "lifetime": HOUR,
            **values,
        }
        app = App(registered.application, registered.client_id, registered.client_secret, **known)
        self.world.apps.append(app)
        if registered.client_secret is not None:
            self.note_given(registered.client_secret, "client_secret")
        return app

    def note_given(self, text: str, slot: str) -> str:
        """Note a secret that was given away; no text is ever given away twice."""
        assert text not in self.given, f"a {slot} was a {self.given[text]} before"
        self.given[text] = slot
        return text

    def add_token(
        self, text: str, grant: Grant, *, lifetime: timedelta | None, scopes: set[str] | None, **values: Any
    ) -> Access:
        """Add an access token to the model. It lives no longer than its grant."""
        ends = [grant.ends_at, None if lifetime is None else self.now + lifetime]
        ends_at = min((end for end in ends if end is not None), default=None)
        token = Access(self.note_given(text, "access"), grant, scopes, ends_at=ends_at, **values)
        self.world.tokens.append(token)
        return token

    def add_chain(self, text: str, grant: Grant, slot: str, **values: Any) -> Chain:
        """Add the first refresh token of a grant to the model."""
        chain = Chain(grant, self.note_given(text, slot), self.now, **values)
        self.world.chains.append(chain)
        return chain

    def browser_of(self, person: Person) -> Client:
        """Return a person's browser, logged in as long as the person is active."""
        browser = self.browsers.setdefault(person, Client())
        person.user.refresh_from_db()  # the hash of the password may be another one by now
        browser.force_login(person.user)
        return browser

    def account_for(self, person: Person, number: int) -> Account | None:
        """Return one of the accounts that a person may work on, or None."""
        live = [one for one in person.roles if not one.is_suspended]
        return self.pick(live, number) if live else None

    def pick(self, rows: Sequence[Row], number: int) -> Row:
        """Return one of them, counted from the newest."""
        return rows[-1 - number % len(rows)]
