"""Workstation for geomagnetic networks: daily anomaly maps, labels, VGG-12, and an honest account of its skill."""

__version__ = "0.1.0"
