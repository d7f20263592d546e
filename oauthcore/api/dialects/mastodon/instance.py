"""The site as Mastodon's clients see it: as little as they need to find out what they can do here."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponseBase
from django.templatetags.static import static

from oauthcore import conf
from oauthcore.addresses import at_issuer, host
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.responses import json_response

#: The first Mastodon that serves metadata and takes several redirect URIs. What follows is no part of it.
VERSION = "4.3.0 (compatible; oauthcore)"
API_VERSIONS = {"mastodon": 1}

#: Of Mastodon's own subjects nothing is here, and this says so in numbers that clients look for.
_CONFIGURATION: dict[str, Any] = {
    "accounts": {"max_featured_tags": 0, "max_pinned_statuses": 0},
    "statuses": {"max_characters": 0, "max_media_attachments": 0, "characters_reserved_per_url": 0},
    "media_attachments": {
        "supported_mime_types": [],
        "image_size_limit": 0,
        "image_matrix_limit": 0,
        "video_size_limit": 0,
        "video_frame_rate_limit": 0,
        "video_matrix_limit": 0,
    },
    "polls": {
        "max_options": 0,
        "max_characters_per_option": 0,
        "min_expiration": 0,
        "max_expiration": 0,
    },
}


@json_endpoint("GET", "HEAD")
def instance_v1(request: HttpRequest) -> HttpResponseBase:
    """Describe the site in the first form: ``GET /api/v1/instance``."""
    members = {
        **_of_both_forms(),
        "uri": host(),
        "short_description": "",
        "email": "",
        "urls": {},
        "stats": {"user_count": 0, "status_count": 0, "domain_count": 0},
        "thumbnail": picture_url(),
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": _CONFIGURATION,
    }
    return json_response(members)


@json_endpoint("GET", "HEAD")
def instance_v2(request: HttpRequest) -> HttpResponseBase:
    """Describe the site in the second form: ``GET /api/v2/instance``."""
    members = {
        **_of_both_forms(),
        "domain": host(),
        "usage": {"users": {"active_month": 0}},
        "thumbnail": {"url": picture_url()},
        "configuration": {
            **_CONFIGURATION,
            "urls": {},
            "vapid": {"public_key": ""},
            "translation": {"enabled": False},
        },
        "registrations": {"enabled": False, "approval_required": False},
        "contact": {"email": ""},
    }
    return json_response(members)


def picture_url() -> str:
    """Return the address of the picture that stands for the site and for people who have none."""
    return at_issuer(static("oauthcore/favicon.svg"))


def _of_both_forms() -> dict[str, Any]:
    return {
        "title": conf.site_name(),
        "description": "",
        "version": VERSION,
        "api_versions": API_VERSIONS,
        "languages": [django_settings.LANGUAGE_CODE.partition("-")[0]],
        "rules": [],
    }
