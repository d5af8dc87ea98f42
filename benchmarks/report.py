"""What scripts/benchmark prints."""
import os
import platform
from pathlib import Path
from statistics import median


def machine():
    info = Path("/proc/cpuinfo").read_text()

    def field(name):
        return next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith(name)), "?")
    flags = field("flags").split()
    units = [name for flag, name in (("amx_tile", "AMX"), ("avx512_vnni", "AVX-512 VNNI"), ("avx_vnni", "AVX VNNI"),
                                     ("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags]
    return {"cpu": field("model name"), "cores": len(os.sched_getaffinity(0)), "units": units, "kernel": platform.release(),
            "load_at_start": os.getloadavg()[0]}


def print_machine(m):
    print(f"machine: {m['cores']} cores of {m['cpu']} ({', '.join(m['units'])}), Linux {m['kernel']}, "
          f"load at the start {m['load_at_start']:.1f}")
    if m["load_at_start"] > 0.5:
        print("other programs are running: ratios hold, frames per second do not")


def spread(values, form="{:.2f}"):
    return f"{form.format(median(values))} ({form.format(min(values))} to {form.format(max(values))})"


def table(title, head, rows):
    print(f"\n{title}")
    rows = [head, *rows]
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(head))]
    for row in rows:
        print("  " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


def ratios(rounds):
    return [d["wall_s"] / p["wall_s"] for d, p in zip(rounds["decode only"], rounds["pipeline"])]


def work_ratios(rounds):
    """Processor time of decoding alone over that of all stages: what the ratio is where nothing waits."""
    return [d["cpu_ms"] / sum(p["cpu_ms"].values()) for d, p in zip(rounds["decode only"], rounds["pipeline"])]


def truth_text(results):
    worst = min(results, key=lambda r: r["truth"]["found"])["truth"]
    wrong = sorted({plate for r in results for plate in r["truth"]["wrong_confirmed"]})
    return f"{worst['found']} of {worst['expected']}" + (f", wrong: {' '.join(wrong)}" if wrong else "")


def print_main(results):
    rows = []
    for name, rounds in results.items():
        p = rounds["pipeline"]
        first = p[0]
        seconds = first["frames"] / 30
        rows.append((name, spread([d["fps"] for d in rounds["decode only"]], "{:.0f}"), spread([x["fps"] for x in p], "{:.0f}"),
                     spread(ratios(rounds)), spread(work_ratios(rounds)), f"{median(seconds / x['wall_s'] for x in p):.1f}",
                     truth_text(p)))
    table("Pipeline beside decoding alone (frames/s; the ratio's wall time includes start and end of the program)",
          ("clip", "decode only", "pipeline", "ratio", "ratio of processor time", "x real time", "plates of the truth"), rows)
    cores = len(os.sched_getaffinity(0))
    print(f"  frames/s a core: {median(p['fps'] for p in next(iter(results.values()))['pipeline']) / cores:.0f} in the first row; "
          f"OpenALPR states 5 to 6 at 1080p")
    stages = list(next(iter(results.values()))["pipeline"][0]["cpu_ms"])
    rows = [(name, f"{median(d['cpu_ms'] for d in r['decode only']):.2f}",
             *(f"{median(p['cpu_ms'][s] for p in r['pipeline']):.2f}" for s in stages)) for name, r in results.items()]
    table("Processor time, ms for each frame of the clip", ("clip", "decode only", *stages), rows)
    rows = []
    for name, r in results.items():
        p = r["pipeline"]

        def mid(key):
            return median(x[key] for x in p)

        def fill(stage):
            return median(x["stages"][stage]["tasks"] / max(1, x["stages"][stage]["batches"]) for x in p)
        rows.append((name, f"{mid('pss_mb'):.0f}", f"{mid('most_frames_held'):.0f} of {mid('frame_slots'):.0f}",
                     f"{mid('analysed'):.0f} of {mid('frames'):.0f}", f"{mid('switches'):.0f}", f"{mid('loads'):.0f}",
                     f"{fill('VEHICLE_DETECT'):.1f} / {fill('PLATE_DETECT'):.1f} / {fill('OCR'):.1f}",
                     f"{mid('first_detection_s'):.2f}"))
    table("The rest", ("clip", "peak PSS, MB", "frames held", "analysed", "switches", "loads", "batch detect/plate/text",
                       "s to first detection"), rows)


def print_start(results):
    table("Start", ("run", "s to the first detection", "ms of loading, all workers"),
          [(name, spread([r["first_detection_s"] for r in rounds]), spread([r["load_cpu_ms"] for r in rounds], "{:.0f}"))
           for name, rounds in results.items()])


def print_python(results):
    ours = [r["fps"] for r in results["dashcam"]]
    all_frames = [r["fps"] for r in results["dashcam, every frame"]]
    rows = []
    for name, rounds in results.items():
        fps = [r["fps"] for r in rounds]
        rows.append((name, spread(fps, "{:.1f}"), f"{median(a / b for a, b in zip(ours, fps)):.1f}",
                     f"{median(a / b for a, b in zip(all_frames, fps)):.1f}"))
    table("Beside the same design in Python (two clips of 10 s, start included)",
          ("program", "frames/s", "dashcam is faster by", "dashcam on every frame by"), rows)


def print_figures(title, results):
    rows = []
    for rounds in results.values():
        for lines in zip(*rounds):
            unit = lines[0]["unit"]
            form = "{:.3f}" if unit == "ms" else "{:,.0f}"
            rows.append((lines[0]["name"], spread([line["median"] for line in lines], form), unit))
    table(title, ("part", "median (of the rounds, lowest to highest)", ""), rows)


def print_parts(results):
    print_figures("Parts, one thread, processor time", results)


def print_queue(results):
    print_figures("Queues between processes", results)


def print_memory(results):
    table("Memory of all processes together (PSS)", ("run", "peak MB", "frames held"),
          [(name, f"{r['pss_mb']:.0f}", r["most_frames_held"]) for name, r in results.items()])


def print_growth(results):
    rows = []
    for name in sorted({key.rsplit(":", 1)[0] for key in results}, key=[k.rsplit(":", 1)[0] for k in results].index):
        d, p = results[f"{name}: decode only"][0], results[f"{name}: pipeline"][0]
        rows.append((name, f"{d['fps']:.0f}", f"{p['fps']:.0f}", f"{d['wall_s'] / p['wall_s']:.2f}", f"{p['pss_mb']:.0f}"))
    table("Growth", ("what", "decode only, frames/s", "pipeline, frames/s", "ratio", "peak MB"), rows)


def print_database(results):
    def times(question):
        return f"{question['median_ms']:.1f}, {question['first_ms']:.1f}"
    names = [question["name"] for question in next(iter(results.values()))["questions"]]
    table("Questions to a database of so many vehicles, wall ms: median of nine, first", ("question", *results),
          [(name, *(times(r["questions"][k]) for r in results.values())) for k, name in enumerate(names)])


def truth_held(results):
    """The default settings lost nothing that is meant to be read, and confirmed nothing that is not there."""
    held = True
    for name, rounds in results.get("main", {}).items():
        for p in rounds["pipeline"]:
            if p["truth"]["found"] < p["truth"]["expected"] or p["truth"]["wrong_confirmed"]:
                print(f"WRONG RESULTS in {name}: {p['truth']}")
                held = False
    return held
