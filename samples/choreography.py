"""Who drives where in the sample drive: three parts with a short darkness between them.

Places are relative to our car: x to the right, z ahead of the vehicle's rear (for those that come
towards us, of its front bumper's far end), in metres, at times in seconds of the part. Between the
given moments they are interpolated smoothly.
"""

from dataclasses import dataclass, field

import numpy as np

FPS = 30
FADE, DARK = 8, 12  # frames


@dataclass
class Role:
    kind: str
    paint: str
    country: str
    text: str  # as it stands on the plate, '/' between two lines
    path: tuple  # (time, x, z)
    oncoming: bool = False
    front: tuple = ()  # (country, text) of a front plate

    def place(self, t):
        times = [p[0] for p in self.path]
        x, z = (hermite(times, [p[k] for p in self.path], t) for k in (1, 2))
        return x, z

    def present(self, t):
        return self.path[0][0] <= t <= self.path[-1][0]


@dataclass
class Part:
    scene: str
    dusk: bool
    seconds: float
    speeds: tuple  # (time, metres per second) of our own car
    roles: list = field(default_factory=list)

    @property
    def frames(self):
        return round(self.seconds * FPS)

    def travelled(self, t):
        """Metres driven since the start of the part."""
        fine = np.linspace(0, t, 200)
        v = np.interp(fine, [p[0] for p in self.speeds], [p[1] for p in self.speeds])
        return float(((v[1:] + v[:-1]) / 2 * np.diff(fine)).sum())

    def speed(self, t):
        return float(np.interp(t, [p[0] for p in self.speeds], [p[1] for p in self.speeds]))


def hermite(times, values, t):
    """Monotone cubic interpolation (Fritsch and Carlson 1980), constant outside."""
    times, values = np.asarray(times, float), np.asarray(values, float)
    if t <= times[0] or len(times) < 2:
        return float(values[0])
    if t >= times[-1]:
        return float(values[-1])
    slopes = np.diff(values) / np.diff(times)
    m = np.concatenate(
        [
            [slopes[0]],
            [0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in zip(slopes, slopes[1:])],
            [slopes[-1]],
        ]
    )
    k = int(np.searchsorted(times, t, "right") - 1)
    h = times[k + 1] - times[k]
    s = (t - times[k]) / h
    return float(
        (1 + 2 * s) * (1 - s) ** 2 * values[k]
        + s * (1 - s) ** 2 * h * m[k]
        + s * s * (3 - 2 * s) * values[k + 1]
        + s * s * (s - 1) * h * m[k + 1]
    )


def parked(x, z, speed, end_z=-7.0):
    return ((0.0, x, z), ((z - end_z) / speed, x, end_z))


def meeting(x, start, z, closing):
    return ((start, x, z), (start + (z + 8) / closing, x, -8.0))


PARTS = [
    Part(
        "town",
        False,
        10.0,
        ((0, 7.0), (10, 7.0)),
        [
            Role(
                "sedan",
                "silver",
                "DE",
                "K LT 4735",
                ((0, 0, 9.0), (3, 0, 6.6), (6, 0.05, 5.2), (10, 0, 6.0)),
            ),
            Role("hatch", "red", "UK", "KV67 WRT", parked(3.0, 20, 7)),
            Role("suv", "dark blue", "NL", "GT-284-R", parked(3.1, 33, 7)),
            Role(
                "wagon",
                "white",
                "PL",
                "WE 72984",
                meeting(-3.5, -0.9, 70, 18),
                True,
                ("PL", "WE 72984"),
            ),
            Role(
                "bus",
                "orange",
                "DE",
                "HH VX 283",
                meeting(-3.6, 2.3, 120, 17),
                True,
                ("DE", "HH VX 283"),
            ),
            Role(
                "van",
                "white",
                "FR",
                "FK-382-LN",
                meeting(-3.5, 5.0, 90, 18),
                True,
                ("FR", "FK-382-LN"),
            ),
            Role(
                "motorcycle",
                "orange",
                "BR2",
                "RTE/4H82",
                (
                    (3.4, -1.95, -4.5),
                    (4.6, -1.9, 2.6),
                    (5.6, -1.85, 4.1),
                    (8.2, -1.75, 4.3),
                    (10, -1.6, 5.0),
                ),
            ),
        ],
    ),
    Part(
        "highway",
        False,
        9.7,
        ((0, 27.0), (9.7, 27.0)),
        [
            Role(
                "truck",
                "green",
                "RO",
                "CJ 47 TRK",
                ((0, 3.7, 26), (2.5, 3.7, 14), (4.5, 3.65, 8.4), (9.7, 3.65, 7.4)),
            ),
            Role(
                "wagon",
                "black",
                "PL",
                "PK 4827H",
                (
                    (1.0, -3.6, -7),
                    (2.2, -3.6, 2.5),
                    (3.4, -3.55, 7.0),
                    (5.4, -3.5, 9.0),
                    (7.2, -3.5, 18),
                    (9.7, -3.5, 34),
                ),
            ),
            Role("pickup", "grey", "US", "7KDM482", ((0, 0, 34), (5, 0, 30), (9.7, 0, 28))),
            Role(
                "van",
                "blue",
                "FR",
                "GX-749-BD",
                ((5.6, -3.7, -8), (6.8, -3.65, 2.0), (7.6, -3.6, 7.4), (9.7, -3.6, 8.6)),
            ),
        ],
    ),
    Part(
        "town",
        True,
        10.0,
        ((0, 6.0), (4, 6.0), (6.5, 0), (10, 0)),
        [
            Role(
                "suv",
                "white",
                "US",
                "5GVR826",
                ((0, 0, 8.0), (3, 0, 6.0), (6.5, 0, 4.6), (10, 0, 4.6)),
            ),
            Role("hatch", "green", "RO", "B 728 XEP", parked(2.95, 14, 6, -6)),
            Role(
                "bus",
                "blue",
                "IT",
                "FT 638KL",
                ((0, 3.35, 31), (4, 3.35, 13), (6.5, 3.3, 8.2), (10, 3.3, 8.2)),
            ),
            Role(
                "sedan",
                "black",
                "DE",
                "M TZ 5293",
                meeting(-3.4, -1.2, 80, 16),
                True,
                ("DE", "M TZ 5293"),
            ),
            Role(
                "minivan",
                "silver",
                "PL",
                "GD 84W27",
                meeting(-3.5, 1.8, 80, 15),
                True,
                ("PL", "GD 84W27"),
            ),
            Role(
                "hatch",
                "white",
                "NL",
                "L-593-XN",
                meeting(-3.4, 3.0, 75, 11),
                True,
                ("NL", "L-593-XN"),
            ),
        ],
    ),
]


def timeline():
    """(part index, seconds in the part, brightness 0..1) for every frame of the drive."""
    out = []
    for k, part in enumerate(PARTS):
        n = part.frames
        for i in range(n):
            light = 1.0
            if k > 0:
                light = min(light, (i + 1) / (FADE + 1))
            if k < len(PARTS) - 1:
                light = min(light, (n - i) / (FADE + 1))
            out.append((k, i / FPS, min(1.0, light)))
        if k < len(PARTS) - 1:
            out += [(k, part.seconds, 0.0)] * DARK
    return out
