"""What the network so far finds in a training picture, to complete the teacher's labels in fine
tuning."""

import numpy as np
import torch

from . import nets
from .data import iou_matrix, letterbox, nms, to_tensor

SIZE = (640, 384)


class OwnLabels:
    """Vehicles that the network finds in a picture and in its mirror image."""

    def __init__(self, net):
        self.net = net.eval()
        self.cell = nets.cells(*SIZE)

    def find(self, image):
        """Boxes in the picture's pixels, scores and classes from score 0.3 up."""
        canvas, scale, offset = letterbox(image, *SIZE)
        with torch.no_grad():
            o = self.net(to_tensor([canvas]))[0]
        scores = o[:, 4].sigmoid().numpy()
        k = scores > 0.3
        boxes = nets.decode_boxes(o[:, :4], self.cell).numpy()[k]
        classes = o[k, 5:].argmax(1).numpy()
        boxes, scores = (boxes - np.tile(offset, 2)) / scale, scores[k]
        k = nms(boxes, scores, 0.5)
        return boxes[k], scores[k], classes[k]

    def __call__(self, image):
        """Boxes (n,4), scores, classes; a find that the mirror image does not confirm loses half
        of its score."""
        h, w = image.shape[:2]
        boxes, scores, classes = self.find(image)
        mirrored, again, _ = self.find(np.ascontiguousarray(image[:, ::-1]))
        if not len(boxes) or not len(mirrored):
            return boxes[:0], scores[:0], classes[:0]
        mirrored[:, [0, 2]] = w - mirrored[:, [2, 0]]
        overlap = iou_matrix(boxes, mirrored)
        same = np.where(overlap.max(1) > 0.5, again[overlap.argmax(1)], 0)
        return boxes.clip(0, [w, h, w, h]), (scores + same) / 2, classes
