"""The sky of the demo's pictures, and the grain of the whole picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from reference_site.demo.brush import Colour


@dataclass(frozen=True)
class Light:
    """A sun or moon: its place and size as parts of the picture, and its colour."""

    x: float
    y: float
    radius: float
    colour: Colour


def with_stars(picture: Image.Image, count: int, seed: int) -> Image.Image:
    """Draw stars in the upper part. Most of them are faint."""
    dice, (width, height) = Random(seed), picture.size  # noqa: S311
    sky = Image.new("L", picture.size)
    draw = ImageDraw.Draw(sky)
    for _ in range(count):
        x, y, size = (
            dice.random() * width,
            dice.random() ** 1.3 * height * 0.8,
            0.5 + dice.random() ** 6 * 2.2,
        )
        draw.ellipse((x - size, y - size, x + size, y + size), fill=round(70 + 185 * dice.random() ** 2))
    white = Image.new("RGB", picture.size, (236, 240, 255))
    return Image.composite(white, picture, sky.filter(ImageFilter.GaussianBlur(0.6)))


def with_aurora(picture: Image.Image, colour: Colour, seed: int) -> Image.Image:
    """Draw an aurora: curtains of light that fade upwards."""
    dice, (width, height) = Random(seed), picture.size  # noqa: S311
    veil = Image.new("L", picture.size)
    for curtain in range(3):
        rays = Image.new("L", picture.size)
        draw = ImageDraw.Draw(rays)
        phase, base = dice.random() * 6, height * (0.34 + 0.13 * curtain)
        for x in range(0, width, 2):
            wave = math.sin(x / width * 5 + phase) + 0.4 * math.sin(x / width * 12 + phase * 2)
            foot, length = base + wave * height * 0.06, height * (0.13 + 0.09 * dice.random())
            for part in range(24):
                top, bottom = foot - length * (part + 1) / 24, foot - length * part / 24
                draw.line((x, top, x, bottom), fill=round(150 * (1 - part / 24) ** 2), width=2)
        veil = ImageChops.add(veil, rays.filter(ImageFilter.GaussianBlur(width / 130)))
    haze = veil.filter(ImageFilter.GaussianBlur(height / 14))
    return Image.composite(Image.new("RGB", picture.size, colour), picture, ImageChops.add(veil, haze, 1.4))


def with_light(picture: Image.Image, light: Light) -> Image.Image:
    """Draw a sun or moon with its glow."""
    width, height = picture.size
    x, y, radius = light.x * width, light.y * height, light.radius * max(picture.size)
    disc = _circle(picture.size, x, y, radius).filter(ImageFilter.GaussianBlur(1.2))
    colour = Image.new("RGB", picture.size, light.colour)
    for spread, strength in ((9.0, 0.35), (4.0, 0.35), (1.8, 0.5)):
        glow = _circle(picture.size, x, y, radius * (1 + spread / 3)).filter(
            ImageFilter.GaussianBlur(radius * spread / 2)
        )
        picture = Image.composite(
            colour, picture, glow.point([round(level * strength) for level in range(256)])
        )
    return Image.composite(colour, picture, disc)


def _circle(size: tuple[int, int], x: float, y: float, radius: float) -> Image.Image:
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return mask


def with_grain(picture: Image.Image, seed: int) -> Image.Image:
    """Add the grain of a film, which also hides the steps of a gradient."""
    width, height = picture.size
    noise = Image.frombytes("L", (width, height), Random(seed).randbytes(width * height))  # noqa: S311
    soft = noise.filter(ImageFilter.GaussianBlur(0.7))
    return Image.blend(picture, ImageChops.overlay(picture, Image.merge("RGB", (soft, soft, soft))), 0.16)
