#!/usr/bin/env python3
"""Python's queues between two processes, as a yardstick for queue_benchmark: tasks a second; and frames a second."""
import json
import multiprocessing as mp
import time

TASK = {"category": "VEHICLE_DETECT", "payload_ref": (1, 2), "dependencies": [(1, 2)], "time": 0.5}
FRAME = bytes(1920 * 1080 * 3)
SECONDS = 1.5


def consume(queue, counter, stop):
    while not stop.is_set():
        queue.get()
        counter.value += 1


def rate(queue, item, most_waiting):
    counter, stop = mp.Value("q", 0, lock=False), mp.Event()
    consumer = mp.Process(target=consume, args=(queue, counter, stop), daemon=True)
    consumer.start()
    sent, start = 0, time.monotonic()
    while time.monotonic() - start < SECONDS:
        if sent - counter.value < most_waiting:
            queue.put(item)
            sent += 1
        else:
            time.sleep(0.0002)
    result = counter.value / (time.monotonic() - start)
    stop.set()
    queue.put(item)
    consumer.join(2)
    consumer.terminate()
    if hasattr(queue, "cancel_join_thread"):
        queue.cancel_join_thread()  # or this process waits for ever to write what nobody reads any more
    return result


def main():
    with mp.Manager() as manager:
        for name, make, item, waiting in (("Manager().Queue(), tasks", manager.Queue, TASK, 1000),
                                          ("multiprocessing.Queue, tasks", mp.Queue, TASK, 1000),
                                          ("Manager().Queue(), 1080p frames", manager.Queue, FRAME, 4),
                                          ("multiprocessing.Queue, 1080p frames", mp.Queue, FRAME, 4)):
            value = rate(make(), item, waiting)
            print(json.dumps({"name": name, "unit": "1/s", "median": value, "low": value, "high": value, "samples": 1}))


if __name__ == "__main__":
    main()
