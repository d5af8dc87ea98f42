"""Writes the mean of two networks' weights: of a network and what fine tuning made of it.

    python -m detect.blend before.pt tuned.pt mean.pt [--share 0.5]

The mean keeps more of what the network knew before, at some cost of what it learnt.
"""

import argparse

import torch


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("before")
    p.add_argument("tuned")
    p.add_argument("out")
    p.add_argument("--share", type=float, default=0.5, help="of the tuned weights")
    args = p.parse_args()
    before, tuned = (torch.load(f, map_location="cpu") for f in (args.before, args.tuned))
    weights = {
        name: (
            torch.lerp(before["weights"][name], value, args.share)
            if value.is_floating_point()
            else value
        )
        for name, value in tuned["weights"].items()
    }
    torch.save(dict(tuned, weights=weights), args.out)


if __name__ == "__main__":
    main()
