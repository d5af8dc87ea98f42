"""The world around the vehicles: road, sky, houses, trees, guard rails, and our own bonnet."""

import cv2
import numpy as np

from .raster import Light

ROAD_LENGTH = 72.0  # metres after which road and houses repeat
ROAD_HALF = 17.0
ROAD_X, ROAD_Z = 64, 32  # texture pixels per metre across and along
WALL = 32  # texture pixels per metre of house fronts


def day_light(rng=None):
    r = rng or np.random.default_rng(0)
    strong = r.uniform(0.25, 0.62) if rng is not None else 0.5
    warm = r.uniform(-0.04, 0.04) if rng is not None else 0.0
    side = r.uniform(-0.8, 0.8) if rng is not None else 0.45
    return Light(
        [side, 0.8, -0.5],
        np.array([0.86 - warm, 0.95, 1 + warm]) * strong,
        [0.74, 0.69, 0.65],
        [0.32, 0.34, 0.35],
        [0.98, 0.96, 0.93],
        [0.88, 0.67, 0.50],
        [0.42, 0.42, 0.43],
    )


def dusk_light(rng=None):
    r = rng or np.random.default_rng(0)
    dim = r.uniform(0.6, 1.7) if rng is not None else 1.3
    return Light(
        [0.3, 0.35, 0.9],
        np.array([0.05, 0.05, 0.09]) * dim,
        np.array([0.28, 0.205, 0.225]) * dim,
        np.array([0.10, 0.085, 0.10]) * dim,
        np.array([0.48, 0.42, 0.56]) * dim,
        np.array([0.34, 0.21, 0.22]) * dim,
        np.array([0.13, 0.11, 0.12]) * dim,
        1.0,
        0.34 * (r.uniform(0.6, 1.3) if rng is not None else 1),
    )


def noise(rng, h, w, scales, weights):
    """A sum of smooth noises that repeats at the edges."""
    out = np.zeros((h, w), np.float32)
    for s, a in zip(scales, weights):
        small = rng.normal(0, 1, (max(2, h // s), max(2, w // s))).astype(np.float32)
        small = np.pad(small, 2, "wrap")
        big = cv2.resize(small, None, fx=s, fy=s, interpolation=cv2.INTER_CUBIC)[
            2 * s : 2 * s + h, 2 * s : 2 * s + w
        ]
        out += a * (big if big.shape == out.shape else cv2.resize(big, (w, h)))
    return out


def levels_of(image, count, both=0.5):
    """Smaller levels: 2^k along the first axis, 2^(k*both) along the second."""
    out = []
    for k in range(count):
        h, w = image.shape[:2]
        out.append(
            cv2.resize(
                image,
                (max(8, int(w / 2 ** (k * both))), max(8, h >> k)),
                interpolation=cv2.INTER_AREA,
            )
        )
    return out


def road_texture(kind, rng):
    """BGR texture, rows along the road, columns from -ROAD_HALF to ROAD_HALF."""
    h, w = int(ROAD_LENGTH * ROAD_Z), int(2 * ROAD_HALF * ROAD_X)
    tone = rng.uniform(92, 122)
    image = np.empty((h, w, 3), np.float32)
    grain = noise(rng, h, w, (1, 3, 24, 160), (7, 4, 3, 4))
    image[:] = (tone + grain)[..., None] * np.array([1.0, 1.0, 1.0])
    column = lambda x: int((x + ROAD_HALF) * ROAD_X)
    worn = np.zeros(w, np.float32)
    lanes = {"town": (-3.4, 0.0), "highway": (-7.2, -3.6, 0.0, 3.6), "country": (-3.4, 0.0)}[kind]
    for lane in lanes:
        for x in (-0.8, 0.8):
            worn += np.exp(-(((np.arange(w) / ROAD_X - ROAD_HALF - lane - x) / 0.3) ** 2))
    image -= worn[None, :, None] * 7
    for _ in range(14):  # patches, cracks, covers
        x, z = int(rng.uniform(column(-6), column(5))), int(rng.uniform(0, h - 200))
        if rng.random() < 0.5:
            image[
                z : z + int(rng.uniform(40, 190)), x : x + int(rng.uniform(60, 140))
            ] *= rng.uniform(0.82, 0.96)
        else:
            points = np.cumsum(rng.normal(0, 14, (9, 2)) + [3, 22], 0) + [x, z]
            cv2.polylines(image, [points.astype(np.int32)], False, (60, 60, 60), 2, cv2.LINE_AA)

    def stripe(x, width, dash=None, colour=(214, 216, 216)):
        a, b = column(x - width / 2), column(x + width / 2)
        mask = np.ones(h, np.float32)
        if dash:
            mask = ((np.arange(h) / ROAD_Z) % sum(dash) < dash[0]).astype(np.float32)
        paint = np.clip(
            mask[:, None]
            * (0.82 + 0.18 * np.clip(noise(rng, h, b - a, (2, 12), (0.8, 0.6)), -1, 0.6)),
            0,
            1,
        )[..., None]
        image[:, a:b] = image[:, a:b] * (1 - paint) + np.array(colour) * paint

    grass = np.array([58, 98, 84], np.float32)
    green = lambda n: np.clip(
        grass + noise(rng, h, n, (1, 4, 30), (9, 8, 9))[..., None] * [0.6, 1, 0.8], 0, 255
    )
    if kind == "highway":
        stripe(-5.4, 0.18, (6, 12)), stripe(-1.8, 0.18, (6, 12)), stripe(1.8, 0.18, (6, 12))
        stripe(5.5, 0.25), stripe(-9.1, 0.25)
        image[:, column(8.2) :] = green(w - column(8.2))
        image[:, : column(-10.6)] = green(column(-10.6))
    else:
        right, left = (4.6, -5.6) if kind == "town" else (2.4, -5.6)
        stripe(-1.7, 0.13, (3, 3) if kind == "town" else (4, 8))
        if kind == "town":
            stripe(1.85, 0.1, (1, 1), (190, 192, 192))
            slab = 148 + noise(rng, h, w, (1, 5, 60), (5, 4, 5))
            slab -= 16 * (np.arange(h) % int(1.0 * ROAD_Z) < 2)[:, None]
            slab -= 12 * (np.arange(w) % int(1.0 * ROAD_X) < 3)[None]
            for a, b in ((column(right), w), (0, column(left))):
                image[:, a:b] = slab[:, a:b, None] * np.array([0.97, 0.99, 1.0])
            for x in (right, left - 0.18):
                image[:, column(x) : column(x + 0.18)] = 176
            image[:, column(right) - 18 : column(right)] *= 0.7
        else:
            stripe(1.9, 0.14), stripe(-5.2, 0.14)
            image[:, column(right) :] = green(w - column(right))
            image[:, : column(left)] = green(column(left))
    return levels_of(np.clip(image, 0, 255).astype(np.uint8), 9)


def facades(rng, lit):
    """A row of houses as wall_levels(); lit: share of lit windows."""
    w, h = int(ROAD_LENGTH * WALL), int(13 * WALL)
    image, glow = np.zeros((h, w, 4), np.float32), np.zeros((h, w, 3), np.float32)
    x = 0
    while x < w:
        wide = min(int(rng.uniform(7, 15) * WALL), w - x)
        if w - x - wide < 5 * WALL:
            wide = w - x
        high = int(rng.uniform(6.5, 12.5) * WALL)
        if rng.random() < 0.12 and wide < 12 * WALL:
            x += wide // 2
            continue
        base = np.array(
            (
                (150, 170, 186),
                (120, 142, 170),
                (170, 176, 180),
                (96, 116, 150),
                (160, 190, 200),
                (130, 130, 128),
            )[rng.integers(6)],
            np.float32,
        )
        base = np.clip(base * rng.uniform(0.75, 1.1), 0, 235)
        house = base + noise(rng, high, wide, (1, 8, 60), (3, 3, 6))[..., None]
        floors, columns = max(2, int(high / WALL / 3.0)), max(2, int(wide / WALL / 2.2))
        for f in range(floors):
            for c in range(columns):
                cx, cy = (c + 0.5) * wide / columns, high - (f + 0.5) * high / floors
                ww, wh = 0.55 * WALL, (0.75 if f else 0.9) * WALL
                box = (int(cx - ww), int(cy - wh)), (int(cx + ww), int(cy + wh))
                cv2.rectangle(
                    house,
                    (box[0][0] - 4, box[0][1] - 4),
                    (box[1][0] + 4, box[1][1] + 4),
                    tuple((base * rng.uniform(0.7, 1.25)).tolist()),
                    -1,
                )
                cv2.rectangle(
                    house,
                    *box,
                    tuple((np.array([74, 66, 58]) * rng.uniform(0.6, 1.5)).tolist()),
                    -1
                )
                if rng.random() < lit:
                    part = glow[
                        h - high + box[0][1] : h - high + box[1][1], x + box[0][0] : x + box[1][0]
                    ]
                    part[:] = np.array([90, 170, 225]) * rng.uniform(0.35, 1)
                cv2.line(
                    house,
                    (int(cx), box[0][1]),
                    (int(cx), box[1][1]),
                    tuple((base * 1.1).tolist()),
                    3,
                )
        house[: int(0.5 * WALL)] *= 0.62
        house[-int(0.5 * WALL) :] *= 0.7
        house[:, :3] *= 0.6
        image[h - high :, x : x + wide, :3], image[h - high :, x : x + wide, 3] = house, 255
        x += wide
    return wall_levels(image, glow if lit else None)


def wall_levels(image, glow=None):
    """[(BGRA, BGR of lit windows or None)], turned so that rows run along the road."""
    turned = lambda im: levels_of(
        np.ascontiguousarray(np.clip(im, 0, 255).astype(np.uint8).transpose(1, 0, 2)), 8
    )
    pictures = turned(image)
    return list(zip(pictures, turned(glow) if glow is not None else [None] * len(pictures)))


def fence(kind, rng):
    """A hedge, a wall or a guard rail along the road, same layout as facades()."""
    w, h = int(ROAD_LENGTH * WALL), int(1.6 * WALL)
    image = np.zeros((h, w, 4), np.float32)
    if kind == "rail":
        y = lambda m: h - int(m * WALL)
        for k, v in enumerate(np.concatenate([np.linspace(200, 120, 4), np.linspace(190, 110, 6)])):
            image[y(0.78) + k, :, :3], image[y(0.78) + k, :, 3] = v, 255
        for x in range(0, w, int(2 * WALL)):
            image[y(0.7) :, x : x + 4, :3], image[y(0.7) :, x : x + 4, 3] = 110, 255
    else:
        top = (1.1 + 0.25 * noise(rng, 1, w, (3, 20), (0.5, 0.6))[0]) * WALL
        mask = (h - np.arange(h))[:, None] < top[None]
        image[..., :3] = np.clip(
            np.array([36, 70, 52]) + noise(rng, h, w, (1, 3, 9), (10, 10, 8))[..., None], 0, 255
        )
        image[..., 3] = mask * 255
    return wall_levels(image)


def tree(rng):
    """A tree as BGRA, 5 m wide and 7 m high when it is drawn with scale 1."""
    h, w = 420, 300
    image = np.zeros((h, w, 4), np.float32)
    cv2.line(
        image, (150, h), (150 + int(rng.uniform(-8, 8)), 200), (40, 52, 66, 255), 17, cv2.LINE_AA
    )
    for k in range(6):
        cv2.line(
            image,
            (150, 260),
            (int(rng.uniform(60, 240)), int(rng.uniform(80, 200))),
            (40, 52, 66, 255),
            6,
            cv2.LINE_AA,
        )
    base = np.array([34, 74, 58], np.float32) * rng.uniform(0.75, 1.35) + [
        0,
        0,
        rng.uniform(-8, 30),
    ]
    for k in range(1500):
        a, r = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        x, y = 150 + 125 * r * np.cos(a) * rng.uniform(0.8, 1), 140 + 118 * r * np.sin(a)
        lift = 1.25 - 0.9 * (y / 270) + rng.normal(0, 0.13) + 0.12 * k / 1500
        colour = (*np.clip(base * lift, 5, 220).tolist(), 255)
        cv2.ellipse(
            image,
            (int(x), int(y)),
            (int(rng.uniform(3, 9)), int(rng.uniform(2, 6))),
            rng.uniform(0, 180),
            0,
            360,
            colour,
            -1,
            cv2.LINE_AA,
        )
    image = np.clip(image, 0, 255).astype(np.uint8)
    return [cv2.resize(image, (w >> k, h >> k), interpolation=cv2.INTER_AREA) for k in range(6)]


def post(rng, lamp):
    h, w = 512, 128
    image = np.zeros((h, w, 4), np.uint8)
    cv2.line(image, (20, h), (20, 20), (96, 98, 98, 255), 7, cv2.LINE_AA)
    if lamp:
        cv2.line(image, (20, 20), (104, 12), (96, 98, 98, 255), 5, cv2.LINE_AA)
        cv2.ellipse(image, (108, 14), (18, 7), 0, 0, 360, (170, 170, 170, 255), -1, cv2.LINE_AA)
    else:
        cv2.circle(image, (64, 70), 60, (225, 225, 225, 255), -1, cv2.LINE_AA)
        cv2.circle(image, (64, 70), 54, (34, 30, 190, 255), 14, cv2.LINE_AA)
    return [cv2.resize(image, (w >> k, h >> k), interpolation=cv2.INTER_AREA) for k in range(6)]


def bonnet_edge(camera):
    """The row of our own bonnet's edge for every column."""
    x = (np.arange(camera.width) - camera.width / 2) / (camera.width / 2)
    return camera.height_px - camera.height_px / 1080 * (78 - 58 * np.abs(x) ** 2.4)


class Scene:
    """kind: town, highway or country. All repeats after ROAD_LENGTH metres."""

    def __init__(self, kind, dusk, rng):
        self.kind, self.dusk = kind, dusk
        self.road = road_texture(kind, rng)
        lit = 0.3 if dusk else 0
        self.walls = []  # (x of the plane, height in metres, levels)
        if kind == "town":
            self.walls = [(13.0, 13, facades(rng, lit)), (-12.5, 13, facades(rng, lit))]
        elif kind == "highway":
            self.walls = [(8.0, 1.6, fence("rail", rng)), (-9.9, 1.6, fence("rail", rng))]
        else:
            self.walls = [(7.0, 1.6, fence("hedge", rng)), (-9.0, 1.6, fence("hedge", rng))]
        trees = [tree(rng) for _ in range(5)]
        self.things = []  # (x, z, width, height, levels)
        near = {"town": 6.6, "highway": 12.0, "country": 8.5}[kind]
        for side in (-1, 1):
            z = rng.uniform(0, 6)
            while z < ROAD_LENGTH:
                size = rng.uniform(0.75, 1.35)
                self.things.append(
                    (
                        side * (near + rng.uniform(0, 1.2 if kind == "town" else 9)),
                        z,
                        5 * size,
                        7 * size,
                        trees[rng.integers(5)],
                    )
                )
                z += rng.uniform(6, 13) if kind != "highway" else rng.uniform(4, 8)
        if kind != "country":
            lamp = post(rng, True)
            for z in (8, 32, 56):
                self.things.append((6.0 if kind == "town" else 8.8, z, 2.0, 8.0, lamp))
        sign = post(rng, False)
        self.things.append((5.4 if kind == "town" else 8.6, 22.0, 0.7, 2.8, sign))
        self.sky, self.far = self._sky(rng), self._far(rng)
        self.bonnet_tone = rng.uniform(0.5, 1.1)

    def _sky(self, rng):
        h, w = 320, 640
        clouds = np.clip(
            noise(rng, h, w, (12, 32, 90), (0.18, 0.35, 0.6)) * 0.6 + rng.uniform(0.1, 0.6), 0, 1
        )
        return cv2.GaussianBlur(clouds, (0, 0), 1.5)

    def _far(self, rng):
        w, h = 2600, 120
        outline = (
            34
            + 26 * noise(rng, 1, w, (60, 220), (0.4, 0.8))[0]
            + 5 * noise(rng, 1, w, (4, 9), (0.5, 0.6))[0]
        )
        mask = ((h - np.arange(h))[:, None] < outline[None]).astype(np.float32)
        return cv2.GaussianBlur(mask, (0, 0), 1.0)

    def background(self, camera, light, travelled, blur_m=0.05):
        """Sky, distance, road, houses; float BGR frame."""
        frame = np.empty((camera.height_px, camera.width, 3), np.float32)
        cx, cy = camera.centre
        row = int(np.clip(round(cy), 1, camera.height_px - 1))
        t = np.linspace(1, 0, row)[:, None, None] ** 0.8
        sky = light.horizon + (light.zenith - light.horizon) * t
        shift = int(cx) % 97
        clouds = cv2.resize(self.sky, (camera.width + 100, row), interpolation=cv2.INTER_LINEAR)[
            :, shift : shift + camera.width
        ]
        frame[:row] = sky + (light.horizon * 1.06 - sky) * clouds[..., None] * 0.8
        scale = camera.focal / 1700
        far = cv2.resize(
            self.far, None, fx=camera.width / 2400, fy=scale, interpolation=cv2.INTER_AREA
        )
        n = min(far.shape[0], row)
        a = far[far.shape[0] - n :, 20 : 20 + camera.width]
        if a.shape[1] == camera.width:
            part = frame[row - n : row]
            part += (
                (light.horizon * 0.35 + light.ground * np.array([0.5, 0.65, 0.5]) - part)
                * a[..., None]
                * 0.85
            )
        self._road(frame, camera, light, travelled, row, blur_m)
        for wall in self.walls:
            self._wall(frame, camera, light, travelled, *wall, blur_m)
        return frame

    def _road(self, frame, camera, light, travelled, row, blur_m):
        cx, cy = camera.centre
        ys = np.arange(row, camera.height_px) + 0.5
        z = camera.focal * camera.height / np.maximum(ys - cy, 0.35)
        footprint = np.maximum(z * z / (camera.focal * camera.height), blur_m) * ROAD_Z
        level = np.clip(
            np.round(np.log2(np.maximum(footprint, 1)) + 0.1), 0, len(self.road) - 1
        ).astype(int)
        xs = np.arange(camera.width, dtype=np.float32) + 0.5 - cx
        diffuse = light.sky * 0.95 + light.sun_colour * light.sun[1]
        haze = light.horizon
        for k in np.unique(level):
            rows = np.flatnonzero(level == k)
            a, b = rows[0], rows[-1] + 1
            im = self.road[k]
            h, w = im.shape[:2]
            zz = z[a:b].astype(np.float32)
            map_x = (xs[None] * (zz / camera.focal)[:, None] + ROAD_HALF) * (
                w / (2 * ROAD_HALF)
            ) - 0.5
            map_y = np.broadcast_to(
                (((zz + travelled) % ROAD_LENGTH) * (h / ROAD_LENGTH) - 0.5)[:, None], map_x.shape
            )
            colour = cv2.remap(
                im,
                np.clip(map_x, 0, w - 1),
                np.ascontiguousarray(map_y, np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_WRAP,
            )
            own = (
                light.own_lamps
                * 1.1
                * np.exp(-(((zz - 9) / 9) ** 2))[:, None]
                * np.exp(-(((map_x * (2 * ROAD_HALF) / w - ROAD_HALF) / 3.2) ** 2))
            )
            lit = (
                colour.astype(np.float32)
                / 255
                * (diffuse + own[..., None] * np.array([0.8, 0.95, 1], np.float32))
            )
            fog = (1 - np.exp(-zz / 220))[:, None, None].astype(np.float32)
            frame[row + a : row + b] = lit * (1 - fog) + haze * fog * 0.8

    def _wall(self, frame, camera, light, travelled, x0, high, levels, blur_m):
        cx, cy = camera.centre
        xs = np.arange(camera.width) + 0.5 - cx
        columns = np.flatnonzero(xs * np.sign(x0) > abs(x0) * camera.focal / 260)
        if not len(columns):
            return
        z = camera.focal * x0 / xs[columns]
        footprint = np.maximum(z * z / (camera.focal * abs(x0)), blur_m) * WALL
        level = np.clip(
            np.round(np.log2(np.maximum(footprint, 1)) + 0.2), 0, len(levels) - 1
        ).astype(int)
        face = (
            light.sky * 0.6
            + light.ground * 0.35
            + light.sun_colour * max(0, -np.sign(x0) * float(light.sun[0])) * 0.9
        )
        for k in np.unique(level):
            c = columns[level == k]
            zz = z[level == k].astype(np.float32)
            im, glow = levels[k]
            h, w = im.shape[:2]  # rows along the road, columns from the top down
            top = cy - camera.focal * (high - camera.height) / zz.min()
            foot = cy + camera.focal * camera.height / zz.min()
            r0, r1 = max(0, int(top)), min(camera.height_px, int(foot) + 1)
            if r1 <= r0:
                continue
            ys = np.arange(r0, r1, dtype=np.float32) + 0.5 - cy
            up = camera.height - ys[:, None] * (zz / camera.focal)[None]  # metres
            map_x = (high - up) * (w / high) - 0.5
            map_y = np.broadcast_to(
                (((zz + travelled) % ROAD_LENGTH) * (h / ROAD_LENGTH) - 0.5)[None], map_x.shape
            )
            map_y = np.ascontiguousarray(map_y, np.float32)
            get = (
                lambda part: cv2.remap(
                    part, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
                ).astype(np.float32)
                / 255
            )
            colour = get(im)
            alpha = colour[..., 3:] * ((map_x >= 0) & (map_x <= w - 0.5))[..., None]
            fog = (1 - np.exp(-zz / 260))[None, :, None].astype(np.float32)
            lit = colour[..., :3] * face
            if glow is not None:
                lit = lit + get(glow) * 0.8
            lit = lit * (1 - fog) + light.horizon * fog * 0.8
            area = (slice(r0, r1), slice(c[0], c[-1] + 1))
            if c[-1] - c[0] + 1 == len(c):
                frame[area] += (lit - frame[area]) * alpha

    def standing(self, travelled, far=140.0):
        """What stands beside the road: (z, x, width, height, levels), nearest 3 m, farthest
        `far` metres ahead.
        """
        out = []
        for x, z, w, h, levels in self.things:
            zz = (z - travelled) % ROAD_LENGTH
            while zz < far:
                if zz > 3:
                    out.append((zz, x, w, h, levels))
                zz += ROAD_LENGTH
        return out

    def draw_thing(self, frame, camera, light, thing):
        z, x, w, h, levels = thing
        k = camera.focal / z
        px, foot = camera.centre[0] + k * x, camera.centre[1] + k * camera.height
        x0, x1, y0 = px - k * w / 2, px + k * w / 2, foot - k * h
        a, b = max(0, int(x0)), min(camera.width, int(x1) + 1)
        c, d = max(0, int(y0)), min(camera.height_px, int(foot) + 1)
        if b - a < 2 or d - c < 2:
            return
        level = int(np.clip(np.log2(max(levels[0].shape[1] / (x1 - x0), 1)), 0, len(levels) - 1))
        im = levels[level]
        sx, sy = im.shape[1] / (x1 - x0), im.shape[0] / (foot - y0)
        m = np.array([[sx, 0, (a - x0) * sx], [0, sy, (c - y0) * sy]], np.float64)
        part = (
            cv2.warpAffine(
                im, m, (b - a, d - c), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            ).astype(np.float32)
            / 255
        )
        lit = part[..., :3] * (light.sky * 0.95 + light.sun_colour * 0.55)
        fog = np.float32(1 - np.exp(-z / 260))
        lit = lit * (1 - fog) + light.horizon * fog * 0.8
        area = frame[c:d, a:b]
        area += (lit - area) * part[..., 3:]

    def bonnet(self, frame, camera, light):
        """Our own bonnet at the lower edge."""
        s = camera.height_px / 1080
        x = (np.arange(camera.width) - camera.width / 2) / (camera.width / 2)
        edge = bonnet_edge(camera)
        y0 = int(edge.min()) - 2
        rows = np.arange(y0, camera.height_px)[:, None] + 0.5
        a = np.clip(rows - edge[None], 0, 1)[..., None]
        depth = np.clip((rows - edge[None]) / (80 * s), 0, 1)[..., None]
        tone = (
            light.horizon * 0.34 * (1 - depth) ** 2
            + light.zenith * 0.10
            + np.array([0.05, 0.035, 0.03]) * (light.sky + light.sun_colour)
        ) * self.bonnet_tone
        ridge = 1 + 0.25 * np.exp(-(((np.abs(x) - 0.52) / 0.02) ** 2))[None, :, None]
        area = frame[y0:]
        area += (np.float32(tone * ridge) - area) * a
