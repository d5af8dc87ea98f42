"""The state of a training run on disk, so that an interrupted run goes on where it was."""

import os
import random
import time
from pathlib import Path

import numpy as np
import torch


def write(path, content):
    """torch.save that leaves either the old file or the new one, whenever the run dies."""
    temporary = f"{path}.part"
    torch.save(content, temporary)
    os.replace(temporary, path)


class State:
    """Network, average, optimiser, steps and time of a run, in `OUT.state` beside its weights."""

    def __init__(self, out, net, average, optimiser):
        self.path = f"{out}.state"
        self.net, self.average, self.optimiser = net, average, optimiser

    def save(self, **counts):
        parts = dict(net=self.net, average=self.average, optimiser=self.optimiser)
        write(self.path, dict(counts, **{k: v.state_dict() for k, v in parts.items()}))

    def load(self):
        """The counts as they were saved, or None if there is no state. What is loaded belongs to
        the same command with the same seed."""
        if not os.path.exists(self.path):
            return None
        saved = torch.load(self.path)
        for name in ("net", "average", "optimiser"):
            getattr(self, name).load_state_dict(saved.pop(name))
        return saved


def seed(value, step=0):
    """Seeds all generators; a resumed run draws other samples than it has seen."""
    value += 1_000_003 * step
    torch.manual_seed(value), random.seed(value), np.random.seed(value % 2**32)
    return value


def clock(wall):
    """The clock that a schedule follows: processor time, or the time on the wall."""
    return time.monotonic if wall else time.process_time


def has_bf16_units():
    """Whether bf16 is faster than f32 here: with AMX it is, with AVX-512's bf16 it is 20 % slower."""
    cpu = Path("/proc/cpuinfo")
    return cpu.exists() and " amx_bf16" in cpu.read_text()
