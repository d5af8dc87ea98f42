"""Training samples of the plate detector: vehicles' crops with real, replaced, rendered and no
plates."""

from pathlib import Path

import cv2
import numpy as np

from . import rendered
from .data import (
    DATA,
    IGNORE,
    PAD,
    boxes_of_corners,
    corners_of_boxes,
    covered,
    grow,
    images,
    iou_matrix,
    label_path,
    read_rows,
    to_tensor,
    to_xyxy,
)
from .light import Photometric, tail_lamp
from .vehicle_samples import vehicle_targets


def read_corners(path):
    """Corners (n,4,2) in pixels of a file with `text x0 y0 .. x3 y3` rows."""
    rows = [line.split()[1:9] for line in open(path)]
    return np.array(rows, np.float32).reshape(-1, 4, 2)


def plate_targets(path, width, height, vehicles, sure=0.6):
    """Plates of a picture: boxes (n,4), corners (n,4,2), trust in the corners (n), classes 0 or
    IGNORE (n).

    A hand-made label is a plate whatever the teacher says; its corners count only where the
    teacher saw it. A plate that only the teacher saw counts from the score `sure` up if it lies
    where plates lie, else it is a region to ignore.
    """
    rows = np.array(read_rows(label_path(path, "corner_labels_teacher")), np.float32).reshape(
        -1, 14
    )
    boxes, score = to_xyxy(rows, width, height), rows[:, 13]
    quads = rows[:, 5:13].reshape(-1, 4, 2) * np.float32([width, height])
    hand = rows[:, 0] == 0
    trust = np.where(score >= 0.3, np.clip(score * 1.2, 0, 1), 0)
    best = np.zeros(len(rows), bool)
    for i in np.flatnonzero((score >= sure) & ~hand):
        for x1, y1, x2, y2 in vehicles:
            inside = covered(boxes[i], [[x1, y1, x2, y2]])[0, 0] > 0.9
            best[i] |= (
                inside
                and boxes[i, 2] - boxes[i, 0] < 0.5 * (x2 - x1)
                and boxes[i, 3] > y1 + 0.4 * (y2 - y1)
            )
    agree = iou_matrix(boxes, boxes_of_corners(quads)).diagonal() if len(rows) else np.zeros(0)
    trust[agree < 0.6] = 0
    classes = np.where(hand | best, 0, IGNORE)
    return boxes, quads, trust.astype(np.float32), classes


class PlateSamples:
    """Crops around vehicles, as the pipeline cuts them (a vehicle's box, grown), scaled to the
    network's input.

    Kinds of sample: real plates; real plates replaced by rendered ones in the same place (new
    text, colours and shape); rendered plates on vehicles where none was seen; and without any
    plate: painted over, lettering only, streets.
    """

    # folder, share of the draws, hand-made plate labels or only the teacher's
    SOURCES = [
        ("plates/ro_dashcam", 0.34, True),
        ("plates/cn_easypr", 0.14, True),
        ("plates/us_chirag", 0.22, True),
        ("vehicles/highway_id", 0.14, False),
        ("vehicles/openimages", 0.10, False),
        ("vehicles/atl_cctv", 0.03, False),
        ("vehicles/rf100_vehicles", 0.03, False),
    ]
    KINDS = {
        "real": 0.52,
        "replaced": 0.16,
        "added": 0.16,
        "erased": 0.05,
        "lettering": 0.05,
        "plain": 0.03,
        "street": 0.03,
    }
    SURE = {True: (0.6, 1.0), False: (0.4, 0.8)}  # background weight: vehicle without, with plate
    CLOSE = 0.45  # a plate this wide, as a share of its picture, is a close-up
    RENDERED_SHARE, MOST_RENDERED = 0.15, 500  # of the draws; pictures kept in memory
    LIT = 0.2  # share of samples with lit lamps, which look like plates without characters
    STAMPED = 0.07  # share of samples with a date stamp, as many cameras burn into the picture
    STRETCHED = "plates/us_chirag"  # squeezed to squares: the true proportions are lost

    def __init__(self, seed=0, smallest=44, rendered_folder=None):
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
            self.scenes.append(scenes), self.with_plate.append(with_plate), self.without.append(
                without
            ), shares.append(share)
        self.shares = np.array(shares) / sum(shares)
        self.stretched = [name for name, _, _ in self.SOURCES].index(self.STRETCHED)
        self.labelled = [labelled for _, _, labelled in self.SOURCES]
        if rendered_folder:
            self.add_rendered(Path(rendered_folder), smallest)

    def add_rendered(self, folder, smallest):
        """Rendered frames with exact vehicles and corners as one more source. Their plates that are
        hidden in part or too far away to read have no label: the background there counts for less.
        """
        scenes, with_plate, without = [], [], []
        for path in images(folder)[: self.MOST_RENDERED]:
            image = cv2.imread(str(path))
            h, w = image.shape[:2]
            vehicles = to_xyxy(read_rows(label_path(path)), w, h)
            quads = read_corners(label_path(path, "plates"))
            boxes, n = boxes_of_corners(quads), len(quads)
            plates = (boxes, quads, np.ones(n, np.float32), np.zeros(n, int))
            for vehicle in vehicles[(vehicles[:, 2:] - vehicles[:, :2]).max(1) >= smallest]:
                holds = covered(boxes, vehicle)[:, 0]
                if (holds > 0.9).any():
                    with_plate.append((len(scenes), vehicle))
            scenes.append((image, vehicles, plates))
        self.scenes.append(scenes), self.with_plate.append(with_plate), self.without.append(without)
        self.labelled.append(True)
        self.shares = np.append(self.shares * (1 - self.RENDERED_SHARE), self.RENDERED_SHARE)

    def lonely(self, plates, vehicles, width, height):
        """A vehicle's box around each hand-labelled plate that lies in none; around a close-up, the
        part of the picture near the plate: a detector may give that, too."""
        boxes = []
        for (x1, y1, x2, y2), cls in zip(plates[0], plates[3]):
            w, cx, cy = x2 - x1, (x1 + x2) / 2, (y1 + y2) / 2
            known = len(vehicles) and covered([[x1, y1, x2, y2]], vehicles).max() > 0.9
            if cls == 0 and w >= self.CLOSE * width:
                boxes.append([cx - 0.6 * w, cy - 0.6 * w, cx + 0.6 * w, cy + 0.6 * w])
            elif cls == 0 and not known:
                boxes.append([cx - 1.75 * w, cy - 1.7 * w, cx + 1.75 * w, cy + 1.15 * w])
        return np.array(boxes, np.float32).reshape(-1, 4).clip(0, [width, height, width, height])

    def region(self, vehicle, width, height):
        """The vehicle's box as a detector would give it, grown as the pipeline does, in whole
        pixels."""
        r = self.rng
        x1, y1, x2, y2 = vehicle
        size = np.array([x2 - x1, y2 - y1] * 2)
        box = vehicle + r.normal(0, 0.05, 4) * size
        growth = r.uniform(0.04, 0.18) if r.random() < 0.75 else r.uniform(0, 0.7)
        x1, y1, x2, y2 = grow(box, growth, width, height)
        return (
            max(0, min(x1, width - 16)),
            max(0, min(y1, height - 16)),
            max(x2, x1 + 16),
            max(y2, y1 + 16),
        )

    def somewhere(self, vehicle):
        """A made-up place for a plate, mostly low and near the vehicle's middle: centre, and
        half the width as a vector."""
        r = self.rng
        x1, y1, x2, y2 = vehicle
        w, h = x2 - x1, y2 - y1
        low, high = (0.42, 0.9) if r.random() < 0.12 else (0.08, 0.42)
        width = min(w, 1.6 * h) * np.exp(r.uniform(np.log(low), np.log(high)))
        across, below = np.clip(r.normal(0.5, 0.18), 0.15, 0.85), np.clip(
            r.normal(0.72, 0.13), 0.3, 0.95
        )
        centre = np.array([x1 + w * across, y1 + h * below])
        angle = r.normal(0, 0.06)
        along = width / 2 * np.array([np.cos(angle), np.sin(angle)])
        return centre, along

    def edit(self, kind, image, vehicle, boxes, quads, trust, classes):
        """Changes the cut-out picture, in place, as the kind of sample asks; returns the plates
        that are then in it."""
        r = self.rng
        keep = np.ones(len(boxes), bool)
        added = []
        if kind in ("replaced", "erased"):
            for i in np.flatnonzero(classes == 0):
                x1, y1, x2, y2 = grow(boxes[i], 0, image.shape[1], image.shape[0])
                if x2 - x1 < 4 or y2 - y1 < 3:
                    continue
                white = np.percentile(image[y1:y2, x1:x2], 90) / 235
                quad = quads[i] if trust[i] > 0 else corners_of_boxes(boxes[i : i + 1])[0]
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
        taken = np.concatenate([boxes] + [boxes_of_corners(q[None]) for q in added])
        if r.random() < self.STAMPED:
            self.stamp(image, taken)
        if r.random() < self.LIT:
            self.lamps(image, vehicle, taken)
        quads = np.concatenate([quads[keep]] + [q[None] for q in added]).astype(np.float32)
        n = len(added)
        return (
            np.concatenate([boxes[keep], boxes_of_corners(quads[len(quads) - n :])]),
            quads,
            np.concatenate([trust[keep], np.ones(n, np.float32)]),
            np.concatenate([classes[keep], np.zeros(n, int)]),
        )

    def lamps(self, image, vehicle, taken):
        """One to three lit lamps on a vehicle, in place, clear of its plates."""
        r = self.rng
        x1, y1, x2, y2 = vehicle
        for _ in range(int(r.integers(1, 4))):
            w = (x2 - x1) * np.exp(r.uniform(np.log(0.06), np.log(0.4)))
            h = w / np.exp(r.uniform(np.log(1.3), np.log(9)))
            x, y = r.uniform(x1, x2 - w), r.uniform(y1, max(y1, y2 - h))
            box = np.float32([[x - h, y - h, x + w + h, y + 2 * h]])
            if not len(taken) or (iou_matrix(box, taken) == 0).all():
                tail_lamp(r, image, (x, y, w, h))

    def stamp(self, image, taken):
        """A date stamp near the upper or lower edge, in place, unless it would lie on a plate."""
        r = self.rng
        h, w = image.shape[:2]
        texture, mask = rendered.draw_stamp(r)
        length = w * np.exp(r.uniform(np.log(0.35), np.log(1.6)))
        height = length * texture.shape[0] / texture.shape[1]
        if height > 0.3 * h:
            return
        x, edge = r.uniform(-0.4 * length, w - 0.5 * length), r.uniform(0, 0.06) * h
        y = edge if r.random() < 0.4 else h - height - edge
        quad = np.float32([[x, y], [x + length, y], [x + length, y + height], [x, y + height]])
        if not len(taken) or (iou_matrix(boxes_of_corners(quad[None]), taken) == 0).all():
            rendered.paste(image, texture, quad, r, mask)

    def draw(self):
        """A random sample's cut-out before scaling: picture, its vehicle, plates, and how sure
        'no plate here' is."""
        r = self.rng
        while True:
            kind = r.choice(list(self.KINDS), p=list(self.KINDS.values()))
            s = r.choice(len(self.scenes), p=self.shares)
            pool = self.with_plate[s] if kind in ("real", "replaced", "erased") else self.without[s]
            labelled = self.labelled[s]
            if kind != "street" and not pool:
                continue
            scene, vehicle = (
                pool[r.integers(len(pool))]
                if kind != "street"
                else (r.integers(len(self.scenes[s])), None)
            )
            image, vehicles, (boxes, quads, trust, classes) = self.scenes[s][scene]
            h, w = image.shape[:2]
            if kind == "street":  # any place without vehicles
                size = np.array([w, h]) * r.uniform(0.15, 0.6)
                corner = r.uniform(0, [w, h] - size)
                vehicle = np.concatenate([corner, corner + size])
                if (covered(vehicles, vehicle) > 0.1).any() or (covered(boxes, vehicle) > 0).any():
                    continue
            region = self.region(vehicle, w, h)
            x1, y1, x2, y2 = region
            shift = np.float32([x1, y1])
            near = covered(boxes, region)[:, 0] > 0.05
            cut = image[y1:y2, x1:x2].copy()
            whole = covered(boxes, region)[near, 0] > 0.85
            plates = (
                boxes[near] - np.tile(shift, 2),
                quads[near] - shift,
                trust[near],
                np.where(whole, classes[near], IGNORE),
            )
            vehicle = vehicle - np.tile(shift, 2)
            if r.random() < 0.5:  # mirrored, before anything is rendered
                cut = np.ascontiguousarray(cut[:, ::-1])
                b, q = plates[0].copy(), plates[1].copy()
                b[:, [0, 2]] = (x2 - x1) - b[:, [2, 0]]
                q[..., 0] = (x2 - x1) - q[..., 0]
                plates = (b, q[:, [1, 0, 3, 2]], *plates[2:])
                vehicle[[0, 2]] = (x2 - x1) - vehicle[[2, 0]]
            sure = (
                1.0
                if kind == "street"
                else self.SURE[labelled][kind in ("real", "replaced", "erased")]
            )
            stretch = (
                np.exp(r.uniform(-0.1, 0.5)) if s == self.stretched else np.exp(r.normal(0, 0.07))
            )
            return cut, vehicle, self.edit(kind, cut, vehicle, *plates), sure, stretch

    def sample(self, width, height):
        """Picture, boxes, corners, trust in the corners, classes, and the weight of the
        background."""
        cut, vehicle, (boxes, quads, trust, classes), sure, stretch = self.draw()
        h, w = cut.shape[:2]
        s = min(width / (w * stretch), height / h)
        nw, nh = int(np.clip(round(w * stretch * s), 1, width)), int(
            np.clip(round(h * s), 1, height)
        )
        scale, offset = np.float32([nw / w, nh / h]), np.float32(
            [(width - nw) // 2, (height - nh) // 2]
        )
        x, y = offset.astype(int)
        cut = cv2.resize(cut, (nw, nh), interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_LINEAR)
        canvas = np.full(
            (height, width, 3), PAD, np.uint8
        )  # the padding stays grey, as in the pipeline
        canvas[y : y + nh, x : x + nw] = self.photo(
            cut, [vehicle * np.tile(scale, 2)], blur=2.5, noise=12
        )
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
        corners, trust = np.zeros((size, most, 4, 2), np.float32), np.zeros(
            (size, most), np.float32
        )
        for i, (_, b, q, t, c, _) in enumerate(samples):
            n = len(b)
            boxes[i, :n], corners[i, :n], trust[i, :n], classes[i, :n] = b, q, t, c
        background = np.array([s[5] for s in samples], np.float32)
        return to_tensor([s[0] for s in samples]), dict(
            boxes=torch.from_numpy(boxes),
            classes=torch.from_numpy(classes),
            corners=torch.from_numpy(corners),
            corner_weight=torch.from_numpy(trust),
            background=torch.from_numpy(background),
        )
