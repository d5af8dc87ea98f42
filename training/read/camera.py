"""Light, camera and the detector's guess of the corners: the second half of the renderer."""

import cv2
import numpy as np


class Camera:
    """Base of the renderer. Needs its rng, np (both generators), noise and cloud()."""

    def light(self, a):
        """Glare, shadow, contrast, night on a float32 picture (in place where possible)."""
        r = self.rng
        h, w = a.shape
        if r.random() < 0.2:  # the edge of a shadow
            n, d = self.np.normal(size=2), r.uniform(-0.4, 0.4)
            gy, gx = (
                np.linspace(-0.5, 0.5, h, dtype=np.float32)[:, None],
                np.linspace(-0.5, 0.5, w, dtype=np.float32)[None],
            )
            edge = np.clip((gx * n[0] + gy * n[1] - d) * r.uniform(3, 40) + 0.5, 0, 1)
            a *= 1 - edge * r.uniform(0.25, 0.75)
        if r.random() < 0.12:  # glare
            gy, gx = np.ogrid[0:h, 0:w]
            cx, cy, s = r.uniform(0, w), r.uniform(0, h), h * r.uniform(0.2, 1.5)
            a += np.exp(
                -(((gx - cx) / s) ** 2 + ((gy - cy) / (s * r.uniform(0.4, 1))) ** 2)
            ).astype(np.float32) * r.uniform(30, 220)
        if r.random() < 0.07:  # a bent edge or a fold that mirrors the sky, along a line of text
            gy = np.linspace(0, 1, h, dtype=np.float32)[:, None]
            gx = np.linspace(-1, 1, w, dtype=np.float32)[None]
            at = r.uniform(0.15, 0.85) + gx * r.gauss(0, 0.06) + gx * gx * r.gauss(0, 0.05)
            band = np.exp(-(((gy - at) / r.uniform(0.01, 0.08)) ** 2))
            a += (r.uniform(140, 255) - a) * band * r.uniform(0.4, 1)
        how = r.random()
        if how < 0.2:  # dusk, night
            a *= r.uniform(0.18, 0.6)
            a += r.uniform(0, 30)
        elif how < 0.3:  # overexposed
            a *= r.uniform(1.1, 1.6)
            a += r.uniform(0, 40)
        elif how < 0.7:
            a *= r.uniform(0.6, 1.15)
            a += r.uniform(-15, 35)
        if r.random() < 0.12:  # haze
            k = r.uniform(0.4, 0.85)
            a += (r.uniform(60, 200) - a) * (1 - k)
        return a

    def camera(self, a, plate_width):
        """Blur, noise, compression of a camera-resolution picture. float32 -> uint8."""
        r = self.rng
        if r.random() < 0.3:  # motion
            length = plate_width * abs(r.gauss(0, 0.014)) + r.uniform(0, 1.5)
            if length > 1.2:
                angle = r.gauss(0, 0.35) if r.random() < 0.65 else r.uniform(0, 3.14)
                k = int(np.ceil(length)) | 1
                kernel = np.zeros((k * 4, k * 4), np.float32)
                c, d = k * 2 - 0.5, np.array([np.cos(angle), np.sin(angle)]) * length * 2
                cv2.line(
                    kernel,
                    tuple(np.round(c - d).astype(int).tolist()),
                    tuple(np.round(c + d).astype(int).tolist()),
                    1.0,
                    3,
                )
                kernel = cv2.resize(kernel, (k, k), interpolation=cv2.INTER_AREA)
                a = cv2.filter2D(a, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
        if r.random() < 0.55:  # defocus
            a = cv2.GaussianBlur(
                a, (0, 0), r.uniform(0.3, 0.6) + plate_width * abs(r.gauss(0, 0.0036))
            )
        a = np.clip(a, 0, 255)
        if r.random() < 0.5:
            s = (abs(r.gauss(0, 0.1)) + 0.01) * max(8, float(a.std()))
            h, w = a.shape
            y, x = r.randrange(700 - h), r.randrange(1100 - w)
            a = a + (self.noise[y : y + h, x : x + w].astype(np.float32) - 128) * (s / 32)
            if r.random() < 0.3:
                a = cv2.GaussianBlur(a, (0, 0), r.uniform(0.5, 0.9))  # a camera's denoising
        if r.random() < 0.25:  # a camera's sharpening
            a = a + (a - cv2.GaussianBlur(a, (0, 0), r.uniform(0.8, 1.6))) * r.uniform(0.5, 1.8)
        a = np.clip(a, 0, 255).astype(np.uint8)
        if r.random() < 0.45:  # compression with its block grid
            q = r.randint(12, 80) if plate_width > 70 else r.randint(25, 85)
            oy, ox = r.randrange(8), r.randrange(8)
            big = cv2.copyMakeBorder(a, oy, 0, ox, 0, cv2.BORDER_REPLICATE)
            a = cv2.imdecode(
                cv2.imencode(".jpg", big, [cv2.IMWRITE_JPEG_QUALITY, q])[1], cv2.IMREAD_GRAYSCALE
            )[oy:, ox:]
            if r.random() < 0.3:
                a = cv2.GaussianBlur(a, (0, 0), r.uniform(0.4, 0.8))
        return a

    def quad(self, width, height, strong):
        """Corners (4,2) tl tr br bl of a plate seen by a camera; width x height is its size
        before turning it."""
        r = self.rng
        p = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * [width, height]
        yaw, pitch, roll = (r.gauss(0, s) * strong for s in (0.35, 0.2, 0.08))
        x, y = p[:, 0] * np.cos(yaw), p[:, 1] * np.cos(pitch)
        depth = 1 + (p[:, 0] * np.sin(yaw) + p[:, 1] * np.sin(pitch)) / width * r.uniform(0.2, 0.9)
        x, y = x / depth, y / depth + x * r.gauss(0, 0.03) * strong
        c, s = np.cos(roll), np.sin(roll)
        return np.stack([x * c - y * s, x * s + y * c], 1)

    def estimate(self, quad):
        """What a detector would give for the true corners: refined corners with jitter, or a
        loose upright box."""
        r = self.rng
        if r.random() < 0.3:
            x1, y1, x2, y2 = *quad.min(0), *quad.max(0)
            w, h = x2 - x1, y2 - y1
            e = [r.uniform(-0.03, 0.14) * r.choice((0.3, 1)) for _ in range(4)]
            x1, y1, x2, y2 = x1 - e[0] * w, y1 - e[1] * h * 1.3, x2 + e[2] * w, y2 + e[3] * h * 1.3
            return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
        u, v = (quad[1] + quad[2] - quad[0] - quad[3]) / 2, (
            quad[2] + quad[3] - quad[0] - quad[1]
        ) / 2
        sloppy = r.choice((0.008, 0.02, 0.035))
        ex, ey = r.uniform(-0.015, 0.06), r.uniform(-0.03, 0.12)
        out = []
        for corner, (sx, sy) in zip(quad, ((-1, -1), (1, -1), (1, 1), (-1, 1))):
            out.append(
                corner + u * (sx * ex + r.gauss(0, sloppy)) + v * (sy * ey + r.gauss(0, sloppy * 2))
            )
        return np.array(out)
