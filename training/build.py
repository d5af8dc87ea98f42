"""One command from the labelled pictures to a network in models/: train, export, round to int8, sign, measure.

    python build.py vehicle --minutes 60 --rendered runs/rendered --runs runs
    python build.py plate --minutes 35 --rendered runs/rendered --runs runs
    python build.py text --minutes 75 --runs runs

What is given after `--` goes to the training as it is: `-- --start runs/vehicle.pt --rate 1e-3`.
The measured tables go to RUNS/NAME_measured.txt, for the model card. RUNS stays out of git.
"""

import argparse
import hashlib
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent / "models"
SIZES = {"vehicle": ("448", "256"), "plate": ("256", "256")}


def sign(contract):
    """Writes the checksums of the ONNX files that a TOML contract names into the contract."""
    text = contract.read_text()
    for name, key in (("file", "sha256"), ("int8_file", "int8_sha256")):
        named = re.search(rf'^{name} = "(.*)"$', text, re.M)
        if not named:  # int8 is optional
            continue
        onnx = contract.parent / named[1]
        digest = hashlib.sha256(onnx.read_bytes()).hexdigest()
        text = re.sub(rf'^{key} = ".*"$', f'{key} = "{digest}"', text, flags=re.M)
    contract.write_text(text)


def run(*command, out=None):
    """Runs a module of this folder; its output goes to the terminal or to a file."""
    print("python -m", *command, flush=True)
    subprocess.run([sys.executable, "-m", *command], cwd=HERE, check=True, stdout=out)


def main():
    arguments, extra = sys.argv[1:], []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, extra = arguments[:at], arguments[at + 1 :]
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("name", choices=["vehicle", "plate", "text"])
    p.add_argument("--minutes", required=True)
    p.add_argument("--seed", default="0")
    p.add_argument("--rendered", type=Path, help="rendered frames: images/, labels/, plates/")
    p.add_argument("--runs", type=Path, default=HERE / "runs")
    p.add_argument("--models", type=Path, default=MODELS)
    args = p.parse_args(arguments)
    runs, models = args.runs.resolve(), args.models.resolve()
    runs.mkdir(parents=True, exist_ok=True)
    weights, onnx = str(runs / f"{args.name}.pt"), str(models / f"{args.name}.onnx")
    int8 = str(models / f"{args.name}.int8.onnx")
    common = ["--minutes", args.minutes, "--seed", args.seed, "--out", weights, *extra]
    measured = runs / f"{args.name}_measured.txt"
    if args.name == "text":
        run("read.train", *common)
        run("read.evaluate", weights, "--temperature", "--sets", "rendered")
        run("read.export", weights, onnx)
        measure = ["read.evaluate", onnx]
    else:
        if args.rendered:
            common += ["--rendered", str(args.rendered.resolve())]
        run("detect.train", args.name, *common)
        run("detect.export", weights, onnx, "--size", *SIZES[args.name])
        measure = ["detect.evaluate", args.name, onnx]
        if args.name == "plate":
            measure += ["--vehicles", str(models / "vehicle.onnx"), "--vehicle-threshold", "0.4"]
    subprocess.run([sys.executable, "quantise.py", args.name, onnx, int8], cwd=HERE, check=True)
    sign(models / f"{args.name}.toml")
    with open(measured, "w") as out:
        run(*measure, out=out)
    print(f"wrote {onnx} and {measured}: now bring the card {models / args.name}.md up to date")


if __name__ == "__main__":
    main()
