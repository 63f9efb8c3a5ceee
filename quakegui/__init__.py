"""Workstation for geomagnetic networks: daily anomaly maps, labels, VGG-12, and an honest account of its skill."""

import os

__version__ = "0.1.0"

# Before NumPy is loaded, which reads it once. A day's map is a few small products: on a busy machine, as beside a training,
# threads wait for each other fifteen times as long as one thread computes, and on an idle one they gain little.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
