"""The program's products run in one thread: on a busy machine several wait for each other many times longer than they work."""

from __future__ import annotations

import os
import subprocess
import sys

ASKED = """
import quakegui.season.gridding, scipy.linalg, threadpoolctl
print(*(pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"))
"""


def test_products_run_in_one_thread_unless_the_user_says_otherwise() -> None:
    plain = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for said, threads in ((plain, "1"), (plain | {"OPENBLAS_NUM_THREADS": "2"}, "2")):
        found = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, env=said).stdout
        assert set(found.split()) <= {threads, "1"}  # none where NumPy computes with another library, one on one core
