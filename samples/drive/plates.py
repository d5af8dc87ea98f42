"""Number plates of several countries as textures, with made-up texts.

A plate's texture holds the plate and, around it, a margin of MARGIN of its width (holder and rim),
which is transparent where there is no holder. Texts never contain the letters I, O and Q, so that
no reader has to guess against 1 and 0.
"""

import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

DENSITY = 1.6  # texture pixels per millimetre
MARGIN = 0.03  # of the plate's width, on each side
LETTERS, DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
PACKAGES = (
    "fonts-dejavu-core fonts-liberation2 fonts-bebas-neue fonts-opendin fonts-roboto-unhinted"
)


@dataclass
class Style:
    """How a country's plate looks: millimetres, BGR colours, faces in the order of preference,
    text patterns.
    """

    size: tuple
    ground: tuple
    ink: tuple
    faces: tuple
    patterns: tuple
    cap: float  # height of the characters in millimetres
    band: str = ""  # letters in the blue band at the left
    top: str = ""  # line above the text
    bottom: str = ""
    two_lines: bool = False


WHITE, YELLOW, BLACK = (236, 238, 238), (30, 190, 246), (22, 22, 22)
DIN, NARROW = ("OSP-DIN", "RobotoCondensed-Bold"), (
    "RobotoCondensed-Bold",
    "LiberationSansNarrow-Bold",
)
WIDE, TALL = ("LiberationSans-Bold", "DejaVuSans-Bold"), (
    "BebasNeue-Regular",
    "BebasNeue-Bold",
    "RobotoCondensed-Bold",
)
STYLES = {
    "DE": Style(
        (520, 110), WHITE, BLACK, DIN, ("A AA 999", "AA AA 999", "AAA AA 99", "A AA 9999"), 75, "D"
    ),
    "RO": Style((520, 110), WHITE, BLACK, DIN, ("AA 99 AAA", "A 999 AAA"), 75, "RO"),
    "NL": Style((520, 110), YELLOW, BLACK, NARROW, ("A-999-AA", "99-AAA-9", "AA-999-A"), 77, "NL"),
    "UK": Style((520, 111), YELLOW, BLACK, NARROW, ("AA99 AAA",), 79),
    "GB": Style((520, 111), WHITE, BLACK, NARROW, ("AA99 AAA",), 79, "GB"),
    "PL": Style((520, 114), WHITE, BLACK, DIN, ("AA 99999", "AAA 9999", "AA 999AA"), 80, "PL"),
    "FR": Style((520, 110), WHITE, BLACK, NARROW, ("AA-999-AA",), 78, "F"),
    "IT": Style((520, 110), WHITE, BLACK, DIN, ("AA 999AA",), 77, "I"),
    "ES": Style((520, 110), WHITE, BLACK, DIN, ("9999 AAA",), 77, "E"),
    "US": Style(
        (305, 152),
        (240, 232, 214),
        (120, 40, 20),
        TALL,
        ("9AAA999", "AAA 9999", "AAA 999"),
        70,
        "",
        "VALLEY STATE",
        "ROADS AND RIVERS",
    ),
    "BR": Style((400, 130), WHITE, BLACK, NARROW, ("AAA9A99",), 65, "", "BRASIL"),
    "BR2": Style((210, 170), WHITE, BLACK, NARROW, ("AAA/9A99",), 53, "", "BRASIL", "", True),
    "DE2": Style((220, 200), WHITE, BLACK, DIN, ("A AA/9999", "AA A/999"), 75, "", "", "", True),
    "NL2": Style((210, 143), YELLOW, BLACK, NARROW, ("99-AAA/9", "AA-99/AA"), 55, "", "", "", True),
    "UK2": Style((229, 178), YELLOW, BLACK, NARROW, ("AA99/AAA",), 64, "", "", "", True),
}


@functools.lru_cache
def font_files():
    listed = subprocess.check_output(["fc-list", "--format", "%{file}\n"], text=True).split("\n")
    return {Path(f).stem: f for f in sorted(listed) if f.endswith((".ttf", ".otf"))}


@functools.lru_cache(maxsize=2000)
def glyph(faces, character):
    """The character's ink, 160 pixels high, in the first installed face of the list."""
    files = font_files()
    found = [files[f] for f in faces if f in files]
    if not found:
        raise RuntimeError(
            f"none of the faces {', '.join(faces)} is installed: apt-get install {PACKAGES}"
        )
    font = ImageFont.truetype(found[0], 220)
    picture = Image.new("L", (500, 500))
    ImageDraw.Draw(picture).text((120, 100), character, fill=255, font=font)
    mask = np.asarray(picture)
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    mask = mask[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
    if character == "-":
        return mask
    return cv2.resize(
        mask,
        (max(8, round(mask.shape[1] * 160 / mask.shape[0])), 160),
        interpolation=cv2.INTER_AREA,
    )


def stamp(image, mask, x, y, colour):
    h, w = mask.shape
    x, y = int(round(x)), int(round(y))
    part = image[max(y, 0) : y + h, max(x, 0) : x + w]
    if part.size:
        a = (
            mask[max(-y, 0) :, max(-x, 0) :][: part.shape[0], : part.shape[1], None].astype(
                np.float32
            )
            / 255
        )
        part[:] = (part * (1 - a) + np.array(colour, np.float32) * a).astype(np.uint8)


def write(image, text, faces, box, cap, colour):
    """Characters of height cap (pixels), spread over the box x0 y0 x1 y1 (pixels) without
    stretching them by more than 25 %.
    """
    x0, y0, x1, y1 = box
    cells = []
    for c in text:
        if c == " ":
            cells.append((None, 0.42 * cap))
            continue
        g = glyph(faces, c)
        scale = cap / 160
        cells.append(
            (
                cv2.resize(
                    g,
                    (max(2, round(g.shape[1] * scale)), max(2, round(g.shape[0] * scale))),
                    interpolation=cv2.INTER_AREA,
                ),
                None,
            )
        )
    gap = 0.13 * cap
    total = sum(w if m is None else m.shape[1] for m, w in cells) + gap * (len(cells) - 1)
    slim = min(1.15, (x1 - x0) / total)
    x = (x0 + x1) / 2 - total * slim / 2
    for m, w in cells:
        if m is None:
            x += (w + gap) * slim
            continue
        wide = max(2, round(m.shape[1] * slim))
        y = (y0 + y1) / 2 - m.shape[0] / 2
        stamp(image, cv2.resize(m, (wide, m.shape[0]), interpolation=cv2.INTER_AREA), x, y, colour)
        x += wide + gap * slim


def small_line(image, text, centre, height, longest, colour):
    write(
        image,
        text,
        WIDE,
        (centre[0] - longest / 2, centre[1] - height, centre[0] + longest / 2, centre[1] + height),
        height,
        colour,
    )


def plain(text):
    return "".join(c for c in text if c.isalnum())


def random_text(country, rng):
    pattern = STYLES[country].patterns[rng.integers(len(STYLES[country].patterns))]
    return "".join(
        (
            LETTERS[rng.integers(len(LETTERS))]
            if c == "A"
            else DIGITS[rng.integers(10)] if c == "9" else c
        )
        for c in pattern
    )


class Plate:
    """texture: BGRA, margin included; size: metres, without the margin; text: as drawn, '/' at
    the line break.
    """

    def __init__(self, country, text, rng, holder=True):
        style = STYLES[country]
        self.country, self.text, self.lines = (
            country.rstrip("2"),
            plain(text),
            2 if style.two_lines else 1,
        )
        self.size = (style.size[0] / 1000, style.size[1] / 1000)
        w, h = (round(v * DENSITY) for v in style.size)
        m = round(w * MARGIN)
        image = np.empty((h, w, 3), np.uint8)
        image[:] = np.clip(np.array(style.ground) + rng.normal(0, 4, 3), 0, 255)
        self._fill(image, style, text, rng)
        radius = int(10 * DENSITY)
        shape = np.zeros((h + 2 * m, w + 2 * m), np.uint8)
        self.texture = np.zeros((h + 2 * m, w + 2 * m, 4), np.uint8)
        self.texture[..., :3] = (28, 28, 30)
        inner = np.zeros((h, w), np.uint8)
        for x in (radius, w - radius - 1):
            for y in (radius, h - radius - 1):
                cv2.circle(inner, (x, y), radius, 255, -1, cv2.LINE_AA)
        inner[radius:-radius], inner[:, radius:-radius] = 255, 255
        a = inner[..., None] / 255.0
        self.texture[m:-m, m:-m, :3] = (self.texture[m:-m, m:-m, :3] * (1 - a) + image * a).astype(
            np.uint8
        )
        shape[m:-m, m:-m] = inner
        if holder:
            shape[m // 3 : -(m // 3), m // 3 : -(m // 3)] = 255
        self.texture[..., 3] = shape
        self.levels = [self.texture]
        while self.levels[-1].shape[0] > 10:
            self.levels.append(cv2.pyrDown(self.levels[-1]))

    def _fill(self, image, style, text, rng):
        h, w = image.shape[:2]
        d, left = DENSITY, 8 * DENSITY
        if style.top and style.patterns[0].startswith("AAA") and style.top == "BRASIL":
            image[: int(h * 0.23)] = (150, 60, 10)
            small_line(image, style.top, (w / 2, h * 0.115), h * 0.12, w * 0.5, (240, 240, 240))
            area = (0.06 * w, 0.27 * h, 0.94 * w, 0.96 * h)
        elif style.top:  # a printed landscape in pale colours
            slope = np.linspace(0, 1, h)[:, None, None]
            image[:] = np.clip(image * (1 - slope * 0.12) - slope * np.array([30, 8, 0]), 0, 255)
            cv2.ellipse(
                image,
                (int(w * 0.7), int(h * 1.05)),
                (int(w * 0.6), int(h * 0.42)),
                0,
                0,
                360,
                (206, 224, 200),
                -1,
                cv2.LINE_AA,
            )
            small_line(image, style.top, (w / 2, h * 0.13), h * 0.1, w * 0.6, style.ink)
            small_line(image, style.bottom, (w / 2, h * 0.9), h * 0.065, w * 0.7, style.ink)
            area = (0.05 * w, 0.2 * h, 0.95 * w, 0.84 * h)
        else:
            area = (0.035 * w, 0.06 * h, 0.965 * w, 0.94 * h)
        if style.band:
            band = int(44 * d)
            image[:, :band] = (150, 62, 8)
            for k in range(12):
                p = (
                    band / 2 + 13 * d * np.cos(k * np.pi / 6),
                    h * 0.33 + 13 * d * np.sin(k * np.pi / 6),
                )
                cv2.circle(
                    image, tuple(int(v) for v in p), int(1.8 * d), (60, 210, 240), -1, cv2.LINE_AA
                )
            small_line(image, style.band, (band / 2, h * 0.77), 20 * d, 34 * d, (240, 240, 240))
            area = (band + left, area[1], area[2], area[3])
        if style.two_lines:
            upper, lower = text.split("/")
            middle = (area[1] + area[3]) / 2
            write(
                image,
                upper,
                style.faces,
                (area[0], area[1], area[2], middle),
                style.cap * d,
                style.ink,
            )
            write(
                image,
                lower,
                style.faces,
                (area[0], middle, area[2], area[3]),
                style.cap * d,
                style.ink,
            )
        else:
            write(image, text, style.faces, area, style.cap * d, style.ink)
        cv2.rectangle(image, (3, 3), (w - 4, h - 4), style.ink, 3, cv2.LINE_AA)
        dirt = cv2.resize(
            rng.normal(0, 1, (5, 12)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
        )
        image[:] = np.clip(image * (1 - 0.035 * np.clip(dirt, 0, 2))[..., None], 0, 255)


def random_plate(rng, motorcycle=False):
    if motorcycle:
        country = ("BR2", "DE2", "NL2", "UK2")[rng.integers(4)]
    else:
        country = ("DE", "RO", "NL", "UK", "GB", "PL", "FR", "IT", "ES", "US", "BR")[
            rng.integers(11)
        ]
    return Plate(country, random_text(country, rng), rng)
