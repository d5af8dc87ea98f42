"""Vehicles: a mesh, the pictures painted on it, the places of its plates, and what the labels say about it."""
import numpy as np

from . import painting, raster, shapes
from .shapes import Profile

CLASSES = ("car", "truck", "bus", "motorcycle")
PAINTS = {"white": (228, 230, 230), "silver": (176, 178, 178), "grey": (98, 96, 94), "black": (30, 28, 28), "red": (34, 30, 150),
          "blue": (122, 62, 26), "dark blue": (70, 38, 22), "green": (58, 84, 40), "beige": (150, 176, 190), "orange": (30, 96, 214),
          "yellow": (40, 180, 220), "brown": (44, 58, 80)}
TYRE = (0.085, 0.08, 0.08, 0.02, 0, 0)

PROFILES = {
    "sedan": Profile(4.6, 1.82, ((0, .93), (.02, 1.01), (.13, 1.07), (.26, 1.37), (.36, 1.45), (.5, 1.46), (.57, 1.42), (.74, 1.0),
                                 (.95, .82), (1, .66)), .96),
    "hatch": Profile(4.05, 1.76, ((0, .99), (.02, 1.08), (.10, 1.38), (.18, 1.47), (.5, 1.5), (.57, 1.45), (.75, 1.02), (.95, .85), (1, .68)), 1.0),
    "wagon": Profile(4.7, 1.84, ((0, 1.0), (.02, 1.1), (.07, 1.36), (.14, 1.47), (.5, 1.49), (.57, 1.44), (.74, 1.02), (.95, .84), (1, .68)), .98),
    "suv": Profile(4.5, 1.88, ((0, 1.1), (.015, 1.22), (.06, 1.54), (.14, 1.66), (.52, 1.69), (.59, 1.62), (.75, 1.14), (.96, 1.0), (1, .82)),
                   1.1, .27, .24),
    "minivan": Profile(4.4, 1.84, ((0, 1.2), (.01, 1.4), (.03, 1.65), (.08, 1.78), (.6, 1.8), (.68, 1.7), (.84, 1.12), (.97, .95), (1, .78)),
                       1.08, .24, .16, .06),
    "van": Profile(5.3, 2.0, ((0, 1.5), (.004, 2.1), (.015, 2.3), (.05, 2.36), (.68, 2.38), (.76, 2.22), (.88, 1.3), (.98, 1.08), (1, .86)),
                   1.25, .3, .10, .03, .04),
    "pickup": Profile(5.3, 1.92, ((0, 1.12), (.02, 1.14), (.33, 1.14), (.345, 1.2), (.39, 1.74), (.46, 1.84), (.56, 1.84), (.64, 1.72), (.74, 1.2),
                                  (.96, 1.05), (1, .9)), 1.14, .36, .22),
    "bus": Profile(11.0, 2.52, ((0, 1.5), (.002, 2.7), (.006, 2.95), (.02, 3.05), (.97, 3.05), (.99, 2.95), (1, 2.4)), 1.25, .34, .03, .04, .08, .14),
    "box": Profile(7.2, 2.5, ((0, 1.8), (.001, 3.4), (.003, 3.45), (.997, 3.45), (1, 3.3)), 1.3, .95, .0, .0, .015, .04),
    "cab": Profile(2.1, 2.42, ((0, 2.0), (.01, 2.7), (.2, 2.85), (.7, 2.8), (.86, 2.6), (.96, 1.7), (1, 1.3)), 1.55, .4, .07, .03, .05),
}
KINDS = {"sedan": 0, "hatch": 0, "wagon": 0, "suv": 0, "minivan": 0, "pickup": 1, "van": 1, "truck": 1, "bus": 2, "motorcycle": 3}


class Vehicle:
    """kind: a key of KINDS. Object space: z = 0 at the rear, x = 0 in the middle, y = 0 on the road."""

    def __init__(self, kind, paint, rng, rear_plate=None, front_plate=None):
        self.kind, self.label = kind, KINDS[kind]
        self.rear_plate, self.front_plate = rear_plate, front_plate
        paint = np.clip(np.array(PAINTS[paint], np.float32) * rng.uniform(0.9, 1.1) + rng.normal(0, 4, 3), 8, 245)
        if kind == "motorcycle":
            self._motorcycle(paint, rng)
        elif kind == "truck":
            self._truck(paint, rng)
        else:
            self._body(PROFILES[kind], paint, rng)
        p = self.mesh.points
        self.lo, self.hi = p.min(0), p.max(0)
        self.length, self.width = float(self.hi[2]), float(self.hi[0] - self.lo[0])

    def _body(self, profile, paint, rng):
        look = painting.Look(self.kind, paint, rng)
        radius = {"bus": 0.48, "van": 0.35, "suv": 0.36, "pickup": 0.38}.get(self.kind, 0.32)
        axles = {"bus": (0.27, 0.76), "van": (0.2, 0.83), "pickup": (0.22, 0.82)}.get(self.kind, (0.18, 0.80))
        axles = [a * profile.length for a in axles]
        self.pictures = painting.body_pictures(profile, look, axles, radius, rng)
        colours = np.array([TYRE, (.05, .05, .05, .4, 0, 0), (*np.array(paint) / 255, .8, 0, 0)], np.float32)
        half = profile.width / 2
        wheels = [m for z in axles for x in (-half + 0.005, half - 0.005) for m in shapes.wheel(x, z, radius, 0.24, colours)]
        mirrors = []
        if self.kind != "bus":
            zm, ym = 0.69 * profile.length, profile.belt + 0.07
            if self.kind in ("van", "minivan"):
                zm = 0.78 * profile.length
            for side in (-1, 1):
                mirrors.append(shapes.ellipsoid((side * (half + 0.09), ym, zm), (0.12, 0.08, 0.06), 1 if look.dark_mirrors else 2, colours, 7, 10))
        else:
            for side in (-1, 1):
                mirrors.append(shapes.ellipsoid((side * (half + 0.14), 2.1, 0.99 * profile.length), (0.09, 0.2, 0.06), 1, colours, 7, 10))
        self.mesh = raster.join([shapes.body(profile)] + wheels + mirrors)
        y = look.plate_y
        self.plates = {"rear": ((0.0, y, -profile.bulge - 0.012), -1), "front": ((0.0, look.front_plate_y, profile.length + profile.bulge + 0.012), 1)}
        self.lamps = {"rear": [(s * look.lamp_x, look.lamp_y, -profile.bulge) for s in (-1, 1)],
                      "front": [(s * look.head_x, look.head_y, profile.length) for s in (-1, 1)]}

    def _truck(self, paint, rng):
        look = painting.Look("truck", paint, rng)
        cargo, cab = PROFILES["box"], PROFILES["cab"]
        gap = cargo.length + 0.35
        self.pictures = painting.truck_pictures(cargo, cab, gap, look, rng)
        colours = np.array([TYRE, (.10, .10, .11, .05, 0, 0), (.16, .16, .17, .1, 0, 0), (.08, .08, .08, .02, 0, 0)], np.float32)
        wheels = [m for z in (1.5, 2.75, gap + 1.0) for x in (-1.22, 1.22) for m in shapes.wheel(x, z, 0.5, 0.5, colours)]
        frame = [shapes.box(-0.5, 0.5, 0.62, 0.94, 0.15, gap, 1, colours), shapes.box(-1.15, 1.15, 0.5, 0.68, 0.02, 0.16, 2, colours)]
        flaps = [shapes.box(x - 0.3, x + 0.3, 0.18, 0.85, 0.66, 0.69, 3, colours) for x in (-0.92, 0.92)]
        low = np.array([(.10, .10, .11, .05, 0, 0), (.5, .06, .05, .6, 1, 0)], np.float32)
        low[1, :3] = (.06, .05, .45)
        lamps = [shapes.box(x - 0.24, x + 0.24, 0.74, 0.88, 0.0, 0.12, 1, low) for x in (-0.93, 0.93)]
        carrier = [shapes.box(-0.36, 0.36, 0.66, 0.86, 0.0, 0.1, 2, colours)]
        self.mesh = raster.join([shapes.body(cargo, 0, 20), shapes.body(cab, gap, 12)] + wheels + frame + flaps + lamps + carrier)
        self.plates = {"rear": ((0.0, 0.76, -0.035), -1), "front": ((0.0, 0.62, gap + cab.length + cab.bulge + 0.012), 1)}
        self.lamps = {"rear": [(-0.93, 0.81, 0.0), (0.93, 0.81, 0.0)], "front": [(-0.95, 0.75, gap + cab.length), (0.95, 0.75, gap + cab.length)]}

    def _motorcycle(self, paint, rng):
        jackets = ((40, 40, 44), (60, 44, 36), (40, 44, 110), (90, 92, 94), (36, 110, 190))
        jacket = np.array(jackets[rng.integers(len(jackets))]) / 255
        trousers = np.array(((44, 42, 42), (90, 66, 48), (60, 58, 56))[rng.integers(3)]) / 255
        helmet = np.array(((235, 235, 235), (30, 30, 30), (40, 40, 170), (150, 110, 40))[rng.integers(4)]) / 255
        c = np.array([TYRE, (*paint / 255, .8, 0, 0), (*jacket, .05, 0, 0), (*trousers, .03, 0, 0), (*helmet, .8, 0, 0), (.3, .3, .31, .7, 0, 0),
                      (.07, .06, .55, .6, 1, 0), (.03, .03, .03, .1, 0, 0), (.08, .3, .75, .6, 0, 0), (.8, .82, .8, .8, 0, 1)], np.float32)
        e = lambda centre, radii, k, lean=0.0: shapes.ellipsoid(centre, radii, k, c, 9, 14, lean)
        t = lambda a, b, ra, rb, k: shapes.tube(a, b, ra, rb, k, c)
        parts = [e((0, .32, .34), (.085, .32, .32), 0), e((0, .32, .34), (.09, .18, .18), 5), e((0, .32, 1.72), (.065, .32, .32), 0),
                 e((0, .32, 1.72), (.07, .18, .18), 5), e((0, .52, 1.05), (.19, .22, .36), 7), e((0, .86, 1.2), (.19, .17, .32), 1),
                 e((0, .82, .55), (.17, .09, .42), 7), e((0, .80, .25), (.15, .12, .26), 1), e((0, .82, .035), (.12, .055, .05), 6),
                 e((0, .9, 1.6), (.2, .22, .16), 1), e((0, .86, 1.74), (.12, .1, .06), 9), t((.0, .8, 1.55), (0, .34, 1.74), .05, .04, 5),
                 t((.15, .42, .3), (.17, .38, .9), .06, .05, 5), t((-.36, 1.06, 1.45), (.36, 1.06, 1.45), .02, .02, 7),
                 e((-.34, 1.26, 1.52), (.075, .05, .03), 7), e((.34, 1.26, 1.52), (.075, .05, .03), 7), t((-.3, 1.06, 1.45), (-.34, 1.24, 1.52), .01, .01, 7),
                 t((.3, 1.06, 1.45), (.34, 1.24, 1.52), .01, .01, 7), e((-.17, .72, .06), (.04, .035, .05), 8), e((.17, .72, .06), (.04, .035, .05), 8),
                 e((0, .56, .08), (.10, .13, .03), 7)]
        for s in (-1, 1):
            parts += [t((s * .14, .9, .62), (s * .27, .7, 1.1), .105, .085, 3), t((s * .27, .7, 1.1), (s * .22, .34, .82), .08, .06, 3),
                      e((s * .22, .28, .9), (.06, .06, .14), 7), t((s * .23, 1.36, .78), (s * .36, 1.14, 1.06), .075, .06, 2),
                      t((s * .36, 1.14, 1.06), (s * .32, 1.07, 1.42), .058, .05, 2)]
        parts += [e((0, 1.18, .74), (.235, .36, .17), 2, 0.25), e((0, .92, .6), (.19, .14, .18), 3), e((0, 1.66, .9), (.135, .16, .165), 4),
                  e((0, 1.36, .78), (.25, .11, .13), 2)]
        self.mesh, self.pictures = raster.join(parts), None
        self.plates = {"rear": ((0.0, .56, .02), -1), "front": None}
        self.lamps = {"rear": [(0, .82, 0)], "front": [(0, .86, 1.8)]}

    def plate_corners(self, end, scale=1.0):
        """Corners tl tr br bl (object space) of the plate at an end, as somebody reading it names them; None without a plate."""
        plate = self.rear_plate if end == "rear" else self.front_plate
        place = self.plates.get(end)
        if plate is None or place is None:
            return None
        (x, y, z), facing = place
        grow = plate.size[0] * (scale - 1) / 2
        w, h = plate.size[0] / 2 + grow, plate.size[1] / 2 + grow
        left = facing                                               # seen from behind, the reader's left is -x; from the front +x
        return np.array([[x + left * w, y + h, z], [x - left * w, y + h, z], [x - left * w, y - h, z], [x + left * w, y - h, z]])
