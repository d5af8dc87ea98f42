"""The pictures on vehicles: lamps, windows, doors, grilles, wheels, in metres on the five planes
of a body.
"""

import numpy as np

from .heavy_painting import bus_end
from .paint import CHROME, GLASS, LAMP_CLEAR, LAMP_RED, PLASTIC, SEAM, panel
from .raster import FRONT, LEFT, REAR, RIGHT, TOP, Picture


class Look:
    """What varies between two vehicles of a kind."""

    def __init__(self, kind, paint, rng):
        self.kind, self.paint = kind, paint
        self.dark_mirrors = rng.random() < 0.4
        self.lamps = ("high", "corner", "wide", "tall")[rng.integers(4)]
        self.grille = ("bars", "mesh", "split", "slats")[rng.integers(4)]
        self.bumper = rng.random() < 0.5  # unpainted lower bumper
        self.plate_y = {
            "sedan": 0.74,
            "hatch": 0.72,
            "wagon": 0.76,
            "suv": 0.84,
            "minivan": 0.8,
            "van": 0.72,
            "pickup": 0.58,
            "bus": 0.66,
        }.get(kind, 0.7)
        if kind in ("sedan", "hatch", "suv") and rng.random() < 0.35:
            self.plate_y -= 0.24
        self.front_plate_y = {"suv": 0.52, "pickup": 0.55, "van": 0.5, "bus": 0.52}.get(kind, 0.45)
        self.head_x, self.head_y = 0.66, 0.68
        self.brake = float(rng.random() < 0.3)


def mirrored(points):
    return [(-x, y) for x, y in points]


def body_pictures(profile, look, axles, radius, rng):
    """Pictures of the five planes of a car, van or bus."""
    half, length, roof = profile.width / 2 + 0.15, profile.length, profile.roof
    pictures = {plane: Picture(-half, -0.02, half, roof + 0.1) for plane in (REAR, FRONT)}
    pictures |= {plane: Picture(-0.2, -0.02, length + 0.2, roof + 0.1) for plane in (LEFT, RIGHT)}
    pictures[TOP] = Picture(-0.2, -half, length + 0.2, half)
    for plane in pictures.values():
        panel(plane, look.paint)
    rear(pictures[REAR], profile, look, rng)
    front(pictures[FRONT], profile, look, rng)
    for plane in (LEFT, RIGHT):
        side(
            pictures[plane],
            profile,
            look,
            axles,
            radius,
            rng if plane == LEFT else np.random.default_rng(1),
        )
    top(pictures[TOP], profile, look)
    return {k: v.finish() for k, v in pictures.items()}


def window(picture, outline, interior=True, tint=GLASS):
    picture.fill(outline, tint, 1.0)
    if interior:  # seats and the far windows show faintly
        p = np.array(outline)
        x0, x1, y0, y1 = p[:, 0].min(), p[:, 0].max(), p[:, 1].min(), p[:, 1].max()
        for x in (x0 + (x1 - x0) * 0.28, x0 + (x1 - x0) * 0.72):
            picture.disc(
                x, y0 + (y1 - y0) * 0.25, (x1 - x0) * 0.1, (y1 - y0) * 0.3, (20, 19, 18), 1.0
            )
    picture.line(outline, SEAM, 0.02, True)


def rear(picture, profile, look, rng):
    w, roof, belt, kind = profile.width / 2, profile.roof, profile.belt, look.kind
    if kind == "bus":
        return bus_end(picture, profile, look, True, rng)
    low = 0.47 if look.bumper else 0.33
    picture.fill([(-w - 0.2, 0), (w + 0.2, 0), (w + 0.2, low), (-w - 0.2, low)], PLASTIC, 0.15)
    picture.line(
        [(-w, 0.62 if kind != "pickup" else 0.72), (w, 0.62 if kind != "pickup" else 0.72)],
        SEAM,
        0.012,
    )
    sill = belt + (0.12 if kind in ("sedan",) else 0.08)
    top_y = roof - (0.1 if kind != "van" else 0.35)
    if kind == "pickup":
        sill = belt + 0.15
    top_w = w - (top_y - belt) * profile.tumble - 0.13
    glass = [(-w + 0.2, sill), (w - 0.2, sill), (top_w, top_y), (-top_w, top_y)]
    if kind == "van":
        for s in (-1, 1):
            window(
                picture,
                [
                    (s * 0.06, sill + 0.15),
                    (s * (w - 0.22), sill + 0.15),
                    (s * (w - 0.28), top_y),
                    (s * 0.06, top_y),
                ],
                False,
            )
        picture.line([(0, 0.5), (0, roof)], SEAM, 0.015)
        for s in (-1, 1):
            picture.line([(s * (w - 0.1), 0.55), (s * (w - 0.14), roof - 0.1)], SEAM, 0.01)
    else:
        window(picture, glass)
        picture.line([(-0.02, sill + 0.02), (w * 0.5, sill + 0.2)], (12, 12, 12), 0.018)  # wiper
        picture.fill(
            [
                (-0.16, top_y - 0.05),
                (0.16, top_y - 0.05),
                (0.16, top_y - 0.015),
                (-0.16, top_y - 0.015),
            ],
            (20, 20, 90),
            0.8,
            0.0 if look.brake < 0.5 else 1,
        )
    bright = 0.6 + 0.4 * look.brake
    y0, y1 = (0.78, 0.95) if kind in ("sedan", "hatch", "wagon") else (0.9, 1.14)
    x1 = w + 0.1
    if kind == "van":
        y0, y1 = 0.75, 1.2
    if kind == "pickup":
        y0, y1 = 0.78, 1.08
    if kind in ("van", "minivan", "pickup") or look.lamps == "tall":
        shape = (
            [(w - 0.17, y0 - 0.02), (x1, y0 - 0.02), (x1, y1 + 0.22), (w - 0.15, y1 + 0.16)]
            if kind != "pickup"
            else [(w - 0.19, y0), (x1, y0), (x1, y1), (w - 0.19, y1)]
        )
    elif look.lamps == "wide":
        shape = [(w - 0.5, y0 + 0.03), (x1, y0 - 0.02), (x1, y1 + 0.03), (w - 0.45, y1)]
    elif look.lamps == "corner":
        shape = [(w - 0.3, y0), (x1, y0 - 0.05), (x1, y1 + 0.06), (w - 0.36, y1)]
    else:
        shape = [
            (w - 0.36, y0 + 0.02),
            (w - 0.1, y0 - 0.02),
            (x1, y0 + 0.02),
            (x1, y1 + 0.06),
            (w - 0.28, y1 + 0.04),
        ]
    p = np.array(shape)
    c = p.mean(0)
    for mirror in (lambda q: q, mirrored):
        picture.fill(mirror(p.tolist()), LAMP_RED, 0.9, 0.22 * bright)
        picture.fill(
            mirror((c + (p - c) * [0.72, 0.62] + [0, 0.01]).tolist()),
            (40, 34, 200),
            1,
            0.9 * bright,
        )
        picture.fill(
            mirror((c + (p - c) * [0.6, 0.2] - [0, (y1 - y0) * 0.3]).tolist()),
            (170, 178, 186),
            1,
            0.1,
        )
        picture.line(mirror(p.tolist()), SEAM, 0.012, True)
    py = look.plate_y  # recess, its light strip, the handle
    if py > 0.6:
        wide = 0.44 if kind != "van" else 0.34
        picture.fill(
            [
                (-wide, py - 0.11),
                (wide, py - 0.11),
                (wide - 0.04, py + 0.13),
                (-wide + 0.04, py + 0.13),
            ],
            look.paint * 0.62,
            0.4,
        )
        picture.fill(
            [
                (-wide + 0.06, py + 0.095),
                (wide - 0.06, py + 0.095),
                (wide - 0.08, py + 0.135),
                (-wide + 0.08, py + 0.135),
            ],
            CHROME,
            0.9,
        )
    else:
        picture.fill(
            [(-0.36, py - 0.09), (0.36, py - 0.09), (0.34, py + 0.09), (-0.34, py + 0.09)],
            look.paint * 0.6,
            0.3,
        )
        picture.line([(-0.3, 0.86), (0.3, 0.86)], look.paint * 0.5, 0.03)
    picture.disc(0, min(py + 0.22, sill - 0.05), 0.05, 0.05, CHROME, 0.9)
    badge = [(-w * 0.62, min(py + 0.18, 0.9)), (-w * 0.42, min(py + 0.18, 0.9))]
    picture.line(badge, CHROME, 0.025)
    for s in (-1, 1):
        picture.fill(
            [
                (s * (w - 0.4), 0.42),
                (s * (w - 0.12), 0.42),
                (s * (w - 0.12), 0.47),
                (s * (w - 0.4), 0.47),
            ],
            LAMP_RED,
            0.8,
            0.05,
        )
    if rng.random() < 0.6:
        picture.disc(w * 0.55, 0.3, 0.06, 0.035, (90, 90, 90), 0.8)
        picture.disc(w * 0.55, 0.3, 0.045, 0.025, (10, 10, 10), 0)


def front(picture, profile, look, rng):
    w, roof, belt, kind = profile.width / 2, profile.roof, profile.belt, look.kind
    if kind == "bus":
        return bus_end(picture, profile, look, False, rng)
    lift = {"suv": 0.12, "pickup": 0.16, "van": 0.18, "minivan": 0.08}.get(kind, 0)
    picture.fill(
        [(-w - 0.2, 0), (w + 0.2, 0), (w + 0.2, 0.3 + lift / 2), (-w - 0.2, 0.3 + lift / 2)],
        PLASTIC,
        0.15,
    )
    top_y = roof - 0.08
    top_w = w - (top_y - belt) * profile.tumble - 0.1
    cowl = belt + 0.04
    glass = [(-w + 0.12, cowl), (w - 0.12, cowl), (top_w, top_y), (-top_w, top_y)]
    picture.fill(glass, GLASS, 1.0)
    for s in (-1, 1):  # people behind the glass
        if s < 0 or rng.random() < 0.4:
            picture.disc(s * 0.36, cowl + 0.2, 0.09, 0.12, (52, 62, 84), 1.0)
            picture.disc(s * 0.36, cowl + 0.02, 0.2, 0.12, (40, 36, 36), 1.0)
    picture.disc(0, top_y - 0.07, 0.1, 0.03, (16, 16, 16), 1)
    picture.line(glass, SEAM, 0.025, True)
    gy0, gy1 = 0.52 + lift, 0.66 + lift * 1.3
    gw = 0.42 if look.grille != "split" else 0.3
    picture.fill([(-gw, gy0), (gw, gy0), (gw + 0.05, gy1), (-gw - 0.05, gy1)], (18, 18, 18), 0.3)
    for k in range(4):
        y = gy0 + (gy1 - gy0) * (k + 0.5) / 4
        picture.line(
            [(-gw, y), (gw, y)], CHROME if look.grille in ("bars", "slats") else (60, 60, 60), 0.012
        )
    picture.disc(0, (gy0 + gy1) / 2, 0.06, 0.06, CHROME, 0.9)
    picture.fill(
        [
            (-0.55, 0.24 + lift / 2),
            (0.55, 0.24 + lift / 2),
            (0.6, 0.38 + lift / 2),
            (-0.6, 0.38 + lift / 2),
        ],
        (20, 20, 20),
        0.2,
    )
    look.head_x, look.head_y = w - 0.24, 0.66 + lift * 1.1
    lamp = np.array(
        [
            (w - 0.42, look.head_y - 0.06),
            (w + 0.1, look.head_y - 0.08),
            (w + 0.1, look.head_y + 0.1),
            (w - 0.3, look.head_y + 0.08),
        ]
    )
    for mirror in (lambda q: q, mirrored):
        picture.fill(mirror(lamp.tolist()), LAMP_CLEAR, 1.0, 0, 0.25)
        c = lamp.mean(0)
        picture.fill(mirror((c + (lamp - c) * 0.85).tolist()), (96, 94, 92), 1, 0, 0.4)
        for dx in (-0.1, 0.08):
            picture.disc(
                mirror([(look.head_x + dx, look.head_y)])[0][0],
                look.head_y,
                0.065,
                0.06,
                (235, 235, 235),
                1,
                0,
                1,
            )
            picture.disc(
                mirror([(look.head_x + dx, look.head_y)])[0][0],
                look.head_y,
                0.03,
                0.03,
                (150, 150, 150),
                1,
                0,
                1,
            )
        picture.line(mirror(lamp.tolist()), SEAM, 0.012, True)
        picture.disc(
            mirror([(w - 0.25, 0.36 + lift / 2)])[0][0],
            0.36 + lift / 2,
            0.06,
            0.045,
            (170, 170, 170),
            1,
            0,
            0.2,
        )
    picture.line([(-w, 0.5 + lift), (-gw, 0.5 + lift)], SEAM, 0.01)
    picture.line([(gw, 0.5 + lift), (w, 0.5 + lift)], SEAM, 0.01)
    picture.fill(
        [
            (-0.3, look.front_plate_y - 0.075),
            (0.3, look.front_plate_y - 0.075),
            (0.3, look.front_plate_y + 0.075),
            (-0.3, look.front_plate_y + 0.075),
        ],
        (26, 26, 26),
        0.2,
    )


def side(picture, profile, look, axles, radius, rng):
    length, belt, kind = profile.length, profile.belt, look.kind
    low = 0.34 if kind != "bus" else 0.4
    picture.fill(
        [(-0.3, 0), (length + 0.3, 0), (length + 0.3, low), (-0.3, low)],
        PLASTIC if look.bumper or kind == "bus" else look.paint * 0.5,
        0.3,
    )
    if kind == "bus":
        stripe = np.clip(look.paint * 0.6 + 30, 0, 255)
        picture.fill(
            [(-0.3, 0.7), (length + 0.3, 0.85), (length + 0.3, 1.1), (-0.3, 0.95)], stripe, 0.8
        )
        picture.fill(
            [(0.35, 1.3), (length - 0.1, 1.3), (length - 0.1, 2.55), (0.35, 2.55)], GLASS, 1
        )
        for z in np.arange(0.35, length - 0.3, 1.35):
            picture.line([(z, 1.3), (z, 2.55)], (20, 20, 20), 0.07)
            picture.disc(z + 0.5, 1.5, 0.16, 0.3, (24, 30, 40), 1)
        for z in (length * 0.42, length - 1.2):
            picture.fill([(z, 0.4), (z + 1.0, 0.4), (z + 1.0, 2.5), (z, 2.5)], (40, 38, 36), 1)
            picture.line([(z + 0.5, 0.4), (z + 0.5, 2.5)], (90, 90, 90), 0.04)
    else:
        z = np.linspace(0.02, 0.98, 100)
        y = profile.height(z) - 0.085
        ok = y > belt + 0.07
        if kind == "van":
            ok &= z > 0.55
        if kind == "pickup":
            ok &= z > 0.36
        z, y = z[ok] * length, y[ok]
        if len(z) > 4:
            z, y = z[1:-1], y[1:-1]
            picture.fill(
                [(z[0] + 0.08, belt + 0.045), (z[-1] + 0.0, belt + 0.03), *zip(z[::-1], y[::-1])],
                GLASS,
                1,
            )
            doors = [
                z[0] + (z[-1] - z[0]) * f
                for f in ((0.22, 0.55) if kind not in ("van", "pickup") else (0.42,))
            ]
            for d in doors:
                picture.line(
                    [(d - 0.02, belt), (d + 0.02, profile.height(d / length))], (18, 18, 18), 0.07
                )
                picture.line([(d, belt), (d - 0.02, 0.4)], SEAM, 0.012)
                picture.fill(
                    [
                        (d + 0.06, belt - 0.12),
                        (d + 0.24, belt - 0.12),
                        (d + 0.24, belt - 0.085),
                        (d + 0.06, belt - 0.085),
                    ],
                    look.paint * 0.5,
                    0.8,
                )
            picture.line(
                [(z[-1] - 0.1, belt), (z[-1] - 0.02, 0.6), (z[-1] - 0.12, 0.36)], SEAM, 0.012
            )
            picture.line([(z[0], belt + 0.03), (z[-1], belt + 0.02)], (24, 24, 24), 0.025)
        picture.line(
            [(axles[0] + radius, 0.64), (axles[1] - radius, 0.66)], look.paint * 0.72, 0.018
        )
        picture.fill(
            (
                [(0.0, 0.82), (0.22, 0.84), (0.2, 0.95), (0, 0.97)]
                if kind in ("sedan", "hatch", "wagon")
                else [(-0.1, 0.9), (0.12, 0.92), (0.1, 1.15), (-0.1, 1.2)]
            ),
            LAMP_RED,
            0.9,
            0.35,
        )
        hy = look.head_y
        picture.fill(
            [
                (length - 0.38, hy + 0.06),
                (length + 0.1, hy + 0.06),
                (length + 0.1, hy - 0.08),
                (length - 0.2, hy - 0.07),
            ],
            (190, 190, 190),
            1,
            0,
            0.2,
        )
    for a in axles:
        t = np.linspace(0, np.pi, 30)
        r = radius + 0.075
        picture.fill(
            [(a + r, 0), *zip(a + r * np.cos(t), radius + r * np.sin(t)), (a - r, 0)], (9, 9, 9), 0
        )
        picture.disc(a, radius, radius, radius, (24, 23, 23), 0.03)
        picture.disc(a, radius, radius * 0.7, radius * 0.7, (72, 72, 74), 0.3)
        picture.disc(a, radius, radius * 0.64, radius * 0.64, (150, 150, 152), 0.6)
        n = 5 + int(rng.integers(0, 4))
        for k in range(n):
            b = 2 * np.pi * k / n + 0.3
            picture.fill(
                [
                    (
                        a + radius * 0.58 * np.cos(b - 0.25),
                        radius + radius * 0.58 * np.sin(b - 0.25),
                    ),
                    (
                        a + radius * 0.58 * np.cos(b + 0.25),
                        radius + radius * 0.58 * np.sin(b + 0.25),
                    ),
                    (a + radius * 0.18 * np.cos(b), radius + radius * 0.18 * np.sin(b)),
                ],
                (48, 47, 47),
                0.1,
            )
        picture.disc(a, radius, radius * 0.12, radius * 0.12, (90, 90, 92), 0.5)


def top(picture, profile, look):
    """The plane seen from above: u = z, v = x."""
    length, w = profile.length, profile.width / 2
    z = np.linspace(0, 1, 200)
    y = profile.height(z)
    slope = np.abs(np.gradient(y, z * length))
    glassy = (slope > 0.22) & (y > profile.belt + 0.03) & (y < profile.roof - 0.04)
    if look.kind not in ("bus",):
        for part in (z < 0.5, z > 0.5):
            zz = z[glassy & part] * length
            if len(zz) > 3 and not (look.kind in ("van",) and zz[0] < length / 2):
                picture.fill(
                    [(zz[0], -w + 0.2), (zz[-1], -w + 0.2), (zz[-1], w - 0.2), (zz[0], w - 0.2)],
                    GLASS,
                    1,
                )
    bonnet = np.flatnonzero((y > profile.belt - 0.02) & (z > 0.5))
    if len(bonnet) and look.kind != "bus":
        zb = z[bonnet[-1]] * length + 0.05
        for s in (-1, 1):
            picture.line(
                [(zb, s * w * 0.75), (length - 0.1, s * w * 0.62)], look.paint * 0.55, 0.015
            )
    if look.kind == "pickup":
        picture.fill(
            [
                (0.08, -w + 0.14),
                (0.33 * length, -w + 0.14),
                (0.33 * length, w - 0.14),
                (0.08, w - 0.14),
            ],
            (26, 26, 26),
            0.05,
        )
    if look.kind == "bus":
        for zc in (2.5, 8):
            picture.fill(
                [(zc, -0.5), (zc + 1.2, -0.5), (zc + 1.2, 0.5), (zc, 0.5)], look.paint * 0.7, 0.2
            )
