"""One command from the labelled pictures to a network in models/: train, export, sign, measure.

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
SIZES = {"vehicle": ("640", "384"), "plate": ("256", "256")}


def sign(contract):
    """Writes the checksum of the ONNX file that a TOML contract names into the contract."""
    text = contract.read_text()
    onnx = contract.parent / re.search(r'^file = "(.*)"$', text, re.M)[1]
    digest = hashlib.sha256(onnx.read_bytes()).hexdigest()
    contract.write_text(re.sub(r'^sha256 = ".*"$', f'sha256 = "{digest}"', text, flags=re.M))


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
    sign(models / f"{args.name}.toml")
    with open(measured, "w") as out:
        run(*measure, out=out)
    print(f"wrote {onnx} and {measured}: now bring the card {models / args.name}.md up to date")


if __name__ == "__main__":
    main()
