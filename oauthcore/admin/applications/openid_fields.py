"""The fields of an application about OpenID Connect, as staff change them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.flows.applications.redirect_uri_lines import read_lines
from oauthcore.models import Application

#: What staff may change. The sector is the developer's, because its document is read when it is saved.
CHANGEABLE = (
    *("post_logout_redirect_uris", "backchannel_logout_uri", "backchannel_logout_session_required"),
    *("id_token_signed_response_alg", "subject_type"),
)


class LinesFormField(forms.CharField):
    """A list of texts, one per line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Return the lines as a text."""
        return value if isinstance(value, str) else "\n".join(value or ())

    def clean(self, value: Any) -> Any:
        """Return the lines, each once."""
        return read_lines(super().clean(value))

    def has_changed(self, initial: Iterable[str] | str | None, data: str | None) -> bool:
        """Return whether the lines differ, however their ends are written.

        ``initial`` is a text where the page has kept what it showed.
        """
        before = read_lines(initial) if isinstance(initial, str) else tuple(initial or ())
        return before != read_lines(data or "")


def fields_about_openid(application: Application | None) -> list[str]:
    """Return the fields that the page shows: of an application that signs people in."""
    if application is None or not application.signs_people_in:
        return []
    subjects = ["subject_type", "sector_identifier_uri"] if conf.settings().PAIRWISE_SALT else []
    return [*CHANGEABLE[:4], *subjects]


def post_logout_field() -> forms.Field:
    """Return the field for the addresses after a logout."""
    return LinesFormField(label=_("Addresses after a logout"), required=False, help_text=_("One per line."))
