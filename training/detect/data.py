"""The labelled folders, boxes, and letterboxing: what training, labelling and measuring share."""

import os
from pathlib import Path

import cv2
import numpy as np

cv2.setNumThreads(1)
SHARED = Path(os.environ.get("ANPR_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DATA = SHARED / "data"
VEHICLE_SETS = [
    "vehicles/highway_id",
    "vehicles/rf100_vehicles",
    "vehicles/atl_cctv",
    "vehicles/openimages",
]
PLATE_SETS = ["plates/us_chirag", "plates/cn_easypr", "plates/ro_dashcam"]
PAD = 114
IGNORE = -2  # class of a region that is neither vehicle or plate nor background
# class of a piece of a vehicle: its whole is to be ignored, what is found inside of it is background
PART = -3


def images(folder):
    return sorted((folder / "images").iterdir())


def read_rows(path):
    """Rows of a YOLO text file as a list of float lists; an absent file has no rows."""
    return [[float(v) for v in line.split()] for line in open(path)] if path.exists() else []


def label_path(image, kind="labels"):
    return image.parent.parent / kind / (image.stem + ".txt")


def to_xyxy(rows, width, height):
    """(n,5+) YOLO rows -> (n,4) pixel boxes x1 y1 x2 y2."""
    r = np.array([row[1:5] for row in rows], np.float32).reshape(-1, 4) * [
        width,
        height,
        width,
        height,
    ]
    return np.concatenate([r[:, :2] - r[:, 2:] / 2, r[:, :2] + r[:, 2:] / 2], 1).astype(np.float32)


def to_row(cls, box, width, height):
    x1, y1, x2, y2 = box
    place = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height)
    return f"{int(cls)} " + " ".join(f"{v:.6f}" for v in place)


def iou_matrix(a, b):
    a, b = np.asarray(a, np.float32).reshape(-1, 4), np.asarray(b, np.float32).reshape(-1, 4)
    lt, rb = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.prod(np.clip(rb - lt, 0, None), 2)
    area = lambda x: np.prod(np.clip(x[:, 2:] - x[:, :2], 0, None), 1)
    return inter / np.maximum(area(a)[:, None] + area(b)[None] - inter, 1e-6)


def covered(inner, outer):
    """(n,m): the part of each inner box's area that lies in each outer box."""
    a, b = np.asarray(inner, np.float32).reshape(-1, 4), np.asarray(outer, np.float32).reshape(
        -1, 4
    )
    lt, rb = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.prod(np.clip(rb - lt, 0, None), 2) / np.maximum(
        np.prod(a[:, 2:] - a[:, :2], 1)[:, None], 1e-6
    )


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
    """Scaled to fit and centred on grey. Returns the picture, the scale, and the offset (x, y)
    of its corner."""
    h, w = image.shape[:2]
    s = min(width / w, height / h)
    nw, nh = max(1, round(w * s)), max(1, round(h * s))
    ox, oy = (width - nw) // 2, (height - nh) // 2
    out = np.full((height, width, 3), PAD, np.uint8)
    out[oy : oy + nh, ox : ox + nw] = cv2.resize(
        image, (nw, nh), interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_LINEAR
    )
    return out, s, (ox, oy)


def grow(box, factor, width, height):
    """The box with each side moved out by factor x its size, cut at the picture's edge, as
    integers."""
    x1, y1, x2, y2 = box
    dx, dy = (x2 - x1) * factor, (y2 - y1) * factor
    return (
        int(max(0, x1 - dx)),
        int(max(0, y1 - dy)),
        int(min(width, np.ceil(x2 + dx))),
        int(min(height, np.ceil(y2 + dy))),
    )


def corners_of_boxes(boxes):
    """(n,4) boxes -> (n,4,2) corners tl tr br bl."""
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def boxes_of_corners(quads):
    return np.concatenate([quads.min(1), quads.max(1)], 1)


def to_tensor(bgr):
    """BGR byte pictures of one size -> float RGB 0..1, channels last."""
    import torch

    x = torch.from_numpy(np.stack(bgr)[..., ::-1].copy()).permute(0, 3, 1, 2)
    return x.float().div_(255).contiguous(memory_format=torch.channels_last)
