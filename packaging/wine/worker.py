"""Ask the worker for its device as the window does, and print everything it says: run by the installed Python under Wine."""

from __future__ import annotations

import sys
from pathlib import Path

from quakegui.learn.worker.supervise import Supervisor

for message in Supervisor(Path(sys.argv[1]), job="hello").events():
    print(message)  # noqa: T201
