"""The output of ``demo_data``: for programs (wire §7) and for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from oauthcore import conf
from oauthcore.addresses import at_issuer
from oauthcore.models import Application, GrantType
from oauthcore.rules.sign_in import totp
from reference_site.demo.applications import DEVICE_CODE, LUMEN_PRINTS, MANAGED, TOKEN_EXCHANGE, Installed
from reference_site.demo.partners import ISSUER, SUBJECT, Partners
from reference_site.demo.people import PEOPLE, STUDIO, TENANTS, Person
from reference_site.demo.second_factors import RecoveryCodes
from reference_site.demo.service_tokens import InstalledToken
from reference_site.environment import DEFAULT_ISSUER
from reference_site.playground import sample

#: The first page, and the pages that no link leads to before a login.
_PAGES = (
    ("Open", "/"),
    ("Applications", "/oauth/applications/ (as ada, who owns them)"),
    ("Connections", "/oauth/connections/"),
    ("Admin", "/admin/ (as staff, for whom a scope request waits)"),
    ("Documentation", "/docs/ (once `make docs` has built it)"),
)


@dataclass(frozen=True)
class Made:
    """The results of a run, with secrets, tokens and recovery codes in clear."""

    applications: Sequence[Installed]
    tokens: Sequence[InstalledToken]
    recovery_codes: RecoveryCodes
    partners: Partners


def _site() -> str:
    """Return the base address of the site, which can differ from the issuer."""
    return at_issuer(reverse("playground:start")).rstrip("/")


def as_document(made: Made) -> dict[str, Any]:
    """Return everything as one JSON object."""
    return {
        "base_url": _site(),
        "users": [
            {
                "username": person.username,
                "password": person.password,
                "email": person.email,
                "is_staff": person.is_staff,
                "totp_secret": person.totp_secret or None,
                "recovery_codes": list(made.recovery_codes.get(person.username, ())),
            }
            for person in PEOPLE
        ],
        "accounts": [
            {"uuid": str(tenant.uuid), "name": tenant.name, "members": list(tenant.roles)}
            for tenant in TENANTS
        ],
        "applications": [_application(one) for one in made.applications],
        "service_tokens": [_service_token(one) for one in made.tokens],
    }


def _application(one: Installed) -> dict[str, Any]:
    application = one.application
    return {
        "name": application.name,
        "id": application.pk,
        "client_id": application.client_id,
        "client_secret": one.client_secret,
        "private_jwk": one.private_jwk,
        "client_type": application.client_type,
        "profile": application.profile,
        "redirect_uris": list(application.redirect_uris),
        "scopes": list(application.scopes),
        "grant_types": list(application.grant_types),
        "post_logout_redirect_uris": list(application.post_logout_redirect_uris),
    }


def _service_token(one: InstalledToken) -> dict[str, Any]:
    return {
        "name": one.row.label,
        "token": one.text,
        "scopes": sorted(one.row.scopes),
        "allowed_networks": one.row.allowed_networks,
        "max_request_bytes": one.row.max_request_bytes,
    }


def as_banner(made: Made) -> str:
    """Return a text for people: addresses to open, logins, and commands for the terminal."""
    applications, tokens = made.applications, made.tokens
    return "\n".join(
        [
            "",
            *(f"  {what:<14}{_site()}{where}" for what, where in _PAGES),
            f"  Commands      {_environment()} .venv/bin/python manage.py …",
            f"  Lumen Prints  {settings.LUMEN_PRINTS_URL}/ (a shop, where people sign in with this site)",
            "",
            "  Log in as",
            *(f"    {p.username:<8}{p.password:<26}{_places(p.username)}" for p in PEOPLE),
            *(line for p in PEOPLE if p.totp_secret for line in _second_factor(p, made.recovery_codes)),
            "",
            *_shop_lines(),
            "",
            "  Applications (secrets are new at every run)",
            *(
                f"    {a.application.client_id:<18}{a.client_secret or 'no secret':<66}{_kind(a.application)}"
                for a in applications
            ),
            *(
                line
                for a in applications
                if a.private_jwk
                for line in (
                    "",
                    f"  The private key of {a.application.client_id}, which has no secret (RFC 7523)",
                    "  Its tokens need proofs of a key as well, of this one or another (RFC 9449)",
                    f"    {json.dumps(a.private_jwk)}",
                )
            ),
            "",
            f"  The private key of {ISSUER}, which staff trust (ID-JAG)",
            f"  It may say that print-shop acts for ben, whom it knows as {SUBJECT}",
            f"    {json.dumps(made.partners.private_jwk)}",
            "",
            "  Try the API: a token for an application that acts for itself, and what it may do",
            f"    {curl_line(applications[0])}",
            "",
            f"  or the service token “{tokens[0].row.label}” of {STUDIO.name}, and a picture of its library",
            f"    {_image_line(tokens[0])}",
            "",
            "  or begin at a television: it gets a code, which one types at /oauth/device",
            f"    {_device_line()}",
            "",
            "  or let an application register itself",
            f"    {_registration_line()}",
            "  with the initial access token of a partner, if a site asks for one",
            f"    {made.partners.initial_access_token}",
            "",
            f"  or give an AI tool (MCP) the address {_site()}/mcp: it finds all the rest from there",
            "",
            "  or sign in as an app does: a refresh token and one’s accounts, or a question for the code",
            *(f"    {_sign_in_line(p)}" for p in PEOPLE if p.username in ("ben", "cleo")),
            "",
        ]
    )


def _environment() -> str:
    """Return the environment variables of a command for this demo, because demos can run at several ports."""
    is_usual = conf.issuer() == DEFAULT_ISSUER
    return "DEBUG=1" if is_usual else f"DEBUG=1 OAUTHCORE_ISSUER={conf.issuer()}"


def curl_line(one: Installed) -> str:
    """Return a shell command that gets a client-credentials token and shows it to ``/v1/me``."""
    token = (
        f"curl -s -u '{one.application.client_id}:{one.client_secret}' -d grant_type=client_credentials "
        f'{_site()}/oauth/token | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\''
    )
    return f'curl -s -H "Authorization: Bearer $({token})" {_site()}/v1/me; echo'


def _image_line(one: InstalledToken) -> str:
    return f"curl -s -H 'Authorization: Bearer {one.text}' '{_site()}/v1/images?limit=1'; echo"


def _device_line() -> str:
    return f"curl -s -d client_id=living-room {_site()}/oauth/device_authorization; echo"


def _registration_line() -> str:
    described = {
        "client_name": "Photo Tool",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "none",
    }
    header = "-H 'Content-Type: application/json'"
    return f"curl -s {header} -d '{json.dumps(described)}' {_site()}/oauth/register; echo"


def _shop_lines() -> list[str]:
    return [
        f"  Sign in at another site (OpenID Connect): open {settings.LUMEN_PRINTS_URL}/",
        "    Log out there: this site asks whether to log you out here too",
        "    Or log out here, and load the shop again",
    ]


def _second_factor(person: Person, codes: RecoveryCodes) -> list[str]:
    """Return the seed of a person with a second factor, and recovery codes."""
    uri = totp.provisioning_uri(
        totp.key_from_text(person.totp_secret), issuer=conf.site_name(), account=person.username
    )
    return [
        "",
        f"  {person.username} has TOTP on: give an authenticator app this secret, or use a recovery code",
        f"    {person.totp_secret}",
        f"    {uri}",
        f"    {'  '.join(codes[person.username][:3])}",
    ]


def _sign_in_line(person: Person) -> str:
    device = {"name": "Terminal", "platform": "curl"}
    shown = json.dumps({"login": person.username, "password": person.password, "device": device})
    header = "-H 'Content-Type: application/json'"
    return f"curl -s {header} -d '{shown}' {_site()}/v1/auth/sign_in; echo"


def _kind(application: Application) -> str:
    """Return in a few words what an application of the demo is for."""
    grant_types = set(application.grant_types)
    words = {
        "legacy": application.is_legacy,
        application.client_type: True,
        "client credentials only": grant_types == {GrantType.CLIENT_CREDENTIALS},
        "implicit grant only": grant_types == {GrantType.IMPLICIT},
        "signs with a key": application.uses_keys,
        "tokens bound to a key": application.dpop_bound_access_tokens,
        "a television, for the device page": DEVICE_CODE in grant_types and not application.redirect_uris,
        "may introspect": application.may_introspect,
        "may exchange tokens": TOKEN_EXCHANGE in grant_types,
        "a company may manage its access": MANAGED in grant_types,
        "the shop that signs people in": application.client_id == LUMEN_PRINTS,
        "what the first page runs": application.client_id == sample.CLIENT_ID,
    }
    return ", ".join(word for word, is_so in words.items() if is_so)


def _places(username: str) -> str:
    places = [f"{t.roles[username].label} of {t.name}" for t in TENANTS if username in t.roles]
    return ", ".join(places)
