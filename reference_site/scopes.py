"""The scopes of the reference site, in the words that people read on the consent page."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_PROFILE = _("Your profile")
_LIBRARY = _("Photo library")
_FILES = _("Photo files")


def _on_account(description: Promise, group: Promise, *, sensitive: bool = False) -> dict[str, Any]:
    return {"description": description, "group": group, "sensitive": sensitive, "account": True}


SCOPES: dict[str, dict[str, Any]] = {
    "read": {"description": _("Read your profile: name and username"), "group": _PROFILE},
    "api.images.read": _on_account(_("Read images, sets, keywords and facets"), _LIBRARY),
    "api.images.write": _on_account(_("Edit image fields: title and caption"), _LIBRARY),
    "api.keywords.write": _on_account(_("Add, remove and rename keywords"), _LIBRARY),
    "api.ratings.write": _on_account(_("Set ratings"), _LIBRARY),
    "api.metadata.write": _on_account(_("Edit metadata, crop, alt text and credits"), _LIBRARY),
    "api.sets.write": _on_account(_("Create and edit sets: membership, order and go-live"), _LIBRARY),
    "api.images.delete": _on_account(_("Delete images, for good"), _LIBRARY, sensitive=True),
    "api.upload": _on_account(_("Upload images"), _FILES),
    "api.download": _on_account(_("Download images and build archives of them"), _FILES),
}
