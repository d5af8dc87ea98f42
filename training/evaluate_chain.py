"""Measures the three networks one after the other on rendered frames, whose labels are exact.

    python evaluate_chain.py FOLDER --models ../models [--vehicle other.onnx] [--frames 100]

FOLDER holds images/, labels/ and plates/ (text and corners). A vehicle or plate counts as found
from IoU 0.5 up. The text is read from corners that are grown by several shares of the plate's
size.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import openvino

from detect import data as D
from detect import evaluate as detect
from detect.plate_samples import read_corners
from read import data as R
from read.evaluate import merged, texts_of

SIZES = [
    (0, 24),
    (24, 48),
    (48, 96),
    (96, 192),
    (192, 1e9),
]  # widths of vehicles, pixels of the frame
PLATE_SIZES = [(0, 30), (30, 45), (45, 60), (60, 90), (90, 1e9)]  # widths of plates
CLASSES = ["car", "truck", "bus", "motorcycle"]
READABLE = 45  # width of a plate, pixels of the frame, from which classes are compared
GROWTHS = [-0.02, 0.0, 0.015, 0.03, 0.045, 0.06]
VEHICLE_THRESHOLDS = [0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6]
PLATE_THRESHOLDS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


def vehicle_report(net, pictures):
    """Share of labelled vehicles found by width, and finds per frame that no label supports."""
    print(
        "\n| vehicles, score | "
        + " | ".join(f"{a}..{b:.0f} px" for a, b in SIZES)
        + " | all | unsupported per frame |"
    )
    print("|---" * (len(SIZES) + 3) + "|")
    found = [net.detect(image, VEHICLE_THRESHOLDS[0])[::2] for image, _, _ in pictures]
    for t in VEHICLE_THRESHOLDS:
        hits, widths, alone = [], [], 0
        for (boxes, scores), (_, truth, _) in zip(found, pictures):
            boxes = boxes[scores >= t]
            overlap = D.iou_matrix(truth, boxes) if len(boxes) else np.zeros((len(truth), 1))
            hits.extend(overlap.max(1) >= 0.5)
            widths.extend(truth[:, 2] - truth[:, 0])
            alone += int((overlap.max(0) < 0.3).sum()) if len(boxes) and len(truth) else len(boxes)
        hits, widths = np.array(hits), np.array(widths)
        cells = [f"{hits[(widths >= a) & (widths < b)].mean():.1%}" for a, b in SIZES]
        print(
            f"| {t} | "
            + " | ".join(cells)
            + f" | {hits.mean():.1%} | {alone / len(pictures):.2f} |"
        )


def plate_report(vehicles, plates, pictures, vehicle_threshold):
    """Prints recall by width; returns grey pictures, found corners and texts of the found
    plates."""
    pairs, hits, widths, corner, alone = [], [], [], [], np.zeros(len(PLATE_THRESHOLDS))
    for image, _, truth in pictures:
        regions = list(detect.crops(vehicles, image, vehicle_threshold))
        boxes, quads, scores = detect.plates_of(plates.detect, image, regions, 0.25)
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        real = D.boxes_of_corners(np.float32([q for _, q in truth]).reshape(-1, 4, 2))
        overlap = D.iou_matrix(real, boxes) if len(boxes) else np.zeros((len(real), 1))
        for i, (text, quad) in enumerate(truth):
            j = overlap[i].argmax()
            score = scores[j] if overlap[i, j] >= 0.5 else 0
            hits.append([score >= t for t in PLATE_THRESHOLDS])
            widths.append(real[i, 2] - real[i, 0])
            if score:
                height = np.linalg.norm(quad[3] - quad[0])
                corner.append(np.linalg.norm(quads[j] - quad, axis=1).mean() / height)
                pairs.append((grey, quads[j], text, widths[-1]))
        wrong = overlap.max(0) < 0.2 if len(boxes) and len(real) else np.ones(len(boxes), bool)
        alone += [(wrong & (scores >= t)).sum() for t in PLATE_THRESHOLDS]
    hits, widths = np.array(hits), np.array(widths)
    print(
        "\n| plates, score | "
        + " | ".join(f"{a}..{b:.0f} px" for a, b in PLATE_SIZES)
        + " | all | unlabelled per frame |"
    )
    print("|---" * (len(PLATE_SIZES) + 3) + "|")
    for k, t in enumerate(PLATE_THRESHOLDS):
        cells = [f"{hits[(widths >= a) & (widths < b), k].mean():.1%}" for a, b in PLATE_SIZES]
        print(
            f"| {t} | "
            + " | ".join(cells)
            + f" | {hits[:, k].mean():.1%} | {alone[k] / len(pictures):.2f} |"
        )
    print(
        f"corners: median {np.median(corner):.3f}, 90 % {np.percentile(corner, 90):.3f} of the plate's height"
    )
    return pairs


def text_report(path, pairs):
    """Share of texts read without an error (O=0, I=1) from found corners, by growth and width."""
    model = openvino.Core().compile_model(
        str(path), "CPU", {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    )
    widths = np.array([w for *_, w in pairs])
    print(
        "\n| text, corners grown by | "
        + " | ".join(f"{a}..{b:.0f} px" for a, b in PLATE_SIZES)
        + " | all |"
    )
    print("|---" * (len(PLATE_SIZES) + 2) + "|")
    for growth in GROWTHS:
        crops = [R.cut(grey, R.spread(quad, growth)) for grey, quad, _, _ in pairs]
        read, _ = texts_of(
            np.concatenate([model(np.float32(c)[None, None] / 255)[0] for c in crops])
        )
        right = np.array([merged(a) == merged(b) for a, (_, _, b, _) in zip(read, pairs)])
        cells = [f"{right[(widths >= a) & (widths < b)].mean():.1%}" for a, b in PLATE_SIZES]
        print(f"| {growth:+.1%} | " + " | ".join(cells) + f" | {right.mean():.1%} |")


def vehicle_of(quad, vehicles, classes):
    """Class of the smallest vehicle around a plate's centre, or None."""
    x, y = np.mean(quad, 0)
    around = (vehicles[:, :2] < [x, y]).all(1) & (vehicles[:, 2:] > [x, y]).all(1)
    areas = np.where(around, (vehicles[:, 2:] - vehicles[:, :2]).prod(1), np.inf)
    return CLASSES[classes[areas.argmin()]] if around.any() else None


def class_report(vehicles, plates, model, pictures, all_classes, vehicle_threshold, score=0.6):
    """Plates of READABLE pixels and more by the class of their vehicle and by their shape: found,
    and read without an error (O=0, I=1)."""
    net = openvino.Core().compile_model(str(model), "CPU", {"INFERENCE_NUM_THREADS": 1})
    rows = {}
    for (image, boxes, truth), classes in zip(pictures, all_classes):
        regions = list(detect.crops(vehicles, image, vehicle_threshold))
        finds, quads, scores = detect.plates_of(plates.detect, image, regions, score)
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        for text, quad in truth:
            wide, high = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])
            if wide < READABLE:
                continue
            real = D.boxes_of_corners(np.float32(quad)[None])
            overlap = D.iou_matrix(real, finds)[0] if len(finds) else np.zeros(1)
            found, right = overlap.max() >= 0.5, False
            if found:
                crop = R.cut(grey, R.spread(quads[overlap.argmax()], 0.03))
                (read,), _ = texts_of(net(np.float32(crop)[None, None] / 255)[0])
                right = merged(read) == merged(text)
            shape = "two lines" if wide / high < 2.6 else "one line"
            for key in (vehicle_of(quad, boxes, classes) or "no vehicle", shape):
                rows.setdefault(key, []).append((found, right))
    print(f"\n| plates of {READABLE} px and more | count | found | read |\n|---|---|---|---|")
    for key, values in rows.items():
        found, right = np.mean(values, 0)
        print(f"| {key} | {len(values)} | {found:.1%} | {right:.1%} |")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("folder", type=Path)
    p.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[1] / "models")
    p.add_argument("--vehicle", help="another vehicle network")
    p.add_argument("--plate", help="another plate network")
    p.add_argument("--vehicle-threshold", type=float, default=0.4)
    p.add_argument("--frames", type=int, default=100)
    args = p.parse_args()
    pictures, classes = [], []
    for path in D.images(args.folder)[: args.frames]:
        image = cv2.imread(str(path))
        h, w = image.shape[:2]
        texts = [line.split()[0] for line in open(D.label_path(path, "plates"))]
        quads = read_corners(D.label_path(path, "plates"))
        rows = D.read_rows(D.label_path(path))
        pictures.append((image, D.to_xyxy(rows, w, h), list(zip(texts, quads))))
        classes.append(np.array([int(r[0]) for r in rows], int))
    plates_in_all = sum(len(plates) for _, _, plates in pictures)
    print(
        f"{len(pictures)} frames, {sum(len(v) for _, v, _ in pictures)} vehicles, {plates_in_all} plates"
    )
    vehicles = detect.Detector(args.vehicle or args.models / "vehicle.onnx", overlap=0.55)
    plates = detect.Detector(args.plate or args.models / "plate.onnx")
    vehicle_report(vehicles, pictures)
    pairs = plate_report(vehicles, plates, pictures, args.vehicle_threshold)
    text_report(args.models / "text.onnx", pairs)
    model = args.models / "text.onnx"
    class_report(vehicles, plates, model, pictures, classes, args.vehicle_threshold)


if __name__ == "__main__":
    main()
