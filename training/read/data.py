"""Training batches (rendered, with a garnish of real crops) and the development sets of the
reader."""

import csv
import os
import random
from pathlib import Path

import cv2
import numpy as np
import torch

from . import render
from .glyphs import ALPHABET
from .nets import BLANK, COLUMNS, ROWS, SLOTS, STRIDE
from .plate import KINDS

SHARED = Path(os.environ.get("ANPR_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DATA = SHARED / "data"
W, H = render.WIDTH, render.HEIGHT
CODE = {c: i for i, c in enumerate(ALPHABET)}


def rows(path):
    with open(path, encoding="utf-8") as f:
        return [r for r in csv.reader(f)]


def latin(text):
    return "".join(c for c in text.upper() if c in CODE)


def targets_of(text, centres=None):
    """classes (10,), place (10,), cells (192,) as nets.loss wants them; without centres place
    and cells are -1."""
    classes, place = np.full(SLOTS, BLANK), np.full(SLOTS, -1)
    classes[: len(text)] = [CODE[c] for c in text]
    cells = np.full(ROWS * COLUMNS, -1 if centres is None else BLANK)
    if centres is not None:
        grid = cells.reshape(ROWS, COLUMNS)
        at = [
            (min(max(int(y // STRIDE), 0), ROWS - 1), min(max(int(x // STRIDE), 0), COLUMNS - 1))
            for x, y in centres
        ]
        for y, x in at:  # around a centre: do not care
            grid[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = -1
        for k, (y, x) in enumerate(at):
            grid[y, x] = classes[k]
            place[k] = y * COLUMNS + x
    return classes, place, cells


def cut(image, quad):
    """Rectifies corners (4,2) tl tr br bl of a picture to 64x192 grey; a large plate is averaged
    down first."""
    quad = np.float32(quad)
    width = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))
    if width > 1.6 * W:
        k = 1.2 * W / width
        image, quad = cv2.resize(
            image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA
        ), quad * np.float32(k)
    M = cv2.getPerspectiveTransform(quad, np.float32([[0, 0], [W, 0], [W, H], [0, H]]))
    return cv2.warpPerspective(
        image, M, (W, H), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def spread(quad, out):
    """Corners (4,2) tl tr br bl with each side moved out by `out` of the plate's size, along its
    own edges."""
    tl, tr, br, bl = np.asarray(quad, np.float64)
    u, v = (tr + br - tl - bl) / 2 * out, (br + bl - tl - tr) / 2 * out
    return np.float32([tl - u - v, tr + u - v, br + u + v, bl - u + v])


def corners(box, out=0.0):
    """Upright box x1 y1 x2 y2 -> corners, each side moved out by `out` of its size."""
    x1, y1, x2, y2 = box
    return spread([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], out)


def yolo_boxes(path, width, height):
    """Boxes x1 y1 x2 y2 and, where there, corners (4,2), in pixels."""
    out = []
    for line in open(path) if path.exists() else []:
        v = [float(t) for t in line.split()]
        x, y, w, h = v[1] * width, v[2] * height, v[3] * width, v[4] * height
        quad = (
            np.float32(v[5:13]).reshape(4, 2) * [width, height]
            if len(v) >= 14 and v[13] >= 0.5
            else None
        )
        out.append(((x - w / 2, y - h / 2, x + w / 2, y + h / 2), quad))
    return out


# ---------------------------------------------------------------- real crops


def around(image, quad):
    """The picture's part around a quad, and the quad in it."""
    lo, hi = quad.min(0), quad.max(0)
    m = (hi - lo) * [0.2, 0.4] + 2
    x1, y1 = np.maximum(lo - m, 0).astype(int)
    x2, y2 = np.minimum(hi + m, [image.shape[1], image.shape[0]]).astype(int)
    return image[y1:y2, x1:x2].copy(), (quad - [x1, y1]).astype(np.float32)


def real_crops():
    """[(group, grey picture around the plate, corners (4,2) in it, text)] of the training
    folders."""
    out, train = [], DATA / "train"
    for stem, text in rows(train / "text/cn_lprnet1000/text.csv"):
        image = cv2.imread(str(train / f"text/cn_lprnet1000/{stem}.jpg"), cv2.IMREAD_GRAYSCALE)
        h, w = image.shape
        for left in (0, 0.15):  # with and without the Chinese character
            out.append(
                (
                    "cn",
                    image,
                    np.float32([[w * left, 0], [w, 0], [w, h], [w * left, h]]),
                    latin(text),
                )
            )

    folder = train / "plates/ro_dashcam"
    for r in rows(folder / "text.csv")[1:]:
        if r[8] == "0" or not latin(r[7]):
            continue
        image = cv2.imread(str(next(folder.glob(f"images/{r[0]}.*"))), cv2.IMREAD_GRAYSCALE)
        box = [float(v) for v in r[3:7]]
        quad = corners(box)
        for b, q in yolo_boxes(
            folder / f"corner_labels_teacher/{r[0]}.txt", image.shape[1], image.shape[0]
        ):
            if q is not None and abs(np.float32(b) - box).max() < 4:
                quad = q.astype(np.float32)
        out.append(("ro", *around(image, quad), latin(r[7])))
    folder = train / "plates/cn_easypr"
    for stem, text in rows(folder / "text.csv"):
        plates = text.split("|")
        image = cv2.imread(str(next(folder.glob(f"images/{stem}.*"))), cv2.IMREAD_GRAYSCALE)
        boxes = yolo_boxes(
            folder / f"corner_labels_teacher/{stem}.txt", image.shape[1], image.shape[0]
        )
        known = yolo_boxes(folder / f"labels/{stem}.txt", image.shape[1], image.shape[0])
        if len(known) != 1 or len(plates) != 1:
            continue  # which text belongs to which box is not certain
        quad = corners(known[0][0])
        if boxes and boxes[0][1] is not None:
            quad = boxes[0][1].astype(np.float32)
        out.append(("ea", *around(image, quad), latin(plates[0])))
    return [r for r in out if 3 <= len(r[3]) <= SLOTS]


def textures():
    """Grey parts of training photographs for car bodies and faint graphics, at most 640 wide."""
    out = []
    for folder in ("plates/us_chirag", "vehicles/openimages"):
        for path in sorted((DATA / "train" / folder / "images").iterdir())[::5]:
            image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            k = min(1.0, 480 / image.shape[1])
            out.append(cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA))
    return out


def unread_crops():
    """[((picture's name, number of the box), grey picture around a plate, corners (4,2) in it)]
    of train/plates/us_chirag, which has boxes but no texts."""
    folder, out = DATA / "train/plates/us_chirag", []
    for path in sorted((folder / "images").iterdir()):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        taught = [
            q
            for _, q in yolo_boxes(
                folder / f"corner_labels_teacher/{path.stem}.txt", image.shape[1], image.shape[0]
            )
            if q is not None
        ]
        for number, (box, _) in enumerate(
            yolo_boxes(folder / f"labels/{path.stem}.txt", image.shape[1], image.shape[0])
        ):
            if box[2] - box[0] < 36:
                continue
            near = [
                q
                for q in taught
                if abs(q.mean(0) - corners(box).mean(0)).max() < 0.1 * (box[2] - box[0])
            ]
            quad = near[0].astype(np.float32) if near else corners(box)
            out.append(((path.stem, number), *around(image, quad)))
    return out


def read_by_eye(path):
    """{(picture's name, number of the box): text} of a file that a person wrote, lines
    `name,number,text`."""
    return {(name, int(number)): latin(text) for name, number, text in rows(path)}


class Samples:
    """Draws training batches: rendered crops, and a share of real ones with jittered corners and
    light."""

    SHARES = {"cn": 0.35, "ea": 0.15, "ro": 0.6, "self": 0.5, "eye": 2.0}

    def __init__(self, seed=0, real=0.1, texts=None):
        """real: the share of real crops; texts: a file for read_by_eye, or None."""
        self.rng = random.Random(seed)
        self.render = render.Renderer(seed, textures() if DATA.exists() else ())
        self.real, self.groups = real, {}
        if real > 0:
            for group, *rest in real_crops():
                self.groups.setdefault(group, []).append(rest)
            self.unread, known = unread_crops(), read_by_eye(texts) if texts else {}
            if known:
                self.groups["eye"] = [
                    (image, quad, known[key]) for key, image, quad in self.unread if key in known
                ]
            self.unread = [(image, quad) for key, image, quad in self.unread if key not in known]

    def read_unread(self, net, sure=0.8):
        """Group 'self': real plates without texts, read by the network so far; kept where three
        crops of a plate agree surely."""
        pictures, kept = self.unread, []
        views = []
        for image, quad in pictures:
            centre = quad.mean(0)
            views += [cut(image, centre + (quad - centre) * k) for k in (0.98, 1.05, 1.12)]
        with torch.no_grad():
            p = torch.cat(
                [
                    net(to_tensor(views[i : i + 99]))[0].float().softmax(2)
                    for i in range(0, len(views), 99)
                ]
            ).reshape(-1, 3, SLOTS, BLANK + 1)
        best, score = p.max(3).indices, p.max(3).values.prod(2)
        for (image, quad), codes, s in zip(pictures, best, score):
            text = "".join(ALPHABET[c] for c in codes[1].tolist() if c != BLANK)
            if (codes == codes[1]).all() and s.min() > sure and len(text) >= 4:
                kept.append((image, quad, text))
        if len(kept) >= 50:
            self.groups["self"] = kept
        print(f"read {len(kept)} of {len(pictures)} unread plates", flush=True)

    def real_sample(self):
        r = self.rng
        names = list(self.groups)
        group = r.choices(names, [self.SHARES[n] for n in names])[0]
        image, quad, text = r.choice(self.groups[group])
        width = np.linalg.norm(quad[1] - quad[0])
        image = (
            self.render.light(image.astype(np.float32))
            if r.random() < 0.5
            else image.astype(np.float32)
        )
        if r.random() < 0.4:
            image = self.render.camera(image, width)
        k = r.choice((1.0, 1.0, r.uniform(0.6, 1)))
        if k < 1:
            image = cv2.resize(image, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        quad = quad * np.float32(k)
        estimate = (
            self.render.estimate(quad)
            if group != "cn"
            else quad + self.render.np.normal(0, 0.015, (4, 2)) * [width, width * 0.3]
        )
        crop = cut(np.clip(image, 0, 255).astype(np.uint8), estimate)
        return (255 - crop if r.random() < 0.25 else crop), text

    def batch(self, size):
        """x (B,1,64,192) float 0..1 channels last, and the targets of nets.loss."""
        crops, targets = [], []
        for _ in range(size):
            if self.groups and self.rng.random() < self.real:
                crop, text = self.real_sample()
                targets.append(targets_of(text))
            else:
                crop, text, centres = self.render.sample()
                targets.append(targets_of(text, centres))
            crops.append(crop)
        names = ("classes", "place", "cells")
        return to_tensor(crops), {
            n: torch.from_numpy(np.stack(v)).long() for n, v in zip(names, zip(*targets))
        }


def to_tensor(crops):
    x = torch.from_numpy(np.stack(crops))[:, None].float().div_(255)
    return x.contiguous(memory_format=torch.channels_last)


# ---------------------------------------------------------------- measuring sets: [(crop, text, name)]


def us_text():
    """dev/text/us_openalpr751, the whole picture as the crop."""
    folder = DATA / "dev/text/us_openalpr751"
    out = []
    for r in rows(folder / "text.csv"):
        image = cv2.imread(str(folder / f"{r[0]}.jpg"), cv2.IMREAD_GRAYSCALE)
        out.append((cut(image, corners((0, 0, image.shape[1], image.shape[0]))), latin(r[1]), r[0]))
    return out


def us_photos(out=0.03):
    """dev/plates/openalpr_us, cut with the labelled upright box grown by `out` of its size on
    each side."""
    folder, result = DATA / "dev/plates/openalpr_us", []
    for stem, text in rows(folder / "text.csv"):
        image = cv2.imread(str(next(folder.glob(f"images/{stem}.*"))), cv2.IMREAD_GRAYSCALE)
        box = yolo_boxes(folder / f"labels/{stem}.txt", image.shape[1], image.shape[0])[0][0]
        result.append((cut(image, corners(box, out)), latin(text), stem))
    return result


def ro_photos(legible=("2",), out=0.03):
    """dev/plates/ro_dashcam, upright boxes of the plates a person can read."""
    folder, result = DATA / "dev/plates/ro_dashcam", []
    for r in rows(folder / "text.csv")[1:]:
        if r[8] in legible and latin(r[7]):
            image = cv2.imread(str(next(folder.glob(f"images/{r[0]}.*"))), cv2.IMREAD_GRAYSCALE)
            result.append((cut(image, corners([float(v) for v in r[3:7]], out)), latin(r[7]), r[0]))
    return result


def mixed_noisy():
    """dev/text/mixed_eu_vn_noisy: machine-read texts, 5-10 % wrong; only for comparing models."""
    folder = DATA / "dev/text/mixed_eu_vn_noisy"
    out = []
    for r in rows(folder / "text.csv")[::3]:
        image = cv2.imread(str(folder / f"{r[0]}.jpg"), cv2.IMREAD_GRAYSCALE)
        out.append(
            (
                cut(image, corners((0, 0, image.shape[1], image.shape[0]))),
                latin(r[1]),
                r[0] + f"/{r[2]}",
            )
        )
    return out


def rendered(count=1500, seed=991):
    """Held-back rendered samples (another seed: other faces, texts and looks)."""
    renderer = render.Renderer(seed, textures() if DATA.exists() else ())
    return [(*renderer.sample()[:2], str(i)) for i in range(count)]


def kinds(count=300, seed=993, widest=500):
    """{kind of plate: held-back rendered samples of it, at least 100 pixels wide}."""
    renderer = render.Renderer(seed, textures() if DATA.exists() else ())
    return {
        kind: [renderer.sample(kind, widest)[:2] for _ in range(count)] for kind in KINDS
    }


SETS = {
    "us_text": us_text,
    "us_photos": us_photos,
    "ro_dashcam": ro_photos,
    "mixed_noisy": mixed_noisy,
    "rendered": rendered,
}
