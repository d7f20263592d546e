"""``python manage.py create_application``: register an application from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from oauthcore import conf
from oauthcore.flows.applications import client_keys
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.registration.sectors import problem_with_sector_of
from oauthcore.management.arguments import TypedCommand
from oauthcore.models import Application, GrantType
from oauthcore.models.database import atomic
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.oidc.client_members import ALGORITHMS, PAIRWISE, PUBLIC

_OPTIONS = {
    "client_type": "--type",
    "redirect_uris": "--redirect-uri",
    "scopes": "--scope",
    "grant_types": "--grant-type",
    "uses_keys": "--jwks",
    "post_logout_redirect_uris": "--post-logout-redirect-uri",
    "backchannel_logout_uri": "--backchannel-logout-uri",
    "subject_type": "--pairwise",
    "sector_identifier_uri": "--sector-identifier-uri",
}


class Command(TypedCommand):
    """Prints the client ID and, this once, the secret of one that has no keys."""

    help = "Register an application and print its client ID and, this once, its client secret."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        several: dict[str, Any] = {"action": "append", "default": []}
        parser.add_argument("name", help="what people read on the consent page")
        parser.add_argument(
            "--type",
            choices=Application.ClientType.values,
            default=Application.ClientType.CONFIDENTIAL.value,
            help="confidential: runs on a server and keeps a secret (the default); public: cannot keep one",
        )
        parser.add_argument(
            "--redirect-uri", help="where codes are sent; repeat for more than one", **several
        )
        parser.add_argument(
            "--scope", help="a scope it may ask for; repeat (default: the site's DEFAULT_SCOPES)", **several
        )
        parser.add_argument(
            "--grant-type",
            choices=grant_types.registrable(),
            help="repeat (default: code and refresh with a redirect URI, client credentials without)",
            **several,
        )
        parser.add_argument("--trusted", action="store_true", help="people are not asked for consent")
        parser.add_argument(
            "--may-introspect", action="store_true", help="it is a resource server that asks about tokens"
        )
        parser.add_argument(
            "--jwks",
            metavar="FILE",
            help="a JWK Set with its public keys: it signs with these, and has no secret (private_key_jwt)",
        )
        parser.add_argument(
            "--post-logout-redirect-uri",
            help="where people return after a logout; repeat it for more",
            **several,
        )
        parser.add_argument("--backchannel-logout-uri", default="", help="where logout tokens are posted")
        parser.add_argument(
            "--id-token-alg", choices=ALGORITHMS, default=ALGORITHMS[0], help="how id tokens are signed"
        )
        parser.add_argument(
            "--pairwise",
            action="store_true",
            help="its identifiers of people differ from those of other applications",
        )
        parser.add_argument(
            "--sector-identifier-uri",
            default="",
            help="with --pairwise: where the redirect URIs of all applications of its sector are listed",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Register the application; raise CommandError naming each argument that is wrong."""
        keys = _key_set_in(options["jwks"]) if options["jwks"] else None
        _refuse_sector(options)
        try:
            with atomic():
                application, secret = Application.objects.register(
                    name=options["name"],
                    client_type=options["type"],
                    redirect_uris=options["redirect_uri"],
                    scopes=options["scope"] or conf.settings().DEFAULT_SCOPES,
                    grant_types=options["grant_type"] or _usual_grant_types(options),
                    is_trusted=options["trusted"],
                    may_introspect=options["may_introspect"],
                    uses_keys=keys is not None,
                    post_logout_redirect_uris=options["post_logout_redirect_uri"],
                    backchannel_logout_uri=options["backchannel_logout_uri"],
                    id_token_signed_response_alg=options["id_token_alg"],
                    subject_type=PAIRWISE if options["pairwise"] else PUBLIC,
                    sector_identifier_uri=options["sector_identifier_uri"],
                )
                if keys is not None:
                    client_keys.set_keys(application, keys, user=None)
        except ValidationError as error:
            raise CommandError(_in_words(error)) from None
        except InvalidKey as problem:
            raise CommandError(f"--jwks: {problem}") from None
        described = _described(application, secret)
        lines = _as_lines(described, signs=keys is not None)
        self.stdout.write(json.dumps(described) if options["json"] else lines)


def _key_set_in(path: str) -> str:
    if not conf.settings().PRIVATE_KEY_JWT:
        raise CommandError("--jwks: this site takes no keys. Set PRIVATE_KEY_JWT to True.")
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError):
        raise CommandError("--jwks: the file cannot be read.") from None


def _refuse_sector(options: dict[str, Any]) -> None:
    """Raise CommandError if the document of the sector, which is fetched, does not list the redirect URIs."""
    uri = options["sector_identifier_uri"]
    if uri and not options["pairwise"]:
        raise CommandError("--sector-identifier-uri: it goes with --pairwise.")
    try:
        problem = problem_with_sector_of(uri, options["redirect_uri"])
    except Throttled:
        problem = "Too many addresses are being read. Try again in a few minutes."
    if problem:
        raise CommandError(f"--sector-identifier-uri: {problem}")


def _usual_grant_types(options: dict[str, Any]) -> list[GrantType]:
    if options["redirect_uri"] or options["type"] == Application.ClientType.PUBLIC:
        return [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN]
    return [] if options["may_introspect"] else [GrantType.CLIENT_CREDENTIALS]


def _in_words(error: ValidationError) -> str:
    return "\n".join(
        f"{_OPTIONS.get(field, field)}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )


def _described(application: Application, secret: str | None) -> dict[str, Any]:
    return {
        "name": application.name,
        "client_id": application.client_id,
        "client_secret": secret,
        "client_type": application.client_type,
        "redirect_uris": list(application.redirect_uris),
        "scopes": sorted(application.scopes),
        "grant_types": sorted(application.grant_types),
    }


def _as_lines(described: dict[str, Any], *, signs: bool) -> str:
    lines = [f"client_id:     {described['client_id']}"]
    if described["client_secret"] is not None:
        lines += [
            f"client_secret: {described['client_secret']}",
            "Keep the secret now: only its digest is stored, and it cannot be shown again.",
        ]
    elif signs:
        lines.append("It signs with its keys, and has no secret.")
    return "\n".join(lines)
