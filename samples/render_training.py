"""Draws random labelled frames with the renderer of the sample drive, for training.

    python3 render_training.py --count 500 --seed 7 OUT [--size 1280 720] [--kinds truck bus]

OUT/images/NNNNNN.jpg; OUT/labels/NNNNNN.txt with `class cx cy w h` (relative; 0 car, 1 truck, 2
bus, 3 motorcycle); OUT/plates/NNNNNN.txt with `text x0 y0 x1 y1 x2 y2 x3 y3` (pixels, corners top
left, top right, bottom right, bottom left, as somebody reading the plate names them). The text is
letters and digits only; of a two-line plate, both lines in a row.

A vehicle is labelled when at least 30 % of what lies in the frame is not hidden and its visible box
is 10 pixels wide or more; a plate when 80 % of it is visible. Same count and seed: same files.
Seeds from SAMPLE_SEEDS on belong to the sample drive.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from drive import composer, plates, raster, scenery, vehicles

SAMPLE_SEEDS = 900_000
SCENES, STOCK = 6, 40  # kept at a time; both are renewed little by little
NEW_PLATES = 0.25  # share of the vehicles that get new plates before a frame
KIND_WEIGHTS = {
    "sedan": 17,
    "hatch": 17,
    "wagon": 12,
    "suv": 14,
    "minivan": 8,
    "pickup": 7,
    "van": 8,
    "truck": 9,
    "bus": 6,
    "motorcycle": 9,
}
MIN_SHARE, MIN_BOX, MIN_PLATE_SHARE = 0.3, 10, 0.8


def random_vehicle(rng, weights_of=KIND_WEIGHTS):
    kinds, weights = zip(*weights_of.items())
    kind = kinds[rng.choice(len(kinds), p=np.array(weights) / sum(weights))]
    paints = list(vehicles.PAINTS)
    paint = paints[rng.integers(len(paints))] if rng.random() < 0.5 else paints[rng.integers(4)]
    vehicle = vehicles.Vehicle(kind, paint, rng)
    random_plates(vehicle, rng)
    return vehicle


def random_plates(vehicle, rng):
    vehicle.rear_plate = (
        plates.random_plate(rng, vehicle.kind == "motorcycle") if rng.random() < 0.95 else None
    )
    vehicle.front_plate = plates.random_plate(rng) if rng.random() < 0.85 else None


def random_actors(scene, stock, rng):
    """Vehicles on lanes and at the kerb, none inside another."""
    lanes = {
        "town": ((0, 0), (-3.4, 1), (3.1, 0)),
        "highway": ((0, 0), (-3.6, 0), (3.6, 0), (-7.2, 0)),
        "country": ((0, 0), (-3.4, 1)),
    }[scene.kind]
    actors = []
    order = rng.permutation(len(stock))
    for x, oncoming in lanes:
        z = rng.uniform(4, 16) if x == 0 else rng.uniform(-3, 14)
        while z < 90 and len(actors) < len(order) and len(actors) < 12:
            v = stock[order[len(actors)]]
            if rng.random() < 0.75:
                turned = bool(oncoming) if scene.kind != "town" or x != 3.1 else rng.random() < 0.15
                yaw = (
                    (np.pi if turned else 0)
                    + rng.normal(0, 0.03)
                    + (rng.uniform(-0.9, 0.9) if rng.random() < 0.06 else 0)
                )
                place = (x + rng.normal(0, 0.25), z + (v.length if turned else 0))
                actors.append(composer.Actor(v, *place, yaw))
                if rng.random() < NEW_PLATES:
                    random_plates(v, rng)
            z += v.length + rng.uniform(1.5, 8) + rng.exponential(7)
    return actors


def labels_of(seen, camera):
    """Rows of the vehicle file and of the plate file."""
    rows, plate_rows = [], []
    for s in seen:
        total = float(s.cover.sum())
        if total < 1 or s.visible.sum() < MIN_SHARE * total:
            continue
        ys, xs = np.nonzero(s.visible.max(1) > 0.4)[0], np.nonzero(s.visible.max(0) > 0.4)[0]
        if not len(xs) or not len(ys):
            continue
        x0, x1 = s.region[0] + xs[0], s.region[0] + xs[-1] + 1
        y0, y1 = s.region[1] + ys[0], s.region[1] + ys[-1] + 1
        if x1 - x0 < MIN_BOX or y1 - y0 < MIN_BOX * 0.6:
            continue
        w, h = camera.width, camera.height_px
        box = ((x0 + x1) / 2 / w, (y0 + y1) / 2 / h, (x1 - x0) / w, (y1 - y0) / h)
        rows.append(f"{s.actor.vehicle.label}" + "".join(f" {v:.6f}" for v in box) + "\n")
        for plate, corners, _ in s.plates:
            if composer.plate_visible(s, corners) >= MIN_PLATE_SHARE:
                plate_rows.append(plate.text + "".join(f" {v:.2f}" for v in corners.ravel()) + "\n")
    return rows, plate_rows


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("out", type=Path)
    p.add_argument("--count", type=int, required=True)
    p.add_argument(
        "--seed",
        type=int,
        default=1,
        help=f"below {SAMPLE_SEEDS}, so that the sample drive stays unseen",
    )
    p.add_argument("--size", type=int, nargs=2, default=(1280, 720), metavar=("WIDTH", "HEIGHT"))
    p.add_argument(
        "--kinds", nargs="+", choices=KIND_WEIGHTS, default=list(KIND_WEIGHTS), help="of vehicles"
    )
    args = p.parse_args()
    if args.seed >= SAMPLE_SEEDS:
        p.error(f"--seed must be below {SAMPLE_SEEDS}")
    cv2.setNumThreads(1)
    rng = np.random.default_rng(args.seed)
    weights = {kind: KIND_WEIGHTS[kind] for kind in args.kinds}
    width, height = args.size
    for name in ("images", "labels", "plates"):
        (args.out / name).mkdir(parents=True, exist_ok=True)
    new_scene = lambda: scenery.Scene(
        ("town", "town", "highway", "country")[rng.integers(4)], rng.random() < 0.4, rng
    )
    scenes, stock = [new_scene() for _ in range(min(SCENES, args.count))], [
        random_vehicle(rng, weights) for _ in range(STOCK)
    ]
    film = composer.Film(width, height, rng)
    for i in range(args.count):
        if i % 40 == 39:
            scenes[rng.integers(len(scenes))] = new_scene()
        if i % 2:
            stock[rng.integers(STOCK)] = random_vehicle(rng, weights)
        scene = scenes[rng.integers(len(scenes))]
        light = scenery.dusk_light(rng) if scene.dusk else scenery.day_light(rng)
        focal = width * rng.uniform(0.62, 1.05)
        centre = (width * rng.uniform(0.44, 0.56), height * rng.uniform(0.38, 0.54))
        camera = raster.Camera(width, height, focal, centre, rng.uniform(1.15, 1.7))
        frame, shine, seen = composer.compose(
            scene,
            camera,
            light,
            random_actors(scene, stock, rng),
            rng.uniform(0, 1000),
            rng.uniform(0.02, 0.3),
        )
        grain = rng.uniform(0.004, 0.03) if scene.dusk else rng.uniform(0.002, 0.012)
        cast = (
            1
            + rng.normal(0, 0.03, 3)
            + (np.array([0.06, -0.05, 0.05]) * rng.uniform(0, 1.3) if scene.dusk else 0)
        )
        image = film.expose(
            frame, shine, rng.uniform(0.3, 1.1), grain, cast, rng.uniform(0.75, 1.2)
        )
        rows, plate_rows = labels_of(seen, camera)
        name = f"{i:06d}"
        cv2.imwrite(
            str(args.out / "images" / f"{name}.jpg"),
            image,
            [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 95))],
        )
        (args.out / "labels" / f"{name}.txt").write_text("".join(rows))
        (args.out / "plates" / f"{name}.txt").write_text("".join(plate_rows))


if __name__ == "__main__":
    main()
