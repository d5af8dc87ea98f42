"""Texts as the program's table of countries' formats composes them (src/reading/plate_format_table.cpp
is read, so that there is one table)."""

import re
from pathlib import Path
from types import SimpleNamespace

TABLE = Path(__file__).resolve().parents[2] / "src/reading/plate_format_table.cpp"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# How the plates of a region look, if not long and low: kinds of plate.KINDS and their shares.
LOOKS = {
    "US": {"us": 1},
    "CA": {"us": 1},
    "MX": {"us": 1},
    "BR": {"brazil": 0.75, "two": 0.25},
    "AR": {"brazil": 0.8, "two": 0.2},
    "AU": {"brazil": 1},
    "IN": {"long": 0.6, "two": 0.4},
    "VN": {"long": 0.3, "two": 0.7},
}
EUROPE = {"long": 0.85, "two": 0.15}


def table():
    """[region, codes, patterns, letters, weight] of each format."""
    source = TABLE.read_text(encoding="utf-8")
    text = lambda part: "".join(re.findall(r'"([^"]*)"', part))
    constants = {n: text(v) for n, v in re.findall(r"char (k\w+)\[\] =(.*?);", source, re.S)}
    body = re.sub(r"//.*", "", source[source.index("kFormats[] = {") :])
    value = lambda part: text(part) if '"' in part else constants.get(part.strip(), "")
    out = []
    entry = r'\{\s*"([^"]*)",((?:\s*"[^"]*"|\s*k\w+)+),((?:\s*"[^"]*")+),\s*(nullptr|k\w+|"[^"]*"),\s*([\d.]+)\s*\}'
    for region, codes, patterns, letters, weight in re.findall(entry, body):
        out.append(
            SimpleNamespace(
                region=region,
                codes=value(codes).split(),
                patterns=text(patterns).split(),
                letters=CAPITALS if letters == "nullptr" else value(letters),
                weight=float(weight),
            )
        )
    return out


def symbols_of(form, c):
    """What a character of a format's pattern may be."""
    return {
        "d": "0123456789",
        "n": "123456789",
        "l": form.letters,
        "m": CAPITALS.replace("Q", ""),
    }.get(c, c)


def expressions(form):
    """Regular expressions of a format's patterns, without the code."""
    return ["".join(f"[{symbols_of(form, c)}]" for c in pattern) for pattern in form.patterns]


def text_of(rng, form):
    """A random text of a format, '|' where a gap may be."""
    groups = [rng.choice(form.codes)] if form.codes else [""]
    kind = None
    for c in rng.choice(form.patterns):
        symbols = symbols_of(form, c)
        now = c in "dn" or c.isdigit()
        if groups[-1] and (kind is None or now != kind):
            groups.append("")
        kind = now
        groups[-1] += rng.choice(symbols)
    out = groups[0]
    for group in groups[1:]:
        out += ("|" if rng.random() < 0.5 else "") + group
    return out


class Formats:
    def __init__(self, rng):
        self.rng, self.forms = rng, table()
        self.weights = [f.weight for f in self.forms]

    def draw(self, form=None):
        """(region, kind of plate, text); formats as often as vehicles carry them, if none is given."""
        form = form or self.rng.choices(self.forms, self.weights)[0]
        looks = LOOKS.get(form.region[:2], EUROPE)
        kind = self.rng.choices(list(looks), list(looks.values()))[0]
        return form.region, kind, text_of(self.rng, form)
