"""Measuring sets with exact truth, as folders for `dashcam evaluate`, which reads them with the
program's own code; and their tables by country and by class.

    python -m read.sets formats runs/formats --count 40      # plates of all formats in the program's table, cut out
    python -m read.sets classes runs/classes --frames FOLDER # frames of samples/render_training.py: by vehicle, lines, size
    python -m read.sets formats runs/formats --table         # only the table; options after -- go to `dashcam evaluate`

Seeds are not those of training.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

from . import data as D
from . import render
from .evaluate import merged
from .formats import EUROPE, LOOKS, table, text_of

PROGRAM = Path(__file__).resolve().parents[2] / "build/release/bin/dashcam"
SEED = 881
CLASSES = ("car", "truck", "bus", "motorcycle")
# Pixels of width from which a person can read a plate of one line, and of two.
READABLE, READABLE_TWO = 72, 48
TWO_LINES_ASPECT = 1.65  # plates of the rendered frames that are less wide have two lines


def write_formats(out, count):
    """`count` plates of each country; half of them with O and 0, I and 1 drawn as one glyph."""
    rng, by_country = random.Random(SEED), defaultdict(list)
    for form in table():
        by_country[form.region[:2]].append(form)
    draw = render.Renderer(SEED, D.textures() if D.DATA.exists() else ())
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "text.csv", "w", newline="") as file:
        rows = csv.writer(file)
        for country, forms in sorted(by_country.items()):
            looks = LOOKS.get(country, EUROPE)
            for i in range(count):
                text = text_of(rng, rng.choices(forms, [f.weight for f in forms])[0])
                kind = rng.choices(list(looks), list(looks.values()))[0]
                # At least 100 pixels wide: what is measured is what formats settle, not the blur.
                crop, plain, _ = draw.sample(kind, 500, text, i % 2 == 0)
                cv2.imwrite(str(out / f"{country}{i:04d}.png"), crop)
                rows.writerow((f"{country}{i:04d}", plain, country))


def plates_of(frames):
    """Of each plate: (picture's path, text, corners (4,2), [(class, box) of the picture's vehicles])."""
    for path in sorted((frames / "images").iterdir()):
        height, width = cv2.imread(str(path)).shape[:2]
        vehicles = []
        for line in (frames / f"labels/{path.stem}.txt").read_text().splitlines():
            c, x, y, w, h = (float(v) for v in line.split())
            box = np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
            vehicles.append((CLASSES[int(c)], box * [width, height, width, height]))
        for line in (frames / f"plates/{path.stem}.txt").read_text().splitlines():
            text, *numbers = line.split()
            quad = np.array(numbers, float).reshape(4, 2)
            yield path, text, quad, vehicles


def write_classes(out, frames):
    """Whole frames in out/frames, and close-ups, a plate each that is wider than half of the picture, in
    out/closeups."""
    rng = random.Random(SEED)
    lists = {}
    for name in ("frames", "closeups"):
        (out / name / "images").mkdir(parents=True, exist_ok=True)
        lists[name] = [("image", "text", "xmin", "ymin", "xmax", "ymax", "legibility", "lines", "group")]
    for number, (path, text, quad, vehicles) in enumerate(plates_of(frames)):
        target = out / "frames/images" / path.name
        if not target.exists():
            target.symlink_to(path.resolve())
        centre = quad.mean(0)
        around = [
            (box[2] - box[0], c)
            for c, box in vehicles
            if box[0] <= centre[0] <= box[2] and box[1] <= centre[1] <= box[3]
        ]
        if not around:
            continue
        wide = (np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
        high = (np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
        lines = 2 if wide < TWO_LINES_ASPECT * high else 1
        readable = wide >= (READABLE if lines == 1 else READABLE_TWO)
        group = min(around)[1]
        box = [*quad.min(0), *quad.max(0)]
        row = lambda name, box: (name, text, *(f"{v:.1f}" for v in box), 2 if readable else 0, lines, group)
        lists["frames"].append(row(path.stem, box))
        if not readable:
            continue
        image = cv2.imread(str(path))
        side = (box[2] - box[0]) / rng.uniform(0.52, 0.9)
        x = int(max(0, box[0] - (side - (box[2] - box[0])) * rng.random()))
        y = int(max(0, centre[1] - side * 0.4))
        part = image[y : int(y + side * 0.8), x : int(x + side)]
        name = f"{number:05d}"
        cv2.imwrite(str(out / f"closeups/images/{name}.png"), part)
        lists["closeups"].append(row(name, np.array(box) - [x, y, x, y]))
    for name, rows in lists.items():
        with open(out / name / "text.csv", "w", newline="") as file:
            csv.writer(file).writerows(rows)


def evaluate(folder, options, *more):
    command = [str(PROGRAM), "evaluate", str(folder), *options, *more]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def table_of_formats(out, options):
    """Exact as shown, and with O = 0 and I = 1, by country."""
    counts = defaultdict(lambda: [0, 0, 0])
    for verdict in json.loads(evaluate(out, options, "--json"))[0]["verdicts"]:
        for name in (verdict["place"][:2], "all"):
            cell = counts[name]
            cell[0] += 1
            cell[1] += verdict["shown"] == verdict["truth"]
            cell[2] += merged(verdict["shown"]) == merged(verdict["truth"])
    print("| country | plates | exact | O = 0, I = 1 | difference |\n|---|---|---|---|---|")
    for name, (n, exact, loose) in sorted(counts.items(), key=lambda c: (c[0] != "all", c[0])):
        print(f"| {name} | {n} | {100 * exact / n:.1f} | {100 * loose / n:.1f} | {100 * (loose - exact) / n:.1f} |")


def main():
    arguments, options = sys.argv[1:], []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, options = arguments[:at], arguments[at + 1 :]
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("what", choices=["formats", "classes"])
    p.add_argument("out", type=Path)
    p.add_argument("--count", type=int, default=40, help="plates of each country")
    p.add_argument("--frames", type=Path, help="folder of samples/render_training.py")
    p.add_argument("--table", action="store_true", help="the folder is there already")
    args = p.parse_args(arguments)
    if args.what == "formats":
        if not args.table:
            write_formats(args.out, args.count)
        table_of_formats(args.out, options)
    else:
        if not args.table:
            write_classes(args.out, args.frames)
        for name in ("frames", "closeups"):
            print(evaluate(args.out / name, options))


if __name__ == "__main__":
    main()
