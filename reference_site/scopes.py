"""The scopes of the reference site, in the words that people read on the consent page.

Each scope of the photo library guards its own endpoints. The scopes of the social part are Mastodon's, so
its clients connect unchanged. Of the endpoints behind them, this site has only the person's profile.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_PROFILE = _("Your profile")
_LIBRARY = _("Photo library")
_FILES = _("Photo files")
_SOCIAL = _("Social")
_PEOPLE = _("People you follow, mute and block")


def _on_account(
    description: Promise, group: Promise, *, sensitive: bool = False, level: str = "open"
) -> dict[str, Any]:
    return {
        "description": description,
        "group": group,
        "sensitive": sensitive,
        "account": True,
        "level": level,
    }


#: The scopes for which the applications of the demo are registered.
LIBRARY_SCOPES: dict[str, dict[str, Any]] = {
    "read": {
        "description": _(
            "Read your profile: name and username, and all your social data, such as posts and follows"
        ),
        "group": _PROFILE,
    },
    # It needs no account, so programs that act for themselves may have it.
    "api.public.read": {
        "description": _("See the public images of all accounts"),
        "group": _LIBRARY,
    },
    "api.images.read": _on_account(_("Read images, sets, keywords and facets"), _LIBRARY),
    "api.images.write": _on_account(_("Edit image fields: title and caption"), _LIBRARY),
    "api.keywords.write": _on_account(_("Add, remove and rename keywords"), _LIBRARY),
    "api.ratings.write": _on_account(_("Set ratings"), _LIBRARY),
    "api.metadata.write": _on_account(_("Edit metadata, crop, alt text and credits"), _LIBRARY),
    "api.sets.write": _on_account(_("Create and edit sets: membership, order and go-live"), _LIBRARY),
    # A developer asks for it and staff approve, because nobody can undo what it allows.
    "api.images.delete": _on_account(
        _("Delete images, for good"), _LIBRARY, sensitive=True, level="approval"
    ),
    "api.upload": _on_account(_("Upload images"), _FILES),
    "api.download": _on_account(_("Download images and build archives of them"), _FILES),
}

#: The scopes of Mastodon's clients besides ``read``. ``write`` covers ``write:media``, for example.
SOCIAL_SCOPES: dict[str, dict[str, Any]] = {
    "read:accounts": {"description": _("See your profile: name and username"), "group": _PROFILE},
    "write:accounts": {"description": _("Change your profile"), "group": _PROFILE},
    "write": {
        "description": _("Do everything social in your name: post, follow, block, change your profile"),
        "group": _SOCIAL,
        "sensitive": True,
    },
    "read:statuses": {"description": _("Read your timelines, and posts only you can see"), "group": _SOCIAL},
    "write:statuses": {"description": _("Post and delete posts in your name"), "group": _SOCIAL},
    "write:media": {"description": _("Upload media for your posts"), "group": _SOCIAL},
    "read:favourites": {"description": _("See your favourites"), "group": _SOCIAL},
    "write:favourites": {"description": _("Add and remove favourites"), "group": _SOCIAL},
    "read:notifications": {"description": _("See your notifications"), "group": _SOCIAL},
    "write:notifications": {"description": _("Clear your notifications"), "group": _SOCIAL},
    "push": {"description": _("Send your notifications to a device as they come"), "group": _SOCIAL},
    "read:search": {"description": _("Search in your name"), "group": _SOCIAL},
    "read:filters": {"description": _("See your filters"), "group": _SOCIAL},
    "write:filters": {"description": _("Change your filters"), "group": _SOCIAL},
    "read:reports": {"description": _("See what you have reported"), "group": _SOCIAL},
    "write:reports": {"description": _("Report people and posts in your name"), "group": _SOCIAL},
    "follow": {
        "description": _("See and change whom you follow, mute and block"),
        "group": _PEOPLE,
        "includes": [
            *("read:blocks", "read:follows", "read:mutes"),
            *("write:blocks", "write:follows", "write:mutes"),
        ],
    },
    "read:follows": {"description": _("See whom you follow and who asks to follow you"), "group": _PEOPLE},
    "write:follows": {"description": _("Follow and unfollow people in your name"), "group": _PEOPLE},
    "read:lists": {"description": _("See your lists"), "group": _PEOPLE},
    "write:lists": {"description": _("Change your lists"), "group": _PEOPLE},
    "read:mutes": {"description": _("See whom you mute"), "group": _PEOPLE},
    "write:mutes": {"description": _("Mute and unmute people"), "group": _PEOPLE},
    "read:blocks": {"description": _("See whom and what you block"), "group": _PEOPLE},
    "write:blocks": {"description": _("Block and unblock people and domains"), "group": _PEOPLE},
}

#: The scopes for sites that people sign in to with this one (OpenID Connect).
SIGN_IN_SCOPES: dict[str, dict[str, Any]] = {
    "openid": {"description": _("Know that it is you who signs in"), "group": _PROFILE},
    "profile": {"description": _("See your name and username"), "group": _PROFILE},
    "email": {"description": _("See your e-mail address"), "group": _PROFILE},
    "offline_access": {"description": _("Keep this access while you are away"), "group": _PROFILE},
}

SCOPES = LIBRARY_SCOPES | SOCIAL_SCOPES | SIGN_IN_SCOPES
