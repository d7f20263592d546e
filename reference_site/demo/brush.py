"""The parts of the demo's pictures. Each part depends only on its seed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

Colour = tuple[int, int, int]

_SMOOTH = 2  # shapes are drawn this many times larger and scaled down, which makes their edges smooth


@dataclass(frozen=True)
class Terrain:
    """A picture that gets a foreground: layers from the far colour at the horizon to the near one below."""

    picture: Image.Image
    seed: int
    horizon: float
    layers: int
    far: Colour
    near: Colour
    roughness: float

    def steps(self) -> Iterator[tuple[Random, float, Colour]]:
        """Yield each layer from back to front: its random numbers, its height in the picture, its colour."""
        for step in range(self.layers):
            depth = step / max(self.layers - 1, 1)
            height = self.horizon + (0.95 - self.horizon) * depth**1.25 * 0.85
            yield Random(self.seed * 1000 + step), height, mix(self.far, self.near, depth)  # noqa: S311


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """Return a colour between two."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def gradient(size: tuple[int, int], stops: Sequence[Colour]) -> Image.Image:
    """Return a sky: a vertical gradient of the colours."""
    strip = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        place = y / size[1] * (len(stops) - 1)
        first = min(int(place), len(stops) - 2)
        strip.putpixel((0, y), mix(stops[first], stops[first + 1], place - first))
    return strip.resize(size)


def ridges(terrain: Terrain) -> Image.Image:
    """Draw mountain ridges from back to front, with fog between them."""
    picture = terrain.picture
    height = picture.size[1]
    for dice, level, colour in terrain.steps():
        profile = _fractal(dice, terrain.roughness)
        swing = height * 0.16
        edge = [level * height - value * swing for value in profile]
        picture = _filled(picture, edge, colour, fog=mix(colour, terrain.far, 0.45))
    return picture


def dunes(terrain: Terrain) -> Image.Image:
    """Draw soft hills from back to front."""
    picture = terrain.picture
    height = picture.size[1]
    for dice, level, colour in terrain.steps():
        phase, swing = dice.random() * 7, height * (0.03 + terrain.roughness * 0.22)
        pitch = 2 + dice.random() * 3
        edge = [
            level * height
            - swing * (math.sin(n / 128 * pitch + phase) + 0.35 * math.sin(n / 128 * pitch * 2.3))
            for n in range(129)
        ]
        picture = _filled(picture, edge, colour, fog=mix(colour, terrain.far, 0.6))
    return picture


def forest(terrain: Terrain) -> Image.Image:
    """Draw rows of firs from back to front. Those behind are smaller."""
    picture = terrain.picture
    width, height = picture.size
    for dice, level, colour in terrain.steps():
        size = height * (0.04 + 0.2 * max(level - terrain.horizon, 0) + 0.04)
        edge = [level * height - value * height * 0.05 for value in _fractal(dice, 0.4)]
        picture = _filled(picture, edge, colour, fog=mix(colour, terrain.far, 0.35))
        mask = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
        draw = ImageDraw.Draw(mask)
        x = -size * dice.random()
        while x < width + size:
            _fir(draw, x, _at(edge, x / width) + size * 0.1, size * (0.6 + 0.7 * dice.random()))
            x += size * (0.16 + 0.2 * dice.random())
        small = mask.resize(picture.size, Image.Resampling.LANCZOS)
        picture = Image.composite(Image.new("RGB", picture.size, colour), picture, small)
    return picture


def _fir(draw: ImageDraw.ImageDraw, x: float, foot: float, size: float) -> None:
    for tier in range(5):
        top = foot - size * (1 - tier * 0.17)
        half, bottom = size * (0.06 + tier * 0.045), top + size * 0.32
        draw.polygon(
            [(x * _SMOOTH, top * _SMOOTH)]
            + [((x + side * half) * _SMOOTH, bottom * _SMOOTH) for side in (-1, 1)],
            fill=255,
        )


def city(terrain: Terrain) -> Image.Image:
    """Draw rows of towers. In the nearest row some windows are lit."""
    picture = terrain.picture.copy()
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    for dice, level, colour in terrain.steps():
        x = -20.0
        while x < width:
            wide = width * (0.025 + 0.04 * dice.random())
            top = level * height - height * 0.3 * dice.random() ** 1.7
            draw.rectangle((x, top, x + wide, height), fill=colour)
            if colour == terrain.near:
                _windows(draw, dice, (x, top, wide, height))
            x += wide * (0.85 + 0.3 * dice.random())
    return picture


def _windows(draw: ImageDraw.ImageDraw, dice: Random, tower: tuple[float, float, float, float]) -> None:
    x, top, wide, height = tower
    for row in range(int(top) + 14, int(height), 18):
        for column in range(int(x) + 7, int(x + wide) - 8, 13):
            if dice.random() < 0.16:
                draw.rectangle((column, row, column + 5, row + 8), fill=(255, 214, 140))


def with_water(picture: Image.Image, shore: float, seed: int) -> Image.Image:
    """Replace everything below the shore by a mirror image on moving water."""
    width, height = picture.size
    line = round(shore * height)
    depth = height - line
    mirrored = picture.crop((0, max(line - depth, 0), width, line)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirrored = mirrored.resize((width, depth)).filter(ImageFilter.GaussianBlur(1.5))
    water, dice = Image.new("RGB", (width, depth)), Random(seed)  # noqa: S311
    phase = dice.random() * 6
    for y in range(depth):
        swell = (y / depth) ** 0.8 * width * 0.012
        shift = round(swell * (math.sin(y * 0.35 / (1 + y / depth * 2) + phase) + dice.random() - 0.5))
        water.paste(ImageChops.offset(mirrored.crop((0, y, width, y + 1)), shift, 0), (0, y))
    darker = ImageEnhance.Brightness(water.filter(ImageFilter.GaussianBlur(0.8))).enhance(0.82)
    result = picture.copy()
    result.paste(darker, (0, line))
    return result


def _filled(picture: Image.Image, edge: Sequence[float], colour: Colour, *, fog: Colour) -> Image.Image:
    """Fill everything below an edge. The colour fades into fog towards the bottom."""
    width, height = picture.size
    mask = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
    points = [(n / (len(edge) - 1) * width * _SMOOTH, y * _SMOOTH) for n, y in enumerate(edge)]
    corners = [(float(width * _SMOOTH), float(height * _SMOOTH)), (0.0, float(height * _SMOOTH))]
    ImageDraw.Draw(mask).polygon(points + corners, fill=255)
    small = mask.resize(picture.size, Image.Resampling.LANCZOS)
    top = max(round(min(edge)), 0)
    layer = Image.new("RGB", picture.size, colour)
    layer.paste(gradient((width, max(height - top, 1)), (colour, mix(colour, fog, 0.5), fog)), (0, top))
    return Image.composite(layer, picture, small)


def _fractal(dice: Random, roughness: float) -> list[float]:
    """Return a mountain's profile between -1 and 1 by midpoint displacement."""
    points, swing = [dice.uniform(-0.5, 0.5), dice.uniform(-0.5, 0.5)], 1.0
    while len(points) < 513:
        between = [(a + b) / 2 + dice.uniform(-swing, swing) for a, b in pairwise(points)]
        points = [value for pair in zip(points, between, strict=False) for value in pair] + [points[-1]]
        swing *= roughness
    largest = max(map(abs, points))
    return [value / max(largest, 1) for value in points]


def _at(edge: Sequence[float], place: float) -> float:
    return edge[min(max(round(place * (len(edge) - 1)), 0), len(edge) - 1)]
