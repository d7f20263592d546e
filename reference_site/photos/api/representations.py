"""The library's objects as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reference_site.photos.models import Image, ImageSet, Keyword


def moment(value: datetime | None) -> str | None:
    """Return a time as RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def image(row: Image) -> dict[str, Any]:
    """Return all that ``api.images.read`` shows of an image; its keywords and sets should be prefetched."""
    return {
        "uuid": str(row.uuid),
        "title": row.title,
        "caption": row.caption,
        "rating": row.rating,
        "keywords": [keyword(one) for one in row.keywords.all()],
        "sets": [{"uuid": str(one.uuid), "name": one.name} for one in row.sets.all()],
        **_metadata(row),
        **_file(row),
        "created_at": moment(row.created_at),
    }


def public_image(row: Image) -> dict[str, Any]:
    """Return what anybody may see of an image that went live."""
    return {
        "uuid": str(row.uuid),
        "title": row.title,
        "caption": row.caption,
        "alt_text": row.alt_text,
        "credits": row.credits,
        "media_type": row.media_type,
        "width": row.width,
        "height": row.height,
        "account": {"uuid": str(row.account_id), "name": row.account.name},
    }


def fields(row: Image) -> dict[str, Any]:
    """Return what ``api.images.write`` may write."""
    return {"uuid": str(row.uuid), "title": row.title, "caption": row.caption}


def metadata(row: Image) -> dict[str, Any]:
    """Return what ``api.metadata.write`` may write."""
    return {"uuid": str(row.uuid), **_metadata(row)}


def keywords(row: Image) -> dict[str, Any]:
    """Return what ``api.keywords.write`` may write on an image."""
    return {"uuid": str(row.uuid), "keywords": [keyword(one) for one in row.keywords.all()]}


def keyword(row: Keyword) -> dict[str, Any]:
    """Return a keyword as images name it."""
    return {"id": row.pk, "name": row.name}


def image_set(row: ImageSet) -> dict[str, Any]:
    """Return a set with its images in order; its members should be prefetched with their images."""
    return {
        "uuid": str(row.uuid),
        "name": row.name,
        "go_live_at": moment(row.go_live_at),
        "created_at": moment(row.created_at),
        "images": [str(member.image.uuid) for member in row.members.all()],
    }


def _metadata(row: Image) -> dict[str, Any]:
    return {"alt_text": row.alt_text, "credits": row.credits, "crop": row.crop}


def _file(row: Image) -> dict[str, Any]:
    return {
        "filename": row.filename,
        "media_type": row.media_type,
        "width": row.width,
        "height": row.height,
        "bytes": row.bytes,
        "sha256": row.sha256,
    }
