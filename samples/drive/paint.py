"""Colours (BGR, 0..255) and the ground coat that all pictures on vehicles share."""

import numpy as np

GLASS, PLASTIC, SEAM, CHROME = (34, 32, 28), (34, 33, 33), (14, 14, 14), (190, 190, 188)
LAMP_RED, LAMP_CLEAR = (26, 20, 150), (205, 205, 205)


def panel(picture, paint, gloss=0.85):
    picture.colour[:] = np.clip(paint, 0, 255).astype(np.uint8)
    picture.aux[:] = (int(255 * gloss), 0, 0)
