"""Programs in curl, Python and JavaScript for one application, and its ``.env`` file."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.addresses import absolute
from oauthcore.models import Application, GrantType
from oauthcore.pages.applications.code import programs
from oauthcore.pages.applications.first_steps import example_redirect_uri, example_scopes
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from oauthcore.rules.oauth.scopes import render
from oauthcore.rules.text.hidden_text import ClearText

_PLACE = re.compile(r"<<(\w+)>>")
#: How programs of Python get at the environment, which has nothing for a public application.
_ENVIRONMENT = re.compile(r"(?m)^import os\n\n?(?=from authlib|import secrets)")


@dataclass(frozen=True)
class Snippet:
    """One program. ``id`` names its element on the page."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Language:
    """The programs in one language."""

    name: str
    snippets: tuple[Snippet, ...]


def languages_for(application: Application) -> tuple[Language, ...]:
    """Return the programs that work for an application as they are: none if it needs a key of its own."""
    if why_without(application):
        return ()
    found = (Language(name, tuple(_snippets(application, name))) for name in _LANGUAGES)
    return tuple(one for one in found if one.snippets)


def why_without(application: Application) -> str:
    """Return why there are no programs for an application that could have some, or an empty text."""
    if application.dpop_bound_access_tokens:
        return _("Its tokens are bound to a key (DPoP). Use a library that sends a proof with each request.")
    if application.uses_keys:
        return _("It signs with keys of its own (private_key_jwt). Use a library that makes the assertions.")
    if application.requires_pushed_requests:
        return _("It has to push its requests first (PAR). Use a library that does.")
    return ""


def _snippets(application: Application, language: str) -> Iterator[Snippet]:
    login, itself, quoted = _LANGUAGES[language]
    slug = re.sub(r"\W+", "-", language.lower()).strip("-")
    returns_here = example_redirect_uri(application) not in ("", OUT_OF_BAND)
    if application.allows(GrantType.AUTHORIZATION_CODE) and returns_here:
        program = programs.BROWSER_LOGIN if language == _JS and not application.is_confidential else login
        title = _("A person logs in and approves")
        yield Snippet(f"code-{slug}-login", title, _filled(program, application, quoted))
    if application.allows(GrantType.CLIENT_CREDENTIALS) and application.is_confidential:
        title = _("The application acts for itself")
        yield Snippet(f"code-{slug}-itself", title, _filled(itself, application, quoted))


def _in_javascript(text: str) -> str:
    """Return a text as JavaScript writes it; a ``</script>`` in it would end a script in a page."""
    return json.dumps(text).replace("</", "<\\/")


_JS = "JavaScript"
_LANGUAGES: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "curl": (programs.CURL_LOGIN, programs.CURL_ITSELF, shlex.quote),
    "Python (httpx)": (programs.HTTPX_LOGIN, programs.HTTPX_ITSELF, json.dumps),
    "Python (Authlib)": (programs.AUTHLIB_LOGIN, programs.AUTHLIB_ITSELF, json.dumps),
    _JS: (programs.NODE_LOGIN, programs.NODE_ITSELF, _in_javascript),
}


def _filled(program: str, application: Application, quoted: Callable[[str], str]) -> str:
    values = {name: quoted(value) for name, value in _values(application).items()}
    values |= _parts(application, quoted)
    text = _PLACE.sub(lambda place: values[place[1]], program)
    return text if application.is_confidential else _ENVIRONMENT.sub("", text)


def _values(application: Application) -> dict[str, str]:
    redirect_uri = example_redirect_uri(application)
    asked = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": redirect_uri,
        "scope": render(example_scopes(application)),
        "code_challenge_method": "S256",
    }
    return {
        "client_id": application.client_id,
        "redirect_uri": redirect_uri,
        "redirect": f"redirect_uri={redirect_uri}",
        "scope": asked["scope"],
        "issuer": conf.issuer(),
        "authorize_url": absolute("authorize"),
        "token_url": absolute("token"),
        "token": absolute("token"),
        "me_url": absolute("me"),
        "asked": f"{absolute('authorize')}?{urlencode(asked, quote_via=quote)}",
        "method": "client_secret_basic" if application.is_confidential else "none",
    }


def _parts(application: Application, quoted: Callable[[str], str]) -> dict[str, str]:
    """Return the parts of programs that depend on whether the application has a secret."""
    client_id = quoted(application.client_id)
    if not application.is_confidential:
        named = '\n        "client_id": CLIENT_ID,'
        proof = f"--data-urlencode {shlex.quote(f'client_id={application.client_id}')}"
        return {"needs": "", "proof": proof, "more": named, "auth": "", "secret": ""}
    secret = 'os.environ["CLIENT_SECRET"]'
    mark = "//" if quoted is _in_javascript else "#"
    return {
        "needs": f"\n{mark} " + _("The environment has CLIENT_SECRET."),
        "proof": f'--user {client_id}:"$CLIENT_SECRET"',
        "more": "",
        "auth": f"\n    auth=(CLIENT_ID, {secret}),",
        "secret": f"\n    {secret},",
    }


def env_file(application: Application, *, secret: ClearText | None = None) -> ClearText:
    """Return the values of an application as a ``.env`` file.

    ``secret`` is one that was just made and is shown in this one answer. Otherwise a line says where it goes.
    """
    values = {"ISSUER": conf.issuer(), "CLIENT_ID": application.client_id}
    if application.redirect_uris:
        values["REDIRECT_URI"] = example_redirect_uri(application)
    values["SCOPE"] = render(example_scopes(application))
    values |= {"AUTHORIZATION_ENDPOINT": absolute("authorize"), "TOKEN_ENDPOINT": absolute("token")}
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    if secret is not None:
        return ClearText(f"{text}CLIENT_SECRET={shlex.quote(secret)}\n")
    if application.has_secrets:
        hint = _("Only its digest is stored. Put the secret here, or make a new one.")
        text = f"{text}# {hint}\nCLIENT_SECRET=\n"
    return ClearText(text)
