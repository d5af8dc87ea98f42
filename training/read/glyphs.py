"""What a plate may say and how its characters look: texts, constant-stroke skeletons, faces of
fonts."""

import subprocess
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 192, 64
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SLOTS = 10
CAP = 72  # glyph masks' height in pixels


# ---------------------------------------------------------------- texts: 9 digit, A letter, ? either; | gap; / new line

PATTERNS = """AA99|AAA A9|AAA A99|AAA A999|AAA AAA|9A AAA|99A AAA|999A AAA|9999 AAA|999 999|AAA AA9|999 9AAA999 AAA9999 99A|999
999|AAA AAA|99A A99|AAA 999999 99999A A9999A 9A9999 999|A99 A9|A999 AA|99999 AA|9999 AA999A 9999|AA 9A|A9999 A99|99A 99|9999
AA|999|AA AA|AAA|99 99|AA|AA AA|AA|99 AA|99|AA 9999|AAA AAAA|99 A|9999|AA AA|9999|AA A|AA|9999 A|AA999 AA|AA|999 AAA|A|99
AAA|AA|9 AA|A9999 AAA9A99 AAA|9A99 AAA|9999 9A9|9999 9AA|9999 AA|99|AAA A|99|AAA A|999|AAA AA|999|9A AA9|999A AA|999|AAA
99|AAA|9 9|AAA|999 A|999|AA AA|999|A 999|99 99|999|99 99|999|AA AAA|99A AAA|999 999|AAA A99999 AA99999 AAA99999 A99|999
AA|99|AA|9999 AA|99|A|9999 AA|9|A|9999 AA|9|AAA|9999 99|AA|9999|A AA99/AA9999 AA99A/9999 AA99/A9999 99|AAA|9999
A|9999|AA A|999|AAA A9999A AA|9999|A AAA|9999 AAA|999A A|99999 A|99999|A 9|99999 99|99999 99|A9/9999 99|A9/999|99
99A|999|99 A9|999|99 99A|9999 A|A9999 A|99999 A|999AA A|A99A9 AA|99999 AA|A99999 9|AAA|99 99|99|AAA AAA9|9999
AAA|AA9999 9999|AA|9 AA|99999|AA AA9999AA 9999|999 99|999 9|999|AAA 99A9999 999A|99 AA9A9 9A9A9A 9AA|A99 A99|9AA AAA|AAA
AAAA AAAAA AAAAAA AAAAAAA AAAA9 AAA99 AAAAA9 99AA 9999 99999 A999 9|AAA AA|AA AAA|AAAA AA|AAAAA 99|AAAA AAA9999A""".split()
# Layouts of two-line plates: motorcycles and square plates of Asia, Europe and the Americas.
TWO_LINES = """99|A9/999|99 99|A9/999|99 99|A9/999|99 99|A9/9999 99|A9/9999 99|AA/999|99 99A/999|99 99A/999|99 99A/9999
AA|99/AA|9999 AA99/AA9999 AA|99|AA/9999 AA99AA/9999 AA|99|A/9999 AA99/A|9999 AA|9A/9999 AA|99/A9999 AA9/AA9999 99|BH/9999A
AAA/9999 AAA/9999 AAA/9A99 AAA/9A99 A999/AAA AAA/99A AAA/999 AA/99999 AA/999AA AA9/99AA AA|999/AA 9999/AAA AA99/AAA AA99/AA
A|AA/999 AA|A/9999 A|A/9999 AAA/AA|99 AA/AA|999 AA|AA/99 AA/A|9999 AAA/A|999 A/AA|999 99/AA|AA AA/99|AA AA|99/AA AA|99/AAA
99/AA|99 999/AA|99 9999/AA 99|AA/999 99|A/9999 99|AA/9999 A|99/AAA A|999/AA A|9999/AA AA|9999/AA 9A9/9999 9AA/9999 A999/999
AA/9999 AAA/A9 AA|999/999 AAA|9/999 A9999/AA AA99/9999 A|999/99 A|99999 AA|9/9999 A|99/A9999 9999/9999 99/9999 999/999
9999/A|99 9999AA/9 AA9999/99 A|999AA/99""".split()
PRIOR = {"I": 1.0, "O": 0.35, "Q": 1.1, "W": 1.3, "G": 1.2, "D": 1.5, "B": 1.5, "Z": 1.5}
LOOKALIKES = "00DDQQO2Z2Z8B8B5S6G6GGCC17714A4UVVYMWNHFPKXEL39"  # drawn as often as they stand here
LETTERS = [c for c in ALPHABET if c.isalpha()]
LETTER_WEIGHTS = [PRIOR.get(c, 1.0) for c in LETTERS]
WORDS = """THE STATE OF GREAT LAKES COUNTRY LIVE FREE GARDEN SUNSHINE GOLDEN EVERGREEN LAND BEAUTIFUL HERITAGE LIBERTY NATURAL
MOUNTAIN RIVER OCEAN PRAIRIE FOREST CENTENNIAL EXPLORE FIRST FRIENDLY NATIVE VETERAN SPIRIT WILD PACIFIC ISLAND NORTH SOUTH
WEST EAST CAPITAL PROVINCE REPUBLIC DISTRICT TAXI TRUCK DEALER EXEMPT TRANSPORT COMMERCIAL MOTORS AUTOMOBILES GARAGE AUTOHAUS
JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC 01 02 03 04 05 06 07 08 09 10 11 12 15 18 21 97 99 2004 2011 2019 EU IND
GB D F NL I E B PL RO HR CZ UA BR USA MEX AUS BRASIL WWW.DEALER.COM""".split()


def of_pattern(rng, pattern):
    """A random text of a pattern; an equal chance for all digits, letters as they are on plates."""
    out = []
    for c in pattern:
        if c == "?":
            c = rng.choice("9A")
        out.append(
            rng.choice("0123456789")
            if c == "9"
            else rng.choices(LETTERS, LETTER_WEIGHTS)[0] if c == "A" else c
        )
    return "".join(out)


def random_text(rng):
    """A text with '|' at gaps and '/' at a forced new line; at most 10 characters."""
    if rng.random() < 0.6:
        return of_pattern(rng, rng.choice(PATTERNS))
    n = rng.choices(range(3, 11), (2, 5, 10, 24, 27, 15, 10, 7))[0]
    if rng.random() < 0.25:
        text = "".join(rng.choices(LOOKALIKES, k=n))
    else:
        share = rng.choice((0.15, 0.35, 0.5, 0.7, 1))
        text = "".join(
            (
                rng.choices(LETTERS, LETTER_WEIGHTS)[0]
                if rng.random() < share
                else rng.choice("0123456789")
            )
            for _ in range(n)
        )
    for _ in range(rng.choice((0, 1, 1, 2))):
        k = rng.randrange(1, len(text))
        if "|" not in text[k - 1 : k + 1]:
            text = text[:k] + "|" + text[k:]
    return text


# ---------------------------------------------------------------- glyphs

# Constant-stroke skeletons on a 4 x 8 grid; '*' marks a rounded corner; ';' separates strokes, '=' alternative shapes.
SKELETONS = {
    "A": "0,8 2,0 4,8;.7,5.4 3.3,5.4=0,8 0,0* 4,0* 4,8;0,4.6 4,4.6=0,8 1.6,0 2.4,0 4,8;.6,5.6 3.4,5.6",
    "B": "0,0 3.8,0* 3.8,3.9* 0,3.9;0,3.9 4,3.9* 4,8* 0,8 0,0",
    "C": "4,2.2 4,0* 0,0* 0,8* 4,8* 4,5.8",
    "D": "0,0 4,0* 4,8* 0,8 0,0",
    "E": "4,0 0,0 0,8 4,8;0,3.9 3.4,3.9",
    "F": "4,0 0,0 0,8;0,4 3.4,4",
    "G": "4,2.2 4,0* 0,0* 0,8* 4,8* 4,4.3 2.2,4.3=4,2 4,0* 0,0* 0,8* 4,8* 4,5 2.9,5=4,1.6 4,0* 0,0* 0,8* 4,8* 4,4.8 3.1,4.8=4,2.2 4,0* 0,0* 0,8* 4,8* 4,4.6 2.6,4.6;4,4.6 4,8",
    "H": "0,0 0,8;4,0 4,8;0,4 4,4",
    "I": "2,0 2,8=.8,0 3.2,0;2,0 2,8;.8,8 3.2,8=.3,0 3.7,0;2,0 2,8;.3,8 3.7,8",
    "J": "4,0 4,8* 0,8* 0,5.6=1.6,0 4,0 4,8* 0,8* 0,5.8",
    "K": "0,0 0,8;4,0 0,4.9;1.4,3.3 4,8=0,0 0,8;0,4 1.2,4 4,0;1.2,4 4,8",
    "L": "0,0 0,8 4,8",
    "M": "0,8 0,0 2,4.8 4,0 4,8=0,8 0,0 2,3.4 4,0 4,8=0,8 0,0 2,8 4,0 4,8",
    "N": "0,8 0,0 4,8 4,0",
    "O": "0,0* 4,0* 4,8* 0,8* 0,0*",
    "P": "0,8 0,0 4,0* 4,4.4* 0,4.4",
    "Q": "0,0* 4,0* 4,8* 0,8* 0,0*;2.4,5.8 4.2,8.2=0,0* 4,0* 4,8* 0,8* 0,0*;1.9,5 4.1,8",
    "R": "0,8 0,0 4,0* 4,4.2* 0,4.2;2,4.2 4,8",
    "S": "4,1.9 4,0* 0,0* 0,3.9* 4,3.9* 4,8* 0,8* 0,6.1",
    "T": "0,0 4,0;2,0 2,8",
    "U": "0,0 0,8* 4,8* 4,0",
    "V": "0,0 2,8 4,0",
    "W": "0,0 1,8 2,2.6 3,8 4,0=0,0 .5,8 2,3.2 3.5,8 4,0=0,0 .6,8 2,4.6 3.4,8 4,0=0,0 .8,8 2,0 3.2,8 4,0=0,0 0,8 2,4 4,8 4,0",
    "X": "0,0 4,8;4,0 0,8",
    "Y": "0,0 2,4.2 4,0;2,4.2 2,8",
    "Z": "0,0 4,0 0,8 4,8",
    "0": "0,0* 4,0* 4,8* 0,8* 0,0*=0,0* 4,0* 4,8* 0,8* 0,0*=0,0* 4,0* 4,8* 0,8* 0,0*=0,0* 4,0* 4,8* 0,8* 0,0*=0,0* 4,0* 4,8* 0,8* 0,0*;1,6 3,2",
    "1": "1,1.7 2.4,0 2.4,8=1,1.4 2.4,0 2.4,8;.8,8 4,8=2.4,0 2.4,8;1.2,1 2.4,0=.2,2.8 2.4,0 2.4,8=1,1.2 2.2,.4 2.2,0 2.2,8;.4,8 4,8=.9,.8 2.4,0 2.4,8"
    "=1,.3 2.4,0 2.4,8=.9,.7 2.4,0 2.4,8;.8,8 4,8=.8,.5 2.4,0 2.4,8=1.1,1 2.1,.1 2.4,0 2.4,8=1.2,.4 2.4,0 2.4,8",
    "2": "0,2.1 0,0* 4,0* 4,3.4* 0,8 4,8=0,2 0,0* 4,0* 4,4* 0,4* 0,8 4,8=0,1.8 0,0* 4,0* 4,2.6* 0,8 4,8=.2,1.4 .4,0* 4,0* 4,2.3* 0,8 4,8"
    "=0,1.7 0,0* 4,0* 4,3* 0,6.6* 0,8 4,8",
    "3": "0,1.8 0,0* 4,0* 4,3.8* 1.6,3.8;1.6,3.8 4,3.8* 4,8* 0,8* 0,6.2=0,0 4,0 1.7,3.3 4,3.3* 4,8* 0,8* 0,6.2",
    "4": "3,8 3,0 0,5.7 4,5.7=2.9,4.4 2.9,8;2,0 0,6.3 4,6.3=3.2,8 3.2,0 2.6,0 0,5.9 4,5.9=2.8,8 2.8,0 0,5.3 4,5.3=0,0 0,4.7 4,4.7;3.4,2 3.4,8=3,3.6 3,8;2.2,0 0,5.7 4,5.7",
    "5": "3.8,0 .2,0 .1,3.3 4,3.3* 4,8* 0,8* 0,6.2=4,0 0,0 0,3.6 4,3.6* 4,8* 0,8* 0,6.4",
    "6": "4,1.9 4,0* 0,0* 0,8* 4,8* 4,3.5* 0,3.5*=2.8,0 0,4.2* 0,8* 4,8* 4,3.4* .4,3.4*=4,0 0,0* 0,8* 4,8* 4,3.6* 0,3.6",
    "7": "0,0 4,0 1.4,8=0,0 4,0 1.6,4.4* 1.6,8=0,1.4 0,0 4,0 1.2,8",
    "8": "0.2,0* 3.8,0* 3.8,3.8* .2,3.8* .2,0*;0,3.8* 4,3.8* 4,8* 0,8* 0,3.8*",
    "9": "0,6.1 0,8* 4,8* 4,0* 0,0* 0,4.5* 4,4.5*=1.2,8 4,3.8* 4,0* 0,0* 0,4.6* 3.6,4.6*=0,8 4,8* 4,0* 0,0* 0,4.4* 4,4.4",
}


def rounded(points, flags, radius):
    """Polyline with flagged corners replaced by arcs of about `radius` (same units as the
    points)."""
    closed = np.allclose(points[0], points[-1]) and flags[0]
    if closed:
        points, flags = points[:-1], flags[:-1]
    n, out = len(points), []
    for i in range(n):
        if not flags[i] or (not closed and i in (0, n - 1)):
            out.append(points[i])
            continue
        before, here, after = points[i - 1], points[i], points[(i + 1) % n]
        a, b = before - here, after - here
        la, lb = np.linalg.norm(a), np.linalg.norm(b)
        p, q = here + a / la * min(radius, la / 2), here + b / lb * min(radius, lb / 2)
        for t in np.linspace(0, 1, 9):  # between a circle's arc and a parabola
            bez = (1 - t) ** 2 * p + 2 * t * (1 - t) * here + t * t * q
            out.append(bez * 0.8 + 0.2 * (here + (bez - here) * 0.9))
    if closed:
        out.append(out[0])
    return np.array(out)


def stroke_font(rng):
    """One random constant-stroke face: {character: mask}, all CAP pixels high."""
    aspect, weight = rng.uniform(0.42, 0.72), rng.uniform(0.10, 0.2)
    heavy = max(5, round(CAP * min(weight, 0.28 * aspect)))
    w = max(18, int(CAP * aspect - heavy))
    radius = rng.choice((0.18, 0.35, 0.45, 0.5, 0.5)) * w * rng.uniform(0.9, 1.1)
    if rng.random() < 0.2:
        radius = 0.5 * w * 1.4  # taller ovals
    face, shift, same = {}, 4, rng.random() < 0.4
    for c, text in SKELETONS.items():
        shapes = text.split("=")
        shape = shapes[0] if rng.random() < 0.25 else rng.choice(shapes)
        if c == "O":
            zero = rng.uniform(0.85, 1)
        t = heavy
        if c in "MW" and len(shape.split(";")[0].split()) == 5:
            t = round(heavy * rng.uniform(0.7, 0.95))
        wide = w * (
            rng.uniform(1.1, 1.4)
            if c in "MW" and rng.random() < 0.8
            else (
                0.9
                if c in "EFLJ" and rng.random() < 0.4
                else (zero if not same else 1) if c in "0" else 1
            )
        )
        mask = np.zeros((CAP, int(wide + t + 2)), np.uint8)
        for stroke in shape.split(";"):
            p = [q.rstrip("*").split(",") for q in stroke.split()]
            flags = [q.endswith("*") for q in stroke.split()]
            p = np.array(p, np.float64) / [4, 8] * [wide, CAP - t - 1] + t / 2
            line = np.round(
                rounded(p, flags, max(radius, 0.35 * w) if c in "2S0OQ" else radius) * 2**shift
            ).astype(np.int32)
            cv2.polylines(mask, [line[:, None]], False, 255, t, cv2.LINE_AA, shift)
        columns = np.flatnonzero(mask.any(0))
        face[c] = mask[:, columns[0] : columns[-1] + 1]
    return face


FACES = """LiberationSans-Bold LiberationSans-Regular LiberationSansNarrow-Bold LiberationSansNarrow-Regular NimbusSans-Bold
NimbusSansNarrow-Bold NimbusSansNarrow-Regular NimbusMonoPS-Bold URWGothic-Demi B612-Bold B612Mono-Bold BebasNeue-Bold BebasNeue-Regular
Cabin-Bold Cantarell-Bold Dosis-Bold Dosis-SemiBold Dosis-ExtraBold GemunuLibre-Bold GemunuLibre-Medium Inter-Bold Inter-Medium
LeagueMono-CondensedBold LeagueMono-NarrowSemiBold LeagueMono-Bold LeagueSpartan-Bold Mplus1-Bold Mplus1-Medium Mplus1Code-Bold
MplusCode50-Bold MplusCodeLatin50-SemiBold NationalPark-Heavy NationalPark-Regular OCRB OCRA Play-Bold Play-Regular RobotoSlab-Bold
GilliusADF-BoldCond GilliusADF-Bold SwitzeraADF-BoldCond SwitzeraADF-Bold UniversalisADFStd-BoldCond UniversalisADFStd-Bold
BetecknaGS-Bold BetecknaGSCondensed-Bold ClearSans-Bold ClearSans-Medium Comfortaa-Bold DejaVuSans-Bold DejaVuSansCondensed-Bold
DejaVuSansMono-Bold DejaVuSans FreeSansBold FreeMonoBold Hack-Bold Inconsolata JetBrainsMono-Bold Karla-Bold Lato-Bold Lato-Black
LiberationMono-Bold Manrope-Bold OpenSans-CondBold OpenSans-Bold OpenSans-Semibold OSP-DIN Quicksand-Bold RobotoCondensed-Bold
RobotoCondensed-Medium Roboto-Bold Roboto-Medium routed-gothic routed-gothic-narrow routed-gothic-wide Arimo-Bold NotoSansMono-Bold
AveriaSansGWF-Bold OSP-DIN RobotoCondensed-Bold LiberationSansNarrow-Bold BebasNeue-Bold OpenSans-CondBold""".split()
TEXT_FACES = """DejaVuSerif-Bold LiberationSerif-Bold LiberationSerif-BoldItalic LiberationSans-BoldItalic Z003-MediumItalic
C059-BdIta Comfortaa-Bold Lato-BoldItalic LiberationSans-Bold LiberationSansNarrow-Bold RobotoSlab-Bold Quicksand-Bold""".split()


def font_files():
    """{file stem: path} of the installed outline fonts."""
    listed = subprocess.check_output(["fc-list", "--format", "%{file}\n"], text=True).split("\n")
    return {Path(f).stem: f for f in listed if f.endswith((".ttf", ".otf"))}


def file_font(path, size=120):
    """{character: mask} of a font file, cut to the ink and scaled to CAP pixels (a Q's tail is
    squeezed in)."""
    font, face = ImageFont.truetype(path, size), {}
    for c in ALPHABET:
        image = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(image).text((size // 3, size // 3), c, font=font, fill=255)
        mask = np.array(image)
        ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        mask = mask[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
        face[c] = cv2.resize(
            mask,
            (max(4, round(mask.shape[1] * CAP / mask.shape[0])), CAP),
            interpolation=cv2.INTER_AREA,
        )
    return face


def word_mask(path, text, size=40):
    font = ImageFont.truetype(path, size)
    x1, y1, x2, y2 = font.getbbox(text)
    image = Image.new("L", (max(4, x2 - x1 + 2), max(4, y2 - y1 + 2)), 0)
    ImageDraw.Draw(image).text((1 - x1, 1 - y1), text, font=font, fill=255)
    return np.array(image)
