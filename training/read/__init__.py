"""The characters of a plate: renderer, network, training, calibration, export, measuring."""
