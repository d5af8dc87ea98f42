"""Vehicles in a picture, plates in a vehicle: data, networks, training, export, measuring."""
