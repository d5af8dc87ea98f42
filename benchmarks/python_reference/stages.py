"""What the workers of the Python reference do with a task: plain OpenCV and OpenVINO, as most would write it."""
from collections import Counter

import cv2
import numpy as np
import openvino as ov

LOST_S = 1.0
WIDTH, HEIGHT = 448, 256  # what the vehicle network takes
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def network(models, role):
    core = ov.Core()
    model = core.read_model(models / f"{role}.onnx")
    shape = model.input().get_partial_shape()
    shape[0] = 1
    model.reshape(shape)
    compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1,
                                                 "PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False})
    request = compiled.create_infer_request()
    names = [output.get_any_name() for output in compiled.outputs]

    def run(picture):
        request.infer({0: picture[None]})
        return {name: request.get_output_tensor(i).data[0] for i, name in enumerate(names)}
    return run


def letterboxed(picture, width, height):
    h, w = picture.shape[:2]
    scale = min(width / w, height / h)
    size = max(1, round(w * scale)), max(1, round(h * scale))
    out = np.full((height, width, 3), 114, np.uint8)
    x, y = (width - size[0]) // 2, (height - size[1]) // 2
    out[y:y + size[1], x:x + size[0]] = cv2.resize(
        picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return out, scale, x, y


def kept(boxes, scores, least, most_iou):
    candidates = np.flatnonzero(scores >= least)
    rows = [[*boxes[i][:2], boxes[i][2] - boxes[i][0], boxes[i][3] - boxes[i][1]] for i in candidates]
    return [candidates[i] for i in np.array(cv2.dnn.NMSBoxes(rows, scores[candidates].tolist(), least, most_iou)).flatten()] \
        if len(candidates) else []


def iou(a, b):
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    common = max(0.0, x1 - x0) * max(0.0, y1 - y0)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common + 1e-9)


def load(category, models):
    return {"VEHICLE_DETECT": vehicle_detect, "PLATE_DETECT": plate_detect, "OCR": ocr, "VEHICLE_TRACK": lambda _: track,
            "PLATE_SMOOTH": lambda _: smooth, "SUMMARY": lambda _: summarise, "FINAL_WRITE": lambda _: write}[category](models)


def vehicle_detect(models):
    run = network(models, "vehicle")

    def stage(task, frame, state, results):
        picture, scale, dx, dy = letterboxed(frame, WIDTH, HEIGHT)
        out = run(picture)
        boxes = [((out["boxes"][i] - [dx, dy, dx, dy]) / scale).tolist() for i in kept(out["boxes"], out["scores"], 0.4, 0.55)]
        yield "VEHICLE_TRACK", {**task, "boxes": boxes}
    return stage


def track(task, frame, state, results):
    """Greedy IoU tracking; the video's state is one value in the Manager. Frames come as they come."""
    if task.get("end"):
        for number, t in state.get(("tracks", task["video"]), {}).items():
            yield "SUMMARY", {"payload_ref": None, "key": (task["video"], number), "track": t}
        return
    video = task["payload_ref"][0]
    tracks = state.get(("tracks", video), {})
    number = state.get(("next", video), 0)
    free = set(tracks)
    for box in task["boxes"]:
        best = max(free, key=lambda n: iou(box, tracks[n]["box"]), default=None)
        if best is None or iou(box, tracks[best]["box"]) < 0.3:
            best, number = number, number + 1
            tracks[best] = {"looks": 0, "last_look": -1.0, "hits": 0}
        free.discard(best)
        t = tracks[best]
        t.update(box=box, time=task["time"], hits=t["hits"] + 1)
        due = 0.08 * 1.3 ** max(0, t["looks"] - 4)
        if t["hits"] > 1 and box[2] - box[0] >= 40 and task["time"] - t["last_look"] >= due and t["looks"] < 24:
            t["looks"] += 1
            t["last_look"] = task["time"]
            yield "PLATE_DETECT", {"payload_ref": task["payload_ref"], "key": (video, best), "box": box}
    for n in [n for n in tracks if task["time"] - tracks[n]["time"] > LOST_S]:
        yield "SUMMARY", {"payload_ref": None, "key": (video, n), "track": tracks.pop(n)}
    state[("tracks", video)] = tracks
    state[("next", video)] = number


def plate_detect(models):
    run = network(models, "plate")

    def stage(task, frame, state, results):
        h, w = frame.shape[:2]
        x0, y0, x1, y1 = task["box"]
        gx, gy = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
        x0, y0, x1, y1 = max(0, int(x0 - gx)), max(0, int(y0 - gy)), min(w, int(x1 + gx)), min(h, int(y1 + gy))
        if x1 - x0 < 2 or y1 - y0 < 2:
            return
        picture, scale, dx, dy = letterboxed(frame[y0:y1, x0:x1], 256, 256)
        out = run(picture)
        for i in kept(out["boxes"], out["scores"], 0.6, 0.5)[:1]:
            corners = (out["corners"][i].reshape(4, 2) - [dx, dy]) / scale + [x0, y0]
            yield "OCR", {"payload_ref": task["payload_ref"], "key": task["key"], "corners": corners.tolist()}
    return stage


def ocr(models):
    run = network(models, "text")

    def stage(task, frame, state, results):
        corners = np.float32(task["corners"])
        tl, tr, br, bl = corners
        u, v = 0.03 * (tr + br - tl - bl) / 2, 0.03 * (br + bl - tl - tr) / 2
        corners = np.float32([tl - u - v, tr + u - v, br + u + v, bl - u + v])
        low = np.maximum(0, np.floor(corners.min(0)).astype(int) - 4)
        high = np.ceil(corners.max(0)).astype(int) + 4
        part = frame[low[1]:high[1], low[0]:high[0]]
        if part.size == 0:
            return
        warp = cv2.getPerspectiveTransform(corners - np.float32(low), np.float32([[0, 0], [192, 0], [192, 64], [0, 64]]))
        grey = cv2.warpPerspective(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), warp, (192, 64), borderMode=cv2.BORDER_REPLICATE)
        posterior = run((grey / np.float32(255))[None])["posterior"]
        yield "PLATE_SMOOTH", {"payload_ref": task["payload_ref"], "key": task["key"], "posterior": posterior.tolist()}
    return stage


def smooth(task, frame, state, results):
    key = ("readings", task["key"])
    state[key] = state.get(key, []) + [task["posterior"]]
    return ()


def summarise(task, frame, state, results):
    readings = state.pop(("readings", task["key"]), [])
    if task["track"]["hits"] < 3:
        return
    texts = Counter("".join(ALPHABET[i] for i in np.argmax(r, 1) if i < len(ALPHABET)) for r in readings)
    yield "FINAL_WRITE", {"payload_ref": None, "plate": texts.most_common(1)[0][0] if texts else ""}


def write(task, frame, state, results):
    results.append({"plate": task["plate"]})
    return ()
