"""The plate itself: board, bands, lines of text, emblems, stickers, wear, frame."""

from types import SimpleNamespace

import cv2
import numpy as np

from .glyphs import ALPHABET, TWO_LINES, of_pattern, random_text

# kinds of plates: share of the draws, widths of one height
KINDS = {
    "long": (28, (3.6, 5.2)),
    "us": (30, (1.8, 2.25)),
    "brazil": (7, (2.6, 3.3)),
    "two": (29, (1.1, 2.6)),
    "any": (6, (1.8, 5.0)),
}
AREA = 24000  # pixels of every board


class Plates:
    """Base of the renderer. Needs its rng, np, masks (words, symbols, foreign) and Ink."""

    def plate(self, kind=None, text=None, twins_alike=None):
        """(canvas float32 grey 0..255, plate box x1 y1 x2 y2 in it, text, character centres
        (n,2)); of one of KINDS, or of any. text: with '|' and '/', else a random one;
        twins_alike: whether O and 0, I and 1 are drawn as one glyph, else as the face has them."""
        while True:
            p = self._blank(kind, text)
            p.twins_alike = twins_alike
            if kind and p.kind != kind:
                continue
            self._background(p)
            self._bands(p)
            self._text(p)
            if len(p.chars) == len(p.plain):
                break
        for gap in p.gaps:
            self._fill_gap(p, *gap)
        self._small_texts(p)
        self._stickers(p)
        self._print(p)
        self._wear(p)
        return self._mount(p)

    def _blank(self, kind, text):
        """An empty board: its kind, size, greys (`paper`, `paint`) and text."""
        r = self.rng
        kind = kind or r.choices(list(KINDS), [share for share, _ in KINDS.values()])[0]
        if text:
            pass
        elif kind == "two" and r.random() < 0.6:
            text = of_pattern(r, r.choice(TWO_LINES))
        else:
            text = random_text(r)
        plain = text.replace("|", "").replace("/", "")
        if "/" in text:
            kind = "two"
        aspect = r.uniform(*KINDS[kind][1])
        if kind == "two":
            aspect = r.choice((r.uniform(1.1, 1.8), r.uniform(1.8, 2.6)))
        if len(plain) > 8 and kind in ("us", "any"):
            aspect = max(aspect, 2.2)
        h = int(round((AREA / aspect) ** 0.5))
        w = int(round(h * aspect))
        light = r.random() < 0.76
        paper = r.uniform(120, 245) if light else r.uniform(5, 130)
        contrast = r.uniform(60, 210) if r.random() < 0.9 else r.uniform(35, 60)
        return SimpleNamespace(
            text=text,
            plain=plain,
            kind=kind,
            aspect=aspect,
            w=w,
            h=h,
            light=light,
            paper=paper,
            contrast=contrast,
            paint=max(2, paper - contrast) if light else min(253, paper + contrast),
            board=np.full((h, w), paper, np.float32),
            ink=np.zeros((h, w), np.uint8),
            band=None,
            pictures=False,
            left=w * r.uniform(0.02, 0.07),
            right=w * (1 - r.uniform(0.02, 0.07)),
            chars=[],
            gaps=[],
        )

    def _background(self, p):
        """Ramps, faint pictures and hills, mostly on plates of American shape."""
        r, w, h = self.rng, p.w, p.h
        if not (p.kind == "us" and r.random() < 0.75 or r.random() < 0.12):
            return
        how = r.random()
        if how < 0.4:
            ramp = np.linspace(-1, 1, h, dtype=np.float32)[:, None] * r.choice((-1, 1))
            p.board += ramp * r.uniform(10, 60) * (np.abs(ramp) if r.random() < 0.5 else 1)
        if how > 0.25:
            amount = r.uniform(0.05, 0.4) * (0.5 + 0.5 * (p.contrast > 90))
            p.board += (self.texture(w, h).astype(np.float32) - 128) * amount
        if r.random() < 0.3:
            xs = np.linspace(0, w, 9)
            ys = h * (r.uniform(0.5, 0.9) + 0.12 * self.np.normal(size=9))
            hills = np.concatenate([np.stack([xs, ys], 1), [[w, h], [0, h]]]).astype(np.int32)
            level = p.paper + (p.paint - p.paper) * r.uniform(-0.2, 0.55)
            cv2.fillPoly(p.board, [hills], level)

    def _bands(self, p):
        """A country's band at the left, sometimes another at the right."""
        r, w, h = self.rng, p.w, p.h
        if p.kind not in ("long", "two", "any") or r.random() > (0.5 if p.kind == "long" else 0.25):
            return
        width = r.uniform(0.28, 0.6) * h * (0.75 if p.kind == "two" else 1)
        width = min(width * (0.8 if p.aspect < 3 else 1), w * 0.16)
        p.band = r.uniform(10, 130) if p.light or r.random() < 0.7 else r.uniform(120, 250)
        p.board[:, : int(width)] = p.band
        level = 240 if p.band < 110 else 15
        if r.random() < 0.7:
            centre = int(width / 2), int(h * r.uniform(0.22, 0.4))
            radius, line = int(width * r.uniform(0.2, 0.35)), max(1, int(width * 0.08))
            cv2.circle(p.board, centre, radius, level * 0.8, line)
        if r.random() < 0.85:
            y, size = h * r.uniform(0.62, 0.74), h * r.uniform(0.12, 0.2)
            self.small_text(p.board, width / 2, y, size, level, width * 0.8, True)
        p.left = width + w * r.uniform(0.005, 0.04)
        if r.random() < 0.3:
            second = min(r.uniform(0.2, 0.5) * h, w * 0.1)
            p.board[:, int(w - second) :] = p.band
            if r.random() < 0.6:
                y, size = h * r.uniform(0.6, 0.74), h * r.uniform(0.1, 0.2)
                self.small_text(p.board, w - second / 2, y, size, level, second * 0.8, True)
            p.right = w - second - w * r.uniform(0.005, 0.03)

    # ---- the text

    def _text(self, p):
        r = self.rng
        p.face = self.face()
        if p.twins_alike:
            a, b = r.choice((("0", "1"), ("O", "I")))
            p.face = {**p.face, "0": p.face[a], "O": p.face[a], "1": p.face[b], "I": p.face[b]}
        p.slim = r.choice((r.uniform(0.85, 1.15), r.uniform(0.62, 1.2)))
        if p.kind == "two":
            p.slim *= r.choice((1, 1, r.uniform(1, 1.4)))
            self._two_lines(p)
        elif p.kind == "long" and len(p.plain) > 6 and r.random() < 0.02:
            self._beside(p)
        else:
            self._one_line(p)

    def _put(self, p, text, box, gap=None):
        """One line of text in a box; its characters and gaps are noted."""
        chars, gaps = self.line(p.ink, text, box, p.face, p.slim, gap)
        p.chars += chars
        p.gaps += [(x, box[1], width, box[3] - box[1]) for x, width in gaps]

    def _lines(self, text):
        """A text cut in two, at a gap where there is one."""
        r = self.rng
        if "/" in text:
            return text.split("/")
        cuts = [i for i, c in enumerate(text) if c == "|"]
        if cuts and r.random() < 0.7:
            middle = min(cuts, key=lambda i: abs(i - len(text) / 2))
            k = middle if r.random() < 0.7 else r.choice(cuts)
            return [text[:k], text[k + 1 :]]
        k = max(1, min(len(text) - 1, len(text) // 2 + r.choice((-1, 0, 0, 0, 1))))
        return [text[:k].strip("|"), text[k:].strip("|")]

    def _two_lines(self, p):
        r, w, h = self.rng, p.w, p.h
        split = r.choice((0.5, 0.5, r.uniform(0.36, 0.6)))
        edge, middle = h * r.uniform(0.04, 0.12), h * r.uniform(0.015, 0.05)
        if p.band is None and r.random() < 0.3:  # emblem and country at the left, as in India
            p.left = w * r.uniform(0.08, 0.14)
            level = r.choice((p.paint, r.uniform(0, 255)))
            y, size = h * r.uniform(0.45, 0.6), h * r.uniform(0.06, 0.12)
            self.small_text(p.board, p.left / 2, y, size, level, p.left * 0.8, True)
            if r.random() < 0.6:
                y, tall, masks = h * r.uniform(0.2, 0.32), h * r.uniform(0.1, 0.2), self.symbols
                self.stamp(p.board, r.choice(masks), p.left * 0.2, y, p.left * 0.65, tall, level)
        rows = ((edge, h * split - middle), (h * split + middle, h - edge))
        for text, (y1, y2) in zip(self._lines(p.text), rows):
            inset = w * r.choice((0, 0, 0.08, 0.15)) if len(text) < 5 else 0
            self._put(p, text, (p.left + inset, y1, p.right - inset, y2))

    def _beside(self, p):
        """Two short lines at the left, the number at full height beside them."""
        r, w, h = self.rng, p.w, p.h
        top, edge = r.choice((2, 2, 3, 4)), h * r.uniform(0.06, 0.14)
        x, width = p.left, w * r.uniform(0.16, 0.26)
        first, second, rest = p.plain[:top], p.plain[top:4], p.plain[4:]
        self._put(p, first, (x, edge, x + width, h * 0.48))
        if second:
            self._put(p, second, (x, h * 0.53, x + width, h - edge))
        self._put(p, rest, (x + width * 1.15, edge * 1.3, p.right, h - edge * 1.3))

    def _one_line(self, p):
        r, w, h = self.rng, p.w, p.h
        if p.kind in ("long", "any"):
            size = r.uniform(0.6, 0.88)
            y1 = h * ((1 - size) * r.uniform(0.4, 0.6))
        elif p.kind == "us":
            size = r.uniform(0.36, 0.62)
            y1 = h * (0.5 - size / 2 + r.uniform(-0.06, 0.06))
        else:
            size = r.uniform(0.5, 0.68)
            y1 = h * (1 - size - r.uniform(0.04, 0.12))
        if p.kind == "us" and r.random() < 0.2:
            p.slim *= r.uniform(0.65, 0.9)
        if r.random() < (0.45 if p.kind == "us" else 0.06) and len(p.plain) < 8:
            self._emblem(p)
        if p.kind == "us" and len(p.plain) <= 7 and r.random() < 0.4:
            self._stacked(p, y1, h * size)
        # A picture as wide as one or two characters stands between the groups.
        wide = p.kind == "us" and "|" in p.text and r.random() < 0.35
        if p.kind in ("long", "any") and self.foreign and r.random() < 0.08:
            width = h * size * r.uniform(0.4, 0.6)
            self.stamp(p.board, r.choice(self.foreign), p.left, y1, width, h * size, p.paint)
            p.left += width + w * 0.02
        gap = h * size * r.uniform(0.6, 1.5) if wide else None
        p.pictures = wide
        self._put(p, p.text, (p.left, y1, p.right, y1 + h * size), gap)

    def _shade(self, p, spread=-0.4):
        """The paint, or a grey between paper and paint."""
        part = self.rng.uniform(spread, 1)
        return self.rng.choice((p.paint, p.paper + (p.paint - p.paper) * part))

    def _emblem(self, p):
        """A picture before or after the text: an outline, or a patch of a photograph."""
        r, h = self.rng, p.h
        width, tall = p.w * r.uniform(0.08, 0.24), h * r.uniform(0.2, 0.75)
        first = r.random() < 0.65
        x = p.left if first else p.right - width
        y = h * 0.5 - tall * r.uniform(0.4, 0.6)
        if r.random() < 0.2:
            mask = np.clip((self.texture(64, 64).astype(np.float32) - 90) * 2, 0, 255)
            cv2.circle(ring := np.zeros((64, 64), np.float32), (32, 32), 31, 1, -1)
            mask = (mask * ring).astype(np.uint8)
        else:
            mask = r.choice(self.symbols)
        self.stamp(p.board, mask, x, y, width * 0.92, tall, self._shade(p))
        p.left, p.right = (p.left + width, p.right) if first else (p.left, x)

    def _stacked(self, p, y1, tall):
        """Two or three small characters above each other: not to be read."""
        r = self.rng
        count = r.choice((2, 2, 2, 3))
        head, width = r.random() < 0.6, tall * r.uniform(0.28, 0.44)
        x = p.left if head else p.right - width
        tall, y1 = tall * (k := r.uniform(0.9, 1.15)), y1 - tall * (k - 1) / 2
        slim = p.slim * r.uniform(0.8, 1.5)
        for i in range(count):
            top = y1 + i * tall * 1.04 / count
            box = (x, top, x + width, top + tall * 0.92 / count)
            self.line(p.ink, r.choice(ALPHABET), box, p.face, slim)
        gap = width * r.uniform(1.1, 1.4)
        p.left, p.right = (p.left + gap, p.right) if head else (p.left, p.right - gap)

    # ---- what stands beside the text

    def _fill_gap(self, p, x, y, width, tall):
        """A hyphen, dots, a seal, a sticker, an emblem or nothing between two groups."""
        r, board = self.rng, p.board
        how = r.uniform(0.52, 0.78) if p.pictures else r.random()
        if p.kind == "two" and r.random() < 0.5:  # hyphens and dots
            how *= 0.26
        cx, cy, size = x + width / 2, y + tall / 2, min(width, tall * 0.5)
        level = p.paint if r.random() < 0.6 else p.paper + (p.paint - p.paper) * r.uniform(-0.3, 1)
        if how < 0.16:
            a = int(cx - size * 0.4), int(cy - tall * 0.05)
            cv2.rectangle(board, a, (int(cx + size * 0.4), int(cy + tall * 0.05)), level, -1)
        elif how < 0.26:
            centre = int(cx), int(cy + tall * r.choice((0, 0, 0.3)))
            cv2.circle(board, centre, max(1, int(tall * r.uniform(0.05, 0.1))), level, -1)
        elif size <= 5:
            return
        elif how < 0.42:
            for side in (-0.25, 0.25) if r.random() < 0.5 else (0,):
                centre, radius = (int(cx), int(cy + side * tall)), int(size * r.uniform(0.25, 0.5))
                cv2.circle(board, centre, radius, level, r.choice((-1, 1, 2)))
        elif how < 0.52:
            t = self.texture(max(3, int(size)), max(3, int(tall * r.uniform(0.3, 0.9))))
            y0, x0 = max(0, int(cy - t.shape[0] / 2)), max(0, int(cx - size / 2))
            part = board[y0 : y0 + t.shape[0], x0 : x0 + t.shape[1]]
            part[:] = t[: part.shape[0], : part.shape[1]]
        elif how < 0.78:
            grow = r.choice((1, r.uniform(1, 1.5)))
            size = width if p.pictures else size
            high = tall * (r.uniform(0.6, 1.3) if p.pictures else r.uniform(0.5, 0.9))
            a, b = cx - size * grow / 2, cy - (high / 2 if p.pictures else tall * 0.35)
            self.stamp(board, r.choice(self.symbols), a, b, size * grow, high, level)
        elif how < 0.82:
            points = np.array([cx, cy]) + self.np.normal(size=(6, 2)) * [size * 0.3, tall * 0.22]
            cv2.fillPoly(board, [points.astype(np.int32)], level)

    def _small_texts(self, p):
        """State, slogan and the like above and below the text."""
        r, w, h = self.rng, p.w, p.h
        p.top, p.bottom = min(c[1] for c in p.chars), max(c[3] for c in p.chars)
        for y1, y2, share in ((0, p.top, 0.88), (p.bottom, h, 0.75)):
            free = y2 - y1
            if free < 7 or r.random() > share:
                continue
            level = p.paint if r.random() < 0.5 else r.uniform(0, 255)
            if r.random() < 0.2:
                a, b = y1 if y1 == 0 else y1 + free * 0.3, y2 if y1 else y2 - free * 0.25
                p.board[int(a) : int(b)] = p.band if p.band is not None else r.uniform(0, 255)
            size = free * r.uniform(0.45, 0.85)
            x, y = w * r.choice((0.5, 0.5, r.uniform(0.25, 0.75))), y1 + (free - size) * r.random()
            self.small_text(p.board, x, y, size, level, w * 0.75, True)

    def _stickers(self, p):
        r, w, h = self.rng, p.w, p.h
        us = p.kind == "us"
        for _ in range(r.choice((0, 1, 2, 2, 3)) if us else int(r.random() < 0.15)):
            sw, sh = w * r.uniform(0.06, 0.14), h * r.uniform(0.1, 0.2)
            x = r.choice((w * r.uniform(0.01, 0.06), w - sw - w * r.uniform(0.01, 0.06)))
            y = r.choice((h * r.uniform(0.01, 0.06), h - sh - h * r.uniform(0.01, 0.06)))
            y = y if us else h * r.uniform(0, 0.8)
            level = r.uniform(0, 255)
            p.board[int(y) : int(y + sh), int(x) : int(x + sw)] = level
            ink = 255 if level < 128 else 0
            self.small_text(p.board, x + sw / 2, y + sh * 0.15, sh * 0.7, ink, sw * 0.9, True)
            p.ink[int(y) : int(y + sh), int(x) : int(x + sw)] //= 2

    # ---- paint, wear, mounting

    def _print(self, p):
        """Lays the ink on the board: thicker or thinner, worn, outlined, embossed."""
        r, board = self.rng, p.board
        m = p.ink.astype(np.float32) / 255
        if r.random() < 0.25:
            k = np.ones((2, 2) if r.random() < 0.7 else (3, 3), np.uint8)
            m = cv2.dilate(m, k) if r.random() < 0.6 else cv2.erode(m, k[:2, :2])
        if r.random() < 0.12:
            worn = self.cloud(p.w, p.h) > r.uniform(0.2, 1.5)
            m = m * np.clip(1 - 0.5 * r.random() * worn, 0, 1)
        if r.random() < 0.1:
            around = cv2.dilate(m, np.ones((3, 3), np.uint8)) - m
            board += around * ((255 - p.paint) - board) * 0.8
        board += (p.paint - board) * m
        if r.random() < 0.5:
            k, d = r.uniform(8, 55), r.choice((1, 1, 2))
            dx, dy = r.choice(((d, d), (d, -d), (0, d), (0, -d), (d, 0)))
            shift = np.float32([[1, 0, dx], [0, 1, dy]])
            soft = cv2.GaussianBlur(m, (0, 0), 1.0)
            board += (soft - cv2.warpAffine(soft, shift, (p.w, p.h))) * k * r.choice((-1, 1))

    def _wear(self, p):
        """Rim, screws, dirt, a scratch."""
        r, w, h, board = self.rng, p.w, p.h, p.board
        if r.random() < 0.45:
            inset, level = int(h * r.uniform(0, 0.05)), r.choice((p.paint, r.uniform(0, 255)))
            line = max(1, int(h * r.uniform(0.01, 0.03)))
            cv2.rectangle(board, (inset, inset), (w - 1 - inset, h - 1 - inset), level, line)
        if r.random() < 0.4:
            x = w * r.uniform(0.05, 0.3)
            y = h * r.choice((r.uniform(0.05, 0.14), 0.5 if p.kind == "long" else 0.08))
            radius = max(1, int(h * r.uniform(0.02, 0.05)))
            for sx, sy in ((x, y), (w - x, y), (x, h - y), (w - x, h - y)):
                if r.random() < 0.7:
                    cv2.circle(board, (int(sx), int(sy)), radius, r.uniform(0, 255), -1)
        if r.random() < 0.18:
            board += np.clip(self.cloud(w, h) - r.uniform(0, 1), 0, 2) * r.uniform(-70, 40)
        if r.random() < 0.06:
            a, b = [(int(r.uniform(0, w)), int(r.uniform(0, h))) for _ in range(2)]
            cv2.line(board, a, b, r.uniform(0, 255), r.choice((1, 1, 2)))

    def _mount(self, p):
        """Puts the board on a car body, sometimes in a frame that covers its edge."""
        r, w, h = self.rng, p.w, p.h
        mx, my = int(w * 0.16), int(h * 0.32)
        W, H = w + 2 * mx, h + 2 * my
        if r.random() < 0.5:
            canvas = self.texture(W, H).astype(np.float32)
        else:
            ramp = np.linspace(-1, 1, H, dtype=np.float32)[:, None] * r.uniform(-60, 60)
            canvas = np.zeros((H, W), np.float32) + r.uniform(0, 220) + ramp
        if r.random() < 0.3:
            a, b = int(my * r.uniform(0.1, 0.9)), int(my + h + my * r.uniform(0.1, 0.9))
            cv2.rectangle(canvas, (0, a), (W, b), r.uniform(0, 160), -1)
        canvas[my : my + h, mx : mx + w] = p.board
        if r.random() < 0.4:
            self._frame(p, canvas, mx, my)
        centres = [((c[0] + c[2]) / 2 + mx, (c[1] + c[3]) / 2 + my) for c in p.chars]
        return canvas, (mx, my, mx + w, my + h), p.plain, np.array(centres, np.float32)

    def _frame(self, p, canvas, mx, my):
        r, w, h = self.rng, p.w, p.h
        top, bottom, left, right = (h * r.uniform(0.01, 0.06) for _ in range(4))
        out = h * r.uniform(0.02, 0.1)
        if r.random() > 0.7:
            bottom = min(h * 0.16, (h - p.bottom) * 0.9)
        if r.random() > 0.85:
            top = min(h * 0.16, p.top * 0.9)
        level = r.uniform(0, 90) if r.random() < 0.7 else r.uniform(120, 250)
        y1, y2, x1, x2 = my - out, my + h + out, mx - out, mx + w + out
        for a, b, c, d in (
            (y1, my + top, x1, x2),
            (my + h - bottom, y2, x1, x2),
            (y1, y2, x1, mx + min(left, 0.03 * w)),
            (y1, y2, mx + w - min(right, 0.03 * w), x2),
        ):
            canvas[max(0, int(a)) : int(b), max(0, int(c)) : int(d)] = level
        for share, y, size in (
            (0.5, my + h - bottom + 1, bottom + out - 2),
            (0.25, my - out + 1, top + out - 2),
        ):
            if r.random() < share:
                self.small_text(canvas, mx + w / 2, y, max(4, size), 255 - level, w * 0.7, True)
