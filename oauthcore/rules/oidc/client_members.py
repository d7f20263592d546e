"""What an application registers about OpenID Connect.

OpenID Connect Registration §2, RP-Initiated Logout §3.1, Back-Channel Logout §2.2. Whether the site allows
the addresses is decided where the application is saved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from oauthcore.rules.jose.private_keys import ES256, RS256
from oauthcore.rules.oauth.redirect_uris import LONGEST, MOST
from oauthcore.rules.text.sentences import Sentence

#: How id tokens can be signed, the default first.
ALGORITHMS = (RS256, ES256)
PUBLIC, PAIRWISE = "public", "pairwise"


@dataclass(frozen=True)
class OpenIDMembers:
    """The members of client metadata about OpenID Connect, with their defaults; named like the columns."""

    id_token_signed_response_alg: str = ALGORITHMS[0]
    subject_type: str = PUBLIC
    sector_identifier_uri: str = ""
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False

    @classmethod
    def parse(cls, sent: Mapping[str, Any]) -> OpenIDMembers:
        """Return the members of client metadata; raise ValueError, which says what is wrong."""
        is_required = sent.get("backchannel_logout_session_required")
        if not isinstance(is_required, bool | None):
            raise ValueError("backchannel_logout_session_required must be true or false.")
        return cls(
            id_token_signed_response_alg=_one_of(sent, "id_token_signed_response_alg", ALGORITHMS),
            subject_type=_one_of(sent, "subject_type", (PUBLIC, PAIRWISE)),
            sector_identifier_uri=_text(sent, "sector_identifier_uri"),
            post_logout_redirect_uris=_texts(sent, "post_logout_redirect_uris"),
            backchannel_logout_uri=_text(sent, "backchannel_logout_uri"),
            backchannel_logout_session_required=bool(is_required),
        )


#: The values for a client that sends none of these members.
NOTHING_SAID = OpenIDMembers()


def _one_of(sent: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = sent.get(name) or known[0]
    if value not in known:
        raise ValueError(f"{name} is one of {', '.join(known)}.")
    return str(value)


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str | None) or len(value or "") > LONGEST:
        raise ValueError(f"{name} must be a string of at most {LONGEST} characters.")
    return value or ""


def _texts(sent: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = sent.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name} must be a list of strings.")
    if len(value) > MOST:
        raise ValueError(f"{name} has more than {MOST} items.")
    return tuple(dict.fromkeys(value))


def problem_with_sector(document: object, redirect_uris: Collection[str]) -> Sentence | None:
    """Return what is wrong with the document of a sector, or None.

    It must be a list with every redirect URI of the application (OpenID Connect Registration §5).
    """
    if not isinstance(document, list) or not all(isinstance(one, str) for one in document):
        return Sentence("The document at sector_identifier_uri is not a list of strings.")
    if not set(redirect_uris) <= set(document):
        return Sentence("The document at sector_identifier_uri does not list every redirect URI.")
    return None
