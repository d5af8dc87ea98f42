"""Counts how the exported text network takes one character for another on rendered plates, and
writes the table that fuzzy search weighs errors with.

    python -m read.confusions ../models/text.onnx ../src/search/confusion_table.cpp

Each row is a true character: the mean posterior that its slot gives to each character, over plates
whose number of characters was read right. Plates that read as another number of characters give
the shares of lost and added characters.
"""

import argparse

import numpy as np

from . import glyphs, render

ALPHABET = glyphs.ALPHABET
BLANK = len(ALPHABET)
UNITS = 100_000  # of the table
HEAD = """// Written by training/read/confusions.py from {count} plates that it renders (seed {seed}) and the
// network of sha256 {sha}. Not to be edited.
#include "search/confusions.h"

namespace dashcam {{

// clang-format off
const ConfusionTable kConfusions = {{{{
"""


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("model")
    p.add_argument("table", help="C++ file to write")
    p.add_argument("--count", type=int, default=20_000)
    p.add_argument("--seed", type=int, default=20260)
    args = p.parse_args()
    import hashlib

    import openvino

    with open(args.model, "rb") as file:
        sha = hashlib.sha256(file.read()).hexdigest()
    network = openvino.Core().compile_model(
        args.model, "CPU", {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    )
    renderer = render.Renderer(args.seed, ())
    sums = np.zeros((len(ALPHABET), len(ALPHABET)))
    characters = lost = added = 0
    for _ in range(args.count):
        crop, text, _ = renderer.sample()
        posterior = network(np.float32(crop)[None, None] / 255)[0][0]
        read = int((posterior.argmax(1) != BLANK).sum())
        characters += len(text)
        lost += read == len(text) - 1
        added += read == len(text) + 1
        if read != len(text):
            continue
        for slot, true in enumerate(text):
            sums[ALPHABET.index(true)] += posterior[slot, :BLANK]
    rows = np.rint(UNITS * sums / sums.sum(1, keepdims=True)).astype(int)
    with open(args.table, "w", encoding="utf-8") as file:
        file.write(HEAD.format(count=args.count, seed=args.seed, sha=sha))
        for true, row in zip(ALPHABET, rows):
            file.write(f"    {{{{{', '.join(map(str, row))}}}}},  // {true}\n")
        file.write("}};\n// clang-format on\n\n")
        for name, number in (("kLostCharacter", lost), ("kAddedCharacter", added)):
            file.write(f"const double {name} = {number / characters:.6f};\n")
        file.write("\n}  // namespace dashcam\n")
    np.fill_diagonal(rows, 0)
    for at in np.argsort(-rows, axis=None)[:24]:
        true, other = divmod(int(at), len(ALPHABET))
        print(f"{ALPHABET[true]} read as {ALPHABET[other]}: {rows[true, other] / UNITS:.3f}")


if __name__ == "__main__":
    main()
