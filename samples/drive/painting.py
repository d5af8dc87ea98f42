"""The pictures on vehicles: lamps, windows, doors, grilles, wheels, in metres on the five planes of a body."""
import numpy as np

from .raster import FRONT, LEFT, REAR, RIGHT, TOP, Picture

GLASS, PLASTIC, SEAM, CHROME = (34, 32, 28), (34, 33, 33), (14, 14, 14), (190, 190, 188)
LAMP_RED, LAMP_CLEAR = (26, 20, 150), (205, 205, 205)


class Look:
    """What varies between two vehicles of a kind."""

    def __init__(self, kind, paint, rng):
        self.kind, self.paint = kind, paint
        self.dark_mirrors = rng.random() < 0.4
        self.lamps = ("high", "corner", "wide", "tall")[rng.integers(4)]
        self.grille = ("bars", "mesh", "split", "slats")[rng.integers(4)]
        self.bumper = rng.random() < 0.5                            # unpainted lower bumper
        self.plate_y = {"sedan": .74, "hatch": .72, "wagon": .76, "suv": .84, "minivan": .8, "van": .72, "pickup": .58, "bus": .66}.get(kind, .7)
        if kind in ("sedan", "hatch", "suv") and rng.random() < 0.35:
            self.plate_y -= 0.24
        self.front_plate_y = {"suv": .52, "pickup": .55, "van": .5, "bus": .52}.get(kind, .45)
        self.lamp_x, self.lamp_y, self.head_x, self.head_y = 0.68, 0.85, 0.66, 0.68
        self.brake = float(rng.random() < 0.3)


def panel(picture, paint, gloss=0.85):
    picture.colour[:] = np.clip(paint, 0, 255).astype(np.uint8)
    picture.aux[:] = (int(255 * gloss), 0, 0)


def mirrored(points):
    return [(-x, y) for x, y in points]


def body_pictures(profile, look, axles, radius, rng):
    """Pictures of the five planes of a car, van or bus."""
    half, length, roof = profile.width / 2 + 0.15, profile.length, profile.roof
    pictures = {plane: Picture(-half, -0.02, half, roof + 0.1) for plane in (REAR, FRONT)}
    pictures |= {plane: Picture(-0.2, -0.02, length + 0.2, roof + 0.1) for plane in (LEFT, RIGHT)}
    pictures[TOP] = Picture(-0.2, -half, length + 0.2, half)
    for plane in pictures.values():
        panel(plane, look.paint)
    rear(pictures[REAR], profile, look, rng)
    front(pictures[FRONT], profile, look, rng)
    for plane in (LEFT, RIGHT):
        side(pictures[plane], profile, look, axles, radius, rng if plane == LEFT else np.random.default_rng(1))
    top(pictures[TOP], profile, look)
    return {k: v.finish() for k, v in pictures.items()}


def window(picture, outline, interior=True, tint=GLASS):
    picture.fill(outline, tint, 1.0)
    if interior:                                                    # seats and the far windows show faintly
        p = np.array(outline)
        x0, x1, y0, y1 = p[:, 0].min(), p[:, 0].max(), p[:, 1].min(), p[:, 1].max()
        for x in (x0 + (x1 - x0) * 0.28, x0 + (x1 - x0) * 0.72):
            picture.disc(x, y0 + (y1 - y0) * 0.25, (x1 - x0) * 0.1, (y1 - y0) * 0.3, (20, 19, 18), 1.0)
    picture.line(outline, SEAM, 0.02, True)


def rear(picture, profile, look, rng):
    w, roof, belt, kind = profile.width / 2, profile.roof, profile.belt, look.kind
    if kind == "bus":
        return bus_end(picture, profile, look, True, rng)
    low = 0.47 if look.bumper else 0.33
    picture.fill([(-w - .2, 0), (w + .2, 0), (w + .2, low), (-w - .2, low)], PLASTIC, 0.15)
    picture.line([(-w, .62 if kind != "pickup" else .72), (w, .62 if kind != "pickup" else .72)], SEAM, 0.012)
    sill = belt + (0.12 if kind in ("sedan",) else 0.08)
    top_y = roof - (0.1 if kind != "van" else 0.35)
    if kind == "pickup":
        sill = belt + 0.15
    top_w = w - (top_y - belt) * profile.tumble - 0.13
    glass = [(-w + .2, sill), (w - .2, sill), (top_w, top_y), (-top_w, top_y)]
    if kind == "van":
        for s in (-1, 1):
            window(picture, [(s * .06, sill + .15), (s * (w - .22), sill + .15), (s * (w - .28), top_y), (s * .06, top_y)], False)
        picture.line([(0, .5), (0, roof)], SEAM, 0.015)
        for s in (-1, 1):
            picture.line([(s * (w - .1), .55), (s * (w - .14), roof - .1)], SEAM, 0.01)
    else:
        window(picture, glass)
        picture.line([(-.02, sill + .02), (w * .5, sill + .2)], (12, 12, 12), 0.018)    # wiper
        picture.fill([(-.16, top_y - .05), (.16, top_y - .05), (.16, top_y - .015), (-.16, top_y - .015)], (20, 20, 90), .8, 0.0 if look.brake < .5 else 1)
    bright = 0.6 + 0.4 * look.brake
    y0, y1 = (0.78, 0.95) if kind in ("sedan", "hatch", "wagon") else (0.9, 1.14)
    x1 = w + .1
    if kind == "van":
        y0, y1 = 0.75, 1.2
    if kind == "pickup":
        y0, y1 = 0.78, 1.08
    if kind in ("van", "minivan", "pickup") or look.lamps == "tall":
        shape = [(w - .17, y0 - .02), (x1, y0 - .02), (x1, y1 + .22), (w - .15, y1 + .16)] if kind != "pickup" else \
            [(w - .19, y0), (x1, y0), (x1, y1), (w - .19, y1)]
    elif look.lamps == "wide":
        shape = [(w - .5, y0 + .03), (x1, y0 - .02), (x1, y1 + .03), (w - .45, y1)]
    elif look.lamps == "corner":
        shape = [(w - .3, y0), (x1, y0 - .05), (x1, y1 + .06), (w - .36, y1)]
    else:
        shape = [(w - .36, y0 + .02), (w - .1, y0 - .02), (x1, y0 + .02), (x1, y1 + .06), (w - .28, y1 + .04)]
    p = np.array(shape)
    c = p.mean(0)
    look.lamp_x, look.lamp_y = float(min(c[0], w - .12)), float(c[1])
    for mirror in (lambda q: q, mirrored):
        picture.fill(mirror(p.tolist()), LAMP_RED, .9, .22 * bright)
        picture.fill(mirror((c + (p - c) * [.72, .62] + [0, .01]).tolist()), (40, 34, 200), 1, .9 * bright)
        picture.fill(mirror((c + (p - c) * [.6, .2] - [0, (y1 - y0) * .3]).tolist()), (170, 178, 186), 1, .1)
        picture.line(mirror(p.tolist()), SEAM, 0.012, True)
    py = look.plate_y                                               # recess, its light strip, the handle
    if py > 0.6:
        wide = .44 if kind != "van" else .34
        picture.fill([(-wide, py - .11), (wide, py - .11), (wide - .04, py + .13), (-wide + .04, py + .13)], look.paint * .62, .4)
        picture.fill([(-wide + .06, py + .095), (wide - .06, py + .095), (wide - .08, py + .135), (-wide + .08, py + .135)], CHROME, .9)
    else:
        picture.fill([(-.36, py - .09), (.36, py - .09), (.34, py + .09), (-.34, py + .09)], look.paint * .6, .3)
        picture.line([(-.3, .86), (.3, .86)], look.paint * .5, .03)
    picture.disc(0, min(py + .22, sill - .05), .05, .05, CHROME, .9)
    badge = [(-w * .62, min(py + .18, .9)), (-w * .42, min(py + .18, .9))]
    picture.line(badge, CHROME, .025)
    for s in (-1, 1):
        picture.fill([(s * (w - .4), .42), (s * (w - .12), .42), (s * (w - .12), .47), (s * (w - .4), .47)], LAMP_RED, .8, .05)
    if rng.random() < .6:
        picture.disc(w * .55, .3, .06, .035, (90, 90, 90), .8)
        picture.disc(w * .55, .3, .045, .025, (10, 10, 10), 0)


def front(picture, profile, look, rng):
    w, roof, belt, kind = profile.width / 2, profile.roof, profile.belt, look.kind
    if kind == "bus":
        return bus_end(picture, profile, look, False, rng)
    lift = {"suv": .12, "pickup": .16, "van": .18, "minivan": .08}.get(kind, 0)
    picture.fill([(-w - .2, 0), (w + .2, 0), (w + .2, .3 + lift / 2), (-w - .2, .3 + lift / 2)], PLASTIC, 0.15)
    top_y = roof - .08
    top_w = w - (top_y - belt) * profile.tumble - .1
    cowl = belt + .04
    glass = [(-w + .12, cowl), (w - .12, cowl), (top_w, top_y), (-top_w, top_y)]
    picture.fill(glass, GLASS, 1.0)
    for s in (-1, 1):                                               # people behind the glass
        if s < 0 or rng.random() < .4:
            picture.disc(s * .36, cowl + .2, .09, .12, (52, 62, 84), 1.0)
            picture.disc(s * .36, cowl + .02, .2, .12, (40, 36, 36), 1.0)
    picture.disc(0, top_y - .07, .1, .03, (16, 16, 16), 1)
    picture.line(glass, SEAM, .025, True)
    gy0, gy1 = .52 + lift, .66 + lift * 1.3
    gw = .42 if look.grille != "split" else .3
    picture.fill([(-gw, gy0), (gw, gy0), (gw + .05, gy1), (-gw - .05, gy1)], (18, 18, 18), .3)
    for k in range(4):
        y = gy0 + (gy1 - gy0) * (k + .5) / 4
        picture.line([(-gw, y), (gw, y)], CHROME if look.grille in ("bars", "slats") else (60, 60, 60), .012)
    picture.disc(0, (gy0 + gy1) / 2, .06, .06, CHROME, .9)
    picture.fill([(-.55, .24 + lift / 2), (.55, .24 + lift / 2), (.6, .38 + lift / 2), (-.6, .38 + lift / 2)], (20, 20, 20), .2)
    look.head_x, look.head_y = w - .24, .66 + lift * 1.1
    lamp = np.array([(w - .42, look.head_y - .06), (w + .1, look.head_y - .08), (w + .1, look.head_y + .1), (w - .3, look.head_y + .08)])
    for mirror in (lambda q: q, mirrored):
        picture.fill(mirror(lamp.tolist()), LAMP_CLEAR, 1.0, 0, .25)
        c = lamp.mean(0)
        picture.fill(mirror((c + (lamp - c) * .85).tolist()), (96, 94, 92), 1, 0, .4)
        for dx in (-.1, .08):
            picture.disc(mirror([(look.head_x + dx, look.head_y)])[0][0], look.head_y, .065, .06, (235, 235, 235), 1, 0, 1)
            picture.disc(mirror([(look.head_x + dx, look.head_y)])[0][0], look.head_y, .03, .03, (150, 150, 150), 1, 0, 1)
        picture.line(mirror(lamp.tolist()), SEAM, .012, True)
        picture.disc(mirror([(w - .25, .36 + lift / 2)])[0][0], .36 + lift / 2, .06, .045, (170, 170, 170), 1, 0, .2)
    picture.line([(-w, .5 + lift), (-gw, .5 + lift)], SEAM, .01)
    picture.line([(gw, .5 + lift), (w, .5 + lift)], SEAM, .01)
    picture.fill([(-.3, look.front_plate_y - .075), (.3, look.front_plate_y - .075), (.3, look.front_plate_y + .075), (-.3, look.front_plate_y + .075)],
                 (26, 26, 26), .2)


def side(picture, profile, look, axles, radius, rng):
    length, belt, kind = profile.length, profile.belt, look.kind
    low = .34 if kind != "bus" else .4
    picture.fill([(-.3, 0), (length + .3, 0), (length + .3, low), (-.3, low)], PLASTIC if look.bumper or kind == "bus" else look.paint * .5, .3)
    if kind == "bus":
        stripe = np.clip(look.paint * .6 + 30, 0, 255)
        picture.fill([(-.3, .7), (length + .3, .85), (length + .3, 1.1), (-.3, .95)], stripe, .8)
        picture.fill([(.35, 1.3), (length - .1, 1.3), (length - .1, 2.55), (.35, 2.55)], GLASS, 1)
        for z in np.arange(.35, length - .3, 1.35):
            picture.line([(z, 1.3), (z, 2.55)], (20, 20, 20), .07)
            picture.disc(z + .5, 1.5, .16, .3, (24, 30, 40), 1)
        for z in (length * .42, length - 1.2):
            picture.fill([(z, .4), (z + 1.0, .4), (z + 1.0, 2.5), (z, 2.5)], (40, 38, 36), 1)
            picture.line([(z + .5, .4), (z + .5, 2.5)], (90, 90, 90), .04)
    else:
        z = np.linspace(.02, .98, 100)
        y = profile.height(z) - .085
        ok = y > belt + .07
        if kind == "van":
            ok &= z > .55
        if kind == "pickup":
            ok &= (z > .36)
        z, y = z[ok] * length, y[ok]
        if len(z) > 4:
            z, y = z[1:-1], y[1:-1]
            picture.fill([(z[0] + .08, belt + .045), (z[-1] + .0, belt + .03), *zip(z[::-1], y[::-1])], GLASS, 1)
            doors = [z[0] + (z[-1] - z[0]) * f for f in ((.22, .55) if kind not in ("van", "pickup") else (.42,))]
            for d in doors:
                picture.line([(d - .02, belt), (d + .02, profile.height(d / length))], (18, 18, 18), .07)
                picture.line([(d, belt), (d - .02, .4)], SEAM, .012)
                picture.fill([(d + .06, belt - .12), (d + .24, belt - .12), (d + .24, belt - .085), (d + .06, belt - .085)], look.paint * .5, .8)
            picture.line([(z[-1] - .1, belt), (z[-1] - .02, .6), (z[-1] - .12, .36)], SEAM, .012)
            picture.line([(z[0], belt + .03), (z[-1], belt + .02)], (24, 24, 24), .025)
        picture.line([(axles[0] + radius, .64), (axles[1] - radius, .66)], look.paint * .72, .018)
        picture.fill([(0.0, .82), (.22, .84), (.2, .95), (0, .97)] if kind in ("sedan", "hatch", "wagon") else
                     [(-.1, .9), (.12, .92), (.1, 1.15), (-.1, 1.2)], LAMP_RED, .9, .35)
        hy = look.head_y
        picture.fill([(length - .38, hy + .06), (length + .1, hy + .06), (length + .1, hy - .08), (length - .2, hy - .07)], (190, 190, 190), 1, 0, .2)
    for a in axles:
        t = np.linspace(0, np.pi, 30)
        r = radius + .075
        picture.fill([(a + r, 0), *zip(a + r * np.cos(t), radius + r * np.sin(t)), (a - r, 0)], (9, 9, 9), 0)
        picture.disc(a, radius, radius, radius, (24, 23, 23), .03)
        picture.disc(a, radius, radius * .7, radius * .7, (72, 72, 74), .3)
        picture.disc(a, radius, radius * .64, radius * .64, (150, 150, 152), .6)
        n = 5 + int(rng.integers(0, 4))
        for k in range(n):
            b = 2 * np.pi * k / n + .3
            picture.fill([(a + radius * .58 * np.cos(b - .25), radius + radius * .58 * np.sin(b - .25)),
                          (a + radius * .58 * np.cos(b + .25), radius + radius * .58 * np.sin(b + .25)),
                          (a + radius * .18 * np.cos(b), radius + radius * .18 * np.sin(b))], (48, 47, 47), .1)
        picture.disc(a, radius, radius * .12, radius * .12, (90, 90, 92), .5)


def top(picture, profile, look):
    """The plane seen from above: u = z, v = x."""
    length, w = profile.length, profile.width / 2
    z = np.linspace(0, 1, 200)
    y = profile.height(z)
    slope = np.abs(np.gradient(y, z * length))
    glassy = (slope > .22) & (y > profile.belt + .03) & (y < profile.roof - .04)
    if look.kind not in ("bus",):
        for part in (z < .5, z > .5):
            zz = z[glassy & part] * length
            if len(zz) > 3 and not (look.kind in ("van",) and zz[0] < length / 2):
                picture.fill([(zz[0], -w + .2), (zz[-1], -w + .2), (zz[-1], w - .2), (zz[0], w - .2)], GLASS, 1)
    bonnet = np.flatnonzero((y > profile.belt - .02) & (z > .5))
    if len(bonnet) and look.kind != "bus":
        zb = z[bonnet[-1]] * length + .05
        for s in (-1, 1):
            picture.line([(zb, s * w * .75), (length - .1, s * w * .62)], look.paint * .55, .015)
    if look.kind == "pickup":
        picture.fill([(.08, -w + .14), (.33 * length, -w + .14), (.33 * length, w - .14), (.08, w - .14)], (26, 26, 26), .05)
    if look.kind == "bus":
        for zc in (2.5, 8):
            picture.fill([(zc, -.5), (zc + 1.2, -.5), (zc + 1.2, .5), (zc, .5)], look.paint * .7, .2)


def bus_end(picture, profile, look, is_rear, rng):
    w, roof = profile.width / 2, profile.roof
    picture.fill([(-w - .2, 0), (w + .2, 0), (w + .2, .45), (-w - .2, .45)], PLASTIC, .2)
    y0 = 1.75 if is_rear else 1.25
    glass = [(-w + .16, y0), (w - .16, y0), (w - .2, 2.55), (-w + .2, 2.55)]
    picture.fill(glass, GLASS, 1)
    picture.line(glass, SEAM, .03, True)
    picture.fill([(-w + .4, 2.62), (w - .4, 2.62), (w - .4, 2.88), (-w + .4, 2.88)], (16, 16, 16), .6)
    picture.line([(-.4, 2.75), (.5, 2.75)], (40, 150, 240), .07)
    look.plate_y, look.lamp_x, look.lamp_y, look.head_x, look.head_y = .62, w - .18, 1.05, w - .3, .72
    if is_rear:
        picture.fill([(-w + .35, .95), (w - .35, .95), (w - .35, 1.55), (-w + .35, 1.55)], look.paint * .75, .3)
        for k in range(9):
            picture.line([(-w + .4, 1.0 + k * .06), (w - .4, 1.0 + k * .06)], look.paint * .35, .02)
        picture.fill([(-.4, .52), (.4, .52), (.4, .73), (-.4, .73)], look.paint * .5, .3)
        for s in (-1, 1):
            for k in range(3):
                picture.disc(s * (w - .16), .75 + .24 * k, .1, .1, ((30, 24, 170), (30, 110, 220), (40, 30, 190))[k], .9, .9 if k != 1 else .1)
            picture.disc(s * (w - .2), 2.75, .06, .05, (30, 24, 190), .9, .8)
    else:
        picture.disc(-.6, 1.6, .12, .15, (52, 62, 84), 1)
        for s in (-1, 1):
            picture.disc(s * (w - .3), .72, .13, .11, (235, 235, 235), 1, 0, 1)
            picture.disc(s * (w - .6), .72, .1, .09, (200, 200, 200), 1, 0, .6)
        picture.fill([(-.5, .8), (.5, .8), (.5, 1.0), (-.5, 1.0)], (26, 26, 26), .3)
        picture.fill([(-.32, .44), (.32, .44), (.32, .6), (-.32, .6)], (26, 26, 26), .3)


def truck_pictures(cargo, cab, cab_z, look, rng):
    """A lorry: box body from 0, cab from cab_z on."""
    w, length, roof = cargo.width / 2, cab_z + cab.length, cargo.roof
    shell = np.clip(np.array((206, 210, 212)) + rng.normal(0, 10, 3), 0, 250) if rng.random() < .7 else look.paint
    pictures = {plane: Picture(-w - .2, -.02, w + .2, roof + .1) for plane in (REAR, FRONT)}
    pictures |= {plane: Picture(-.2, -.02, length + .2, roof + .1) for plane in (LEFT, RIGHT)}
    pictures[TOP] = Picture(-.2, -w - .2, length + .2, w + .2)
    for plane, p in pictures.items():
        panel(p, look.paint if plane == FRONT else shell, .45 if plane != FRONT else .8)
    r = pictures[REAR]
    r.fill([(-w - .2, 0), (w + .2, 0), (w + .2, .99), (-w - .2, .99)], (30, 30, 30), .1)
    r.line([(-w + .03, 1.0), (w - .03, 1.0), (w - .03, roof - .04), (-w + .03, roof - .04)], shell * .6, .07, True)
    r.line([(0, 1.0), (0, roof)], shell * .35, .025)
    for x in (-.85, -.35, .35, .85):
        r.line([(x, 1.02), (x, roof - .08)], (120, 122, 122), .035)
        r.line([(x - .1 * np.sign(x), 1.6), (x + .05, 1.6)], (70, 70, 70), .06)
    for s in (-1, 1):
        for y in (1.35, 2.2, 3.0):
            r.line([(s * (w - .02), y), (s * (w - .14), y)], (120, 120, 120), .05)
        r.fill([(s * .12, 1.06), (s * (w - .12), 1.06), (s * (w - .12), 1.14), (s * .12, 1.14)], (40, 40, 200), .3, .12)
        r.disc(s * (w - .1), roof - .1, .04, .03, (30, 24, 190), .9, .8)
    stripe = np.array(((150, 80, 20), (40, 40, 170), (60, 120, 40), (30, 120, 220))[rng.integers(4)], np.float32)
    r.fill([(-w + .1, 2.35), (w - .1, 2.2), (w - .1, 2.5), (-w + .1, 2.65)], stripe, .4)
    for plane in (LEFT, RIGHT):
        p = pictures[plane]
        p.fill([(-.2, 0), (cargo.length + .05, 0), (cargo.length + .05, 1.02), (-.2, 1.02)], (58, 58, 58), .15)
        p.fill([(.3, 2.2), (cargo.length - .3, 2.0), (cargo.length - .3, 2.4), (.3, 2.6)], stripe, .4)
        for z in np.arange(.02, cargo.length, .9):
            p.line([(z, 1.05), (z, roof - .1)], shell * .9, .02)
        p.fill([(cab_z - .05, 0), (length + .2, 0), (length + .2, roof), (cab_z - .05, roof)], look.paint, .8)
        p.fill([(cab_z - .05, 0), (length + .2, 0), (length + .2, .55), (cab_z - .05, .55)], PLASTIC, .2)
        p.fill([(cab_z + .9, 1.6), (cab_z + 1.85, 1.6), (cab_z + 1.75, 2.45), (cab_z + .9, 2.5)], GLASS, 1)
        p.line([(cab_z + .82, .6), (cab_z + .82, 2.6)], SEAM, .015)
        for a in (1.5, 2.75, cab_z + 1.0):
            p.disc(a, .5, .58, .58, (10, 10, 10), 0)
            p.disc(a, .5, .5, .5, (26, 25, 25), .03)
            p.disc(a, .5, .29, .29, (130, 130, 130), .4)
            p.disc(a, .5, .17, .17, (60, 60, 60), .3)
            p.disc(a, .5, .09, .09, (110, 110, 110), .3)
    f = pictures[FRONT]
    f.fill([(-w - .2, 0), (w + .2, 0), (w + .2, .5), (-w - .2, .5)], PLASTIC, .2)
    f.fill([(-w - .2, 2.9), (w + .2, 2.9), (w + .2, roof + .1), (-w - .2, roof + .1)], shell, .4)
    f.fill([(-w + .2, 1.65), (w - .2, 1.65), (w - .26, 2.5), (-w + .26, 2.5)], GLASS, 1)
    f.disc(-.6, 1.85, .12, .15, (52, 62, 84), 1)
    f.fill([(-.75, .8), (.75, .8), (.75, 1.5), (-.75, 1.5)], (22, 22, 22), .3)
    for k in range(5):
        f.line([(-.7, .9 + .13 * k), (.7, .9 + .13 * k)], CHROME, .02)
    for s in (-1, 1):
        f.fill([(s * .72, .64), (s * 1.18, .64), (s * 1.18, .86), (s * .72, .86)], LAMP_CLEAR, 1, 0, .4)
        f.disc(s * .95, .75, .1, .09, (235, 235, 235), 1, 0, 1)
    return {k: v.finish() for k, v in pictures.items()}
