#!/usr/bin/env python3
"""The user's document, built in Python as it says, to compare with: Manager, queues, OpenCV capture.

    main.py [--frames manager|shared] [--analysis-rate N] [--models DIR] CLIP...

One process as orchestrator with a reader thread for each video, GPU worker processes, CPU worker processes and a
scheduler process. Queues, worker status, events and tracker state live in a Manager. Frames too, unless
'--frames shared': then they lie in shared memory, and only their slot's number goes through the Manager. The networks
are the project's ONNX files on OpenVINO, one thread a worker, like the C++ program. The same knobs in the environment
as in the document. Prints one JSON object.
"""
import argparse
import json
import multiprocessing as mp
import os
import queue
import signal
import sys
import threading
import time
from collections import Counter
from multiprocessing import shared_memory
from pathlib import Path

import cv2
import numpy as np

import stages

GPU = ("VEHICLE_DETECT", "PLATE_DETECT", "OCR")
CPU = ("VEHICLE_TRACK", "PLATE_SMOOTH", "SUMMARY", "FINAL_WRITE")


def knob(name, preset):
    return int(os.environ.get(name, preset))


class ManagerFrames:
    """Frames as pickled arrays in the Manager."""

    def __init__(self, manager):
        self.frames, self.refs, self.lock = manager.dict(), manager.dict(), manager.Lock()

    def put(self, ref, frame):
        self.frames[ref] = frame
        self.refs[ref] = 0

    def get(self, ref):
        return self.frames[ref]

    def add_refs(self, ref):
        with self.lock:
            self.refs[ref] += 1

    def release_refs(self, ref):
        with self.lock:
            self.refs[ref] -= 1
            if self.refs[ref] <= 0:
                del self.refs[ref]
                del self.frames[ref]


class SharedFrames:
    """Frames in shared memory slots; the Manager knows which slot a frame has."""

    def __init__(self, manager, shape, slots):
        self.shape, self.bytes = shape, int(np.prod(shape))
        self.memory = shared_memory.SharedMemory(create=True, size=self.bytes * slots)
        self.slots, self.refs, self.lock = manager.dict(), manager.dict(), manager.Lock()
        self.free = manager.Queue()
        for slot in range(slots):
            self.free.put(slot)

    def view(self, slot):
        return np.ndarray(self.shape, np.uint8, self.memory.buf, slot * self.bytes)

    def put(self, ref, frame):
        slot = self.free.get()
        self.view(slot)[:] = frame
        self.slots[ref] = slot
        self.refs[ref] = 0

    def get(self, ref):
        return self.view(self.slots[ref])

    def add_refs(self, ref):
        with self.lock:
            self.refs[ref] += 1

    def release_refs(self, ref):
        with self.lock:
            self.refs[ref] -= 1
            if self.refs[ref] <= 0:
                del self.refs[ref]
                self.free.put(self.slots.pop(ref))


class CentralTaskQueue:
    def __init__(self, manager, frames):
        self.queues = {name: manager.Queue() for name in GPU + CPU}
        self.frames = frames
        self.pending = manager.Value("i", 0)
        self.lock = manager.Lock()

    def push(self, category, task):
        if task.get("payload_ref"):
            self.frames.add_refs(task["payload_ref"])
        with self.lock:
            self.pending.value += 1
        self.queues[category].put(task)

    def pop(self, categories):
        sizes = {name: self.queues[name].qsize() for name in categories}
        busiest = max(sizes, key=sizes.get)
        if sizes[busiest] == 0:
            return None, None
        try:
            return busiest, self.queues[busiest].get_nowait()
        except queue.Empty:
            return None, None

    def done(self, task):
        if task.get("payload_ref"):
            self.frames.release_refs(task["payload_ref"])
        with self.lock:
            self.pending.value -= 1

    def backlog(self, categories):
        return sum(self.queues[name].qsize() for name in categories)


def read_video(number, path, q, stop, counts, rate):
    cv2.setNumThreads(1)
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    frame_rate = capture.get(cv2.CAP_PROP_FPS) or 30.0
    step = max(1, round(frame_rate / rate)) if rate else 1
    index = 0
    while not stop.is_set():
        if not capture.grab():
            break
        index += 1
        if (index - 1) % step:
            continue
        _, frame = capture.retrieve()
        while not stop.is_set() and (q.backlog(GPU) > knob("MAX_GPU_BACKLOG", 8) or
                                     q.backlog(CPU) > knob("MAX_CPU_BACKLOG", 16) or
                                     q.pending.value > knob("QUEUE_HARD_LIMIT", 128)):
            time.sleep(0.005)
        ref = (number, index - 1)
        q.frames.put(ref, frame)
        q.push("VEHICLE_DETECT", {"payload_ref": ref, "dependencies": [ref], "time": (index - 1) / frame_rate})
    capture.release()
    q.push("VEHICLE_TRACK", {"payload_ref": None, "video": number, "end": True})
    counts[number] = index


def work(kind, number, q, status, terminate, state, models, results):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    cv2.setNumThreads(1)
    categories = GPU if kind == "gpu" else CPU
    loaded, current = {}, None
    while not terminate.is_set():
        category, task = q.pop(categories)
        if task is None:
            time.sleep(0.002)
            continue
        if category not in loaded:
            loaded[category] = stages.load(category, models)
        current = category
        status[f"{kind}-{number}"] = {"pid": os.getpid(), "category": current, "heartbeat": time.time()}
        frame = q.frames.get(task["payload_ref"]) if task.get("payload_ref") else None
        for follow_up, new_task in loaded[category](task, frame, state, results):
            q.push(follow_up, new_task)
        del frame
        q.done(task)


def schedule(q, status, terminate):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while not terminate.wait(1.0):
        for name, entry in status.items():
            if time.time() - entry["heartbeat"] > 60:
                print(f"{name} is stale", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--frames", choices=("manager", "shared"), default="manager")
    parser.add_argument("--analysis-rate", type=float, default=0)
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[2] / "models")
    arguments = parser.parse_args()
    started = time.monotonic()
    context = mp.get_context("spawn")
    manager = context.Manager()
    if arguments.frames == "manager":
        frames = ManagerFrames(manager)
    else:
        capture = cv2.VideoCapture(arguments.clips[0])
        frames = SharedFrames(manager, capture.read()[1].shape, 43)
        capture.release()
    q = CentralTaskQueue(manager, frames)
    stop, terminate = manager.Event(), manager.Event()
    status, state, results = manager.dict(), manager.dict(), manager.list()
    children = [context.Process(target=schedule, args=(q, status, terminate))]
    for kind, name, preset in (("gpu", "NUM_GPU_WORKERS", 2), ("cpu", "NUM_CPU_WORKERS", 4)):
        children += [context.Process(target=work, args=(kind, i, q, status, terminate, state, arguments.models, results))
                     for i in range(knob(name, preset))]
    for child in children:
        child.start()
    counts = {}
    waiting = queue.Queue()
    for numbered in enumerate(arguments.clips):
        waiting.put(numbered)

    def reader():
        while not stop.is_set():
            try:
                number, path = waiting.get_nowait()
            except queue.Empty:
                return
            read_video(number, path, q, stop, counts, arguments.analysis_rate)

    readers = [threading.Thread(target=reader) for _ in range(knob("NUM_VIDEO_READERS", 2))]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    stop.set()
    while q.pending.value > 0:
        time.sleep(0.02)
    wall = time.monotonic() - started
    terminate.set()
    for child in children:
        child.join()
    plates = Counter(row["plate"] for row in results if row["plate"])
    print(json.dumps({"frames": sum(counts.values()), "wall_s": wall, "vehicles": len(results), "plates": sorted(plates)}))
    if arguments.frames == "shared":
        frames.memory.close()
        frames.memory.unlink()


if __name__ == "__main__":
    main()
