"""Draws plates as a camera sees them several times, and writes them for the program's reading code.

Three kinds of tracks: a vehicle that comes nearer; one picture in which the plate was looked at
several times, with other corners each time; one look. The direction of the view stays, the camera's faults
mostly stay: the errors of neighbouring frames are alike.
"""

import random
from pathlib import Path

import cv2

from . import data as D
from . import render
from .formats import Formats
from .glyphs import random_text

GROWTH = 0.03  # the program's cut moves each side out by so much; `estimate` contains it already


def vanity(rng):
    """A text that mostly follows no format."""
    return "".join(c for c in random_text(rng) if c != "/")


class Tracks:
    def __init__(self, seed, vanities=0.0):
        """vanities: the share of texts that follow no format."""
        self.rng, self.vanities = random.Random(seed), vanities
        self.render = render.Renderer(seed, D.textures() if D.DATA.exists() else ())
        self.formats = Formats(self.rng)

    def draw(self):
        """(text, [(picture, corners (4,2)) of each look])"""
        r, draw = self.rng, self.render
        if r.random() < self.vanities:
            kind, text = "us", vanity(r)
        else:
            _, kind, text = self.formats.draw()
        canvas, box, text, _ = draw.plate(kind, text, r.random() < 0.5)
        canvas = draw.light(canvas)
        looks = r.choice((1, 1, 2, 3, 3, 4, 5, 6, 8, 10, 12, 16))
        first = 25 * 6 ** r.random()
        last = first if looks == 1 else min(240, first * r.uniform(1, 3.5))
        view, camera = r.random(), r.random()
        out, same = [], looks <= 4 and r.random() < 0.5
        for i in range(looks):
            width = first * (last / first) ** (i / max(1, looks - 1))
            if not (same and out):
                picture, quad, _ = draw.shoot(
                    canvas,
                    box,
                    draw.size(box, text, width),
                    view + r.choice((0, 0, 1e-9 * i)),
                    camera if r.random() < 0.6 else None,
                )
            corners = D.spread(draw.estimate(quad), -GROWTH / (1 + 2 * GROWTH))
            out.append((picture, corners))
        return text, out


def write(folder, tracks, count):
    """Pictures and the list `readings.tsv` for reading_signs; returns the list's path."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "readings.tsv", "w", encoding="utf-8") as listed:
        for t in range(count):
            text, looks = tracks.draw()
            for i, (picture, corners) in enumerate(looks):
                path = folder / f"{t}_{i}.bmp"
                if i == 0 or picture is not looks[i - 1][0]:
                    cv2.imwrite(str(path), picture)
                    last = path
                numbers = "\t".join(f"{v:.3f}" for v in corners.reshape(-1))
                listed.write(f"{t}\t{text}\t{last}\t{numbers}\n")
    return folder / "readings.tsv"
