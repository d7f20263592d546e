"""The fields of the form for applications about OpenID Connect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.flows.applications.redirect_uri_lines import read_lines
from oauthcore.models import Application
from oauthcore.models.openid_clients import IDTokenAlgorithm, SubjectType
from oauthcore.rules.oidc.client_members import NOTHING_SAID, OpenIDMembers

_NOT_OFFERED = {"invalid_choice": _("Choose one of the values that are offered.")}

#: The fields in the order of the page.
NAMES = (
    *("post_logout_redirect_uris", "backchannel_logout_uri", "backchannel_logout_session_required"),
    *("id_token_signed_response_alg", "subject_type", "sector_identifier_uri"),
)


def fields() -> dict[str, forms.Field]:
    """Return the fields, or none while OpenID Connect is off; those of pairwise subjects need a salt."""
    settings = conf.settings()
    if not settings.OPENID_CONNECT:
        return {}
    found: dict[str, forms.Field] = {
        "post_logout_redirect_uris": forms.CharField(
            label=_("Addresses after a logout"), required=False, widget=forms.Textarea, strip=False
        ),
        "backchannel_logout_uri": forms.CharField(label=_("Address for logout tokens"), required=False),
        "backchannel_logout_session_required": forms.BooleanField(required=False),
        "id_token_signed_response_alg": forms.ChoiceField(
            label=_("How id tokens are signed"),
            choices=IDTokenAlgorithm.choices,
            initial=IDTokenAlgorithm.RS256.value,
            required=False,
            error_messages=_NOT_OFFERED,
        ),
    }
    if settings.PAIRWISE_SALT:
        found["subject_type"] = forms.ChoiceField(
            label=_("Identifier of a person"),
            choices=SubjectType.choices,
            initial=SubjectType.PUBLIC.value,
            required=False,
            error_messages=_NOT_OFFERED,
        )
        found["sector_identifier_uri"] = forms.CharField(label=_("Sector identifier URI"), required=False)
    return found


def initial(application: Application) -> dict[str, object]:
    """Return the values that an application has, as the form shows them."""
    values = {name: getattr(application, name) for name in NAMES}
    return values | {"post_logout_redirect_uris": "\n".join(application.post_logout_redirect_uris)}


def members(data: Mapping[str, Any], application: Application | None) -> OpenIDMembers | None:
    """Return what was said about OpenID Connect, or None while that is off.

    A field that the page does not show, or a choice that was not made, keeps its value.
    """
    if not conf.settings().OPENID_CONNECT:
        return None
    has = application or NOTHING_SAID

    def chosen(name: str) -> Any:
        return data.get(name) or getattr(has, name)

    shows_subjects = bool(conf.settings().PAIRWISE_SALT)
    return OpenIDMembers(
        id_token_signed_response_alg=chosen("id_token_signed_response_alg"),
        subject_type=chosen("subject_type"),
        sector_identifier_uri=data.get("sector_identifier_uri", "")
        if shows_subjects
        else has.sector_identifier_uri,
        post_logout_redirect_uris=read_lines(data.get("post_logout_redirect_uris", "")),
        backchannel_logout_uri=data.get("backchannel_logout_uri", ""),
        backchannel_logout_session_required=bool(data.get("backchannel_logout_session_required")),
    )
