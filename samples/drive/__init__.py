"""The renderer of the sample drive: plates, vehicles, scenery, camera."""
