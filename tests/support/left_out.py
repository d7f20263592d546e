"""The parts of its documents that oauthcore does not implement, for docs/conformance.md."""

from __future__ import annotations

from typing import NamedTuple


class LeftOut(NamedTuple):
    """A part of a paper, and why it is not there."""

    paper: str
    section: str
    words: str


_DOCUMENTS = "draft-ietf-oauth-client-id-metadata-document"

LEFT_OUT = (
    LeftOut(
        "7523",
        "2.1",
        "JWTs as authorization grants are taken as ID-JAG only, from issuers that staff trust.",
    ),
    LeftOut(
        "7591",
        "2.2",
        "Names in other languages, logos, contacts, policies and terms are passed over: what "
        "nobody has checked is not shown to people.",
    ),
    LeftOut(
        "7591",
        "2.3",
        "Software statements are passed over: the site trusts nobody who issues them.",
    ),
    LeftOut(
        "7592",
        "3",
        "The client secret is told once, at registration: only its digest is stored. It and the "
        "registration access token are not replaced by a request.",
    ),
    LeftOut("7662", "2.2", "Answers are JSON only, never JWTs (RFC 9701)."),
    LeftOut("8414", "2.1", "Metadata is not signed."),
    LeftOut(
        "8693",
        "2.1",
        "Only access tokens of this site are exchanged, for access tokens. `actor_token` and "
        "`audience` are refused: the application that asks is the actor.",
    ),
    LeftOut(
        "8693",
        "4.4",
        "`may_act` is neither issued nor read: staff say which applications may exchange.",
    ),
    LeftOut("8707", "2", "Legacy applications and sites without `RESOURCES` ignore `resource`."),
    LeftOut(
        "9068",
        "2.1",
        "Access tokens are signed with ES256 only. The RFC wants RS256 as well; ES256 keeps them "
        "short, and every library knows it.",
    ),
    LeftOut(
        "9068",
        "2.2.2",
        "A token holds no name, group, role or entitlement: each server that gets it could read them.",
    ),
    LeftOut(
        "9068",
        "4",
        "Views that are not offline check no signature: the row of the token decides. They take a"
        " token for the issuer at every resource of the site.",
    ),
    LeftOut("9126", "2.4", "A redirect URI has to be registered in a pushed request too."),
    LeftOut("9126", "3", "Request objects (RFC 9101) are refused with `request_not_supported`."),
    LeftOut("9470", "4", "The values of `acr` are `pwd` and `mfa`, and no others."),
    LeftOut(
        "9728",
        "2",
        "Documents of resources are not signed and name neither keys nor a policy.",
    ),
    LeftOut(_DOCUMENTS, "4.3", "Software statements are passed over."),
    LeftOut(
        _DOCUMENTS,
        "8.7",
        "A document may have 8 KiB, not only 5 kB, because it may hold a key set.",
    ),
    LeftOut(_DOCUMENTS, "8.8", "Logos are never loaded nor shown."),
    LeftOut(
        "openid_core",
        "3",
        "Only the code flow is offered: in the others the browser carries tokens in an address.",
    ),
    LeftOut("openid_core", "5.4", "The scopes `address` and `phone` are not offered."),
    LeftOut("openid_core", "5.6", "Claims are the site's own: none is aggregated or distributed."),
    LeftOut("openid_core", "6", "Request objects are refused, by value and by reference."),
    LeftOut("openid_core", "10.2", "Id tokens and userinfo answers are not encrypted."),
    LeftOut(
        "openid_discovery", "2", "A provider is not found by the e-mail address of a person (WebFinger)."
    ),
)
