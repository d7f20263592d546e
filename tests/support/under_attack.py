"""The reference site under attack: hostile requests to every address, and what no answer to them may be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from uuid import uuid4

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from oauthcore.models import LimitWindow
from tests.support.attacks import WITH_BODY, Family, Sent
from tests.support.factories import REDIRECT_URI, UserFactory, register
from tests.support.oauth import CHALLENGE, VERIFIER, basic
from tests.support.reference_site.factories import AccountFactory, ImageFactory, ImageSetFactory, token_for
from tests.support.signing import make_keys

JSON_ROUTES = (
    *("/v1/", "/api/", "/.well-known/"),
    *("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth2/token", "/oauth2/revoke"),
)
WITH_TOKEN = ("/v1", "/api/v1/apps/", "/api/v1/accounts/", "/api/v1/oauth2/")
NOT_WALKED = ("/admin/",)


def addresses(patterns: list[URLPattern | URLResolver], lead: str = "/") -> Iterator[tuple[str, str]]:
    """Yield address and name of every route, its converters still in it."""
    for pattern in patterns:
        address = lead + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not address.startswith(NOT_WALKED):
                yield from addresses(pattern.url_patterns, address)
        elif not address.startswith(NOT_WALKED):
            yield address, str(pattern.name)


ROUTES = list(addresses(get_resolver("reference_site.urls").url_patterns))


class Site:
    """The reference site with one of everything, and good requests to each of its addresses."""

    def __init__(self) -> None:
        make_keys()  # else /readyz is 503
        self.client = Client(raise_request_exception=False)
        account = AccountFactory()
        self.image = ImageFactory(account=account, keywords=["beach"])
        self.set = ImageSetFactory(account=account, members=[self.image])
        self.bearer = f"Bearer {token_for(account)}"
        self.registered = register(may_introspect=True)
        self.basic = basic(self.registered.client_id, self.registered.client_secret)
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(UserFactory())

    def good(self, address: str, name: str, method: str) -> Sent:
        """Return a request that is good but for what an attack makes of it; DELETE finds nothing."""
        is_missing = method == "DELETE"
        uuid = uuid4() if is_missing else self.set.uuid if name == "set" else self.image.uuid
        keyword = 0 if is_missing else self.image.keywords.get().pk
        path = re.sub(r"<uuid:\w+>", str(uuid), re.sub(r"<oauthcore_number:\w+>", str(keyword), address))
        return Sent(method, path, self._fields().get(name, {"x": "any"}))

    def _fields(self) -> dict[str, dict[str, object]]:
        images = [str(self.image.uuid)]
        about_a_token = {"token": "any", "token_type_hint": "access_token"}
        return {
            "authorize": {
                "client_id": self.registered.client_id,
                "redirect_uri": REDIRECT_URI,
                "response_type": "code",
                "scope": "read",
                "state": "any",
                "code_challenge": CHALLENGE,
                "code_challenge_method": "S256",
                "prompt": "consent",
            },
            "token": {
                "grant_type": "authorization_code",
                "code": "any",
                "redirect_uri": REDIRECT_URI,
                "code_verifier": VERIFIER,
                "scope": "read",
                "refresh_token": "any",
            },
            "revoke": about_a_token,
            "introspect": about_a_token,
            "placebo": {"access_token": "any"},
            "login": {"username": "any", "password": "any", "next": "/"},
            # But for the hostile part it would be registered, if the address were one.
            "apps": {
                "client_name": "Tusky",
                "redirect_uris": ["nowhere"],
                "scopes": "read",
                "website": "https://tusky.example",
            },
            "image": {"title": "Beach", "caption": "A beach"},
            "rating": {"rating": 3},
            "metadata": {"alt_text": "A beach", "crop": {}, "credits": []},
            "image_keywords": {"keywords": ["sea"], "keyword": "sea"},
            "keyword": {"name": "shore"},
            "sets": {"name": "Beaches", "images": images, "go_live_at": None},
            "set": {"name": "Beaches", "images": images},
            "uploads": {"title": "Beach", "caption": "A beach"},
            "archives": {"images": images},
        }

    def send(self, sent: Sent):
        """Send a request with what its address asks for: a token, the application's secret, or a session."""
        is_page = sent.path.startswith(("/oauth/authorize", "/oauth2/authorize"))
        authorization = self.bearer if sent.path.lower().startswith(WITH_TOKEN) else self.basic
        return (self.browser if is_page else self.client).generic(
            sent.method,
            sent.path + (f"?{sent.query}" if sent.query else ""),
            sent.body,
            content_type=sent.content_type,
            headers={"authorization": authorization} | sent.headers,
            **sent.extra,
        )


def row_counts() -> dict[str, int]:
    """Return how many rows each table holds, but for the one that counts failed tries."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model is not LimitWindow
    }


def faults(sent: Sent, response) -> Iterator[str]:
    """Yield what is wrong with an answer."""
    text = b"".join(response).decode(errors="replace")
    if response.status_code >= 500:
        yield f"{response.status_code}"
    if "Request-Id" not in response:
        yield "no Request-Id"
    if "Traceback" in text:
        yield "a traceback"
    yield from (json_faults if sent.path.startswith(JSON_ROUTES) else page_faults)(sent, response, text)


def page_faults(sent: Sent, response, text: str) -> Iterator[str]:
    location = response.get("Location", "/")
    if not location.startswith((REDIRECT_URI, "/")) or location.startswith("//"):
        yield f"sent to {location}"
    if "<script>" in text:
        yield "a script"


def json_faults(sent: Sent, response, text: str) -> Iterator[str]:
    status, kind = response.status_code, response.get("Content-Type", "")
    if 300 <= status < 400:
        yield f"{status} on a JSON route"
    if "html" in kind or "<html" in text.lower():
        yield f"a page ({kind})"
    if status >= 400 and (
        kind != "application/json" or not {"error", "error_description"} <= json.loads(text).keys()
    ):
        yield f"not the contract's error: {status} {kind} {text[:100]}"
    if status < 400 and sent.is_refused:
        yield f"{status} and not refused"


def answers(site: Site, family, methods, *, debug: bool) -> Iterator[tuple[Sent, object]]:
    """Send a family to every address; with DEBUG a third of it to JSON routes, for its pages are Django's."""
    for address, name in ROUTES:
        for method in methods:
            if debug and not address.startswith(JSON_ROUTES):
                continue
            for sent in islice(family(site.good(address, name, method)), 0, None, 3 if debug else 1):
                response = site.send(sent)
                yield sent, response
                if response.status_code == 405 and sent.method in WITH_BODY:
                    break  # what the body holds makes no difference where the method is not there


def found_by(family: Family, methods: tuple[str, ...], *, debug: bool = False) -> list[str]:
    """Send a family to every address; return what is wrong with the answers. Raises when any was stored."""
    site = Site()
    before, found, count = row_counts(), [], 0
    for sent, response in answers(site, family, methods, debug=debug):
        count += 1
        found += [f"{fault}: {sent}" for fault in faults(sent, response)]
    assert count > 20
    assert row_counts() == before
    return [f"{len(found)} of {count}:", *found[:40]] if found else []
