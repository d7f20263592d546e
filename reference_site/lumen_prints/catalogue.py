"""What the shop sells: prints of pictures from Lumen, in three sizes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A size of every print, with its price in euros."""

    slug: str
    label: str
    price: int


@dataclass(frozen=True)
class Print:
    """A picture that people can buy as a print."""

    slug: str
    title: str
    photographer: str
    alt: str
    words: str

    @property
    def file(self) -> str:
        """The path of its picture among the static files."""
        return f"lumen_prints/prints/{self.slug}.webp"


SIZES = (
    Size("small", "20 × 30 cm", 24),
    Size("medium", "40 × 60 cm", 58),
    Size("large", "60 × 90 cm", 96),
)
PRINTS = (
    Print(
        "dawn-ridges",
        "Seven ridges before breakfast",
        "Ada Lindqvist",
        "Blue mountain ridges in layers of fog under a peach-coloured sky at dawn",
        "First light from the hut. The valley fog held until eight.",
    ),
    Print(
        "coral-sea",
        "Coral evening",
        "Ada Lindqvist",
        "A low red sun above calm coral-coloured water",
        "The last day of the trip.",
    ),
    Print(
        "moonrise",
        "Moonrise over the bay",
        "Ada Lindqvist and Ben Okafor",
        "A full moon and its path of light on a dark blue sea",
        "Four minutes after moonrise; the ferry had just left.",
    ),
    Print(
        "forest",
        "Firs in the rain",
        "Ben Okafor",
        "Rows of fir trees fading into grey-green mist",
        "Printed a little darker than it was.",
    ),
    Print(
        "lake",
        "Still water",
        "Ada Lindqvist",
        "Purple mountains mirrored in a calm lake at sunset",
        "No wind for once.",
    ),
    Print(
        "desert",
        "Dunes, late",
        "Ada Lindqvist",
        "Orange sand dunes with long shadows under a clear evening sky",
        "An hour before the wind came up.",
    ),
)


def find_print(slug: str) -> Print | None:
    """Return the print of this name, or None."""
    return next((one for one in PRINTS if one.slug == slug), None)


def find_size(slug: str) -> Size | None:
    """Return the size of this name, or None."""
    return next((one for one in SIZES if one.slug == slug), None)
