"""Reading the labelled folders, letterboxing, and the augmented training samples of both detectors."""
import os
from pathlib import Path

import cv2
import numpy as np

import rendered

cv2.setNumThreads(1)
SHARED = Path(os.environ.get("ANPR_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DATA = SHARED / "data"
VEHICLE_SETS = ["vehicles/highway_id", "vehicles/rf100_vehicles", "vehicles/atl_cctv", "vehicles/openimages"]
PLATE_SETS = ["plates/us_chirag", "plates/cn_easypr", "plates/ro_dashcam"]
PAD = 114


def images(folder):
    return sorted((folder / "images").iterdir())


def read_rows(path):
    """Rows of a YOLO text file as a list of float lists; an absent file has no rows."""
    return [[float(v) for v in line.split()] for line in open(path)] if path.exists() else []


def label_path(image, kind="labels"):
    return image.parent.parent / kind / (image.stem + ".txt")


def to_xyxy(rows, width, height):
    """(n,5+) YOLO rows -> (n,4) pixel boxes x1 y1 x2 y2."""
    r = np.array([row[1:5] for row in rows], np.float32).reshape(-1, 4) * [width, height, width, height]
    return np.concatenate([r[:, :2] - r[:, 2:] / 2, r[:, :2] + r[:, 2:] / 2], 1).astype(np.float32)


def to_row(cls, box, width, height):
    x1, y1, x2, y2 = box
    return f"{int(cls)} {(x1 + x2) / 2 / width:.6f} {(y1 + y2) / 2 / height:.6f} {(x2 - x1) / width:.6f} {(y2 - y1) / height:.6f}"


def iou_matrix(a, b):
    a, b = np.asarray(a, np.float32).reshape(-1, 4), np.asarray(b, np.float32).reshape(-1, 4)
    lt, rb = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.prod(np.clip(rb - lt, 0, None), 2)
    area = lambda x: np.prod(np.clip(x[:, 2:] - x[:, :2], 0, None), 1)
    return inter / np.maximum(area(a)[:, None] + area(b)[None] - inter, 1e-6)


def covered(inner, outer):
    """(n,m): the part of each inner box's area that lies in each outer box."""
    a, b = np.asarray(inner, np.float32).reshape(-1, 4), np.asarray(outer, np.float32).reshape(-1, 4)
    lt, rb = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.prod(np.clip(rb - lt, 0, None), 2) / np.maximum(np.prod(a[:, 2:] - a[:, :2], 1)[:, None], 1e-6)


def nms(boxes, scores, limit):
    """Class-agnostic greedy suppression; indices kept, best first."""
    order, kept = np.argsort(-scores), []
    while len(order):
        i, order = order[0], order[1:]
        kept.append(i)
        if len(order):
            order = order[iou_matrix(boxes[i], boxes[order])[0] <= limit]
    return np.array(kept, int)


def letterbox(image, width, height):
    """Scaled to fit and centred on grey. Returns the picture, the scale, and the offset (x, y) of its corner."""
    h, w = image.shape[:2]
    s = min(width / w, height / h)
    nw, nh = max(1, round(w * s)), max(1, round(h * s))
    ox, oy = (width - nw) // 2, (height - nh) // 2
    out = np.full((height, width, 3), PAD, np.uint8)
    out[oy:oy + nh, ox:ox + nw] = cv2.resize(image, (nw, nh), interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_LINEAR)
    return out, s, (ox, oy)


def grow(box, factor, width, height):
    """The box with each side moved out by factor x its size, cut at the picture's edge, as integers."""
    x1, y1, x2, y2 = box
    dx, dy = (x2 - x1) * factor, (y2 - y1) * factor
    return int(max(0, x1 - dx)), int(max(0, y1 - dy)), int(min(width, np.ceil(x2 + dx))), int(min(height, np.ceil(y2 + dy)))


# ---------------------------------------------------------------- light, noise, blur

class Photometric:
    """Cheap changes of light, colour, sharpness and noise, on BGR bytes."""

    def __init__(self, rng):
        self.rng = rng
        self.noise = np.clip(rng.normal(128, 32, (900, 1300, 3)), 0, 255).astype(np.uint8)

    def tone(self, image, dark):
        r, x = self.rng, np.linspace(0, 1, 256)
        gamma = r.uniform(1.2, 2.8) if dark else np.exp(r.uniform(-0.5, 0.5))
        gain = r.uniform(0.25, 0.8) if dark else r.uniform(0.7, 1.25)
        lift = r.uniform(0, 0.06) if dark else r.uniform(-0.06, 0.1)
        cast = np.exp(r.normal(0, 0.12 if r.random() < 0.8 else 0.35, 3))
        if r.random() < 0.12:                                            # the purple or pink of a camera without IR filter
            cast = np.array([r.uniform(1.0, 1.35), r.uniform(0.6, 0.85), r.uniform(1.0, 1.5)])
        if r.random() < 0.08:
            image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        table = np.stack([x ** gamma * gain * c + lift for c in cast], 1)
        table = np.clip(table * 255, 0, 255).astype(np.uint8).reshape(256, 1, 3)
        return cv2.LUT(image, table)

    def grain(self, image, sigma):
        h, w = image.shape[:2]
        y, x = self.rng.integers(0, 900 - h), self.rng.integers(0, 1300 - w)
        return cv2.addWeighted(image, 1, self.noise[y:y + h, x:x + w], sigma / 32, -128 * sigma / 32)

    def blur(self, image, strength):
        r = self.rng
        kind = r.random()
        if kind < 0.4:
            k = int(r.integers(3, 4 + 2 * strength))
            kernel = np.zeros((k, k), np.float32)
            angle = r.normal(0, 0.35) if r.random() < 0.7 else r.uniform(0, np.pi)
            d = np.array([np.cos(angle), np.sin(angle)]) * (k - 1) / 2
            c = np.array([(k - 1) / 2] * 2)
            cv2.line(kernel, tuple(np.round(c - d).astype(int).tolist()), tuple(np.round(c + d).astype(int).tolist()), 1.0)
            return cv2.filter2D(image, -1, kernel / kernel.sum())
        if kind < 0.7:
            return cv2.GaussianBlur(image, (0, 0), r.uniform(0.5, 0.4 + 0.4 * strength))
        h, w = image.shape[:2]
        f = r.uniform(1.2, 1 + 0.5 * strength)
        small = cv2.resize(image, (max(8, int(w / f)), max(8, int(h / f))), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)

    def glow(self, image, x, y, radius, colour):
        """A lamp with its halo, added in place."""
        h, w = image.shape[:2]
        radius = int(np.clip(radius, 2, 60))
        x1, y1, x2, y2 = max(0, x - radius), max(0, y - radius), min(w, x + radius), min(h, y + radius)
        if x2 <= x1 or y2 <= y1:
            return
        gy, gx = np.mgrid[y1:y2, x1:x2]
        d = np.sqrt((gx - x) ** 2 + (gy - y) ** 2) / radius
        a = np.clip(1.6 * np.exp(-(d * 2.2) ** 2) - 0.02, 0, 1)[..., None]
        image[y1:y2, x1:x2] = np.clip(image[y1:y2, x1:x2] + a * np.array(colour), 0, 255).astype(np.uint8)

    def lamps(self, image, boxes):
        r = self.rng
        for x1, y1, x2, y2 in boxes:
            w, h = x2 - x1, y2 - y1
            if w < 14 or r.random() < 0.4:
                continue
            red = r.random() < 0.6
            colour = (r.uniform(30, 200), r.uniform(20, 120), 255) if red else (255, 255, 255)
            y, radius = y1 + h * r.uniform(0.4, 0.65), w * r.uniform(0.06, 0.3 if r.random() < 0.3 else 0.16)
            for side in (0.12, 0.88):
                self.glow(image, int(x1 + w * side), int(y), radius, colour)

    def jpeg(self, image):
        quality = int(self.rng.integers(25, 85))
        return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)

    def __call__(self, image, boxes=(), blur=3, noise=14):
        r = self.rng
        dark = r.random() < 0.22
        image = self.tone(image, dark) if dark or r.random() < 0.8 else image
        if dark and r.random() < 0.6:
            self.lamps(image, boxes)
        if r.random() < 0.25:
            image = self.blur(image, blur)
        if r.random() < (0.6 if dark else 0.2):
            image = self.grain(image, r.uniform(2, noise))
        if r.random() < 0.12:
            image = self.jpeg(image)
        return image


# ---------------------------------------------------------------- vehicles

IGNORE = -2


def vehicle_targets(path, width, height, labelled, sure=0.4):
    """Hand-made labels plus what only the teacher saw. Boxes and classes; unsure ones get class IGNORE."""
    rows = read_rows(label_path(path)) if labelled else []
    boxes, classes = [to_xyxy(rows, width, height)], [np.array([int(r[0]) for r in rows], int)]
    extra = read_rows(label_path(path, "vehicle_labels_teacher"))
    if extra:
        b, s = to_xyxy(extra, width, height), np.array([r[5] for r in extra])
        c = np.array([int(r[0]) for r in extra])
        new = np.ones(len(b), bool)
        if len(boxes[0]):
            new = (iou_matrix(b, boxes[0]).max(1) < 0.4)
            part = (covered(b, boxes[0]).max(1) > 0.7) | (covered(boxes[0], b).max(0) > 0.8)
            c[part] = IGNORE
        c[s < sure] = IGNORE
        boxes.append(b[new])
        classes.append(c[new])
    if not labelled:                                                     # a plate outside every box: a vehicle the teacher missed
        plates = to_xyxy(read_rows(label_path(path)), width, height)
        known = np.concatenate(boxes)[np.concatenate(classes) >= 0]
        for x1, y1, x2, y2 in plates:
            w, cx, cy = x2 - x1, (x1 + x2) / 2, (y1 + y2) / 2
            if len(known) and covered([[x1, y1, x2, y2]], known).max() > 0.9:
                continue
            if w < 0.2 * width:
                box = np.array([[cx - 1.75 * w, cy - 1.7 * w, cx + 1.75 * w, cy + 1.15 * w]], np.float32)
                boxes.append(box.clip(0, [width, height, width, height]))
                classes.append(np.array([0]))
    return np.concatenate(boxes).astype(np.float32), np.concatenate(classes)


class VehicleSamples:
    """All vehicle pictures in memory; draws augmented samples of any size."""
    # folder, share of the draws, hand-made vehicle labels or only the teacher's
    SOURCES = [("vehicles/highway_id", 0.24, True), ("vehicles/rf100_vehicles", 0.12, True), ("vehicles/atl_cctv", 0.12, True),
               ("vehicles/openimages", 0.16, True), ("plates/ro_dashcam", 0.24, False), ("plates/cn_easypr", 0.06, False),
               ("plates/us_chirag", 0.06, False)]

    def __init__(self, seed=0, longest=960):
        self.rng = np.random.default_rng(seed)
        self.photo = Photometric(self.rng)
        self.sets, self.shares = [], []
        for name, share, labelled in self.SOURCES:
            items = []
            for path in images(DATA / "train" / name):
                image = cv2.imread(str(path))
                h, w = image.shape[:2]
                boxes, classes = vehicle_targets(path, w, h, labelled)
                if not labelled and not (classes >= 0).any():
                    continue                                             # close-ups of plates: what is a vehicle there?
                s = min(1.0, longest / max(h, w))
                if s < 1:
                    image = cv2.resize(image, None, fx=s, fy=s, interpolation=cv2.INTER_AREA)
                items.append((image, boxes * s, classes))
            self.sets.append(items)
            self.shares.append(share)
        self.shares = np.array(self.shares) / sum(self.shares)

    def draw(self):
        items = self.sets[self.rng.choice(len(self.sets), p=self.shares)]
        image, boxes, classes = items[self.rng.integers(len(items))]
        if self.rng.random() < 0.5:
            boxes = boxes.copy()
            boxes[:, [0, 2]] = image.shape[1] - boxes[:, [2, 0]]
            image = image[:, ::-1]
        return image, boxes, classes

    def place(self, canvas, region, scale_range):
        """A random picture, scaled around 'fills the region', pasted into it at a random shift."""
        r = self.rng
        image, boxes, classes = self.draw()
        x1, y1, x2, y2 = region
        w, h = x2 - x1, y2 - y1
        ih, iw = image.shape[:2]
        s = min(w / iw, h / ih) * np.exp(r.uniform(*np.log(scale_range)))
        sx, sy = s * np.exp(r.normal(0, 0.06)), s * np.exp(r.normal(0, 0.06))
        nw, nh = max(16, int(iw * sx)), max(16, int(ih * sy))
        sx, sy = nw / iw, nh / ih
        ox = int(r.uniform(min(0, w - nw), max(0, w - nw)))
        oy = int(r.uniform(min(0, h - nh), max(0, h - nh)))
        # cut the source first: scaling what will not be seen is wasted
        cx1, cy1 = max(0, int(-ox / sx)), max(0, int(-oy / sy))
        cx2, cy2 = min(iw, int(np.ceil((w - ox) / sx))), min(ih, int(np.ceil((h - oy) / sy)))
        part = image[cy1:cy2, cx1:cx2]
        pw, ph = max(1, round((cx2 - cx1) * sx)), max(1, round((cy2 - cy1) * sy))
        part = cv2.resize(np.ascontiguousarray(part), (pw, ph), interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_LINEAR)
        px, py = max(0, round(cx1 * sx + ox)), max(0, round(cy1 * sy + oy))
        pw, ph = min(pw, w - px), min(ph, h - py)
        canvas[y1 + py:y1 + py + ph, x1 + px:x1 + px + pw] = part[:ph, :pw]
        moved = boxes * [sx, sy, sx, sy] + [ox, oy, ox, oy]
        seen = moved.clip([px, py, px, py], [px + pw, py + ph, px + pw, py + ph])
        area = lambda b: np.prod(np.clip(b[:, 2:] - b[:, :2], 0, None), 1)
        visible = area(seen) / np.maximum(area(moved), 1)
        classes = np.where((visible < 0.35) | ((seen[:, 2:] - seen[:, :2]).min(1) < 7), IGNORE, classes)
        k = (visible > 0.02) & ((seen[:, 2:] - seen[:, :2]).min(1) > 1)
        return seen[k] + [x1, y1, x1, y1], classes[k]

    def sample(self, width, height):
        r = self.rng
        canvas = np.full((height, width, 3), PAD, np.uint8)
        if r.random() < 0.45:
            cx, cy = int(width * r.uniform(0.3, 0.7)), int(height * r.uniform(0.3, 0.7))
            regions = [(0, 0, cx, cy), (cx, 0, width, cy), (0, cy, cx, height), (cx, cy, width, height)]
            parts = [self.place(canvas, region, (0.8, 2.2)) for region in regions]
        else:
            parts = [self.place(canvas, (0, 0, width, height), (0.45, 2.2) if r.random() < 0.6 else (0.9, 1.1))]
        boxes, classes = (np.concatenate(v) for v in zip(*parts))
        return self.photo(canvas, boxes), boxes.astype(np.float32), classes

    def batch(self, size, width, height):
        import torch
        samples = [self.sample(width, height) for _ in range(size)]
        most = max(1, max(len(s[1]) for s in samples))
        boxes, classes = np.zeros((size, most, 4), np.float32), np.full((size, most), -1)
        for i, (_, b, c) in enumerate(samples):
            boxes[i, :len(b)], classes[i, :len(c)] = b, c
        return to_tensor([s[0] for s in samples]), dict(boxes=torch.from_numpy(boxes), classes=torch.from_numpy(classes))


# ---------------------------------------------------------------- plates

def corners_of_boxes(boxes):
    """(n,4) boxes -> (n,4,2) corners tl tr br bl."""
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def boxes_of_corners(quads):
    return np.concatenate([quads.min(1), quads.max(1)], 1)


def plate_targets(path, width, height, vehicles, sure=0.6):
    """Plates of a picture: boxes (n,4), corners (n,4,2), trust in the corners (n), classes 0 or IGNORE (n).

    A hand-made label is a plate whatever the teacher says; its corners count only where the teacher saw it. A plate that
    only the teacher saw counts from the score `sure` up if it lies where plates lie, else it is a region to ignore.
    """
    rows = np.array(read_rows(label_path(path, "corner_labels_teacher")), np.float32).reshape(-1, 14)
    boxes, score = to_xyxy(rows, width, height), rows[:, 13]
    quads = rows[:, 5:13].reshape(-1, 4, 2) * np.float32([width, height])
    hand = rows[:, 0] == 0
    trust = np.where(score >= 0.3, np.clip(score * 1.2, 0, 1), 0)
    best = np.zeros(len(rows), bool)
    for i in np.flatnonzero((score >= sure) & ~hand):
        for x1, y1, x2, y2 in vehicles:
            inside = covered(boxes[i], [[x1, y1, x2, y2]])[0, 0] > 0.9
            best[i] |= inside and boxes[i, 2] - boxes[i, 0] < 0.5 * (x2 - x1) and boxes[i, 3] > y1 + 0.4 * (y2 - y1)
    agree = iou_matrix(boxes, boxes_of_corners(quads)).diagonal() if len(rows) else np.zeros(0)
    trust[agree < 0.6] = 0
    classes = np.where(hand | best, 0, IGNORE)
    return boxes, quads, trust.astype(np.float32), classes


class PlateSamples:
    """Crops around vehicles, as the pipeline cuts them (a vehicle's box, grown), scaled to the network's input.

    Kinds of sample: real plates; real plates replaced by rendered ones in the same place (new text, colours and shape);
    rendered plates on vehicles where none was seen; and without any plate: painted over, lettering only, streets.
    """
    # folder, share of the draws, hand-made plate labels or only the teacher's
    SOURCES = [("plates/ro_dashcam", 0.34, True), ("plates/cn_easypr", 0.14, True), ("plates/us_chirag", 0.22, True),
               ("vehicles/highway_id", 0.14, False), ("vehicles/openimages", 0.10, False), ("vehicles/atl_cctv", 0.03, False),
               ("vehicles/rf100_vehicles", 0.03, False)]
    KINDS = {"real": 0.52, "replaced": 0.16, "added": 0.16, "erased": 0.05, "lettering": 0.05, "plain": 0.03, "street": 0.03}
    SURE = {True: (0.6, 1.0), False: (0.4, 0.8)}                         # background weight: vehicle without, with plate
    STRETCHED = "plates/us_chirag"                                       # squeezed to squares: the true proportions are lost

    def __init__(self, seed=0, smallest=44):
        self.rng = np.random.default_rng(seed)
        self.photo = Photometric(self.rng)
        self.scenes, self.with_plate, self.without, shares = [], [], [], []
        for name, share, labelled in self.SOURCES:
            scenes, with_plate, without = [], [], []
            for path in images(DATA / "train" / name):
                image = cv2.imread(str(path))
                h, w = image.shape[:2]
                vehicles, classes = vehicle_targets(path, w, h, not labelled)
                vehicles = vehicles[classes >= 0]
                plates = plate_targets(path, w, h, vehicles)
                if labelled:
                    vehicles = np.concatenate([vehicles, self.lonely(plates, vehicles, w, h)])
                for vehicle in vehicles[(vehicles[:, 2:] - vehicles[:, :2]).max(1) >= smallest]:
                    holds = covered(plates[0], vehicle)[:, 0]
                    if ((holds > 0.9) & (plates[3] == 0)).any():
                        with_plate.append((len(scenes), vehicle))
                    elif not (holds > 0.2).any() and (vehicle[2:] - vehicle[:2]).max() > 90:
                        without.append((len(scenes), vehicle))
                scenes.append((image, vehicles, plates))
            self.scenes.append(scenes), self.with_plate.append(with_plate), self.without.append(without), shares.append(share)
        self.shares = np.array(shares) / sum(shares)

    def lonely(self, plates, vehicles, width, height):
        """A vehicle's box around each hand-labelled plate that lies in none; close-ups of plates get none."""
        boxes = []
        for (x1, y1, x2, y2), cls in zip(plates[0], plates[3]):
            w, cx, cy = x2 - x1, (x1 + x2) / 2, (y1 + y2) / 2
            known = len(vehicles) and covered([[x1, y1, x2, y2]], vehicles).max() > 0.9
            if cls == 0 and not known and w < 0.6 * width:
                boxes.append([cx - 1.75 * w, cy - 1.7 * w, cx + 1.75 * w, cy + 1.15 * w])
        return np.array(boxes, np.float32).reshape(-1, 4).clip(0, [width, height, width, height])

    def region(self, vehicle, width, height):
        """The vehicle's box as a detector would give it, grown as the pipeline does, in whole pixels."""
        r = self.rng
        x1, y1, x2, y2 = vehicle
        size = np.array([x2 - x1, y2 - y1] * 2)
        box = vehicle + r.normal(0, 0.05, 4) * size
        growth = r.uniform(0.04, 0.18) if r.random() < 0.75 else r.uniform(0, 0.7)
        x1, y1, x2, y2 = grow(box, growth, width, height)
        return max(0, min(x1, width - 16)), max(0, min(y1, height - 16)), max(x2, x1 + 16), max(y2, y1 + 16)

    def somewhere(self, vehicle):
        """A made-up place for a plate, mostly low and near the vehicle's middle: centre, and half the width as a vector."""
        r = self.rng
        x1, y1, x2, y2 = vehicle
        w, h = x2 - x1, y2 - y1
        width = min(w, 1.6 * h) * np.exp(r.uniform(np.log(0.1), np.log(0.42)))
        across, below = np.clip(r.normal(0.5, 0.18), 0.15, 0.85), np.clip(r.normal(0.72, 0.13), 0.3, 0.95)
        centre = np.array([x1 + w * across, y1 + h * below])
        angle = r.normal(0, 0.06)
        along = width / 2 * np.array([np.cos(angle), np.sin(angle)])
        return centre, along

    def edit(self, kind, image, vehicle, boxes, quads, trust, classes):
        """Changes the cut-out picture, in place, as the kind of sample asks; returns the plates that are then in it."""
        r = self.rng
        keep = np.ones(len(boxes), bool)
        added = []
        if kind in ("replaced", "erased"):
            for i in np.flatnonzero(classes == 0):
                x1, y1, x2, y2 = grow(boxes[i], 0, image.shape[1], image.shape[0])
                if x2 - x1 < 4 or y2 - y1 < 3:
                    continue
                white = np.percentile(image[y1:y2, x1:x2], 90) / 235
                quad = quads[i] if trust[i] > 0 else corners_of_boxes(boxes[i:i + 1])[0]
                rendered.erase(image, quad, r)
                keep[i] = False
                if kind == "replaced":
                    along = (quad[1] + quad[2] - quad[0] - quad[3]) / 4 * r.uniform(0.7, 1.15)
                    added.append(rendered.add_plate(image, quad.mean(0), along, r, white))
        elif kind == "added":
            added.append(rendered.add_plate(image, *self.somewhere(vehicle), r))
        if kind == "lettering" or kind != "street" and r.random() < 0.12:
            for _ in range(int(r.integers(1, 4))):
                centre, along = self.somewhere(vehicle)
                centre[1] -= (vehicle[3] - vehicle[1]) * r.uniform(0, 0.5)
                texture, mask = rendered.draw_sticker(r)
                quad = rendered.quad_at(centre, along, texture.shape[1] / texture.shape[0], r)
                taken = np.concatenate([boxes[keep]] + [boxes_of_corners(q[None]) for q in added])
                if len(taken) and (iou_matrix(boxes_of_corners(quad[None]), taken) > 0).any():
                    continue
                rendered.paste(image, rendered.light_like(texture, image, r), quad, r, mask)
        quads = np.concatenate([quads[keep]] + [q[None] for q in added]).astype(np.float32)
        n = len(added)
        return (np.concatenate([boxes[keep], boxes_of_corners(quads[len(quads) - n:])]), quads,
                np.concatenate([trust[keep], np.ones(n, np.float32)]), np.concatenate([classes[keep], np.zeros(n, int)]))

    def draw(self):
        """A random sample's cut-out before scaling: picture, its vehicle, plates, and how sure 'no plate here' is."""
        r = self.rng
        while True:
            kind = r.choice(list(self.KINDS), p=list(self.KINDS.values()))
            s = r.choice(len(self.SOURCES), p=self.shares)
            pool = self.with_plate[s] if kind in ("real", "replaced", "erased") else self.without[s]
            labelled = self.SOURCES[s][2]
            if kind != "street" and not pool:
                continue
            scene, vehicle = pool[r.integers(len(pool))] if kind != "street" else (r.integers(len(self.scenes[s])), None)
            image, vehicles, (boxes, quads, trust, classes) = self.scenes[s][scene]
            h, w = image.shape[:2]
            if kind == "street":                                         # any place without vehicles
                size = np.array([w, h]) * r.uniform(0.15, 0.6)
                corner = r.uniform(0, [w, h] - size)
                vehicle = np.concatenate([corner, corner + size])
                if (covered(vehicles, vehicle) > 0.1).any() or (covered(boxes, vehicle) > 0).any():
                    continue
            region = self.region(vehicle, w, h)
            x1, y1, x2, y2 = region
            shift = np.float32([x1, y1])
            near = (covered(boxes, region)[:, 0] > 0.05)
            cut = image[y1:y2, x1:x2].copy()
            whole = covered(boxes, region)[near, 0] > 0.85
            plates = (boxes[near] - np.tile(shift, 2), quads[near] - shift, trust[near], np.where(whole, classes[near], IGNORE))
            vehicle = vehicle - np.tile(shift, 2)
            if r.random() < 0.5:                                         # mirrored, before anything is rendered
                cut = np.ascontiguousarray(cut[:, ::-1])
                b, q = plates[0].copy(), plates[1].copy()
                b[:, [0, 2]] = (x2 - x1) - b[:, [2, 0]]
                q[..., 0] = (x2 - x1) - q[..., 0]
                plates = (b, q[:, [1, 0, 3, 2]], *plates[2:])
                vehicle[[0, 2]] = (x2 - x1) - vehicle[[2, 0]]
            sure = 1.0 if kind == "street" else self.SURE[labelled][kind in ("real", "replaced", "erased")]
            stretch = np.exp(r.uniform(-0.1, 0.5)) if self.SOURCES[s][0] == self.STRETCHED else np.exp(r.normal(0, 0.07))
            return cut, vehicle, self.edit(kind, cut, vehicle, *plates), sure, stretch

    def sample(self, width, height):
        """Picture, boxes, corners, trust in the corners, classes, and the weight of the background."""
        cut, vehicle, (boxes, quads, trust, classes), sure, stretch = self.draw()
        h, w = cut.shape[:2]
        s = min(width / (w * stretch), height / h)
        nw, nh = int(np.clip(round(w * stretch * s), 1, width)), int(np.clip(round(h * s), 1, height))
        scale, offset = np.float32([nw / w, nh / h]), np.float32([(width - nw) // 2, (height - nh) // 2])
        x, y = offset.astype(int)
        cut = cv2.resize(cut, (nw, nh), interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_LINEAR)
        canvas = np.full((height, width, 3), PAD, np.uint8)              # the padding stays grey, as in the pipeline
        canvas[y:y + nh, x:x + nw] = self.photo(cut, [vehicle * np.tile(scale, 2)], blur=2.5, noise=12)
        move = lambda b: b * np.tile(scale, 2) + np.tile(offset, 2)
        quads, low, high = quads * scale + offset, np.tile(offset, 2), np.tile(offset + [nw, nh], 2)
        boxes = np.minimum(np.maximum(move(boxes), low[:4]), high[:4])
        classes = np.where((boxes[:, 2:] - boxes[:, :2]).min(1) < 3, IGNORE, classes)
        return canvas, boxes.astype(np.float32), quads, trust, classes, sure

    def batch(self, size, width, height):
        import torch
        samples = [self.sample(width, height) for _ in range(size)]
        most = max(1, max(len(s[1]) for s in samples))
        boxes, classes = np.zeros((size, most, 4), np.float32), np.full((size, most), -1)
        corners, trust = np.zeros((size, most, 4, 2), np.float32), np.zeros((size, most), np.float32)
        for i, (_, b, q, t, c, _) in enumerate(samples):
            n = len(b)
            boxes[i, :n], corners[i, :n], trust[i, :n], classes[i, :n] = b, q, t, c
        background = np.array([s[5] for s in samples], np.float32)
        return to_tensor([s[0] for s in samples]), dict(
            boxes=torch.from_numpy(boxes), classes=torch.from_numpy(classes), corners=torch.from_numpy(corners),
            corner_weight=torch.from_numpy(trust), background=torch.from_numpy(background))


def to_tensor(bgr):
    """BGR byte pictures of one size -> float RGB 0..1, channels last."""
    import torch
    x = torch.from_numpy(np.stack(bgr)[..., ::-1].copy()).permute(0, 3, 1, 2)
    return x.float().div_(255).contiguous(memory_format=torch.channels_last)
