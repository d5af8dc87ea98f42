"""Writes the mean of a shipped reader's weights and of what tuning from it (`read.train --start`) made of them.

    python -m read.blend ../models/text.onnx runs/tuned.pt runs/text.pt [--share 0.5]

The mean keeps more of what the network knew before, at some cost of what it learnt. What the exported file has no longer
(means and variances of batch norms) is measured anew, as `--start` does; the temperature has to be fitted again.
"""

import argparse

import torch

import exported

from . import data as D
from . import evaluate
from . import nets


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("before", help="the exported file that tuning started from")
    p.add_argument("tuned")
    p.add_argument("out")
    p.add_argument("--share", type=float, default=0.5, help="of the tuned weights")
    p.add_argument("--seed", type=int, default=0, help="of tuning")
    args = p.parse_args()
    tuned, _ = evaluate.load(args.tuned)
    before = nets.Reader(**tuned.config)
    exported.start(before, args.before, lambda: D.to_tensor([s[0] for s in D.rendered(512, args.seed)]))
    weights = exported.mean(before.state_dict(), tuned.state_dict(), args.share)
    torch.save(dict(config=tuned.config, weights=weights), args.out)


if __name__ == "__main__":
    main()
