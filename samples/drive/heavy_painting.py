"""The pictures on lorries and the ends of buses, as painting.py does for cars."""

import numpy as np

from .paint import CHROME, GLASS, LAMP_CLEAR, PLASTIC, SEAM, panel
from .raster import FRONT, LEFT, REAR, RIGHT, TOP, Picture


def bus_end(picture, profile, look, is_rear, rng):
    w = profile.width / 2
    picture.fill([(-w - 0.2, 0), (w + 0.2, 0), (w + 0.2, 0.45), (-w - 0.2, 0.45)], PLASTIC, 0.2)
    y0 = 1.75 if is_rear else 1.25
    glass = [(-w + 0.16, y0), (w - 0.16, y0), (w - 0.2, 2.55), (-w + 0.2, 2.55)]
    picture.fill(glass, GLASS, 1)
    picture.line(glass, SEAM, 0.03, True)
    picture.fill(
        [(-w + 0.4, 2.62), (w - 0.4, 2.62), (w - 0.4, 2.88), (-w + 0.4, 2.88)], (16, 16, 16), 0.6
    )
    picture.line([(-0.4, 2.75), (0.5, 2.75)], (40, 150, 240), 0.07)
    look.plate_y, look.head_x, look.head_y = 0.62, w - 0.3, 0.72
    if is_rear:
        picture.fill(
            [(-w + 0.35, 0.95), (w - 0.35, 0.95), (w - 0.35, 1.55), (-w + 0.35, 1.55)],
            look.paint * 0.75,
            0.3,
        )
        for k in range(9):
            picture.line(
                [(-w + 0.4, 1.0 + k * 0.06), (w - 0.4, 1.0 + k * 0.06)], look.paint * 0.35, 0.02
            )
        picture.fill([(-0.4, 0.52), (0.4, 0.52), (0.4, 0.73), (-0.4, 0.73)], look.paint * 0.5, 0.3)
        for s in (-1, 1):
            for k in range(3):
                picture.disc(
                    s * (w - 0.16),
                    0.75 + 0.24 * k,
                    0.1,
                    0.1,
                    ((30, 24, 170), (30, 110, 220), (40, 30, 190))[k],
                    0.9,
                    0.9 if k != 1 else 0.1,
                )
            picture.disc(s * (w - 0.2), 2.75, 0.06, 0.05, (30, 24, 190), 0.9, 0.8)
    else:
        picture.disc(-0.6, 1.6, 0.12, 0.15, (52, 62, 84), 1)
        for s in (-1, 1):
            picture.disc(s * (w - 0.3), 0.72, 0.13, 0.11, (235, 235, 235), 1, 0, 1)
            picture.disc(s * (w - 0.6), 0.72, 0.1, 0.09, (200, 200, 200), 1, 0, 0.6)
        picture.fill([(-0.5, 0.8), (0.5, 0.8), (0.5, 1.0), (-0.5, 1.0)], (26, 26, 26), 0.3)
        picture.fill([(-0.32, 0.44), (0.32, 0.44), (0.32, 0.6), (-0.32, 0.6)], (26, 26, 26), 0.3)


def truck_pictures(cargo, cab, cab_z, look, rng):
    """A lorry: box body from 0, cab from cab_z on."""
    w, length, roof = cargo.width / 2, cab_z + cab.length, cargo.roof
    shell = (
        np.clip(np.array((206, 210, 212)) + rng.normal(0, 10, 3), 0, 250)
        if rng.random() < 0.7
        else look.paint
    )
    pictures = {plane: Picture(-w - 0.2, -0.02, w + 0.2, roof + 0.1) for plane in (REAR, FRONT)}
    pictures |= {plane: Picture(-0.2, -0.02, length + 0.2, roof + 0.1) for plane in (LEFT, RIGHT)}
    pictures[TOP] = Picture(-0.2, -w - 0.2, length + 0.2, w + 0.2)
    for plane, p in pictures.items():
        panel(p, look.paint if plane == FRONT else shell, 0.45 if plane != FRONT else 0.8)
    r = pictures[REAR]
    r.fill([(-w - 0.2, 0), (w + 0.2, 0), (w + 0.2, 0.99), (-w - 0.2, 0.99)], (30, 30, 30), 0.1)
    r.line(
        [(-w + 0.03, 1.0), (w - 0.03, 1.0), (w - 0.03, roof - 0.04), (-w + 0.03, roof - 0.04)],
        shell * 0.6,
        0.07,
        True,
    )
    r.line([(0, 1.0), (0, roof)], shell * 0.35, 0.025)
    for x in (-0.85, -0.35, 0.35, 0.85):
        r.line([(x, 1.02), (x, roof - 0.08)], (120, 122, 122), 0.035)
        r.line([(x - 0.1 * np.sign(x), 1.6), (x + 0.05, 1.6)], (70, 70, 70), 0.06)
    for s in (-1, 1):
        for y in (1.35, 2.2, 3.0):
            r.line([(s * (w - 0.02), y), (s * (w - 0.14), y)], (120, 120, 120), 0.05)
        r.fill(
            [(s * 0.12, 1.06), (s * (w - 0.12), 1.06), (s * (w - 0.12), 1.14), (s * 0.12, 1.14)],
            (40, 40, 200),
            0.3,
            0.12,
        )
        r.disc(s * (w - 0.1), roof - 0.1, 0.04, 0.03, (30, 24, 190), 0.9, 0.8)
    stripe = np.array(
        ((150, 80, 20), (40, 40, 170), (60, 120, 40), (30, 120, 220))[rng.integers(4)], np.float32
    )
    r.fill([(-w + 0.1, 2.35), (w - 0.1, 2.2), (w - 0.1, 2.5), (-w + 0.1, 2.65)], stripe, 0.4)
    for plane in (LEFT, RIGHT):
        p = pictures[plane]
        p.fill(
            [(-0.2, 0), (cargo.length + 0.05, 0), (cargo.length + 0.05, 1.02), (-0.2, 1.02)],
            (58, 58, 58),
            0.15,
        )
        p.fill(
            [(0.3, 2.2), (cargo.length - 0.3, 2.0), (cargo.length - 0.3, 2.4), (0.3, 2.6)],
            stripe,
            0.4,
        )
        for z in np.arange(0.02, cargo.length, 0.9):
            p.line([(z, 1.05), (z, roof - 0.1)], shell * 0.9, 0.02)
        p.fill(
            [(cab_z - 0.05, 0), (length + 0.2, 0), (length + 0.2, roof), (cab_z - 0.05, roof)],
            look.paint,
            0.8,
        )
        p.fill(
            [(cab_z - 0.05, 0), (length + 0.2, 0), (length + 0.2, 0.55), (cab_z - 0.05, 0.55)],
            PLASTIC,
            0.2,
        )
        p.fill(
            [(cab_z + 0.9, 1.6), (cab_z + 1.85, 1.6), (cab_z + 1.75, 2.45), (cab_z + 0.9, 2.5)],
            GLASS,
            1,
        )
        p.line([(cab_z + 0.82, 0.6), (cab_z + 0.82, 2.6)], SEAM, 0.015)
        for a in (1.5, 2.75, cab_z + 1.0):
            p.disc(a, 0.5, 0.58, 0.58, (10, 10, 10), 0)
            p.disc(a, 0.5, 0.5, 0.5, (26, 25, 25), 0.03)
            p.disc(a, 0.5, 0.29, 0.29, (130, 130, 130), 0.4)
            p.disc(a, 0.5, 0.17, 0.17, (60, 60, 60), 0.3)
            p.disc(a, 0.5, 0.09, 0.09, (110, 110, 110), 0.3)
    f = pictures[FRONT]
    f.fill([(-w - 0.2, 0), (w + 0.2, 0), (w + 0.2, 0.5), (-w - 0.2, 0.5)], PLASTIC, 0.2)
    f.fill(
        [(-w - 0.2, 2.9), (w + 0.2, 2.9), (w + 0.2, roof + 0.1), (-w - 0.2, roof + 0.1)], shell, 0.4
    )
    f.fill([(-w + 0.2, 1.65), (w - 0.2, 1.65), (w - 0.26, 2.5), (-w + 0.26, 2.5)], GLASS, 1)
    f.disc(-0.6, 1.85, 0.12, 0.15, (52, 62, 84), 1)
    f.fill([(-0.75, 0.8), (0.75, 0.8), (0.75, 1.5), (-0.75, 1.5)], (22, 22, 22), 0.3)
    for k in range(5):
        f.line([(-0.7, 0.9 + 0.13 * k), (0.7, 0.9 + 0.13 * k)], CHROME, 0.02)
    for s in (-1, 1):
        f.fill(
            [(s * 0.72, 0.64), (s * 1.18, 0.64), (s * 1.18, 0.86), (s * 0.72, 0.86)],
            LAMP_CLEAR,
            1,
            0,
            0.4,
        )
        f.disc(s * 0.95, 0.75, 0.1, 0.09, (235, 235, 235), 1, 0, 1)
    return {k: v.finish() for k, v in pictures.items()}
