"""What dashcam pictures hold beside vehicles and the training pictures lack: buildings, bridges,
sign boards, fences and road markings, the own bonnet, and reflections in the windscreen. Drawn,
never a vehicle: it teaches what is not one."""

import cv2
import numpy as np

from .data import covered

LITTLE = 0.05  # the part of a vehicle that a drawn thing may hide


def patch(r, width, height):
    """A surface: a grey or coloured plane with a ramp, and faint grain."""
    colour = r.uniform(20, 235) + r.normal(0, 14, 3)
    a, b = np.linspace(-1, 1, width), np.linspace(-1, 1, height)
    ramp = a[None] * r.normal(0, 14) + b[:, None] * r.normal(0, 18)
    coarse = r.normal(0, 1, (max(2, height // 6), max(2, width // 6))).astype(np.float32)
    grain = cv2.resize(coarse, (width, height))
    return colour[None, None] + (ramp + grain * r.uniform(0, 9))[..., None]


def windows(r, p):
    """Rows of windows, or floors as bright and dark bands."""
    h, w = p.shape[:2]
    step_x, step_y = max(5, int(w / r.integers(3, 14))), max(5, int(h / r.integers(3, 12)))
    change = r.normal(0, 55)
    if r.random() < 0.3:
        for y in range(step_y // 2, h, step_y):
            p[y : y + step_y // 2] += change
        return
    for y in range(step_y // 3, h, step_y):
        for x in range(step_x // 3, w, step_x):
            p[y : y + step_y // 2, x : x + step_x // 2] += change + r.normal(0, 12)


def bars(r, p):
    """A fence: bars, straight or crossing, over what was there."""
    h, w = p.shape[:2]
    level, line = r.uniform(10, 240), int(r.integers(1, 4))
    lean, step = int(h * r.uniform(-0.5, 0.5)), max(6, int(h * r.uniform(0.1, 0.5)))
    for x in range(-h, w + h, step):
        cv2.line(p, (x, 0), (x + lean, h), (level,) * 3, line, cv2.LINE_AA)
        if r.random() < 0.5:
            cv2.line(p, (x + lean, 0), (x, h), (level,) * 3, line, cv2.LINE_AA)
    for y in (0.08, 0.9):
        cv2.line(p, (0, int(h * y)), (w, int(h * y)), (level,) * 3, line + 1)


def board(r, p):
    """A sign: a rim and lines of bars like letters."""
    h, w = p.shape[:2]
    level = r.uniform(0, 255)
    cv2.rectangle(p, (1, 1), (w - 2, h - 2), (level,) * 3, max(1, h // 25))
    for y in np.arange(0.2, 0.8, r.uniform(0.2, 0.35)):
        for x in np.arange(0.08, 0.9, r.uniform(0.06, 0.12)):
            if r.random() < 0.75:
                a = int(x * w), int(y * h)
                cv2.rectangle(p, a, (a[0] + max(1, w // 25), a[1] + h // 8), (level,) * 3, -1)


def outline(r, width, height):
    """A mask: mostly a rectangle seen aslant; sometimes a pole or an arch."""
    m = np.zeros((height, width), np.float32)
    q = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) + np.abs(r.normal(0, 0.12, (4, 2))) * [
        [1, 1],
        [-1, 1],
        [-1, -1],
        [1, -1],
    ]
    cv2.fillPoly(m, [(q * [width, height]).astype(np.int32)], 1.0, cv2.LINE_AA)
    if r.random() < 0.2:  # an opening, as under a bridge
        centre = int(width * r.uniform(0.2, 0.8)), height
        cv2.ellipse(m, centre, (int(width * 0.3), int(height * 0.6)), 0, 0, 360, 0.0, -1)
    return m


def structure(r, canvas, boxes):
    """Something large that is no vehicle, where it hides none."""
    H, W = canvas.shape[:2]
    for _ in range(5):
        w, h = int(W * r.uniform(0.04, 0.7)), int(H * r.uniform(0.04, 0.7))
        kind = r.random()
        if kind < 0.25:
            w, h = int(W * r.uniform(0.3, 1)), int(H * r.uniform(0.05, 0.25))
        x, y = int(r.uniform(0, W - w)), int(r.uniform(0, max(1, min(H * 0.75, H - h))))
        if len(boxes) and (covered(boxes, [[x, y, x + w, y + h]]) > LITTLE).any():
            continue
        under = canvas[y : y + h, x : x + w].astype(np.float32)
        p = under.copy() if kind > 0.85 else patch(r, w, h).astype(np.float32)
        p = np.ascontiguousarray(p)
        if kind > 0.85:
            bars(r, p)
        elif 0.25 < kind < 0.6:
            windows(r, p)
        elif kind > 0.75:
            board(r, p)
        m = (outline(r, w, h) * r.choice((1, 1, r.uniform(0.3, 0.9))))[..., None]
        canvas[y : y + h, x : x + w] = (under + (p - under) * m).clip(0, 255).astype(np.uint8)
        return


def markings(r, canvas, boxes):
    """Bright dashes and arrows on the ground, crossings, debris."""
    H, W = canvas.shape[:2]
    level = r.uniform(150, 255)
    for _ in range(r.integers(1, 6)):
        x, y = r.uniform(0, W), r.uniform(H * 0.55, H)
        long, wide = r.uniform(4, 60), r.uniform(1.5, 12)
        lean = (x - W / 2) / W * r.uniform(0.5, 3) * long
        q = np.array([[0, 0], [wide, 0], [wide + lean, long], [lean, long]]) + [x, y]
        box = np.concatenate([q.min(0), q.max(0)])[None]
        if len(boxes) and (covered(box, boxes) > 0).any():
            continue
        cv2.fillPoly(canvas, [q.astype(np.int32)], (level,) * 3, cv2.LINE_AA)


def bonnet(r, canvas):
    """The own car's bonnet and dashboard along the lower edge. Returns its upper edge (y)."""
    H, W = canvas.shape[:2]
    high, colour = H * r.uniform(0.04, 0.2), r.uniform(5, 235) + r.normal(0, 10, 3)
    xs = np.linspace(0, W, 40)
    ys = H - high * (1 - r.uniform(0.2, 0.8) * np.abs(xs / W - r.uniform(0.4, 0.6)) ** 2 * 4)
    for k in range(r.integers(1, 4)):
        low = ys + (H - ys) * k * 0.3
        shape = np.concatenate([np.stack([xs, low], 1), [[W, H], [0, H]]]).astype(np.int32)
        cv2.fillPoly(canvas, [shape], (colour * (0.75**k)).clip(0, 255).tolist(), cv2.LINE_AA)
    return float(ys.min())


def reflection(r, canvas):
    """Faint bright shapes of the dashboard, and dark corners, over everything."""
    H, W = canvas.shape[:2]
    layer = np.zeros((H, W), np.float32)
    for _ in range(r.integers(1, 5)):
        centre = r.uniform([0, H * 0.3], [W, H])
        if r.random() < 0.5:
            q = centre + r.normal(0, 1, (r.integers(3, 7), 2)) * [W * 0.15, H * 0.15]
            cv2.fillPoly(layer, [q.astype(np.int32)], float(r.uniform(-0.6, 1)), cv2.LINE_AA)
        else:
            axes = int(W * r.uniform(0.05, 0.5)), int(H * r.uniform(0.02, 0.3))
            turn, line = r.uniform(0, 180), int(r.choice((-1, 2, 6, 14)))
            level, at = float(r.uniform(-0.4, 1)), tuple(centre.astype(int).tolist())
            cv2.ellipse(layer, at, axes, turn, 0, 360, level, line)
    layer = cv2.GaussianBlur(layer, (0, 0), r.uniform(0.7, 6)) * r.uniform(15, 70)
    canvas[:] = (canvas + layer[..., None]).clip(0, 255).astype(np.uint8)
    if r.random() < 0.25:  # a mirror or pillar in a corner
        x, y = W * r.uniform(0.05, 0.3), H * r.uniform(0.1, 0.45)
        q = np.array([[0, 0], [x, 0], [0, y]])
        q = q if r.random() < 0.5 else [W, 0] + q * [-1, 1]
        q = q if r.random() < 0.6 else [0, H] + q * [1, -1]
        cv2.fillPoly(canvas, [q.astype(np.int32)], (float(r.uniform(5, 40)),) * 3, cv2.LINE_AA)


def clutter(r, canvas, boxes):
    """Adds some of all that to a sample, in place. Returns the boxes' visible part: what the
    bonnet hides is cut off."""
    for _ in range(int(r.choice((0, 0, 1, 2)))):
        structure(r, canvas, boxes)
    if r.random() < 0.2:
        markings(r, canvas, boxes)
    if r.random() < 0.15:
        edge = bonnet(r, canvas)
        boxes = boxes.copy()
        boxes[:, 3] = np.minimum(boxes[:, 3], np.maximum(edge + 4, boxes[:, 1] + 1))
    if r.random() < 0.2:
        reflection(r, canvas)
    return boxes
