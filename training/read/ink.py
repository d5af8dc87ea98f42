"""Lettering and textures on a plate's canvas."""

import cv2
import numpy as np

from .glyphs import CAP


class Ink:
    """Base of the renderer: draws textures, characters and lines of text. Needs its rng, np and
    faces."""

    def texture(self, width, height):
        t = self.rng.choice(self.textures)
        h, w = t.shape
        s = self.rng.uniform(0.25, 0.9)
        cw, ch = max(8, int(w * s)), max(8, int(min(h, w * s * height / width)))
        x, y = self.rng.randrange(w - cw + 1), self.rng.randrange(h - ch + 1)
        return cv2.resize(
            t[y : y + ch, x : x + cw], (width, height), interpolation=cv2.INTER_LINEAR
        )

    def cloud(self, width, height):
        """A smooth random field (height,width) float32, about unit variance."""
        c = self.rng.choice(self.clouds)
        w, h = self.rng.randint(60, 480), self.rng.randint(40, 220)
        x, y = self.rng.randrange(481 - w), self.rng.randrange(221 - h)
        return cv2.resize(c[y : y + h, x : x + w], (width, height), interpolation=cv2.INTER_LINEAR)

    def stamp(self, image, mask, x, y, width, height, level, alpha=1.0):
        """Paints a mask scaled to width x height at (x, y) in the given grey level, cut at the
        edges."""
        width, height, x, y = max(2, int(width)), max(2, int(height)), int(x), int(y)
        m = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
        x1, y1, x2, y2 = (
            max(0, x),
            max(0, y),
            min(image.shape[1], x + width),
            min(image.shape[0], y + height),
        )
        if x2 > x1 and y2 > y1:
            part = image[y1:y2, x1:x2]
            part += (level - part) * (m[y1 - y : y2 - y, x1 - x : x2 - x] * np.float32(alpha / 255))

    def small_text(self, image, x, y, height, level, longest=1e9, centred=False):
        m = self.rng.choice(self.words)
        w = min(m.shape[1] * height / m.shape[0], longest)
        self.stamp(image, m, x - w / 2 if centred else x, y, w, height, level)
        return w

    # ---- the plate

    def line(self, ink, text, box, face, slim=1.0, gap=None):
        """Puts one line of text ('|' = gap) into box (x1,y1,x2,y2) of the ink plane. Returns the
        characters' boxes and gaps (x,w). gap: width of a gap in pixels, or None."""
        r = self.rng
        x1, y1, x2, y2 = box
        h = y2 - y1
        fixed = r.random() < 0.3
        space = h * r.choice((r.uniform(0.02, 0.12), r.uniform(0.08, 0.28)))
        gap = gap or h * r.uniform(0.12, 0.85)
        items = []
        scale = h / CAP
        widest = np.median([m.shape[1] for m in face.values()]) * scale * slim
        for c in text:
            w = gap if c == "|" else face[c].shape[1] * scale * slim
            items.append([c, w, max(w, widest) if fixed and c != "|" else w])
        total = sum(i[2] for i in items) + space * (len(items) - 1)
        squeeze = min(1.0, (x2 - x1) / total)
        stretch = r.random() < 0.35 and total < x2 - x1  # spread over the line
        if stretch:
            extra = min(((x2 - x1) - total) / max(1, len(items)), h * 0.3)
            space, total = space + extra, total + extra * (len(items) - 1)
        total *= squeeze
        x = x1 + ((x2 - x1) - total) * r.choice((0.5, 0.5, 0.5, r.random()))
        boxes, gaps = [], []
        wobble = h * 0.02 * (r.random() < 0.3)
        for c, w, cell in items:
            w, cell = w * squeeze, cell * squeeze
            if c == "|":
                gaps.append((x, w))
            else:
                left = x + (cell - w) / 2
                top = y1 + r.gauss(0, wobble) if wobble else y1
                ix, iy, iw, ih = (
                    int(round(left)),
                    int(round(top)),
                    max(3, int(round(w))),
                    max(6, int(round(h))),
                )
                m = cv2.resize(face[c], (iw, ih), interpolation=cv2.INTER_AREA)
                a, b = max(0, iy), max(0, ix)
                part = ink[a : iy + ih, b : ix + iw]
                np.maximum(
                    part,
                    m[a - iy : a - iy + part.shape[0], b - ix : b - ix + part.shape[1]],
                    out=part,
                )
                boxes.append((left, top, left + w, top + h))
            x += cell + space * squeeze
        return boxes, gaps

    def face(self):
        r = self.rng
        return r.choice(self.stroke_faces if r.random() < 0.55 else self.file_faces)
