"""Writes the mean of two networks' weights: of a network and what fine tuning made of it.

    python -m detect.blend before.pt tuned.pt mean.pt [--share 0.5]
    python -m detect.blend ../models/vehicle.onnx tuned.pt mean.pt --rendered runs/rendered --seed 7

The mean keeps more of what the network knew before, at some cost of what it learnt. What an exported file has no longer (means
and variances of batch norms) is measured anew, as `detect.train --start` does: give the seed and the frames of the tuning.
"""

import argparse

import torch

import exported

from . import nets, train


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("before", help="weights (.pt) or the exported file (.onnx) that tuning started from")
    p.add_argument("tuned")
    p.add_argument("out")
    p.add_argument("--share", type=float, default=0.5, help="of the tuned weights")
    p.add_argument("--seed", type=int, default=0, help="of tuning")
    p.add_argument("--rendered", help="folder of rendered frames that tuning saw")
    args = p.parse_args()
    tuned = torch.load(args.tuned, map_location="cpu")
    args.task = tuned["task"]
    net = nets.Detector(**tuned["config"])
    exported.start(
        net, args.before, lambda: train.pictures(args, train.TASKS[args.task]), nets.file_to_training
    )
    weights = exported.mean(net.state_dict(), tuned["weights"], args.share)
    torch.save(dict(tuned, weights=weights), args.out)


if __name__ == "__main__":
    main()
