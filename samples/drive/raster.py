"""A small software renderer: quads of a mesh are filled as numbers, then every pixel is shaded
once.

World: x right, y up, z forward, metres, the camera at (0, camera.height, 0) looking along z. Object
space of a mesh: the same axes, origin on the ground. Painter's order by distance is enough, since
each vehicle is a few convex bodies.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

NEAR = 0.5  # quads with a corner nearer than this are left out
REAR, FRONT, LEFT, RIGHT, TOP = range(5)  # the planes that pictures are projected from


@dataclass
class Camera:
    width: int
    height_px: int
    focal: float
    centre: tuple  # vanishing point of the road
    height: float = 1.35  # metres above the road

    def project(self, points):
        """World points (N,3) -> pixels (N,2), depth (N)."""
        z = np.maximum(points[:, 2], 1e-3)
        x = self.centre[0] + self.focal * points[:, 0] / z
        y = self.centre[1] + self.focal * (self.height - points[:, 1]) / z
        return np.stack([x, y], 1), points[:, 2]


@dataclass
class Light:
    """Colours are BGR, 1 = white paper in full light."""

    sun: np.ndarray  # direction towards the sun, unit
    sun_colour: np.ndarray
    sky: np.ndarray  # light from above
    ground: np.ndarray  # light from below
    horizon: np.ndarray  # what paint and glass mirror
    zenith: np.ndarray
    road: np.ndarray
    lamps: float = 0.0  # 0 by day .. 1 at night: how much lamps are lit
    own_lamps: float = 0.0  # how much our headlamps add on what is near

    def __post_init__(self):
        for name in ("sun", "sun_colour", "sky", "ground", "horizon", "zenith", "road"):
            setattr(self, name, np.asarray(getattr(self, name), np.float32))
        self.sun /= np.linalg.norm(self.sun)


@dataclass
class Mesh:
    points: np.ndarray  # (N,3)
    quads: np.ndarray  # (M,4), counter-clockwise seen from outside
    normals: np.ndarray  # (N,3), smooth
    flat: np.ndarray  # (M,) index into `colours`, or -1: textured from the planes
    colours: np.ndarray = field(
        default_factory=lambda: np.zeros((0, 6), np.float32)
    )  # B G R gloss emission(red) emission(white)

    def prepare(self):
        p = self.points[self.quads].astype(np.float64)
        self.centre = p.mean(1)
        n = np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1])
        length = np.linalg.norm(n, axis=1, keepdims=True)
        keep = length[:, 0] > 1e-7
        self.quads, self.flat, self.centre, p, n = (
            self.quads[keep],
            self.flat[keep],
            self.centre[keep],
            p[keep],
            n[keep] / length[keep],
        )
        self.plane = np.concatenate([n, (n * self.centre).sum(1, keepdims=True)], 1).astype(
            np.float32
        )
        v = self.normals[self.quads].astype(np.float64)
        self.n0 = v.mean(1)
        self.slope = np.einsum(
            "mij,mjk->mik",
            np.linalg.pinv(p - self.centre[:, None], rcond=1e-3),
            v - self.n0[:, None],
        )
        a = np.abs(self.n0)  # which picture a textured quad is painted from
        end, side = (a[:, 2] > 0.45 * a[:, 1]) & (a[:, 2] > 0.8 * a[:, 0]), a[:, 0] > 0.55 * a[:, 1]
        self.group = np.where(
            self.flat >= 0,
            -1,
            np.where(
                end,
                np.where(self.n0[:, 2] < 0, REAR, FRONT),
                np.where(side, np.where(self.n0[:, 0] < 0, LEFT, RIGHT), TOP),
            ),
        )
        self.table = np.concatenate(
            [self.plane, self.n0, self.centre, self.slope.reshape(-1, 9)], 1
        ).astype(np.float32)
        return self


def grid_mesh(grid, flat=-1, colours=None, closed=True):
    """A mesh from points (K,J,3); closed: the last column joins the first."""
    k, j = grid.shape[:2]
    du = np.gradient(grid, axis=0)
    dv = (np.roll(grid, -1, 1) - np.roll(grid, 1, 1)) / 2 if closed else np.gradient(grid, axis=1)
    n = np.cross(du, dv)
    bad = np.linalg.norm(n, axis=2) < 1e-9
    n[bad] = (grid - grid.mean((0, 1)))[bad]
    n /= np.maximum(np.linalg.norm(n, axis=2, keepdims=True), 1e-9)
    columns = np.arange(j if closed else j - 1)
    a = (np.arange(k - 1)[:, None] * j + columns).ravel()
    b = (np.arange(k - 1)[:, None] * j + (columns + 1) % j).ravel()
    quads = np.stack([a, a + j, b + j, b], 1)
    points, n = grid.reshape(-1, 3), n.reshape(-1, 3)
    if ((points - points.mean(0)) * n).sum() < 0:
        n, quads = -n, quads[:, ::-1]
    return Mesh(
        points,
        quads,
        n,
        np.full(len(quads), flat),
        np.zeros((0, 6), np.float32) if colours is None else colours,
    )


def join(meshes):
    points, quads, normals, flat, colours, base, shade = [], [], [], [], [], 0, 0
    for m in meshes:
        points.append(m.points), normals.append(m.normals), quads.append(m.quads + base)
        flat.append(np.where(m.flat >= 0, m.flat + shade, -1)), colours.append(m.colours)
        base, shade = base + len(m.points), shade + len(m.colours)
    return Mesh(
        np.concatenate(points),
        np.concatenate(quads),
        np.concatenate(normals),
        np.concatenate(flat),
        np.concatenate(colours).reshape(-1, 6).astype(np.float32),
    ).prepare()


class Picture:
    """A plane's picture: BGR albedo and (gloss, red lamp, white lamp), DENSITY pixels per metre,
    with smaller levels.
    """

    DENSITY = 160

    def __init__(self, x0, y0, x1, y1):
        self.x0, self.y1 = x0, y1
        w, h = int((x1 - x0) * self.DENSITY) + 1, int((y1 - y0) * self.DENSITY) + 1
        self.colour, self.aux = np.zeros((h, w, 3), np.uint8), np.zeros((h, w, 3), np.uint8)

    def fill(self, points, colour, gloss=0.0, red=0.0, white=0.0):
        """Fills the polygon (metres). colour 0..255 BGR, the rest 0..1."""
        p = self.to_pixels(points)
        cv2.fillPoly(self.colour, [p], tuple(float(v) for v in colour), cv2.LINE_AA, 4)
        cv2.fillPoly(self.aux, [p], (255 * gloss, 255 * red, 255 * white), cv2.LINE_AA, 4)

    def to_pixels(self, points):
        p = (np.asarray(points, np.float64) - [self.x0, self.y1]) * [self.DENSITY, -self.DENSITY]
        return np.round(p * 16).astype(np.int32)

    def line(self, points, colour, width_m, closed=False):
        cv2.polylines(
            self.colour,
            [self.to_pixels(points)],
            closed,
            tuple(float(v) for v in colour),
            max(1, round(width_m * self.DENSITY)),
            cv2.LINE_AA,
            4,
        )

    def disc(self, x, y, rx, ry, colour, gloss=0.0, red=0.0, white=0.0, turn=64):
        t = np.linspace(0, 2 * np.pi, turn, endpoint=False)
        self.fill(np.stack([x + rx * np.cos(t), y + ry * np.sin(t)], 1), colour, gloss, red, white)

    def finish(self):
        self.levels = [(self.colour, self.aux)]
        while min(self.levels[-1][0].shape[:2]) > 12 and len(self.levels) < 7:
            self.levels.append(tuple(cv2.pyrDown(v) for v in self.levels[-1]))
        return self

    def look_dense(self, u, v, level):
        """The same for rectangles (h,w) of places."""
        level = int(np.clip(level, 0, len(self.levels) - 1))
        scale = np.float32(self.DENSITY / 2**level)
        shift = np.float32(0.5 - 0.5 / 2**level)
        x, y = (u - np.float32(self.x0)) * scale - shift, (np.float32(self.y1) - v) * scale - shift
        return tuple(
            np.float32(cv2.remap(im, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
            * np.float32(1 / 255)
            for im in self.levels[level]
        )

    def look(self, u, v, level):
        level = int(np.clip(level, 0, len(self.levels) - 1))
        colour, aux = self.levels[level]
        scale = self.DENSITY / 2**level
        n = len(u)
        rows = -(-n // 1024)
        x, y = np.zeros(rows * 1024, np.float32), np.zeros(rows * 1024, np.float32)
        x[:n], y[:n] = (u - self.x0) * scale - 0.5 + 0.5 / 2**level, (
            self.y1 - v
        ) * scale - 0.5 + 0.5 / 2**level
        get = (
            lambda im: cv2.remap(
                im,
                x.reshape(rows, 1024),
                y.reshape(rows, 1024),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            .reshape(-1, 3)[:n]
            .astype(np.float32)
            / 255
        )
        return get(colour), get(aux)


def environment(r, light):
    """What a mirror shows in the directions r (N,3): sky above a dark band of trees and houses
    above the road.
    """
    y = r[:, 1:2]
    sky = light.horizon + (light.zenith - light.horizon) * np.clip(y * 1.6, 0, 1)
    ground = light.road * (0.55 + 0.6 * np.clip(-y, 0, 1))
    band = light.ground * 0.75
    edge = 0.13 + 0.05 * np.sin(r[:, 0:1] * 9) + 0.03 * np.sin(r[:, 2:3] * 23)
    t = np.clip((y - edge) / 0.06 + 0.5, 0, 1)
    b = np.clip((y + 0.05) / 0.06 + 0.5, 0, 1)
    return ground * (1 - b) + (band * (1 - t) + sky * t) * b


def lighting(n, view, height, light, depth):
    """(N,8): light on a matt surface (BGR), what a glossy one adds (BGR), Fresnel's share,
    cosine to the viewer. n, view: unit, world.
    """
    out = np.empty((len(n), 8), np.float32)
    up = 0.5 + 0.5 * n[:, 1:2]
    diffuse = light.ground * 0.8 + up * (light.sky - light.ground * 0.8)
    diffuse *= (0.45 + 0.55 * np.clip(height / 0.7, 0, 1))[:, None]
    diffuse += light.sun_colour * np.clip(n @ light.sun, 0, 1)[:, None]
    facing = np.clip(-(n * view).sum(1), 0, 1)[:, None]
    if light.own_lamps:
        diffuse += (
            light.own_lamps
            * facing
            * np.clip(1.6 - height / 1.1, 0.15, 1)[:, None]
            / (1 + (depth[:, None] / 9) ** 2)
        )
    mirror = view + 2 * facing * n
    fresnel = 0.09 + 0.75 * (1 - facing) ** 4
    out[:, :3] = diffuse
    out[:, 3:6] = fresnel * environment(mirror, light) + np.clip(mirror @ light.sun, 0, 1)[
        :, None
    ] ** 90 * (light.sun_colour * 1.3)
    out[:, 6:7], out[:, 7:8] = fresnel, facing
    return out


def shade(colour, aux, lit, light):
    """Pixel colours (N,3), and what shines (N,3) or None by day."""
    gloss = aux[:, 0:1]
    out = colour * lit[:, :3]
    out *= 1 - 0.4 * gloss * lit[:, 6:7]
    out += gloss * lit[:, 3:6]
    lamps = aux[:, 1:2] * np.array([0.10, 0.12, 1.0], np.float32) + aux[:, 2:3] * np.array(
        [0.86, 0.97, 1.0], np.float32
    )
    lamps *= np.float32(0.05 + light.lamps * 1.25) * (0.35 + 0.65 * lit[:, 7:8])
    out += lamps
    return out, lamps * np.float32(light.lamps) if light.lamps else None


class Sprite:
    """A drawn body: region x0 y0 x1 y1 of the frame, colours (0..1, not multiplied), cover 0..1,
    shine, and number of pixels.
    """

    def __init__(self, region, colour, shine, cover):
        self.region, self.colour, self.cover, self.shine = region, colour, cover, shine


def draw(mesh, pictures, pose, camera, light, super_sample=None):
    """Renders the mesh at pose (x, z, yaw): a Sprite, or None when nothing is in the frame.

    Without light only the cover is found.
    """
    x, z, yaw = pose
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    world = mesh.points @ turn.T + [x, 0, z]
    pixels, depth = camera.project(world)
    eye = turn.T @ (np.array([0, camera.height, 0]) - [x, 0, z])  # the camera in object space
    facing = mesh.plane[:, :3] @ eye - mesh.plane[:, 3] > 1e-4
    near = (depth[mesh.quads] > NEAR).all(1)
    chosen = np.flatnonzero(facing & near)
    if not len(chosen):
        return None
    corners = pixels[mesh.quads[chosen]]
    lo, hi = corners.min((0, 1)), corners.max((0, 1))
    x0, y0 = max(0, int(np.floor(lo[0])) - 1), max(0, int(np.floor(lo[1])) - 1)
    x1, y1 = min(camera.width, int(np.ceil(hi[0])) + 2), min(
        camera.height_px, int(np.ceil(hi[1])) + 2
    )
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    k = super_sample or (3 if hi[0] - lo[0] < 60 else 2 if hi[0] - lo[0] < 180 else 1)
    fine = 2 if k == 1 else 1  # the outline is always sampled finer than once a pixel
    w, h = x1 - x0, y1 - y0
    order = np.argsort(-np.linalg.norm(mesh.centre[chosen] - eye, axis=1), kind="stable")
    chosen, corners = chosen[order], corners[order]
    sizes = k * fine
    fixed = np.clip(np.round(((corners - [x0, y0]) * sizes - 0.5) * 16), -3e7, 3e7).astype(np.int32)
    number = np.full((h * sizes, w * sizes), -1, np.int32)
    for i, q in zip(chosen.tolist(), fixed):
        cv2.fillConvexPoly(number, q, i, 8, 4)
    cover = cv2.resize((number >= 0).astype(np.float32), (w, h), interpolation=cv2.INTER_AREA)
    if light is None:
        return Sprite((x0, y0, x1, y1), None, None, cover)
    if fine == 2:  # shade one of four, whichever is covered
        quarter = number.reshape(h, 2, w, 2)
        number = np.where(quarter[:, 0, :, 0] >= 0, quarter[:, 0, :, 0], quarter.max((1, 3)))
    if k == 1:
        return Sprite(
            (x0, y0, x1, y1),
            *shade_dense(number, mesh, pictures, turn, eye, camera, light, (x0, y0)),
            cover
        )
    colour, shine = shade_pixels(number, mesh, pictures, turn, eye, camera, light, (x0, y0), k)
    if k > 1:
        weight = (number >= 0).astype(np.float32)
        cut = (
            lambda im: cv2.resize(im, (w, h), interpolation=cv2.INTER_AREA)
            / np.maximum(cv2.resize(weight, (w, h), interpolation=cv2.INTER_AREA), 1e-3)[..., None]
        )
        colour, shine = cut(colour), None if shine is None else cut(shine)
    return Sprite((x0, y0, x1, y1), colour, shine, cover)


def rays(xs, ys, step, corner, camera, turn):
    """Directions in object space through the middles of pixels of the size `step`."""
    ray = np.empty((len(xs), 3), np.float32)
    ray[:, 0] = (corner[0] + (xs + 0.5) * step - camera.centre[0]) / camera.focal
    ray[:, 1] = -(corner[1] + (ys + 0.5) * step - camera.centre[1]) / camera.focal
    ray[:, 2] = 1
    return ray @ turn.astype(np.float32)


def along_rays(plane, ray, eye):
    along = (plane[:, 3] - plane[:, :3] @ eye) / np.minimum((plane[:, :3] * ray).sum(1), -1e-4)
    return np.clip(along, NEAR * 0.5, 300)


def light_pixels(number, mesh, turn, eye, camera, light, corner, step):
    """lighting() of the pixels that are covered, in the order of np.nonzero."""
    ys, xs = np.nonzero(number >= 0)
    row = mesh.table[number[ys, xs]]
    ray = rays(xs, ys, step, corner, camera, turn)
    along = along_rays(row, ray, eye)
    p = eye + along[:, None] * ray
    off = np.clip(p - row[:, 7:10], -0.6, 0.6)
    normal = (
        row[:, 4:7]
        + off[:, 0:1] * row[:, 10:13]
        + off[:, 1:2] * row[:, 13:16]
        + off[:, 2:3] * row[:, 16:19]
    )
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    view = ray / np.linalg.norm(ray, axis=1, keepdims=True)
    turned = turn.T.astype(np.float32)
    return lighting(normal @ turned, view @ turned, p[:, 1], light, along)


def coarse_light(number, *rest):
    """lighting() at half the resolution, spread over the fine pixels, (h,w,4) twice: light
    changes slowly, pictures do not.
    """
    h, w = number.shape
    padded = np.full((h + h % 2, w + w % 2), -1, np.int32)
    padded[:h, :w] = number
    half = np.maximum(
        np.maximum(padded[::2, ::2], padded[::2, 1::2]),
        np.maximum(padded[1::2, ::2], padded[1::2, 1::2]),
    )
    covered = half >= 0
    field = np.zeros((*half.shape, 8), np.float32)
    field[covered] = light_pixels(half, *rest, 2.0)
    hole = (~covered).astype(np.uint8)  # holes get what lies beside them, so that edges stay clean
    near = cv2.dilate(covered.astype(np.uint8), np.ones((3, 3), np.uint8)) & hole
    weight = np.maximum(cv2.blur(covered.astype(np.float32), (3, 3)), 1e-3)
    parts = []
    for k in (0, 4):
        part = np.ascontiguousarray(field[..., k : k + 4])
        spread = cv2.blur(part, (3, 3)) / weight[..., None]
        part[near > 0] = spread[near > 0]
        parts.append(cv2.resize(part, padded.shape[::-1], interpolation=cv2.INTER_LINEAR)[:h, :w])
    return parts


def look_dense(number, mesh, pictures, turn, eye, camera, corner):
    """Colour and aux (h,w,3) of every pixel of a large body, by whole rectangles."""
    h, w = number.shape
    plain = np.concatenate(
        [
            (
                mesh.colours[np.maximum(mesh.flat, 0)] * (mesh.flat >= 0)[:, None]
                if len(mesh.colours)
                else np.zeros((len(mesh.flat), 6))
            ),
            np.zeros((1, 6)),
        ]
    ).astype(np.float32)
    group = np.append(mesh.group, -1).astype(np.int8).take(number, mode="wrap")
    colour, aux = np.zeros((h, w, 3), np.float32), np.zeros((h, w, 3), np.float32)
    flat = (group < 0) & (number >= 0)
    if flat.any():
        both = plain[number[flat]]
        colour[flat], aux[flat] = both[:, :3], both[:, 3:]
    if pictures is None:
        return colour, aux
    turn = turn.astype(np.float64)
    ray_x = (corner[0] + np.arange(w) + 0.5 - camera.centre[0]) / camera.focal
    ray_y = -(corner[1] + np.arange(h) + 0.5 - camera.centre[1]) / camera.focal
    n, away = mesh.plane[:, :3].astype(np.float64), mesh.plane[:, 3] - mesh.plane[:, :3] @ eye
    away = np.where(np.abs(away) < 1e-5, -1e-5, away)
    slope = np.concatenate([(n @ turn.T) / away[:, None], [[0, 0, 1]]]).astype(
        np.float32
    )  # 1 / along = slope . (ray_x, ray_y, 1)
    for name, u, v in ((REAR, 0, 1), (FRONT, 0, 1), (LEFT, 2, 1), (RIGHT, 2, 1), (TOP, 2, 0)):
        mask = group == name
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not len(rows):
            continue
        a, b, c, d = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
        part, inside = number[a:b, c:d], mask[a:b, c:d]
        part = np.where(inside, part, -1)
        x, y = ray_x[None, c:d].astype(np.float32), ray_y[a:b, None].astype(np.float32)
        inverse = (
            slope[:, 0].take(part, mode="wrap") * x
            + slope[:, 1].take(part, mode="wrap") * y
            + slope[:, 2].take(part, mode="wrap")
        )
        along = 1 / np.clip(inverse, 1 / 300, 2 / NEAR)
        level = (
            np.log2(max(Picture.DENSITY * float(np.median(along[inside])) / camera.focal, 1)) + 0.3
        )
        axis = lambda k: np.float32(eye[k]) + along * (
            np.float32(turn[0, k]) * x + (np.float32(turn[1, k]) * y + np.float32(turn[2, k]))
        )
        got, extra = pictures[name].look_dense(axis(u), axis(v), level)
        cv2.copyTo(got, inside.astype(np.uint8), colour[a:b, c:d])
        cv2.copyTo(extra, inside.astype(np.uint8), aux[a:b, c:d])
    return colour, aux


def shade_dense(number, mesh, pictures, turn, eye, camera, light, corner):
    """shade_pixels() for a body of many pixels."""
    eye = eye.astype(np.float32)
    matt, mirror = coarse_light(number, mesh, turn, eye, camera, light, corner)
    colour, aux = look_dense(number, mesh, pictures, turn, eye, camera, corner)
    gloss = aux[..., 0:1]
    colour *= matt[..., :3]
    colour *= 1 - np.float32(0.4) * gloss * mirror[..., 2:3]
    colour[..., 0:1] += gloss * matt[..., 3:4]
    colour[..., 1:] += gloss * mirror[..., :2]
    lamp = aux[..., 1] + aux[..., 2] > 0
    shine = np.zeros_like(colour) if light.lamps else None
    if lamp.any():
        lit = np.concatenate([np.zeros((int(lamp.sum()), 7), np.float32), mirror[lamp][:, 3:4]], 1)
        only = aux[lamp] * [0, 1, 1]
        out, lamps = shade(
            colour[lamp],
            only.astype(np.float32),
            np.where(np.arange(8) < 3, 1, lit).astype(np.float32),
            light,
        )
        colour[lamp] = out
        if shine is not None:
            shine[lamp] = lamps
    return colour, shine


def shade_pixels(number, mesh, pictures, turn, eye, camera, light, corner, k):
    eye = eye.astype(np.float32)
    ys, xs = np.nonzero(number >= 0)
    chosen = number[ys, xs]
    lit = light_pixels(number, mesh, turn, eye, camera, light, corner, 1 / k)
    plane, group = mesh.plane[chosen], mesh.group[chosen]
    colour, aux = np.zeros((len(xs), 3), np.float32), np.zeros((len(xs), 3), np.float32)
    plain = group < 0
    if plain.any():
        table = mesh.colours[mesh.flat[chosen[plain]]]
        colour[plain], aux[plain] = table[:, :3], table[:, 3:6]
    if pictures is not None and not plain.all():
        ray = rays(xs, ys, 1 / k, corner, camera, turn)
        along = along_rays(plane, ray, eye)
        level = np.log2(max(Picture.DENSITY * np.median(along) / (camera.focal * k), 1)) + 0.3
        for name, u, v in ((REAR, 0, 1), (FRONT, 0, 1), (LEFT, 2, 1), (RIGHT, 2, 1), (TOP, 2, 0)):
            mask = np.flatnonzero(group == name)
            if len(mask):
                far = along[mask]
                colour[mask], aux[mask] = pictures[name].look(
                    eye[u] + far * ray[mask, u], eye[v] + far * ray[mask, v], level
                )
    lit, lamps = shade(colour, aux, lit, light)
    out, shine = np.zeros((*number.shape, 3), np.float32), None
    out[ys, xs] = lit
    if lamps is not None:
        shine = np.zeros_like(out)
        shine[ys, xs] = lamps
    return out, shine
