"""Measures a vehicle detector on the dev clips, against the tiled teacher (measuring only).

    python -m detect.evaluate_clips vehicle.onnx [another.onnx ..]

Clips have no vehicle labels. What the teacher is sure of should be found; what not even its weakest
boxes support is mostly wrong (about half of it, counted by eye at night; more by day).
"""

import argparse

import cv2
import numpy as np

from . import data as D
from . import evaluate
from . import labels as L

FRAMES = 24  # of each clip, evenly spaced
SURE, WEAK = 0.5, 0.15  # the teacher's scores
THRESHOLDS = [0.3, 0.4, 0.45, 0.5]


def clip_frames(path, count=FRAMES):
    """Evenly spaced frames of a clip."""
    video = cv2.VideoCapture(str(path))
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = set(np.linspace(0, max(0, total - 1), min(count, total)).astype(int).tolist())
    out = []
    for i in range(total):
        if not video.grab():
            break
        if i in wanted:
            ok, image = video.retrieve()
            if ok:
                out.append(image)
    return out


def clips():
    """Name -> frames; the hand-held clips of parked cars give four frames each, together one
    entry."""
    folder = D.DATA / "dev/videos"
    out = {p.stem: clip_frames(p) for p in sorted(folder.glob("*.mp4"))}
    parked = sorted((folder / "nl_clips").glob("*.mp4"))
    out["nl_clips"] = [image for p in parked for image in clip_frames(p, 2)]
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("models", nargs="+")
    args = p.parse_args()
    pictures = clips()
    teacher = L.VehicleTeacher()
    taught = {
        name: [teacher.detect_tiled(image, WEAK, (2, 2)) for image in frames]
        for name, frames in pictures.items()
    }
    for path in args.models:
        net = evaluate.Detector(path, overlap=0.55)
        print(
            f"\n{path}\n| clip | threshold | teacher's sure boxes found | boxes per frame | unsupported per frame |"
        )
        print("|---|---|---|---|---|")
        for name, frames in pictures.items():
            found = [net.detect(image, THRESHOLDS[0])[::2] for image in frames]
            for t in THRESHOLDS:
                sure = hit = boxes = alone = 0
                for (b, s), (tb, ts, _) in zip(found, taught[name]):
                    b = b[s >= t]
                    strong = tb[ts >= SURE]
                    sure, boxes = sure + len(strong), boxes + len(b)
                    if len(b) and len(strong):
                        hit += int((D.iou_matrix(strong, b).max(1) >= 0.5).sum())
                    if len(b):
                        alone += (
                            int((D.iou_matrix(b, tb).max(1) < 0.3).sum()) if len(tb) else len(b)
                        )
                n = max(1, len(frames))
                share = f"{hit / sure:.1%} ({hit}/{sure})" if sure else "-"
                print(f"| {name} | {t} | {share} | {boxes / n:.2f} | {alone / n:.2f} |")


if __name__ == "__main__":
    main()
