"""The clips that the benchmark runs on, made by this project: the sample drive, encoded the way cameras do.

Cameras have no time to look ahead: no B pictures, one reference, a key picture every second, a constant rate. The rates
are those of dashcams (8 to 16 Mb/s at 1080p), several times what the sample drive itself takes.
"""
import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DRIVE = ROOT / "samples/drive.mp4"
TRUTH = ROOT / "samples/truth.json"
RECIPE = 1  # raised when the encodes change, so that old files are not taken for new ones


@dataclass(frozen=True)
class Clip:
    name: str
    codec: str
    height: int
    mbits: int
    copy: int = 0  # copies differ in their title only: for running several videos at once
    seconds: int = 30

    def path(self, folder):
        return Path(folder) / f"{self.name}{'-' + str(self.copy) if self.copy else ''}-r{RECIPE}.mp4"


def h264(height, mbits, copy=0):
    return Clip(f"{height}p-h264-{mbits}M", "libx264", height, mbits, copy)


def hevc(height, mbits, copy=0):
    return Clip(f"{height}p-hevc-{mbits}M", "libx265", height, mbits, copy)


def shortened(clip, seconds):
    return replace(clip, name=f"{clip.name}-{seconds}s", seconds=seconds)


def crowd(vehicles, copy, folder):
    """About that many vehicles in sight: none (the drive's sky), its usual five, or nine moments of it side by side."""
    if vehicles == 5:
        return encode(h264(1080, 8, copy), folder)
    path = Path(folder) / f"1080p-{vehicles}-vehicles{'-' + str(copy) if copy else ''}-r{RECIPE}.mp4"
    if path.exists():
        return path
    part = path.with_suffix(".part.mp4")
    if copy:
        source = ["-i", crowd(vehicles, 0, folder), "-c", "copy", "-metadata", f"title=copy {copy}"]
    elif vehicles == 0:
        source = ["-i", DRIVE, "-vf", "crop=1920:270:0:0,scale=1920:1080", *camera_like("libx264", 8)]
    else:
        source = []
        for k in range(9):
            source += ["-ss", str(2 * k), "-t", "10", "-i", DRIVE]
        places = "|".join(f"{640 * (k % 3)}_{360 * (k // 3)}" for k in range(9))
        small = "".join(f"[{k}:v]scale=640:360[v{k}];" for k in range(9)) + "".join(f"[v{k}]" for k in range(9))
        source += ["-filter_complex", f"{small}xstack=inputs=9:layout={places}", *camera_like("libx264", 8)]
    ffmpeg(source, part, path)
    return path


def camera_like(codec, mbits):
    rate = f"{mbits}M"
    options = ["-an", "-c:v", codec, "-preset", "veryfast", "-g", "30", "-bf", "0", "-refs", "1", "-b:v", rate, "-maxrate", rate,
               "-bufsize", rate, "-pix_fmt", "yuv420p"]
    if codec == "libx265":
        options += ["-x265-params", "log-level=error:bframes=0:keyint=30:ref=1", "-tag:v", "hvc1"]
    return options


def ffmpeg(arguments, part, path):
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, arguments), str(part)], check=True)
    part.rename(path)


def encode(clip, folder):
    """Makes the clip if it is not there; returns its path."""
    path = clip.path(folder)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.mp4")
    if clip.copy:
        source = ["-i", encode(replace(clip, copy=0), folder), "-c", "copy", "-metadata", f"title=copy {clip.copy}"]
    else:
        source = ["-t", str(clip.seconds), "-i", DRIVE, "-vf", f"scale=-2:{clip.height}:flags=bicubic",
                  *camera_like(clip.codec, clip.mbits)]
    ffmpeg(source, part, path)
    return path


def drive_truth():
    return json.loads(TRUTH.read_text())
