"""Picture files on their way into storage and out of it."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from reference_site.photos import pictures
from reference_site.photos.filenames import plain_name
from reference_site.photos.models import Image
from reference_site.photos.models.images import MediaType


def keep(
    upload: File[bytes],
    *,
    account_uuid: UUID,
    filename: str,
    declared: MediaType | None = None,
    title: str = "",
    caption: str = "",
    alt_text: str = "",
) -> Image:
    """Put a picture file into an account's library and return its row.

    The file goes into storage chunk by chunk. Raises NotAPicture for anything but a whole picture, of
    the kind declared if one was. Whatever goes wrong leaves neither a file nor a row.
    """
    picture = pictures.inspect(upload)
    if declared not in (None, picture.media_type):
        raise pictures.NotAPicture("The file is of another kind than its media type says.")
    sha256, size = _measure(upload)
    uuid = uuid4()
    name = f"images/{account_uuid}/{uuid}.{picture.media_type.extension}"
    try:
        with transaction.atomic():
            return Image.objects.create(
                uuid=uuid,
                account_id=account_uuid,
                file=default_storage.save(name, upload),
                filename=plain_name(filename, uuid, picture.media_type),
                media_type=picture.media_type,
                width=picture.width,
                height=picture.height,
                bytes=size,
                sha256=sha256,
                title=title,
                caption=caption,
                alt_text=alt_text,
            )
    except BaseException:
        default_storage.delete(name)
        raise


def _measure(upload: File[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        digest.update(chunk)
        size += len(chunk)
    upload.seek(0)
    return digest.hexdigest(), size


@receiver(post_delete, sender=Image, dispatch_uid="photos.remove_file")
def remove_file(*, instance: Image, **_: Any) -> None:
    """Remove the file of a deleted image, by whatever way it was deleted, once that is certain."""
    name = instance.file.name
    if name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)
