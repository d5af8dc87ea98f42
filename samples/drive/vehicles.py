"""Vehicles: a mesh, the pictures painted on it, the places of its plates, and what the labels
say about it.
"""

import numpy as np

from . import heavy_painting, painting, raster, shapes
from .shapes import Profile

CLASSES = ("car", "truck", "bus", "motorcycle")
PAINTS = {
    "white": (228, 230, 230),
    "silver": (176, 178, 178),
    "grey": (98, 96, 94),
    "black": (30, 28, 28),
    "red": (34, 30, 150),
    "blue": (122, 62, 26),
    "dark blue": (70, 38, 22),
    "green": (58, 84, 40),
    "beige": (150, 176, 190),
    "orange": (30, 96, 214),
    "yellow": (40, 180, 220),
    "brown": (44, 58, 80),
}
TYRE = (0.085, 0.08, 0.08, 0.02, 0, 0)

PROFILES = {
    "sedan": Profile(
        4.6,
        1.82,
        (
            (0, 0.93),
            (0.02, 1.01),
            (0.13, 1.07),
            (0.26, 1.37),
            (0.36, 1.45),
            (0.5, 1.46),
            (0.57, 1.42),
            (0.74, 1.0),
            (0.95, 0.82),
            (1, 0.66),
        ),
        0.96,
    ),
    "hatch": Profile(
        4.05,
        1.76,
        (
            (0, 0.99),
            (0.02, 1.08),
            (0.10, 1.38),
            (0.18, 1.47),
            (0.5, 1.5),
            (0.57, 1.45),
            (0.75, 1.02),
            (0.95, 0.85),
            (1, 0.68),
        ),
        1.0,
    ),
    "wagon": Profile(
        4.7,
        1.84,
        (
            (0, 1.0),
            (0.02, 1.1),
            (0.07, 1.36),
            (0.14, 1.47),
            (0.5, 1.49),
            (0.57, 1.44),
            (0.74, 1.02),
            (0.95, 0.84),
            (1, 0.68),
        ),
        0.98,
    ),
    "suv": Profile(
        4.5,
        1.88,
        (
            (0, 1.1),
            (0.015, 1.22),
            (0.06, 1.54),
            (0.14, 1.66),
            (0.52, 1.69),
            (0.59, 1.62),
            (0.75, 1.14),
            (0.96, 1.0),
            (1, 0.82),
        ),
        1.1,
        0.27,
        0.24,
    ),
    "minivan": Profile(
        4.4,
        1.84,
        (
            (0, 1.2),
            (0.01, 1.4),
            (0.03, 1.65),
            (0.08, 1.78),
            (0.6, 1.8),
            (0.68, 1.7),
            (0.84, 1.12),
            (0.97, 0.95),
            (1, 0.78),
        ),
        1.08,
        0.24,
        0.16,
        0.06,
    ),
    "van": Profile(
        5.3,
        2.0,
        (
            (0, 1.5),
            (0.004, 2.1),
            (0.015, 2.3),
            (0.05, 2.36),
            (0.68, 2.38),
            (0.76, 2.22),
            (0.88, 1.3),
            (0.98, 1.08),
            (1, 0.86),
        ),
        1.25,
        0.3,
        0.10,
        0.03,
        0.04,
    ),
    "pickup": Profile(
        5.3,
        1.92,
        (
            (0, 1.12),
            (0.02, 1.14),
            (0.33, 1.14),
            (0.345, 1.2),
            (0.39, 1.74),
            (0.46, 1.84),
            (0.56, 1.84),
            (0.64, 1.72),
            (0.74, 1.2),
            (0.96, 1.05),
            (1, 0.9),
        ),
        1.14,
        0.36,
        0.22,
    ),
    "bus": Profile(
        11.0,
        2.52,
        ((0, 1.5), (0.002, 2.7), (0.006, 2.95), (0.02, 3.05), (0.97, 3.05), (0.99, 2.95), (1, 2.4)),
        1.25,
        0.34,
        0.03,
        0.04,
        0.08,
        0.14,
    ),
    "box": Profile(
        7.2,
        2.5,
        ((0, 1.8), (0.001, 3.4), (0.003, 3.45), (0.997, 3.45), (1, 3.3)),
        1.3,
        0.95,
        0.0,
        0.0,
        0.015,
        0.04,
    ),
    "cab": Profile(
        2.1,
        2.42,
        ((0, 2.0), (0.01, 2.7), (0.2, 2.85), (0.7, 2.8), (0.86, 2.6), (0.96, 1.7), (1, 1.3)),
        1.55,
        0.4,
        0.07,
        0.03,
        0.05,
    ),
}
KINDS = {
    "sedan": 0,
    "hatch": 0,
    "wagon": 0,
    "suv": 0,
    "minivan": 0,
    "pickup": 1,
    "van": 1,
    "truck": 1,
    "bus": 2,
    "motorcycle": 3,
}


class Vehicle:
    """kind: a key of KINDS. Object space: z = 0 at the rear, x = 0 in the middle, y = 0 on road."""

    def __init__(self, kind, paint, rng, rear_plate=None, front_plate=None):
        self.kind, self.label = kind, KINDS[kind]
        self.rear_plate, self.front_plate = rear_plate, front_plate
        paint = np.clip(
            np.array(PAINTS[paint], np.float32) * rng.uniform(0.9, 1.1) + rng.normal(0, 4, 3),
            8,
            245,
        )
        if kind == "motorcycle":
            self._motorcycle(paint, rng)
        elif kind == "truck":
            self._truck(paint, rng)
        else:
            self._body(PROFILES[kind], paint, rng)
        p = self.mesh.points
        self.lo, self.hi = p.min(0), p.max(0)
        self.length, self.width = float(self.hi[2]), float(self.hi[0] - self.lo[0])

    def _body(self, profile, paint, rng):
        look = painting.Look(self.kind, paint, rng)
        radius = {"bus": 0.48, "van": 0.35, "suv": 0.36, "pickup": 0.38}.get(self.kind, 0.32)
        axles = {"bus": (0.27, 0.76), "van": (0.2, 0.83), "pickup": (0.22, 0.82)}.get(
            self.kind, (0.18, 0.80)
        )
        axles = [a * profile.length for a in axles]
        self.pictures = painting.body_pictures(profile, look, axles, radius, rng)
        colours = np.array(
            [TYRE, (0.05, 0.05, 0.05, 0.4, 0, 0), (*np.array(paint) / 255, 0.8, 0, 0)], np.float32
        )
        half = profile.width / 2
        wheels = [
            m
            for z in axles
            for x in (-half + 0.005, half - 0.005)
            for m in shapes.wheel(x, z, radius, 0.24, colours)
        ]
        mirrors = []
        if self.kind != "bus":
            zm, ym = 0.69 * profile.length, profile.belt + 0.07
            if self.kind in ("van", "minivan"):
                zm = 0.78 * profile.length
            for side in (-1, 1):
                mirrors.append(
                    shapes.ellipsoid(
                        (side * (half + 0.09), ym, zm),
                        (0.12, 0.08, 0.06),
                        1 if look.dark_mirrors else 2,
                        colours,
                        7,
                        10,
                    )
                )
        else:
            for side in (-1, 1):
                mirrors.append(
                    shapes.ellipsoid(
                        (side * (half + 0.14), 2.1, 0.99 * profile.length),
                        (0.09, 0.2, 0.06),
                        1,
                        colours,
                        7,
                        10,
                    )
                )
        self.mesh = raster.join([shapes.body(profile)] + wheels + mirrors)
        y = look.plate_y
        self.plates = {
            "rear": ((0.0, y, -profile.bulge - 0.012), -1),
            "front": ((0.0, look.front_plate_y, profile.length + profile.bulge + 0.012), 1),
        }

    def _truck(self, paint, rng):
        look = painting.Look("truck", paint, rng)
        cargo, cab = PROFILES["box"], PROFILES["cab"]
        gap = cargo.length + 0.35
        self.pictures = heavy_painting.truck_pictures(cargo, cab, gap, look, rng)
        colours = np.array(
            [
                TYRE,
                (0.10, 0.10, 0.11, 0.05, 0, 0),
                (0.16, 0.16, 0.17, 0.1, 0, 0),
                (0.08, 0.08, 0.08, 0.02, 0, 0),
            ],
            np.float32,
        )
        wheels = [
            m
            for z in (1.5, 2.75, gap + 1.0)
            for x in (-1.22, 1.22)
            for m in shapes.wheel(x, z, 0.5, 0.5, colours)
        ]
        frame = [
            shapes.box(-0.5, 0.5, 0.62, 0.94, 0.15, gap, 1, colours),
            shapes.box(-1.15, 1.15, 0.5, 0.68, 0.02, 0.16, 2, colours),
        ]
        flaps = [
            shapes.box(x - 0.3, x + 0.3, 0.18, 0.85, 0.66, 0.69, 3, colours) for x in (-0.92, 0.92)
        ]
        low = np.array([(0.10, 0.10, 0.11, 0.05, 0, 0), (0.5, 0.06, 0.05, 0.6, 1, 0)], np.float32)
        low[1, :3] = (0.06, 0.05, 0.45)
        lamps = [
            shapes.box(x - 0.24, x + 0.24, 0.74, 0.88, 0.0, 0.12, 1, low) for x in (-0.93, 0.93)
        ]
        carrier = [shapes.box(-0.36, 0.36, 0.66, 0.86, 0.0, 0.1, 2, colours)]
        self.mesh = raster.join(
            [shapes.body(cargo, 0, 20), shapes.body(cab, gap, 12)]
            + wheels
            + frame
            + flaps
            + lamps
            + carrier
        )
        self.plates = {
            "rear": ((0.0, 0.76, -0.035), -1),
            "front": ((0.0, 0.62, gap + cab.length + cab.bulge + 0.012), 1),
        }

    def _motorcycle(self, paint, rng):
        jackets = ((40, 40, 44), (60, 44, 36), (40, 44, 110), (90, 92, 94), (36, 110, 190))
        jacket = np.array(jackets[rng.integers(len(jackets))]) / 255
        trousers = np.array(((44, 42, 42), (90, 66, 48), (60, 58, 56))[rng.integers(3)]) / 255
        helmet = (
            np.array(
                ((235, 235, 235), (30, 30, 30), (40, 40, 170), (150, 110, 40))[rng.integers(4)]
            )
            / 255
        )
        c = np.array(
            [
                TYRE,
                (*paint / 255, 0.8, 0, 0),
                (*jacket, 0.05, 0, 0),
                (*trousers, 0.03, 0, 0),
                (*helmet, 0.8, 0, 0),
                (0.3, 0.3, 0.31, 0.7, 0, 0),
                (0.07, 0.06, 0.55, 0.6, 1, 0),
                (0.03, 0.03, 0.03, 0.1, 0, 0),
                (0.08, 0.3, 0.75, 0.6, 0, 0),
                (0.8, 0.82, 0.8, 0.8, 0, 1),
            ],
            np.float32,
        )
        e = lambda centre, radii, k, lean=0.0: shapes.ellipsoid(centre, radii, k, c, 9, 14, lean)
        t = lambda a, b, ra, rb, k: shapes.tube(a, b, ra, rb, k, c)
        parts = [
            e((0, 0.32, 0.34), (0.085, 0.32, 0.32), 0),
            e((0, 0.32, 0.34), (0.09, 0.18, 0.18), 5),
            e((0, 0.32, 1.72), (0.065, 0.32, 0.32), 0),
            e((0, 0.32, 1.72), (0.07, 0.18, 0.18), 5),
            e((0, 0.52, 1.05), (0.19, 0.22, 0.36), 7),
            e((0, 0.86, 1.2), (0.19, 0.17, 0.32), 1),
            e((0, 0.82, 0.55), (0.17, 0.09, 0.42), 7),
            e((0, 0.80, 0.25), (0.15, 0.12, 0.26), 1),
            e((0, 0.82, 0.035), (0.12, 0.055, 0.05), 6),
            e((0, 0.9, 1.6), (0.2, 0.22, 0.16), 1),
            e((0, 0.86, 1.74), (0.12, 0.1, 0.06), 9),
            t((0.0, 0.8, 1.55), (0, 0.34, 1.74), 0.05, 0.04, 5),
            t((0.15, 0.42, 0.3), (0.17, 0.38, 0.9), 0.06, 0.05, 5),
            t((-0.36, 1.06, 1.45), (0.36, 1.06, 1.45), 0.02, 0.02, 7),
            e((-0.34, 1.26, 1.52), (0.075, 0.05, 0.03), 7),
            e((0.34, 1.26, 1.52), (0.075, 0.05, 0.03), 7),
            t((-0.3, 1.06, 1.45), (-0.34, 1.24, 1.52), 0.01, 0.01, 7),
            t((0.3, 1.06, 1.45), (0.34, 1.24, 1.52), 0.01, 0.01, 7),
            e((-0.17, 0.72, 0.06), (0.04, 0.035, 0.05), 8),
            e((0.17, 0.72, 0.06), (0.04, 0.035, 0.05), 8),
            e((0, 0.56, 0.08), (0.10, 0.13, 0.03), 7),
        ]
        for s in (-1, 1):
            parts += [
                t((s * 0.14, 0.9, 0.62), (s * 0.27, 0.7, 1.1), 0.105, 0.085, 3),
                t((s * 0.27, 0.7, 1.1), (s * 0.22, 0.34, 0.82), 0.08, 0.06, 3),
                e((s * 0.22, 0.28, 0.9), (0.06, 0.06, 0.14), 7),
                t((s * 0.23, 1.36, 0.78), (s * 0.36, 1.14, 1.06), 0.075, 0.06, 2),
                t((s * 0.36, 1.14, 1.06), (s * 0.32, 1.07, 1.42), 0.058, 0.05, 2),
            ]
        parts += [
            e((0, 1.18, 0.74), (0.235, 0.36, 0.17), 2, 0.25),
            e((0, 0.92, 0.6), (0.19, 0.14, 0.18), 3),
            e((0, 1.66, 0.9), (0.135, 0.16, 0.165), 4),
            e((0, 1.36, 0.78), (0.25, 0.11, 0.13), 2),
        ]
        self.mesh, self.pictures = raster.join(parts), None
        self.plates = {"rear": ((0.0, 0.56, 0.02), -1), "front": None}

    def plate_corners(self, end, scale=1.0):
        """Corners tl tr br bl (object space) of the plate at an end, as somebody reading it
        names them; None without a plate.
        """
        plate = self.rear_plate if end == "rear" else self.front_plate
        place = self.plates.get(end)
        if plate is None or place is None:
            return None
        (x, y, z), facing = place
        grow = plate.size[0] * (scale - 1) / 2
        w, h = plate.size[0] / 2 + grow, plate.size[1] / 2 + grow
        left = facing  # seen from behind, the reader's left is -x; from the front +x
        return np.array(
            [
                [x + left * w, y + h, z],
                [x - left * w, y + h, z],
                [x - left * w, y - h, z],
                [x + left * w, y - h, z],
            ]
        )
