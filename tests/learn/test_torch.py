"""The same tests on the PyTorch backend, in a process of their own: a process can load one backend only."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Keras 3.15 on PyTorch copies tensors in a way that NumPy 2.4 will not allow for ever; nothing of ours can change it
KNOWN = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
FILES = {
    "test_vgg12.py": "",
    "test_pretraining.py": "tiny or negative or stops",
    "test_inference.py": "",
    "test_training.py": "anywhere or learnt or filled or roles or images_in_order",
}


@pytest.mark.torch
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed (extra `torch`)")
@pytest.mark.parametrize("file", FILES)
def test_the_network_works_on_pytorch(file: str) -> None:
    here = Path(__file__).parent
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-W",
            KNOWN,
            "-k",
            FILES[file],
            str(here / file),
        ],
        env={**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        cwd=here.parents[1],
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
