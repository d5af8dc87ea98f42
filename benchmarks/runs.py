"""Runs the programs that scripts/benchmark compares, in turns."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import clips

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / "build/release/bin"
DATABASE_SIZES = (1_000, 10_000, 100_000, 1_000_000)
VENV = ROOT / "build/benchmark/venv"
PYTHON_REFERENCE = ROOT / "benchmarks/python_reference"


@dataclass(frozen=True)
class Setup:
    parts: tuple
    rounds: int
    seconds: int
    clips: Path


def say(text):
    print(f"benchmark: {text}", file=sys.stderr, flush=True)


def build(setup):
    targets = ["dashcam", "decode_only", "parts_benchmark", "queue_benchmark"]
    if "database" in setup.parts:
        targets.append("database_benchmark")
    subprocess.run(["bash", "-c", f". '{ROOT}/scripts/lib.sh' && install_packages ffmpeg"], check=True)
    subprocess.run([ROOT / "scripts/build", "release", *targets], check=True)


def python_venv():
    """The reference's own environment, made at its first use."""
    requirements = (PYTHON_REFERENCE / "requirements.txt").read_text()
    stamp = VENV / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != requirements:
        say("installing the Python reference's packages into build/benchmark/venv")
        subprocess.run(["/usr/bin/python3", "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r",
                        PYTHON_REFERENCE / "requirements.txt"], check=True)
        stamp.write_text(requirements)
    return VENV / "bin/python"


def decode_only(paths, readers=2, threads=1):
    out = subprocess.run([BIN / "decode_only", "--readers", str(readers), "--threads", str(threads), *paths],
                         check=True, capture_output=True, text=True).stdout
    result = json.loads(out)
    return {"frames": result["frames"], "wall_s": result["wall_s"], "fps": result["frames"] / result["wall_s"],
            "cpu_ms": 1e3 * result["cpu_s"] / result["frames"]}


def processes_of(root_pid):
    """That process and all its descendants."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry))
    found, left = [], [root_pid]
    while left:
        pid = left.pop()
        found.append(pid)
        left += children.get(pid, [])
    return found


def pss_mb(root_pid):
    """Proportional set size of all processes together: shared pages count once."""
    total = 0
    for pid in processes_of(root_pid):
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024


class MemoryWatch(threading.Thread):
    """Samples the memory of a process tree; sparsely, since reading it costs the processes time."""

    def __init__(self, pid, every_s):
        super().__init__(daemon=True)
        self.pid, self.every_s, self.samples, self.ended = pid, every_s, [], threading.Event()

    def run(self):
        while not self.ended.wait(self.every_s):
            if (mb := pss_mb(self.pid)) > 0:
                self.samples.append(mb)


def pipeline(paths, *options, watch_s=1.0, seconds=30):
    """One run of the program into a fresh folder: figures, and what it found."""
    folder = Path(tempfile.mkdtemp(prefix="dashcam-benchmark-"))
    try:
        started = time.monotonic()
        program = subprocess.Popen(
            [BIN / "dashcam", "run", *paths, "--out", folder / "out", "--hud", "off", "--statistics", folder / "statistics.json",
             *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        watch = MemoryWatch(program.pid, watch_s)
        watch.start()
        output = program.communicate()
        wall = time.monotonic() - started
        watch.ended.set()
        watch.join()
        if program.returncode != 0:
            sys.exit(f"benchmark: dashcam run failed ({program.returncode}):\n{output[0]}{output[1]}")
        result = json.loads((folder / "statistics.json").read_text())
        rows = subprocess.run([BIN / "dashcam", "vehicles", "--out", folder / "out", "--json"], check=True,
                              capture_output=True, text=True).stdout
        frames = result["frames"]
        result |= {"wall_s": wall, "fps": frames / wall, "pss_mb": max(watch.samples, default=0),
                   "truth": compare(json.loads(rows), len(paths), seconds)}
        result["cpu_ms"] = {"decode": result["decode_cpu_ms"] / frames, "copy": result["copy_cpu_ms"] / frames,
                            **{k: v["cpu_ms"] / frames for k, v in result["stages"].items()}}
        return result
    finally:
        shutil.rmtree(folder)


def compare(rows, videos, seconds):
    """Vehicles of the sample drive that are meant to be read and gone before the clip ends, in every copy of it."""
    readable = {v["plate"] for v in clips.drive_truth()["drive.mp4"]["vehicles"]
                if v["readable"] and (seconds == 30 or v["last_s"] < seconds)}
    every = {v["plate"] for v in clips.drive_truth()["drive.mp4"]["vehicles"] if v["plate"]}
    sure = [(r["video_id"], r["plate"]) for r in rows if r["tier"] in ("confirmed", "probable")]
    confirmed = {r["plate"] for r in rows if r["tier"] == "confirmed"}
    return {"expected": len(readable) * videos, "found": len({p for p in sure if p[1] in readable}),
            "wrong_confirmed": sorted(confirmed - every)}


def python_reference(paths, frames, rate):
    out = subprocess.run([python_venv(), PYTHON_REFERENCE / "main.py", "--frames", frames, "--analysis-rate", str(rate),
                          *paths], check=True, capture_output=True, text=True).stdout
    result = json.loads(out.splitlines()[-1])
    return result | {"fps": result["frames"] / result["wall_s"]}


def encoded(setup, *wanted):
    return [clips.encode(clip if clip.seconds <= setup.seconds else clips.shortened(clip, setup.seconds), setup.clips)
            for clip in wanted]


def in_turns(setup, what, jobs):
    """{name: results of each round}; one job of each in turn."""
    results = {name: [] for name in jobs}
    for number in range(setup.rounds):
        for name, job in jobs.items():
            say(f"{what}, round {number + 1} of {setup.rounds}: {name}")
            results[name].append(job())
    return results


def run_main(setup):
    """The limit and the pipeline, on two copies of each clip: as many videos as there are readers."""
    results = {}
    for make in (lambda c: clips.h264(1080, 8, c), lambda c: clips.h264(1080, 16, c), lambda c: clips.hevc(1080, 8, c)):
        paths = encoded(setup, make(0), make(1))
        name = make(0).name
        results |= {name: in_turns(setup, name, {
            "decode only": lambda: decode_only(paths),
            "pipeline": lambda: pipeline(paths, seconds=setup.seconds),
        })}
    paths = encoded(setup, clips.h264(1080, 8), clips.h264(1080, 8, 1))
    results["every frame analysed"] = in_turns(setup, "every frame analysed", {
        "decode only": lambda: decode_only(paths),
        "pipeline": lambda: pipeline(paths, "--analysis-rate", "0", seconds=setup.seconds),
    })
    one = encoded(setup, clips.h264(1080, 8))
    results["one video"] = in_turns(setup, "one video", {
        "decode only": lambda: decode_only(one),
        "pipeline": lambda: pipeline(one, seconds=setup.seconds),
    })
    return results


def run_start(setup):
    """From the start of the program to the first frame in which vehicles were looked for: networks compiled, or cached."""
    paths = [clips.encode(clips.shortened(clips.h264(1080, 8), 2), setup.clips)]
    rounds = {"first run, networks are compiled": [], "later run, networks are in the cache": []}
    for number in range(setup.rounds):
        say(f"start, round {number + 1} of {setup.rounds}")
        with tempfile.TemporaryDirectory(prefix="dashcam-benchmark-") as cache:
            for results in rounds.values():
                results.append(pipeline(paths, "--model-cache", cache, seconds=2))
    return rounds


def run_python(setup):
    """The same design in Python, on ten seconds of the clip: it is slow."""
    paths = [clips.encode(clips.shortened(clips.h264(1080, 8, copy), 10), setup.clips) for copy in (0, 1)]
    return in_turns(setup, "python", {
        "dashcam": lambda: pipeline(paths, seconds=10),
        "dashcam, every frame": lambda: pipeline(paths, "--analysis-rate", "0", seconds=10),
        "python, Manager": lambda: python_reference(paths, "manager", 0),
        "python, shared memory": lambda: python_reference(paths, "shared", 0),
        "python, shared memory, same rate": lambda: python_reference(paths, "shared", 15),
    })


def json_lines(command):
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def run_parts(setup):
    clip = encoded(setup, clips.h264(1080, 8))[0]
    return in_turns(setup, "parts", {"parts": lambda: json_lines([BIN / "parts_benchmark", clip])})


def run_queue(setup):
    jobs = {"queue": lambda: json_lines([BIN / "queue_benchmark"])}
    jobs["python"] = lambda: json_lines(["/usr/bin/python3", ROOT / "benchmarks/python_queues.py"])
    return in_turns(setup, "queue", jobs)


def run_memory(setup):
    """Memory over length and number of clips: it must not grow."""
    results = {}
    for count in (1, 2, 6):
        say(f"memory, {count} clips")
        paths = encoded(setup, *[clips.h264(1080, 8, copy) for copy in range(count)])
        results[f"{count} clips of {setup.seconds} s"] = pipeline(paths, watch_s=0.25)
    return results


def run_growth(setup):
    results = {}
    two = encoded(setup, clips.h264(1080, 8), clips.h264(1080, 8, 1))
    four = encoded(setup, *[clips.h264(1080, 8, copy) for copy in range(4)])
    table = {f"{n} GPU workers": (two, "--num-gpu-workers", str(n)) for n in (1, 2, 3, 4)}
    table |= {f"{n} CPU workers": (two, "--num-cpu-workers", str(n)) for n in (1, 2, 3, 4)}
    table |= {f"{n} videos at once": (four, "--num-video-readers", str(n)) for n in (1, 2, 3, 4)}
    # Ten seconds of the last one take the encoder as long as all other clips together.
    for make in (lambda c: clips.h264(720, 8, c), lambda c: clips.h264(2160, 16, c),
                 lambda c: clips.shortened(clips.hevc(2160, 16, c), 10)):
        table[make(0).name] = (encoded(setup, make(0), make(1)),)
    for vehicles in (0, 5, 30):
        table[f"{vehicles} vehicles in sight"] = (
            [clips.crowd(vehicles, copy, setup.clips) for copy in (0, 1)],)
    for name, (paths, *options) in table.items():
        readers = int(options[1]) if options[:1] == ["--num-video-readers"] else 2
        results |= in_turns(Setup(setup.parts, 1, setup.seconds, setup.clips), "growth", {
            f"{name}: decode only": lambda: decode_only(paths, readers),
            f"{name}: pipeline": lambda: pipeline(paths, *options)})
    return results


def run_database(setup):
    """{database: what database_benchmark says}: SQLite by size, PostgreSQL with the rows of the largest."""
    program = ROOT / "build/release/benchmarks/database/database_benchmark"

    def ask(*arguments):
        say(f"database: {' '.join(arguments[:2])}")
        out = subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
        return json.loads(out.splitlines()[-1])

    with tempfile.TemporaryDirectory(prefix="dashcam-benchmark-", dir=ROOT / "build") as folder:
        file = f"{folder}/{max(DATABASE_SIZES)}.db"
        results = {f"SQLite, {size:,}": ask(f"sqlite:{folder}/{size}.db", str(size)) for size in DATABASE_SIZES}
        results[f"PostgreSQL, {max(DATABASE_SIZES):,}"] = ask("private", str(max(DATABASE_SIZES)), file)
    return results
