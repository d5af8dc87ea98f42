"""Fits the constants of the reading logic (src/reading) for a text network, on rendered tracks.

    python -m read.refit quality ../models/text.toml --write      # reading_quality.cpp; then build the program
    python -m read.refit confidence ../models/text.toml --write   # fusion_confidence.cpp; then build the program
    python -m read.refit tiers ../models/text.toml                # measures: other tracks, and texts that follow no format

The order matters: the qualities weigh the readings that the confidence is fitted on. Each step asks
build/release/bin/reading_signs, so that the program's own fusion is what is fitted.
"""

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from . import tracks

ROOT = Path(__file__).resolve().parents[2]
READING = ROOT / "src/reading"
FIT, HELD_OUT = 7001, 7101  # seeds


def signs_of(args, seed, vanities):
    """Columns of the readings and of the tracks, {name: array}, of freshly drawn tracks."""
    with tempfile.TemporaryDirectory() as folder:
        listed = tracks.write(folder, tracks.Tracks(seed, vanities), args.count)
        lines = subprocess.run(
            [args.program, args.network, listed], check=True, capture_output=True, text=True
        ).stdout.splitlines()
    out = {}
    for kind in ("reading", "track"):
        names, *rows = [line.split("\t")[1:] for line in lines if line.startswith(kind + "\t")]
        out[kind] = {}
        for name, column in zip(names, zip(*rows)):
            out[kind][name] = np.array(column) if name == "tier" else np.array(column, float)
    return out["reading"], out["track"]


def log_odds(p, surest=1e-4):
    p = np.clip(p, surest, 1 - surest)
    return np.log(p / (1 - p))


def logistic(columns, right, ridge=1e-3):
    """Coefficients, the constant first, of the logistic model with the greatest likelihood
    (Newton's method)."""
    x = np.stack([np.ones(len(right)), *columns], 1)
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (right - p) - ridge * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(w))
        w += np.linalg.solve(hessian, gradient)
    return w


def report(name, p, right):
    """How far a probability can be trusted: a line for each bin, and the log loss."""
    edges = (0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0001)
    cells = []
    for lo, hi in zip(edges, edges[1:]):
        k = (p >= lo) & (p < hi)
        if k.any():
            cells.append(f"{p[k].mean():.3f} {right[k].mean():.3f} ({k.sum()})")
    q = np.clip(p, 1e-6, 1 - 1e-6)
    loss = -np.mean(right * np.log(q) + (1 - right) * np.log(1 - q))
    print(f"{name}: said, right (number): " + "; ".join(cells) + f"; log loss {loss:.4f}", flush=True)


def set_constants(file, values, write):
    """Prints constants, and puts them into the source if `write`."""
    path = READING / file
    source = path.read_text(encoding="utf-8")
    for name, value in values.items():
        print(f"{file}: {name} = {value:.3f}")
        source, found = re.subn(
            rf"(constexpr double {name} = )[-\d.]+;", rf"\g<1>{value:.3f};", source
        )
        if found != 1:
            raise SystemExit(f"{file} has no constant {name}")
    if write:
        path.write_text(source, encoding="utf-8")


def fit_quality(args):
    r, _ = signs_of(args, FIT, args.vanities)
    log_confidence = np.maximum(-6.9, r["log_confidence"])  # kLowestLogConfidence
    columns = [log_confidence, np.exp(log_confidence), np.clip(r["sharpness"], 0, 1)]
    w = logistic(columns, r["right"])
    names = ("kBias", "kPerLogConfidence", "kPerConfidence", "kPerSharpness")
    print(f"{len(r['right'])} readings, {r['right'].mean():.3f} right")
    report("before", r["quality"], r["right"])
    report("after", 1 / (1 + np.exp(-(w[0] + np.stack(columns, 1) @ w[1:]))), r["right"])
    set_constants("reading_quality.cpp", dict(zip(names, w)), args.write)


def ruled(t):
    """Tracks that a rule settles, not the model."""
    return (t["whole"] < 0.6) | (t["length"] < 4) | (t["digits"] == 0) | (t["contested"] == 1)


def fit_confidence(args):
    _, t = signs_of(args, FIT, args.vanities)
    free = ~ruled(t)
    one = (t["pictures"] == 1) & (t["members"] > 1)
    columns = [log_odds(t["probability"])[free], t["best_quality"][free], one[free]]
    right = t["right"][free]
    w = logistic(columns, right)
    print(f"{len(right)} tracks of {len(free)}, {right.mean():.3f} right")
    report("before, twins told apart", t["confidence"][free], t["exact"][free])
    fitted = 1 / (1 + np.exp(-(w[0] + np.stack(columns, 1) @ w[1:])))
    report("after, twins as one", fitted, right)
    k = one[free]
    report("after, one picture", fitted[k], right[k])
    names = ("kBias", "kPerLogOdds", "kPerBestQuality", "kOnePicture")
    set_constants("fusion_confidence.cpp", dict(zip(names, w)), args.write)
    partial = t["tier"] == "partial"
    w = logistic([log_odds(t[n])[partial] for n in ("known", "confidence")], t["shown_right"][partial])
    names = ("kPartialBias", "kPartialPerKnown", "kPartialPerConfidence")
    print(f"{partial.sum()} partial texts, {t['shown_right'][partial].mean():.3f} right")
    set_constants("fusion_confidence.cpp", dict(zip(names, w)), args.write)


def tiers(args):
    """Tiers of tracks that nothing was fitted on, and what other thresholds would give."""
    for name, vanities, seed in (("formats", 0, HELD_OUT), ("no format", 1, HELD_OUT + 1)):
        _, t = signs_of(args, seed, vanities)
        for tier in ("confirmed", "probable", "partial"):
            k = t["tier"] == tier
            right = t["shown_right" if tier == "partial" else "exact"][k]
            print(f"{name}: {tier} {k.sum()} of {len(k)}, right {right.mean():.3f}", flush=True)
        report(f"{name}, confidence", t["confidence"], t["exact"])
        can = (
            np.isin(t["tier"], ("probable", "confirmed"))
            & ~ruled(t)
            & (t["agreeing"] >= 2)
            & (t["members"] > 0.6 * t["readings"])
            & (t["dominance"] >= 0.9)
        )
        one = t["pictures"] == 1
        for least in (0.9, 0.92, 0.94, 0.95, 0.96, 0.965, 0.97, 0.975, 0.98, 0.985, 0.99):
            k = can & (t["confidence"] >= least)
            twins = int((t["right"][k] - t["exact"][k]).sum())
            print(
                f"    confirmed from {least:.3f} on: {k.sum()}, right {t['exact'][k].mean():.4f}, "
                f"wrong {int((1 - t['exact'][k]).sum())}, of them {twins} in twins only; from one picture "
                f"{(k & one).sum()}, wrong {int((1 - t['exact'][k & one]).sum())}"
            )


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("what", choices=["quality", "confidence", "tiers"])
    p.add_argument("network", help="the text network's side file")
    p.add_argument("--program", default=str(ROOT / "build/release/bin/reading_signs"))
    p.add_argument("--count", type=int, default=3000, help="tracks")
    p.add_argument("--vanities", type=float, default=0.15, help="share of texts that follow no format")
    p.add_argument("--write", action="store_true", help="put the constants into the sources")
    args = p.parse_args()
    {"quality": fit_quality, "confidence": fit_confidence, "tiers": tiers}[args.what](args)


if __name__ == "__main__":
    main()
