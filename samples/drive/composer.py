"""Puts scenery and vehicles together and films them: shadows, plates, lamps, lens, noise."""

import cv2
import numpy as np

from . import raster
from .plates import MARGIN
from .scenery import bonnet_edge


class Actor:
    """A vehicle at a place: x to the right, z ahead (its rear, metres), yaw (0: our way)."""

    def __init__(self, vehicle, x, z, yaw=0.0):
        self.vehicle, self.x, self.z, self.yaw = vehicle, x, z, yaw


class Seen:
    """What the picture shows of an actor: whole box (pixels, not cut), visible cover in the
    frame, plates.
    """

    def __init__(self, actor, box, region, cover):
        self.actor, self.box, self.region, self.cover, self.visible = (
            actor,
            box,
            region,
            cover,
            cover.copy(),
        )
        self.plates = []  # (plate, corners (4,2), visible share, facing)


def to_world(points, actor):
    c, s = np.cos(actor.yaw), np.sin(actor.yaw)
    return points @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T + [actor.x, 0, actor.z]


def shadow(frame, camera, light, actor):
    v = actor.vehicle
    lo, hi = v.lo.copy(), v.hi.copy()
    x0, x1 = lo[0] + 0.14, hi[0] - 0.14
    ground = np.array([[x0, 0, lo[2]], [x1, 0, lo[2]], [x1, 0, hi[2]], [x0, 0, hi[2]]])
    world = to_world(ground, actor)
    sun = float(light.sun_colour.max())
    offset = -light.sun * (hi[1] * 0.55 / max(light.sun[1], 0.3)) if sun > 0.15 else np.zeros(3)
    for shift, soft, dark in (
        (np.zeros(3), 0.16, 0.62),
        (offset * [1, 0, 1], 0.10, 0.42 * min(1, sun / 0.45)),
    ):
        if dark <= 0.02:
            continue
        moved = np.concatenate([world, world + shift]) if shift.any() else world
        near = moved[:, 2] > 1.6
        if near.sum() < 3:
            moved = moved.copy()
            moved[:, 2] = np.maximum(moved[:, 2], 1.6)
            if moved[:, 2].max() <= 1.7:
                continue
        moved = np.column_stack([moved[:, 0], moved[:, 1], np.maximum(moved[:, 2], 1.6)])
        p, _ = camera.project(moved)
        hull = cv2.convexHull(p.astype(np.float32))[:, 0]
        blur = max(0.6, soft * camera.focal / max(actor.z, 3))
        m = int(3 * blur) + 2
        x0, y0 = np.maximum(np.floor(hull.min(0)).astype(int) - m, 0)
        x1, y1 = np.minimum(np.ceil(hull.max(0)).astype(int) + m, [camera.width, camera.height_px])
        if x1 - x0 < 3 or y1 - y0 < 2:
            continue
        small = 4 if blur > 12 else 1
        mask = np.zeros(((y1 - y0) // small + 1, (x1 - x0) // small + 1), np.float32)
        cv2.fillConvexPoly(
            mask, np.round((hull - [x0, y0]) / small * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4
        )
        mask = cv2.GaussianBlur(mask, (0, 0), blur / small, sigmaY=max(0.5, blur / small * 0.45))
        if small > 1:
            mask = cv2.resize(mask, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        frame[y0:y1, x0:x1] *= 1 - dark * mask[: y1 - y0, : x1 - x0, None]


def plate_place(camera, actor, end):
    """(plate, corners, outer corners of its rim, facing), pixels; None when it cannot be seen."""
    v = actor.vehicle
    quad = v.plate_corners(end)
    if quad is None:
        return None
    plate = v.rear_plate if end == "rear" else v.front_plate
    world, outer = to_world(quad, actor), to_world(v.plate_corners(end, 1 + 2 * MARGIN), actor)
    normal = np.cross(
        world[1] - world[0], world[3] - world[0]
    )  # right x down: away from the reader
    view = world.mean(0) - [0, camera.height, 0]
    facing = -float(normal @ view / np.linalg.norm(normal) / np.linalg.norm(view))
    if facing < 0.12 or world[:, 2].min() < raster.NEAR:
        return None
    return plate, camera.project(world)[0], camera.project(outer)[0], facing


def draw_plate(frame, camera, light, actor, end):
    """Warps the plate at an end of the vehicle into the frame, if it can be seen."""
    place = plate_place(camera, actor, end)
    if place is None:
        return
    plate, corners, target, facing = place
    view = to_world(actor.vehicle.plate_corners(end), actor).mean(0) - [0, camera.height, 0]
    x0, y0 = np.maximum(np.floor(target.min(0)).astype(int) - 1, 0)
    x1, y1 = np.minimum(np.ceil(target.max(0)).astype(int) + 2, [camera.width, camera.height_px])
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    wide = np.linalg.norm(target[1] - target[0])
    k = 2
    level = int(
        np.clip(
            np.floor(np.log2(max(plate.texture.shape[1] / (wide * k), 1))), 0, len(plate.levels) - 1
        )
    )
    im = plate.levels[level]
    h, w = im.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - 0.5
    m = cv2.getPerspectiveTransform(source, ((target - [x0, y0]) * k - 0.5).astype(np.float32))
    part = (
        cv2.warpPerspective(im, m, ((x1 - x0) * k, (y1 - y0) * k), flags=cv2.INTER_LINEAR).astype(
            np.float32
        )
        / 255
    )
    part = cv2.resize(part, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    c, s = np.cos(actor.yaw), np.sin(actor.yaw)
    n = (
        np.array([0, 0, -1 if end == "rear" else 1.0])
        @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T
    )
    lit = light.sky * 0.52 + light.ground * 0.42 + light.sun_colour * max(0, float(n @ light.sun))
    distance = float(np.linalg.norm(view))
    lit = lit + light.own_lamps * 1.5 * facing / (1 + (distance / 11) ** 2) * np.array(
        [0.88, 0.97, 1], np.float32
    )
    if light.lamps > 0 and end == "rear":
        lit = lit + np.array([0.20, 0.25, 0.27], np.float32) * light.lamps  # its own plate lamp
    area = frame[y0:y1, x0:x1]
    a = part[..., 3:]
    area += (part[..., :3] * np.float32(lit) - area) * a


def compose(scene, camera, light, actors, travelled, blur_m=0.05):
    """Returns the frame (float BGR, 1 = white), the shine, and a Seen for every actor with
    something in the frame.
    """
    frame = scene.background(camera, light, travelled, blur_m)
    shine = np.zeros((camera.height_px, camera.width, 3), np.float32) if light.lamps > 0 else None
    items = [(t[0], 0, t) for t in scene.standing(travelled)] + [(a.z, 1, a) for a in actors]
    for a in actors:
        if -12 < a.z < 160:
            shadow(frame, camera, light, a)
    seen = []
    for z, what, item in sorted(items, key=lambda i: (-i[0], i[1])):
        if what == 0:
            scene.draw_thing(frame, camera, light, item)
            continue
        v = item.vehicle
        sprite = raster.draw(v.mesh, v.pictures, (item.x, item.z, item.yaw), camera, light)
        if sprite is None:
            continue
        x0, y0, x1, y1 = sprite.region
        area = frame[y0:y1, x0:x1]
        fog = np.float32(1 - np.exp(-max(item.z, 1) / 420))
        area += (sprite.colour * (1 - fog) + light.horizon * fog - area) * sprite.cover[..., None]
        if shine is not None:
            glow = shine[y0:y1, x0:x1]
            glow += (sprite.shine - glow) * sprite.cover[..., None]
        see(seen, camera, item, sprite)
        for end in ("rear", "front"):
            draw_plate(frame, camera, light, item, end)
    scene.bonnet(frame, camera, light)
    behind_bonnet(seen, camera)
    return frame, shine, seen


def observe(camera, actors):
    """What compose() would show of the actors, without drawing it."""
    seen = []
    for actor in sorted(actors, key=lambda a: -a.z):
        v = actor.vehicle
        sprite = raster.draw(v.mesh, v.pictures, (actor.x, actor.z, actor.yaw), camera, None)
        if sprite is not None:
            see(seen, camera, actor, sprite)
    behind_bonnet(seen, camera)
    return seen


def see(seen, camera, actor, sprite):
    """Adds a nearer actor to what is seen, with its plates, and hides what it covers."""
    pixels, depth = camera.project(to_world(actor.vehicle.mesh.points, actor))
    ok = depth > raster.NEAR
    box = np.concatenate([pixels[ok].min(0), pixels[ok].max(0)]) if ok.any() else np.zeros(4)
    cover, plates = sprite.cover.copy(), []
    for end in ("rear", "front"):
        place = plate_place(camera, actor, end)
        if place is not None:
            plate, corners, outer, facing = place
            plates.append((plate, corners, facing))
            shape = np.clip((outer - sprite.region[:2]) * 16, -1e6, 1e6).round().astype(np.int32)
            cv2.fillConvexPoly(cover, shape, 1.0, 8, 4)  # a plate may stick out of its body
    for other in seen:
        hide(other, sprite.region, cover)
    seen.append(Seen(actor, box, sprite.region, cover))
    seen[-1].plates = plates


def behind_bonnet(seen, camera):
    edge = bonnet_edge(camera)
    for s in seen:
        x0, y0, x1, y1 = s.region
        s.visible *= np.arange(y0, y1)[:, None] < edge[None, x0:x1]


def hide(seen, region, cover):
    """Takes away what a nearer body covers."""
    x0, y0 = max(seen.region[0], region[0]), max(seen.region[1], region[1])
    x1, y1 = min(seen.region[2], region[2]), min(seen.region[3], region[3])
    if x1 > x0 and y1 > y0:
        mine = seen.visible[
            y0 - seen.region[1] : y1 - seen.region[1], x0 - seen.region[0] : x1 - seen.region[0]
        ]
        mine *= 1 - cover[y0 - region[1] : y1 - region[1], x0 - region[0] : x1 - region[0]]


def plate_visible(seen, corners):
    """Share of the plate that is in the frame and not hidden, sampled on a grid."""
    u, v = np.meshgrid(np.linspace(0.03, 0.97, 12), np.linspace(0.1, 0.9, 5))
    u, v = u.ravel()[:, None], v.ravel()[:, None]
    p = (
        corners[0] * (1 - u) * (1 - v)
        + corners[1] * u * (1 - v)
        + corners[2] * u * v
        + corners[3] * (1 - u) * v
    )
    x, y = np.floor(p).astype(int).T
    x0, y0, x1, y1 = seen.region
    ok = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    share = np.zeros(len(x))
    share[ok] = seen.visible[y[ok] - y0, x[ok] - x0] > 0.5
    return float(share.mean())


class Film:
    """Lens and sensor: blur, glow, vignette, noise. Noise is taken from a fixed stock at random
    places.
    """

    def __init__(self, width, height, rng):
        self.rng = rng
        self.stock = rng.normal(0, 1, (height + 256, width + 256)).astype(np.float32)
        self.stock = cv2.GaussianBlur(self.stock, (0, 0), 0.6) * 1.7
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        r = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / (width / 2) ** 2
        self.vignette = np.float32(1 - 0.16 * r)[..., None]

    def expose(self, frame, shine, blur_px=0.7, grain=0.006, cast=(1, 1, 1), gain=1.0):
        h, w = frame.shape[:2]
        if shine is not None:
            small = cv2.resize(shine, (w // 4, h // 4), interpolation=cv2.INTER_AREA)
            glow = (
                cv2.GaussianBlur(small, (0, 0), 3) * 0.55
                + cv2.GaussianBlur(small, (0, 0), 14) * 0.5
            )
            frame = frame + cv2.resize(glow, (w, h), interpolation=cv2.INTER_LINEAR)
        if blur_px > 0:
            frame = cv2.GaussianBlur(frame, (0, 0), blur_px)
        frame = frame * self.vignette * (np.array(cast, np.float32) * np.float32(gain))
        bright = frame > 0.8
        frame[bright] = 0.8 + 0.2 * np.tanh((frame[bright] - 0.8) / 0.2)  # soft shoulder
        a, b = self.rng.integers(0, 256, 2)
        frame += (self.stock[a : a + h, b : b + w] * np.float32(grain))[..., None]
        return cv2.convertScaleAbs(np.maximum(frame, 0), alpha=255)
