"""The demo's pictures with their texts, keywords and sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from reference_site.demo import scenes
from reference_site.demo.people import ALBUM, STUDIO, Tenant
from reference_site.demo.scenes import Scene
from reference_site.photos import storage
from reference_site.photos.models import Image, ImageSet, Keyword


@dataclass(frozen=True)
class Shot:
    """A picture to make, and its texts."""

    scene: Scene
    title: str
    caption: str
    alt_text: str
    keywords: tuple[str, ...]
    rating: int
    credits: tuple[str, ...] = ("Ada Lindqvist",)
    crop: dict[str, int] | None = None


@dataclass(frozen=True)
class Series:
    """A set of the demo."""

    name: str
    titles: tuple[str, ...]
    go_live_at: datetime | None = None


@dataclass(frozen=True)
class Shelf:
    """The pictures and sets of one account."""

    tenant: Tenant
    shots: tuple[Shot, ...]
    series: tuple[Series, ...] = field(default=())


SHELVES = (
    Shelf(
        STUDIO,
        (
            Shot(
                scenes.DAWN_RIDGES,
                "Seven ridges before breakfast",
                "First light from the hut. The valley fog held until eight.",
                "Blue mountain ridges in layers of fog under a peach-coloured sky at dawn",
                ("mountains", "dawn", "fog"),
                5,
            ),
            Shot(
                scenes.DESERT,
                "Dunes, late",
                "An hour before the wind came up.",
                "Orange sand dunes with long shadows under a clear evening sky",
                ("desert", "evening"),
                4,
                crop={"x": 300, "y": 100, "width": 900, "height": 900},
            ),
            Shot(
                scenes.MOONRISE,
                "Moonrise over the bay",
                "Four minutes after moonrise; the ferry had just left.",
                "A full moon and its path of light on a dark blue sea",
                ("sea", "night", "moon"),
                5,
                ("Ada Lindqvist", "Ben Okafor"),
            ),
            Shot(
                scenes.AURORA,
                "Green hour",
                "Abisko, minus nineteen degrees.",
                "Green northern lights above a line of dark firs",
                ("night", "aurora", "forest"),
                5,
            ),
            Shot(
                scenes.CITY,
                "Office hours are over",
                "From the car park roof.",
                "A city skyline at dusk with a few lit windows",
                ("city", "dusk"),
                3,
                ("Ben Okafor",),
            ),
            Shot(
                scenes.LAKE,
                "Still water",
                "No wind for once.",
                "Purple mountains mirrored in a calm lake at sunset",
                ("mountains", "lake", "evening"),
                4,
            ),
            Shot(
                scenes.FOREST,
                "Firs in the rain",
                "",
                "Rows of fir trees fading into grey-green mist",
                ("forest", "fog"),
                2,
                ("Ben Okafor",),
            ),
            Shot(
                scenes.CORAL_SEA,
                "Coral evening",
                "The last day of the trip.",
                "A low red sun above calm coral-coloured water",
                ("sea", "evening"),
                4,
            ),
        ),
        (
            Series(
                "Nordic light",
                ("Green hour", "Seven ridges before breakfast", "Still water", "Moonrise over the bay"),
                datetime(2026, 1, 6, 8, 0, tzinfo=UTC),
            ),
            Series(
                "Autumn exhibition",
                ("Dunes, late", "Coral evening", "Office hours are over"),
                datetime(2036, 9, 1, 8, 0, tzinfo=UTC),
            ),
            Series("To be sorted", ("Firs in the rain",)),
        ),
    ),
    Shelf(
        ALBUM,
        (
            Shot(
                scenes.MEADOW,
                "Behind the house",
                "The meadow in May.",
                "Rolling green hills under a pale blue morning sky",
                ("home", "spring"),
                3,
            ),
            Shot(
                scenes.WINTER,
                "The year it snowed",
                "",
                "White hills and a pale sun in a grey-blue sky",
                ("home", "winter"),
                4,
            ),
            Shot(
                scenes.STARS,
                "Counting",
                "Thirty seconds, wide open.",
                "A sky full of stars above black hills",
                ("night",),
                5,
            ),
            Shot(
                scenes.HARBOUR,
                "Summer ferry light",
                "",
                "Teal water and a yellow sun low above it",
                ("sea", "summer"),
                0,
            ),
        ),
        (Series("Home", ("Behind the house", "The year it snowed", "Counting")),),
    ),
)


def install_pictures() -> None:
    """Make the missing pictures, and put them into their sets."""
    for shelf in SHELVES:
        rows = {shot.title: _install(shelf.tenant, shot) for shot in shelf.shots}
        for series in reversed(shelf.series):
            _arrange(shelf.tenant, series, rows)


def _install(tenant: Tenant, shot: Shot) -> Image:
    row = Image.objects.filter(account_id=tenant.uuid, filename=shot.scene.filename).first()
    if row is not None and default_storage.exists(str(row.file.name)):
        return row
    if row is not None:
        row.delete()
    with shot.scene.paint() as file:
        row = storage.keep(
            File(file),
            account_uuid=tenant.uuid,
            filename=shot.scene.filename,
            title=shot.title,
            caption=shot.caption,
            alt_text=shot.alt_text,
        )
    row.rating, row.credits, row.crop = shot.rating, list(shot.credits), shot.crop
    row.save()
    row.keywords.set(Keyword.objects.named(tenant.uuid, shot.keywords))
    return row


def _arrange(tenant: Tenant, series: Series, rows: dict[str, Image]) -> None:
    with transaction.atomic():
        row, _ = ImageSet.objects.get_or_create(
            account_id=tenant.uuid, name=series.name, defaults={"go_live_at": series.go_live_at}
        )
        images = [rows[title] for title in series.titles]
        if not {image.pk for image in images} <= set(row.members.values_list("image_id", flat=True)):
            row.arrange(images)
