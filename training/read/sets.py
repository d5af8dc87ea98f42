"""Measuring sets with exact truth, as folders for `dashcam evaluate`, which reads them with the
program's own code; and their tables by country and by class.

    python -m read.sets formats runs/formats --count 40      # plates of all formats in the program's table, cut out
    python -m read.sets lines runs/lines                     # cut-out plates of one and two lines, by part of the world
    python -m read.sets classes runs/classes --frames FOLDER # frames of samples/render_training.py: by vehicle, lines, size
    python -m read.sets formats runs/formats --table         # only the table; options after -- go to `dashcam evaluate`

Seeds are not those of training.
"""

import argparse
import csv
import json
import random
import re
import subprocess
import sys
from collections import defaultdict
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from . import data as D
from . import render
from .evaluate import merged
from .formats import EUROPE, LOOKS, expressions, table, text_of

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


PARTS = {
    "Europe": "AT BE CZ DE ES FR GB HU IT NL PL PT RO SK",
    "Brazil": "BR",
    "India": "IN",
    "Vietnam": "VN",
    "United States": "US",
}


def write_lines(out, count):
    """`count` plates of one line and as many of two for each part of the world, at least 100 pixels wide."""
    rng, forms = random.Random(SEED + 1), table()
    draw = render.Renderer(SEED + 1, D.textures() if D.DATA.exists() else ())
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "text.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("image", "text", "lines", "group"))
        for part, countries in PARTS.items():
            own = [f for f in forms if f.region[:2] in countries.split()]
            for lines in (1, 2):
                one = {"Brazil": "brazil", "United States": "us"}.get(part, "long")
                for i in range(count):
                    text = text_of(rng, rng.choices(own, [f.weight for f in own])[0])
                    crop, plain, _ = draw.sample(one if lines == 1 else "two", 500, text)
                    name = f"{part[:2]}{lines}{i:04d}"
                    cv2.imwrite(str(out / f"{name}.png"), crop)
                    rows.writerow((name, plain, lines, f"{part} {'one line' if lines == 1 else 'two lines'}"))


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


def ways(text):
    """All texts that differ from this one in O for 0 and I for 1, or the reverse, only."""
    return ("".join(c) for c in product(*({"O": "O0", "0": "O0", "I": "I1", "1": "I1"}.get(c, c) for c in text)))


def table_of_formats(out, options):
    """Exact as shown, and with O = 0 and I = 1, by country; the same of the plates whose text is the only
    way in which the country's formats allow it to be written."""
    fits = {}
    for form in table():
        codes = f"(?:{'|'.join(form.codes)})" if form.codes else ""
        fits.setdefault(form.region[:2], []).extend(re.compile(codes + p) for p in expressions(form))
    counts = defaultdict(lambda: [0] * 6)
    for verdict in json.loads(evaluate(out, options, "--json"))[0]["verdicts"]:
        country, truth, shown = verdict["place"][:2], verdict["truth"], verdict["shown"]
        known = sum(any(f.fullmatch(w) for f in fits[country]) for w in ways(truth))
        exact, loose = shown == truth, merged(shown) == merged(truth)
        for name in (country, "all"):
            for i, add in enumerate((1, exact, loose)):
                counts[name][i] += add
                counts[name][3 + i] += add * (known == 1)
    print("| country | plates | exact | O = 0, I = 1 | difference | settled | exact | O = 0, I = 1 | difference |")
    print("|---" * 9 + "|")
    for name, cell in sorted(counts.items(), key=lambda c: (c[0] != "all", c[0])):
        parts = []
        for n, exact, loose in (cell[:3], cell[3:]):
            shares = (exact / n, loose / n, (loose - exact) / n) if n else (0, 0, 0)
            parts.append(f"{n} | " + " | ".join(f"{100 * v:.1f}" for v in shares))
        print(f"| {name} | {' | '.join(parts)} |")
    weights = defaultdict(float)
    for form in table():
        weights[form.region[:2]] += form.weight
    for name, i in (("all plates", 0), ("settled ones", 3)):
        cells = [(weights[c], cell[i:]) for c, cell in counts.items() if c != "all" and cell[i]]
        lost = sum(w * (loose - exact) / n for w, (n, exact, loose, *_) in cells) / sum(w for w, _ in cells)
        print(f"countries weighed by their vehicles, {name}: {100 * lost:.1f} points lost")


def main():
    arguments, options = sys.argv[1:], []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, options = arguments[:at], arguments[at + 1 :]
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("what", choices=["formats", "lines", "classes"])
    p.add_argument("out", type=Path)
    p.add_argument("--count", type=int, default=40, help="plates of each country")
    p.add_argument("--frames", type=Path, help="folder of samples/render_training.py")
    p.add_argument("--table", action="store_true", help="the folder is there already")
    args = p.parse_args(arguments)
    if args.what == "formats":
        if not args.table:
            write_formats(args.out, args.count)
        table_of_formats(args.out, options)
    elif args.what == "lines":
        if not args.table:
            write_lines(args.out, args.count)
        print(evaluate(args.out, options))
    else:
        if not args.table:
            write_classes(args.out, args.frames)
        for name in ("frames", "closeups"):
            print(evaluate(args.out / name, options))


if __name__ == "__main__":
    main()
