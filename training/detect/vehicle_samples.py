"""Training samples of the vehicle detector: the labelled pictures, mixed, scaled, cut and relit."""

import csv
from pathlib import Path

import cv2
import numpy as np

from .clutter import clutter
from .data import (
    DATA,
    IGNORE,
    PAD,
    PART,
    covered,
    images,
    iou_matrix,
    label_path,
    read_rows,
    to_tensor,
    to_xyxy,
)
from .light import Photometric


def add_own(boxes, classes, own):
    """Adds what the network so far (own: boxes, scores, classes; see own_labels.py) saw and the
    teacher did not: sure ones as vehicles, others to be ignored."""
    found, scores, kinds = own
    if not len(found):
        return boxes, classes
    labels = np.where(scores < 0.6, IGNORE, kinds)
    new = scores >= 0.4
    if len(boxes):
        overlap = iou_matrix(found, boxes)
        for i in np.flatnonzero(scores >= 0.55):  # both saw it: that is enough
            classes[(classes == IGNORE) & (overlap[i] >= 0.5)] = kinds[i]
        part = (covered(found, boxes).max(1) > 0.7) | (covered(boxes, found).max(0) > 0.8)
        labels = np.where(part, IGNORE, labels)
        new &= overlap.max(1) < 0.4
    return np.concatenate([boxes, found[new]]), np.concatenate([classes, labels[new]])


def read_verdicts(path=Path(__file__).with_name("verdicts.csv")):
    """{(set, picture): boxes (n,4) x1 y1 x2 y2 in pixels and classes (n), -1 for no vehicle}: finds
    of the teacher or the network that a person looked at, in pictures without hand-made labels."""
    verdicts = {}
    with open(path, encoding="utf-8") as f:
        for row in csv.DictReader(f):
            box = [float(row[k]) for k in ("x1", "y1", "x2", "y2")]
            verdicts.setdefault((row["set"], row["picture"]), []).append((box, int(row["class"])))
    return {
        key: (np.float32([box for box, _ in said]), np.array([c for _, c in said]))
        for key, said in verdicts.items()
    }


def add_verdicts(boxes, classes, verdict):
    """What a person said outweighs machines: what is no vehicle becomes background, what is one is
    taught as such."""
    looked_at, said = verdict
    if len(boxes):
        other = iou_matrix(boxes, looked_at).max(1) < 0.5
        boxes, classes = boxes[other], classes[other]
    return np.concatenate([boxes, looked_at[said >= 0]]), np.concatenate([classes, said[said >= 0]])


def vehicle_targets(path, width, height, labelled, sure=0.4, own=None, verdict=None):
    """Hand-made labels plus what only the teacher, or the network so far, saw; verdict: as
    add_verdicts takes it, or None.

    Boxes and classes; unsure ones get class IGNORE."""
    rows = read_rows(label_path(path)) if labelled else []
    boxes, classes = [to_xyxy(rows, width, height)], [np.array([int(r[0]) for r in rows], int)]
    extra = read_rows(label_path(path, "vehicle_labels_teacher"))
    if extra:
        b, s = to_xyxy(extra, width, height), np.array([r[5] for r in extra])
        c = np.array([int(r[0]) for r in extra])
        new = np.ones(len(b), bool)
        if len(boxes[0]):
            new = iou_matrix(b, boxes[0]).max(1) < 0.4
            part = (covered(b, boxes[0]).max(1) > 0.7) | (covered(boxes[0], b).max(0) > 0.8)
            c[part] = IGNORE
        c[s < sure] = IGNORE
        boxes.append(b[new])
        classes.append(c[new])
    if own is not None:
        both = add_own(np.concatenate(boxes), np.concatenate(classes), own)
        boxes, classes = [both[0]], [both[1]]
    if verdict is not None:
        both = add_verdicts(np.concatenate(boxes), np.concatenate(classes), verdict)
        boxes, classes = [both[0]], [both[1]]
    if not labelled:  # a plate outside every box: a vehicle the teacher missed
        plates = to_xyxy(read_rows(label_path(path)), width, height)
        known = np.concatenate(boxes)[np.concatenate(classes) >= 0]
        for x1, y1, x2, y2 in plates:
            w, cx, cy = x2 - x1, (x1 + x2) / 2, (y1 + y2) / 2
            if len(known) and covered([[x1, y1, x2, y2]], known).max() > 0.9:
                continue
            if w < 0.2 * width:
                box = np.array(
                    [[cx - 1.75 * w, cy - 1.7 * w, cx + 1.75 * w, cy + 1.15 * w]], np.float32
                )
                boxes.append(box.clip(0, [width, height, width, height]))
                classes.append(np.array([0]))
    return np.concatenate(boxes).astype(np.float32), np.concatenate(classes)


def shrink(image, boxes, longest):
    """The picture with its longer side at most `longest`, and its boxes."""
    s = min(1.0, longest / max(image.shape[:2]))
    if s < 1:
        image = cv2.resize(image, None, fx=s, fy=s, interpolation=cv2.INTER_AREA)
    return image, boxes * np.float32(s)


class RenderedFrames:
    """Pictures, boxes and classes of a folder of rendered frames, which may still be filling."""

    def __init__(self, folder, longest):
        self.folder, self.longest, self.known, self.items = Path(folder), longest, set(), []

    def refresh(self):
        """Reads what is new; a frame is complete once its plates, written last, are there."""
        for plates in sorted((self.folder / "plates").glob("*.txt")):
            if plates.stem in self.known:
                continue
            self.known.add(plates.stem)
            image = cv2.imread(str(self.folder / "images" / f"{plates.stem}.jpg"))
            h, w = image.shape[:2]
            rows = read_rows(self.folder / "labels" / plates.name)
            boxes, classes = to_xyxy(rows, w, h), np.array([int(r[0]) for r in rows], int)
            self.items.append((*shrink(image, boxes, self.longest), classes))
        return self.items


class VehicleSamples:
    """All vehicle pictures in memory; draws augmented samples of any size."""

    # folder, share of the draws, hand-made vehicle labels or only the teacher's
    SOURCES = [
        ("vehicles/highway_id", 0.14, True),
        ("vehicles/rf100_vehicles", 0.12, True),
        ("vehicles/atl_cctv", 0.12, True),
        ("vehicles/openimages", 0.16, True),
        ("plates/ro_dashcam", 0.28, False),
        ("plates/cn_easypr", 0.06, False),
        ("plates/us_chirag", 0.08, False),
    ]

    # Where the network's own finds are worth having: looked at by eye, nine of ten from score 0.6 up
    # are vehicles that the teacher missed. In close-ups many are lamps, or the plate itself.
    ROADS = ("plates/ro_dashcam", "plates/cn_easypr")
    RENDERED_SHARE = 0.25
    REFRESH = 4000  # draws between looks into the folder of rendered frames
    FREE, INSIDE = 0.1, 0.12  # shares of pictures cut to a place without, or inside of, a vehicle
    CLUTTER = {"four": 0.15, "one": 0.5}  # shares of samples of four pictures, or one, with clutter

    def __init__(self, seed=0, longest=960, own=None, rendered=None):
        """own: picture -> boxes, scores, classes of the network so far; rendered: a folder with
        rendered pictures and exact labels."""
        self.rng = np.random.default_rng(seed)
        self.photo = Photometric(self.rng)
        self.sets, self.shares, verdicts = [], [], read_verdicts()
        for name, share, labelled in self.SOURCES:
            items = []
            for path in images(DATA / "train" / name):
                image = cv2.imread(str(path))
                h, w = image.shape[:2]
                seen = own(image) if own and name in self.ROADS else None
                verdict = verdicts.get((name, path.stem))
                boxes, classes = vehicle_targets(
                    path, w, h, labelled, own=seen, verdict=verdict
                )
                if not labelled and not (classes >= 0).any():
                    continue  # close-ups of plates: what is a vehicle there?
                items.append((*shrink(image, boxes, longest), classes))
            self.sets.append(items)
            self.shares.append(share)
        self.shares = np.array(self.shares) / sum(self.shares)
        self.rendered, self.drawn = None, 0
        if rendered:
            self.rendered = RenderedFrames(rendered, longest)
            self.sets.append(self.rendered.refresh())
            self.shares = np.append(self.shares * (1 - self.RENDERED_SHARE), self.RENDERED_SHARE)

    def free_place(self, image, boxes):
        """A part of the picture without any vehicle, or None."""
        h, w = image.shape[:2]
        for _ in range(6):
            size = np.array([w, h]) * self.rng.uniform(0.25, 0.8, 2)
            corner = self.rng.uniform(0, [w, h] - size)
            place = np.concatenate([corner, corner + size])
            if not len(boxes) or (covered(boxes, place) < 0.02).all():
                return place.astype(int)
        return None

    def inside_place(self, image, boxes, classes):
        """A part of one large vehicle: its lamp, mirror, wheel, side; or None."""
        size = boxes[:, 2:] - boxes[:, :2]
        large = np.flatnonzero((size.min(1) > 90) & (classes >= 0))
        if not len(large):
            return None
        i = self.rng.choice(large)
        part = size[i] * self.rng.uniform(0.25, 0.6, 2)
        corner = boxes[i, :2] + self.rng.uniform(-0.1, 1.1, 2) * (size[i] - part)
        place = np.concatenate([corner, corner + part])
        h, w = image.shape[:2]
        return place.clip(0, [w, h, w, h]).astype(int)

    def draw(self):
        self.drawn += 1
        if self.rendered and self.drawn % self.REFRESH == 0:
            self.rendered.refresh()
        items = self.sets[self.rng.choice(len(self.sets), p=self.shares)]
        image, boxes, classes = items[self.rng.integers(len(items))]
        if self.rng.random() < 0.5:
            boxes = boxes.copy()
            boxes[:, [0, 2]] = image.shape[1] - boxes[:, [2, 0]]
            image = image[:, ::-1]
        return self.cut_out(image, boxes, classes)

    def cut_out(self, image, boxes, classes):
        """Now and then only a place without a vehicle, or inside of one."""
        kind, place = self.rng.random(), None
        if kind < self.FREE:
            place = self.free_place(image, boxes)
        elif kind < self.FREE + self.INSIDE:
            place = self.inside_place(image, boxes, classes)
        if place is None or (place[2:] - place[:2]).min() < 40:
            return image, boxes, classes
        x1, y1, x2, y2 = place
        return image[y1:y2, x1:x2], boxes - np.tile(place[:2], 2), classes

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
        part = cv2.resize(
            np.ascontiguousarray(part),
            (pw, ph),
            interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_LINEAR,
        )
        px, py = max(0, round(cx1 * sx + ox)), max(0, round(cy1 * sy + oy))
        pw, ph = min(pw, w - px), min(ph, h - py)
        canvas[y1 + py : y1 + py + ph, x1 + px : x1 + px + pw] = part[:ph, :pw]
        moved = boxes * [sx, sy, sx, sy] + [ox, oy, ox, oy]
        edge = np.array([px, py, px + pw, py + ph])
        bound = np.clip(
            np.array([ox, oy, ox + nw, oy + nh]), edge[[0, 1, 0, 1]], edge[[2, 3, 2, 3]]
        )
        seen = moved.clip(bound[[0, 1, 0, 1]], bound[[2, 3, 2, 3]])
        size, whole = seen[:, 2:] - seen[:, :2], moved[:, 2:] - moved[:, :2]
        visible = np.prod(np.clip(size, 0, None), 1) / np.maximum(np.prod(whole, 1), 1)
        little = (visible < 0.35) | (size.min(1) < 7)
        part = (visible < 0.35) & (size.min(1) > 24) & (classes >= 0)
        classes = np.where(part, PART, np.where(little, IGNORE, classes))
        k = (visible > 0.02) & (size.min(1) > 1)
        return seen[k] + [x1, y1, x1, y1], classes[k]

    def sample(self, width, height):
        r = self.rng
        canvas = np.full((height, width, 3), PAD, np.uint8)
        if r.random() < 0.45:
            cx, cy = int(width * r.uniform(0.3, 0.7)), int(height * r.uniform(0.3, 0.7))
            regions = [
                (0, 0, cx, cy),
                (cx, 0, width, cy),
                (0, cy, cx, height),
                (cx, cy, width, height),
            ]
            parts = [self.place(canvas, region, (0.8, 2.2)) for region in regions]
        else:
            parts = [
                self.place(
                    canvas, (0, 0, width, height), (0.45, 2.2) if r.random() < 0.6 else (0.9, 1.1)
                )
            ]
        boxes, classes = (np.concatenate(v) for v in zip(*parts))
        if r.random() < self.CLUTTER["four" if len(parts) > 1 else "one"]:
            boxes = clutter(r, canvas, boxes)
        return self.photo(canvas, boxes), boxes.astype(np.float32), classes

    def batch(self, size, width, height):
        import torch

        samples = [self.sample(width, height) for _ in range(size)]
        most = max(1, max(len(s[1]) for s in samples))
        boxes, classes = np.zeros((size, most, 4), np.float32), np.full((size, most), -1)
        for i, (_, b, c) in enumerate(samples):
            boxes[i, : len(b)], classes[i, : len(c)] = b, c
        return to_tensor([s[0] for s in samples]), dict(
            boxes=torch.from_numpy(boxes), classes=torch.from_numpy(classes)
        )
