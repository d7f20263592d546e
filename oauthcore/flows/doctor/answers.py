"""Questions to the site itself: what reaches it, and what reaches those who ask it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings as django_settings
from django.shortcuts import resolve_url
from django.templatetags.static import static
from django.urls import reverse

from oauthcore import conf
from oauthcore.addresses import at_issuer, host, issuer_path, origin
from oauthcore.flows.doctor import network_findings as kinds
from oauthcore.flows.doctor.clocks import CLOCKS_DIFFER, MOST_DRIFT
from oauthcore.flows.doctor.findings import Circumstances, Finding
from oauthcore.flows.doctor.site import Answer, NotReached, OverNetwork, Site, ThroughHandler

_NO_PAGE = "oauthcore-doctor-asks-for-no-page"
_NO_TOKEN = "oauthcore-doctor-sends-no-token"
_LONG = 7000
_CERTIFICATE_LEFT = timedelta(days=14)
_CSRF_FIELD = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')


def reach() -> tuple[Site, list[Finding]]:
    """Return the way to ask the site, and why it is not the network if it is not."""
    network = OverNetwork()
    try:
        network.ask(_well_known("oauth-authorization-server"))
    except NotReached as why:
        kind = kinds.CERTIFICATE_IS_WRONG if why.is_certificate else kinds.NOT_REACHED
        return ThroughHandler(), [kind.found(address=origin(), why=why)]
    return network, []


def ask(site: Site, around: Circumstances) -> Iterator[Finding]:
    """Yield what is wrong with the answers of the site. Nothing that was asked changes the site."""
    metadata = site.ask(_well_known("oauth-authorization-server"))
    yield from _metadata(metadata, _well_known("oauth-authorization-server"))
    if metadata.status != 200:
        return  # everything else would be wrong for the same reason
    yield from _other_documents(site)
    yield from _endpoints(site, metadata, around)
    yield from _pages(site)
    if isinstance(site, OverNetwork):
        yield from _only_on_network(site, metadata, around)


def _well_known(name: str) -> str:
    return f"/.well-known/{name}{issuer_path()}"


def _path(route: str) -> str:
    return urlsplit(at_issuer(reverse(f"oauthcore:{route}"))).path


def _metadata(answer: Answer, path: str) -> Iterator[Finding]:
    """Yield what is wrong with a document that names the issuer."""
    address = origin() + path
    if 300 <= answer.status < 400:
        where = answer.header("Location").partition("?")[0]
        kind = kinds.REDIRECTS_TO_ITSELF if where == address else kinds.NO_DOCUMENT
        yield kind.found(address=address, status=answer.status)
        return
    document = _json(answer)
    if answer.status != 200 or not isinstance(document, dict):
        yield kinds.NO_DOCUMENT.found(address=address, status=answer.status)
    elif document.get("issuer", conf.issuer()) != conf.issuer():
        yield kinds.OTHER_ISSUER.found(address=address, named=[document["issuer"]], issuer=conf.issuer())


def _other_documents(site: Site) -> Iterator[Finding]:
    paths = [_well_known("oauth-protected-resource")]
    if conf.settings().OPENID_CONNECT:
        paths.append(f"{issuer_path()}/.well-known/openid-configuration")
    for path in paths:
        yield from _metadata(site.ask(path), path)


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def _asker() -> str:
    """Return an origin whose pages may call the endpoints, or an empty text if there is none."""
    origins = conf.settings().CORS_ALLOWED_ORIGINS
    return "https://page.example" if "*" in origins else next(iter(origins), "")


def _endpoints(site: Site, metadata: Answer, around: Circumstances) -> Iterator[Finding]:
    """Yield what is wrong with answers to programs. What is sent as a token does not look like one."""
    asker = _asker()
    preflight = {"Origin": asker, "Access-Control-Request-Method": "POST"}
    shared = [site.ask(_path("token"), method="OPTIONS", headers=preflight)]
    refused = site.ask(_path("me"), headers={"Authorization": f"Bearer {_NO_TOKEN}", "Origin": asker})
    shared.append(refused)
    if asker and any(one.header("Access-Control-Allow-Origin") not in ("*", asker) for one in shared):
        yield kinds.NO_CORS.found()
    challenge = refused.header("WWW-Authenticate")
    if refused.status != 401 or not challenge:
        yield kinds.NO_CHALLENGE.found(status=refused.status)
    elif "error=" not in challenge:
        yield kinds.NO_AUTHORIZATION.found()
    if "no-store" not in refused.header("Cache-Control"):
        yield kinds.CACHES_MAY_STORE.found()
    if not around.knows("oauthcore.E009"):
        yield from _of_middleware(site, metadata, refused)


def _of_middleware(site: Site, metadata: Answer, refused: Answer) -> Iterator[Finding]:
    if not metadata.header("Request-Id"):
        yield kinds.NO_REQUEST_ID.found()
    paths = [one for one in conf.settings().JSON_PATHS if one.startswith("/") and one.endswith("/")][:1]
    answers = [refused, *(site.ask(f"{_lead()}{one}{_NO_PAGE}") for one in paths)]
    if any(not one.is_json or _json(one) is None for one in answers):
        yield kinds.ERRORS_ARE_NOT_JSON.found()


def _lead() -> str:
    """Return the path below which the site is served, as far as a command knows it."""
    return _path("me").removesuffix("/v1/me")


def _pages(site: Site) -> Iterator[Finding]:
    if "frame-ancestors" not in site.ask(_path("authorize")).header("Content-Security-Policy"):
        yield kinds.NO_POLICY.found()
    stylesheet = static("oauthcore/oauthcore.css")
    if stylesheet.startswith("/"):
        answer = site.ask(stylesheet)
        if answer.status != 200 or "css" not in answer.header("Content-Type"):
            yield kinds.NO_STATIC_FILES.found(path=stylesheet, status=answer.status)
    login = resolve_url(django_settings.LOGIN_URL)
    if not login.startswith("/"):
        return
    answer = site.ask(login)
    if answer.status != 200:
        yield kinds.NO_LOGIN_PAGE.found(path=login, status=answer.status)
    elif site.is_network:
        yield from _forms(site, login, answer)


def _forms(site: Site, login: str, page: Answer) -> Iterator[Finding]:
    """Yield what the login page says to an empty form. Without a login, no try is counted."""
    field, cookie = _CSRF_FIELD.search(page.body), page.cookies.get(django_settings.CSRF_COOKIE_NAME)
    if field is None or not cookie:
        return
    sent = {
        "Origin": origin(),
        "Referer": origin() + login,
        "Cookie": f"{django_settings.CSRF_COOKIE_NAME}={cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = urlencode({"csrfmiddlewaretoken": field[1].decode(), "username": "", "password": ""})
    if site.ask(login, method="POST", headers=sent, body=form).status == 403:
        yield kinds.FORMS_ARE_REFUSED.found(host=host())


def _only_on_network(site: OverNetwork, metadata: Answer, around: Circumstances) -> Iterator[Finding]:
    long = f"{_well_known('oauth-authorization-server')}?{'x' * _LONG}"
    if site.ask(long).status != 200:
        yield kinds.LONG_ADDRESSES_ARE_REFUSED.found()
    ends_at = site.certificate_ends_at
    if ends_at is not None and ends_at - around.now < _CERTIFICATE_LEFT:
        yield kinds.CERTIFICATE_ENDS.found(day=f"{ends_at:%Y-%m-%d}")
    try:
        told = parsedate_to_datetime(metadata.header("Date")).astimezone(UTC)
    except ValueError:
        return
    if abs(told - datetime.now(UTC)) > MOST_DRIFT:
        yield CLOCKS_DIFFER.found(what="the site's server")
