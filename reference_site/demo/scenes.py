"""Painted landscapes, made from a few colours and a seed. They are the same in every run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from PIL import Image

from reference_site.demo import brush, sky
from reference_site.demo.brush import Colour, Terrain
from reference_site.demo.sky import Light

Stops = tuple[Colour, ...]


@dataclass(frozen=True)
class Scene:
    """One picture: the name and size of its file, its sky, its light, and its foreground."""

    filename: str
    size: tuple[int, int]
    seed: int
    sky: Stops
    near: Colour
    far: Colour
    layers: int = 5
    roughness: float = 0.55
    horizon: float = 0.45
    light: Light | None = None
    water: float | None = None
    stars: int = 0
    glow: Colour | None = None
    ground: Callable[[Terrain], Image.Image] = brush.ridges

    def paint(self) -> IO[bytes]:
        """Return a file with the picture."""
        picture = brush.gradient(self.size, self.sky)
        if self.stars:
            picture = sky.with_stars(picture, self.stars, self.seed)
        if self.glow:
            picture = sky.with_aurora(picture, self.glow, self.seed)
        if self.light:
            picture = sky.with_light(picture, self.light)
        if self.layers:
            terrain = Terrain(
                picture, self.seed, self.horizon, self.layers, self.far, self.near, self.roughness
            )
            picture = self.ground(terrain)
        if self.water is not None:
            picture = brush.with_water(picture, self.water, self.seed)
        return self._saved(picture)

    def _saved(self, picture: Image.Image) -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        if self.filename.endswith(".png"):
            picture.save(file, "PNG")
        else:
            sky.with_grain(picture, self.seed).save(file, "JPEG", quality=88)
        file.seek(0)
        return file


DAWN_RIDGES = Scene(
    "ridges-at-dawn.jpg",
    (1800, 1200),
    11,
    sky=((52, 66, 110), (148, 128, 160), (246, 178, 140), (255, 222, 178)),
    far=(214, 172, 168),
    near=(24, 34, 62),
    layers=7,
    horizon=0.42,
    light=Light(0.68, 0.38, 0.035, (255, 240, 208)),
)
DESERT = Scene(
    "dunes.jpg",
    (1600, 1067),
    23,
    sky=((70, 120, 176), (150, 186, 206), (250, 216, 170)),
    far=(238, 178, 112),
    near=(132, 58, 26),
    layers=5,
    roughness=0.2,
    horizon=0.5,
    light=Light(0.2, 0.34, 0.03, (255, 246, 214)),
    ground=brush.dunes,
)
MOONRISE = Scene(
    "moonrise.png",
    (1500, 1000),
    37,
    sky=((6, 10, 30), (18, 30, 68), (52, 70, 118)),
    far=(30, 42, 78),
    near=(10, 14, 34),
    layers=2,
    roughness=0.45,
    horizon=0.52,
    light=Light(0.62, 0.36, 0.05, (250, 246, 226)),
    water=0.62,
    stars=260,
)
AURORA = Scene(
    "aurora.jpg",
    (1200, 1600),
    41,
    sky=((4, 8, 26), (8, 26, 52), (20, 60, 76)),
    far=(14, 34, 48),
    near=(3, 8, 14),
    layers=3,
    horizon=0.74,
    stars=420,
    glow=(96, 255, 178),
    ground=brush.forest,
)
CITY = Scene(
    "skyline.jpg",
    (1800, 1013),
    53,
    sky=((36, 40, 84), (120, 86, 130), (240, 142, 110), (255, 200, 140)),
    far=(120, 92, 126),
    near=(20, 20, 42),
    layers=4,
    horizon=0.5,
    ground=brush.city,
)
LAKE = Scene(
    "still-water.png",
    (1400, 1050),
    67,
    sky=((58, 46, 104), (168, 98, 146), (250, 164, 132), (255, 210, 160)),
    far=(150, 108, 158),
    near=(48, 34, 82),
    layers=4,
    horizon=0.36,
    light=Light(0.36, 0.4, 0.04, (255, 236, 190)),
    water=0.6,
)
FOREST = Scene(
    "firs-in-mist.jpg",
    (1067, 1600),
    71,
    sky=((196, 208, 204), (214, 222, 216)),
    far=(172, 190, 182),
    near=(22, 46, 40),
    layers=6,
    horizon=0.3,
    ground=brush.forest,
)
CORAL_SEA = Scene(
    "coral-evening.jpg",
    (1600, 1200),
    83,
    sky=((110, 66, 110), (232, 96, 98), (255, 162, 112), (255, 214, 150)),
    far=(206, 96, 104),
    near=(96, 44, 80),
    layers=1,
    roughness=0.4,
    horizon=0.55,
    light=Light(0.5, 0.47, 0.07, (255, 226, 150)),
    water=0.58,
)
MEADOW = Scene(
    "meadow.jpg",
    (1600, 1067),
    97,
    sky=((112, 170, 216), (186, 216, 232), (244, 240, 214)),
    far=(168, 200, 150),
    near=(44, 98, 52),
    layers=5,
    roughness=0.15,
    horizon=0.52,
    light=Light(0.78, 0.24, 0.035, (255, 252, 224)),
    ground=brush.dunes,
)
WINTER = Scene(
    "snow.jpg",
    (1500, 1125),
    101,
    sky=((132, 156, 182), (190, 204, 218), (232, 230, 228)),
    far=(206, 216, 228),
    near=(246, 248, 252),
    layers=5,
    roughness=0.25,
    horizon=0.45,
    light=Light(0.3, 0.3, 0.04, (255, 252, 240)),
    ground=brush.dunes,
)
STARS = Scene(
    "counting-stars.png",
    (1200, 1200),
    113,
    sky=((4, 5, 18), (12, 18, 46), (44, 42, 84)),
    far=(20, 22, 46),
    near=(4, 5, 12),
    layers=3,
    horizon=0.72,
    stars=900,
)
HARBOUR = Scene(
    "ferry-light.jpg",
    (1600, 900),
    127,
    sky=((22, 104, 122), (88, 170, 166), (250, 224, 150)),
    far=(62, 128, 132),
    near=(16, 62, 76),
    layers=2,
    roughness=0.3,
    horizon=0.54,
    light=Light(0.66, 0.42, 0.045, (255, 244, 190)),
    water=0.6,
)
