"""Light, noise and blur: the photometric half of augmentation."""

import cv2
import numpy as np


def tail_lamp(r, image, box):
    """A vehicle's lit lamp in place, a third brake lamp or one at the side: a bar or a lens, burnt
    to white or red, cells of LEDs, with its halo. box: x y width height in pixels."""
    x, y, w, h = box
    H, W = image.shape[:2]
    out = int(2 * h) + 2  # the halo
    x1, y1, x2, y2 = max(0, int(x) - out), max(0, int(y) - out), int(x + w) + out, int(y + h) + out
    part = image[y1 : min(H, y2), x1 : min(W, x2)].astype(np.float32)
    if part.size == 0 or w < 2 or h < 1:
        return
    shape = np.zeros(part.shape[:2], np.float32)
    a, b = (round(x) - x1, round(y) - y1), (round(x + w) - x1, round(y + h) - y1)
    if r.random() < 0.7:  # a bar with round ends
        line, middle = max(1, b[1] - a[1]), (a[1] + b[1]) // 2
        ends = (a[0] + line // 2, middle), (b[0] - line // 2, middle)
        cv2.line(shape, *ends, 1.0, line, cv2.LINE_AA)
    else:
        centre = (a[0] + b[0]) // 2, (a[1] + b[1]) // 2
        axes = max(1, round(w / 2)), max(1, round(h / 2))
        cv2.ellipse(shape, centre, axes, r.uniform(-15, 15), 0, 360, 1.0, -1, cv2.LINE_AA)
    if r.random() < 0.35:
        step = max(3, int(w / r.integers(2, 12)))
        shape[:, a[0] :: step] *= r.uniform(0.2, 0.8)
    red = np.float32([r.uniform(10, 110), r.uniform(0, 70), 255])
    white = np.float32([r.uniform(200, 255), r.uniform(200, 255), 255])
    halo = cv2.GaussianBlur(shape, (0, 0), max(0.8, h * r.uniform(0.3, 0.9)))[..., None]
    core = cv2.GaussianBlur(shape, (0, 0), max(0.4, h * r.uniform(0.03, 0.15)))[..., None]
    part += halo * red * r.uniform(0.3, 1.2)
    part += core * ((white if r.random() < 0.75 else red) - part) * r.uniform(0.8, 1)
    image[y1 : min(H, y2), x1 : min(W, x2)] = part.clip(0, 255).astype(np.uint8)


class Photometric:
    """Cheap changes of light, colour, sharpness and noise, on BGR bytes."""

    def __init__(self, rng):
        self.rng = rng
        self.noise = np.clip(rng.normal(128, 32, (900, 1300, 3)), 0, 255).astype(np.uint8)

    def tone(self, image, dark):
        r, x = self.rng, np.linspace(0, 1, 256)
        gamma = r.uniform(1.2, 2.8) if dark else np.exp(r.uniform(-0.5, 0.5))
        gain = r.uniform(0.25, 0.8) if dark else r.uniform(0.7, 1.25)
        lift = r.uniform(0, 0.06) if dark else r.uniform(-0.06, 0.1)
        cast = np.exp(r.normal(0, 0.12 if r.random() < 0.8 else 0.35, 3))
        if r.random() < 0.12:  # the purple or pink of a camera without IR filter
            cast = np.array([r.uniform(1.0, 1.35), r.uniform(0.6, 0.85), r.uniform(1.0, 1.5)])
        if r.random() < 0.08:
            image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        table = np.stack([x**gamma * gain * c + lift for c in cast], 1)
        table = np.clip(table * 255, 0, 255).astype(np.uint8).reshape(256, 1, 3)
        return cv2.LUT(image, table)

    def grain(self, image, sigma):
        h, w = image.shape[:2]
        y, x = self.rng.integers(0, 900 - h), self.rng.integers(0, 1300 - w)
        return cv2.addWeighted(
            image, 1, self.noise[y : y + h, x : x + w], sigma / 32, -128 * sigma / 32
        )

    def blur(self, image, strength):
        r = self.rng
        kind = r.random()
        if kind < 0.4:
            k = int(r.integers(3, 4 + 2 * strength))
            kernel = np.zeros((k, k), np.float32)
            angle = r.normal(0, 0.35) if r.random() < 0.7 else r.uniform(0, np.pi)
            d = np.array([np.cos(angle), np.sin(angle)]) * (k - 1) / 2
            c = np.array([(k - 1) / 2] * 2)
            cv2.line(
                kernel,
                tuple(np.round(c - d).astype(int).tolist()),
                tuple(np.round(c + d).astype(int).tolist()),
                1.0,
            )
            return cv2.filter2D(image, -1, kernel / kernel.sum())
        if kind < 0.7:
            return cv2.GaussianBlur(image, (0, 0), r.uniform(0.5, 0.4 + 0.4 * strength))
        h, w = image.shape[:2]
        f = r.uniform(1.2, 1 + 0.5 * strength)
        small = cv2.resize(
            image, (max(8, int(w / f)), max(8, int(h / f))), interpolation=cv2.INTER_AREA
        )
        return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)

    def glow(self, image, x, y, radius, colour):
        """A lamp with its halo, added in place."""
        h, w = image.shape[:2]
        radius = int(np.clip(radius, 2, 60))
        x1, y1, x2, y2 = (
            max(0, x - radius),
            max(0, y - radius),
            min(w, x + radius),
            min(h, y + radius),
        )
        if x2 <= x1 or y2 <= y1:
            return
        gy, gx = np.mgrid[y1:y2, x1:x2]
        d = np.sqrt((gx - x) ** 2 + (gy - y) ** 2) / radius
        a = np.clip(1.6 * np.exp(-((d * 2.2) ** 2)) - 0.02, 0, 1)[..., None]
        image[y1:y2, x1:x2] = np.clip(image[y1:y2, x1:x2] + a * np.array(colour), 0, 255).astype(
            np.uint8
        )

    def lamps(self, image, boxes):
        r = self.rng
        for x1, y1, x2, y2 in boxes:
            w, h = x2 - x1, y2 - y1
            if w < 14 or r.random() < 0.4:
                continue
            red = r.random() < 0.6
            colour = (r.uniform(30, 200), r.uniform(20, 120), 255) if red else (255, 255, 255)
            y, radius = y1 + h * r.uniform(0.4, 0.65), w * r.uniform(
                0.06, 0.3 if r.random() < 0.3 else 0.16
            )
            for side in (0.12, 0.88):
                self.glow(image, int(x1 + w * side), int(y), radius, colour)

    def jpeg(self, image):
        quality = int(self.rng.integers(25, 85))
        return cv2.imdecode(
            cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR
        )

    def __call__(self, image, boxes=(), blur=3, noise=14):
        r = self.rng
        dark = r.random() < 0.22
        image = self.tone(image, dark) if dark or r.random() < 0.8 else image
        if dark and r.random() < 0.6:
            self.lamps(image, boxes)
        if r.random() < 0.25:
            image = self.blur(image, blur)
        if r.random() < (0.6 if dark else 0.2):
            image = self.grain(image, r.uniform(2, noise))
        if r.random() < 0.12:
            image = self.jpeg(image)
        return image
