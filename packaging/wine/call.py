"""Run one Windows command line as a single string and end with its exit code: for paths that a Unix shell would quote wrongly.

Run by the tree's own Python under Wine; the command line is the text of the UTF-8 file named as the only argument.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.exit(subprocess.call(Path(sys.argv[1]).read_text(encoding="utf-8")))  # noqa: S603
