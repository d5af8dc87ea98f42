"""Meshes of vehicles: bodies lofted along their side profile, wheels, and the round parts of a
motorcycle with its rider.
"""

from dataclasses import dataclass

import numpy as np

from . import raster


@dataclass
class Profile:
    """Side profile of a body. top: (share of the length from the rear, height in metres);
    lengths in metres.
    """

    length: float
    width: float
    top: tuple
    belt: float  # height of the lower edge of the side windows
    bottom: float = 0.22
    tumble: float = 0.28  # how much the sides lean inwards above the belt, per metre
    plan: float = 0.10  # how much the ends are narrower, share of the width
    bulge: float = 0.07  # how far the ends are rounded, metres
    round_top: float = 0.10

    def height(self, share):
        return np.interp(share, [p[0] for p in self.top], [p[1] for p in self.top])

    @property
    def roof(self):
        return max(p[1] for p in self.top)

    def half_width(self, share, y):
        """Half of the body's width at the height y, about."""
        d = np.minimum(share, 1 - share) * self.length
        w = self.width / 2 * (1 - self.plan * np.clip(1 - d / 0.7, 0, 1) ** 2)
        return w - np.maximum(0, y - self.belt) * self.tumble


def section(profile, share):
    """The closed outline of one station: (J,2) of x, y, from the bottom on the left over the
    roof to the right.
    """
    top = profile.height(share)
    belt = min(profile.belt, top - 0.07)
    w = profile.half_width(share, 0)
    bottom, r = profile.bottom, min(profile.round_top, (top - belt) * 0.45 + 0.02)
    w_top = w - max(0, top - r - belt) * profile.tumble
    wide = bottom + (belt - bottom) * 0.55
    knots = [
        (w * 0.96, bottom, 2),
        (w * 0.985, bottom + 0.14, 3),
        (w, wide, 3),
        (w * 0.985, belt, 4),
        (w_top, top - r, 1),
    ]
    right = []
    for (xa, ya, n), (xb, yb, _) in zip(knots, knots[1:]):
        right += [(xa + (xb - xa) * t, ya + (yb - ya) * t) for t in np.arange(n) / n]
    right += [
        (w_top - r * (1 - np.cos(t)), top - r + r * np.sin(t)) for t in np.linspace(0, np.pi / 2, 4)
    ]
    right += [((w_top - r) * t, top) for t in (0.75, 0.4)]
    right = np.array(right)
    left = right * [-1, 1]
    floor = np.array([[right[0, 0] * 0.5, bottom], [-right[0, 0] * 0.5, bottom]])
    return np.concatenate([left, [[0, top]], right[::-1], floor])


def body(profile, z0=0.0, stations=26):
    """Mesh of the body from z0 (rear) forwards."""
    shares = sorted(
        set(np.round(np.concatenate([np.linspace(0, 1, stations), [p[0] for p in profile.top]]), 3))
    )
    rings = [
        np.column_stack(
            [section(profile, s), np.full(len(section(profile, s)), z0 + s * profile.length)]
        )
        for s in shares
    ]

    def cap(ring, sign):
        middle = np.array([0, (ring[:, 1].min() + ring[:, 1].max()) / 2, 0])
        out = []
        for scale, push in ((0.985, 0.45), (0.95, 0.8), (0.8, 0.95), (0.4, 1.0), (0.0, 1.0)):
            r = ring.copy()
            r[:, :2] = middle[:2] + scale * (ring[:, :2] - middle[:2])
            r[:, 2] += sign * push * profile.bulge
            out.append(r)
        return out

    grid = np.array(cap(rings[0], -1)[::-1] + rings + cap(rings[-1], 1))
    return raster.grid_mesh(grid)


def ellipsoid(centre, radii, colour=0, colours=None, n=9, m=14, lean=0.0):
    u, v = np.meshgrid(
        np.linspace(0.02, np.pi - 0.02, n),
        np.linspace(0, 2 * np.pi, m, endpoint=False),
        indexing="ij",
    )
    p = np.stack([np.sin(u) * np.cos(v), np.cos(u), np.sin(u) * np.sin(v)], 2) * radii
    c, s = np.cos(lean), np.sin(lean)  # forwards about the x axis
    p = np.stack([p[..., 0], p[..., 1] * c - p[..., 2] * s, p[..., 1] * s + p[..., 2] * c], 2)
    return raster.grid_mesh(p + np.array(centre), colour, colours)


def tube(a, b, ra, rb, colour=0, colours=None, m=9):
    """A capsule-like tube from a to b."""
    a, b = np.array(a, float), np.array(b, float)
    d = (b - a) / np.linalg.norm(b - a)
    e = np.cross(d, [1, 0, 0] if abs(d[0]) < 0.9 else [0, 1, 0])
    e /= np.linalg.norm(e)
    f = np.cross(d, e)
    t = np.linspace(0, 2 * np.pi, m, endpoint=False)
    circle = np.cos(t)[:, None] * e + np.sin(t)[:, None] * f
    rings = [
        a - d * ra * 0.7 + circle * 0.01,
        a - d * ra * 0.4 + circle * ra * 0.8,
        a + circle * ra,
        (a + b) / 2 + circle * (ra + rb) / 2,
        b + circle * rb,
        b + d * rb * 0.4 + circle * rb * 0.8,
        b + d * rb * 0.7 + circle * 0.01,
    ]
    return raster.grid_mesh(np.array(rings), colour, colours)


def wheel(x_out, z, radius, width, colours, textured=True):
    """A wheel whose outer face lies at x_out; the face is textured from the side's picture, the
    tread is colour 0.
    """
    side = np.sign(x_out)
    t = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    circle = np.stack([np.zeros_like(t), radius + radius * np.cos(t), z + radius * np.sin(t)], 1)
    hub = np.array([0, radius, z])
    ring = lambda scale, x: hub + (circle - hub) * scale + [x, 0, 0]
    tread = raster.grid_mesh(
        np.array([ring(1, x_out - side * width), ring(1, x_out - side * 0.02), ring(0.97, x_out)]),
        0,
        colours,
    )
    face = raster.grid_mesh(
        np.array([ring(0.985, x_out), ring(0.5, x_out), ring(0.01, x_out)]),
        -1 if textured else 0,
        colours,
    )
    face.normals[:] = [side, 0, 0]
    if (
        (
            np.cross(
                face.points[face.quads[:, 1]] - face.points[face.quads[:, 0]],
                face.points[face.quads[:, 2]] - face.points[face.quads[:, 0]],
            )
        ).sum(0)
        * [side, 0, 0]
    ).sum() < 0:
        face.quads = face.quads[:, ::-1]
    back = raster.grid_mesh(
        np.array([ring(0.985, x_out - side * width), ring(0.01, x_out - side * width)]), 0, colours
    )
    back.normals[:] = [-side, 0, 0]
    if (
        (
            np.cross(
                back.points[back.quads[:, 1]] - back.points[back.quads[:, 0]],
                back.points[back.quads[:, 2]] - back.points[back.quads[:, 0]],
            )
        ).sum(0)
        * [-side, 0, 0]
    ).sum() < 0:
        back.quads = back.quads[:, ::-1]
    return [tread, face, back]


def box(x0, x1, y0, y1, z0, z1, colour, colours):
    """A box with slightly rounded corners."""
    r = min(x1 - x0, y1 - y0) * 0.12
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    outline = []
    for sx, sy, start in ((1, 1, 0), (-1, 1, 1), (-1, -1, 2), (1, -1, 3)):
        for t in (0, 0.5, 1):
            a = (start + t) * np.pi / 2
            outline.append(
                (
                    cx + sx * ((x1 - x0) / 2 - r) + r * np.cos(a),
                    cy + sy * ((y1 - y0) / 2 - r) + r * np.sin(a),
                )
            )
    outline = np.array(outline)
    ring = lambda scale, z: np.column_stack(
        [np.array([cx, cy]) + scale * (outline - [cx, cy]), np.full(len(outline), z)]
    )
    return raster.grid_mesh(
        np.array(
            [
                ring(0.01, z0),
                ring(0.9, z0),
                ring(1, z0 + r * 0.3),
                ring(1, z1 - r * 0.3),
                ring(0.9, z1),
                ring(0.01, z1),
            ]
        ),
        colour,
        colours,
    )
