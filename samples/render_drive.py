"""Renders the sample drive and its truth.

    python3 render_drive.py [--out DIR] [--jobs 2] [--frames FROM TO] [--png DIR]

Writes DIR/drive.mp4 and DIR/truth.json (DIR: this folder). Needs ffmpeg with libx264. Everything is
drawn from SEED; frames do not depend on each other, so that --jobs changes nothing but the time.
"""

import argparse
import json
import multiprocessing
import subprocess
from pathlib import Path

import cv2
import numpy as np

import choreography
from choreography import FPS, PARTS
from drive import composer, plates, raster, scenery, vehicles

SEED = 900_001
WIDTH, HEIGHT, FOCAL, HORIZON = 1920, 1080, 1700.0, 500.0
GLIMPSE = 0.1  # of a vehicle that is never half in sight
IN_SIGHT, MIN_WIDTH = 0.5, 48  # share of a vehicle, pixels
READABLE_WIDTH, READABLE_FRAMES = 90, 10  # plate pixels (one line), frames
READABLE_WIDTH_TWO_LINES = 70
READABLE_FACING = 0.707  # cosine of 45 degrees
CRF, MAX_RATE = "24", "1900k"


class World:
    """All parts, built once per process."""

    def __init__(self):
        cv2.setNumThreads(1)
        self.scenes, self.actors = [], []
        for k, part in enumerate(PARTS):
            self.scenes.append(
                scenery.Scene(part.scene, part.dusk, np.random.default_rng([SEED, k]))
            )
            self.actors.append(
                [
                    self._vehicle(role, np.random.default_rng([SEED, k, i]))
                    for i, role in enumerate(part.roles)
                ]
            )
        self.film = composer.Film(WIDTH, HEIGHT, np.random.default_rng([SEED, 77]))
        self.shake = (
            cv2.GaussianBlur(
                np.random.default_rng([SEED, 78]).normal(0, 1, (2, 1500)).astype(np.float32),
                (0, 0),
                4,
                sigmaY=0.01,
            )
            * 3.3
        )

    @staticmethod
    def _vehicle(role, rng):
        rear = plates.Plate(role.country, role.text, rng)
        front = plates.Plate(*role.front, rng) if role.front else None
        return vehicles.Vehicle(role.kind, role.paint, rng, rear, front)

    def frame(self, index, part_index, t, brightness, pixels=True):
        """(BGR bytes or None, list of what is seen of each role)."""
        if brightness <= 0:
            return np.zeros((HEIGHT, WIDTH, 3), np.uint8), []
        part, scene = PARTS[part_index], self.scenes[part_index]
        speed = part.speed(t)
        rough = min(1.0, speed / 7)
        sway, nod = (float(v) * rough for v in self.shake[:, index % self.shake.shape[1]])
        centre = (float(WIDTH / 2 + 7 * np.sin(t * 0.7 + part_index) + sway * 0.5), HORIZON + nod)
        camera = raster.Camera(WIDTH, HEIGHT, FOCAL, centre)
        light = scenery.dusk_light() if part.dusk else scenery.day_light()
        actors = []
        for role, vehicle in zip(part.roles, self.actors[part_index]):
            if not role.present(t):
                continue
            (x, z), (x2, z2) = role.place(t), role.place(t + 0.05)
            forward = max(4.0, speed + (z2 - z) / 0.05)
            yaw = 0.0 if not role.oncoming else np.pi
            if not role.oncoming:
                yaw += float(np.arctan2((x2 - x) / 0.05, forward))
            actor = composer.Actor(vehicle, x, z + (vehicle.length if role.oncoming else 0), yaw)
            actor.role = role
            actors.append(actor)
        if not pixels:
            seen = composer.observe(camera, actors)
            return None, [self.describe(s, camera, brightness) for s in seen]
        shutter = 0.012 if not part.dusk else 0.025
        picture, shine, seen = composer.compose(
            scene, camera, light, actors, part.travelled(t), max(0.02, speed * shutter)
        )
        self.film.rng = np.random.default_rng([SEED, 79, index])
        cast = (1.06, 0.97, 1.05) if part.dusk else (1.0, 1.0, 1.0)
        blur_px, grain, gain = (0.75, 0.014, 1.15) if part.dusk else (0.65, 0.005, 1.0)
        image = self.film.expose(picture, shine, blur_px, grain, cast, brightness * gain)
        return image, [self.describe(s, camera, brightness) for s in seen]

    @staticmethod
    def describe(seen, camera, brightness):
        v = seen.actor.vehicle
        x, z = np.meshgrid([v.lo[0], v.hi[0]], np.linspace(v.lo[2], v.hi[2], 41))
        points = np.stack([x.ravel(), np.full(x.size, v.hi[1] / 2), z.ravel()], 1)
        points = composer.to_world(points, seen.actor)
        columns, depth = camera.project(points)[0][:, 0], points[:, 2]
        inside = (depth > raster.NEAR) & (columns >= 0) & (columns < camera.width)
        in_frame = float(inside.reshape(x.shape).mean(0).max())  # of the flank that shows more
        unhidden = float(seen.visible.sum()) / max(float(seen.cover.sum()), 1e-6)
        columns = np.flatnonzero(seen.visible.max(0) > 0.4)
        found = dict(
            role=seen.actor.role,
            share=in_frame * unhidden if brightness >= 0.5 else 0.0,
            width=float(columns[-1] - columns[0] + 1) if len(columns) else 0.0,
            plates=[],
        )
        for plate, corners, facing in seen.plates:
            w = (
                float(
                    np.linalg.norm(corners[1] - corners[0])
                    + np.linalg.norm(corners[2] - corners[3])
                )
                / 2
            )
            found["plates"].append(
                dict(width=w, visible=composer.plate_visible(seen, corners), facing=facing)
            )
        return found


world = None


def work(job):
    global world
    if world is None:
        world = World()
    return world.frame(*job)


def work_truth(job):
    return work((*job, False))


def truth_of(records):
    """Per vehicle what a viewer can see; records: per frame the list of World.frame()."""
    out = []
    for part in PARTS:
        for role in part.roles:
            lines = 2 if "/" in role.text else 1
            mine = [(i, r) for i, found in enumerate(records) for r in found if r["role"] == role]
            good = [m for m in mine if m[1]["share"] >= IN_SIGHT and m[1]["width"] >= MIN_WIDTH]
            good = good or [m for m in mine if m[1]["share"] >= GLIMPSE]
            if not good:
                continue
            shown = [p for _, r in good for p in r["plates"] if p["visible"] >= 0.95]
            widths = [p["width"] for p in shown]
            wide = READABLE_WIDTH if lines == 1 else READABLE_WIDTH_TWO_LINES
            clear = [p for p in shown if p["width"] >= wide and p["facing"] >= READABLE_FACING]
            frames = [i for i, _ in good]
            out.append(
                {
                    "class": vehicles.CLASSES[vehicles.KINDS[role.kind]],
                    "plate": plates.plain(role.text),
                    "first_s": round(frames[0] / FPS, 2),
                    "last_s": round(frames[-1] / FPS, 2),
                    "plate_width_px": (
                        [round(min(widths)), round(max(widths))] if widths else [0, 0]
                    ),
                    "readable": len(clear) >= READABLE_FRAMES,
                    "lines": lines,
                    "country": role.country.rstrip("2"),
                }
            )
    return out


def encoder(path):
    return subprocess.Popen(
        [
            "ffmpeg",
            "-y",
            "-loglevel",
            "error",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "bgr24",
            "-s",
            f"{WIDTH}x{HEIGHT}",
            "-r",
            str(FPS),
            "-i",
            "-",
            "-c:v",
            "libx264",
            "-preset",
            "slow",
            "-crf",
            CRF,
            "-maxrate",
            MAX_RATE,
            "-bufsize",
            "3M",
            "-bf",
            "0",
            "-g",
            str(FPS),
            "-pix_fmt",
            "yuv420p",
            "-colorspace",
            "bt709",
            "-color_range",
            "tv",
            "-vf",
            "scale=out_color_matrix=bt709:out_range=tv",
            "-threads",
            "2",
            "-movflags",
            "+faststart",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            str(path),
        ],
        stdin=subprocess.PIPE,
    )


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument(
        "--frames",
        type=int,
        nargs=3,
        metavar=("FROM", "TO", "STEP"),
        help="only these, as PNG into --png",
    )
    p.add_argument("--png", type=Path)
    p.add_argument("--truth-only", action="store_true", help="writes truth.json without drawing")
    args = p.parse_args()
    jobs = [(i, *moment) for i, moment in enumerate(choreography.timeline())]
    if args.frames:
        jobs = jobs[slice(*args.frames)]
    records = [[] for _ in range(jobs[-1][0] + 1)]
    out = None if args.frames or args.truth_only else encoder(args.out / "drive.mp4")
    with multiprocessing.Pool(args.jobs) as pool:
        for job, (image, found) in zip(
            jobs, pool.imap(work_truth if args.truth_only else work, jobs, 4)
        ):
            records[job[0]] = found
            if out:
                out.stdin.write(image.tobytes())
            if args.png:
                cv2.imwrite(str(args.png / f"{job[0]:04d}.png"), image)
    if out:
        out.stdin.close()
        if out.wait():
            raise SystemExit("ffmpeg failed: is libx264 in it?")
    if not args.frames:
        text = json.dumps({"drive.mp4": {"vehicles": truth_of(records)}}, indent=1)
        (args.out / "truth.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
