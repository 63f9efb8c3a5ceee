"""The window's process does not keep the source text of what it imports."""

import subprocess
import sys

LOADED = """
import linecache
import quakegui.ui.main_window
import quakegui.project.seasons
import pandas
import sqlalchemy

print(*linecache.cache, sep="\\n")
"""


def test_imported_sources_are_not_kept():
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout
    files = [name for name in told.splitlines() if not name.startswith("<")]  # the others are text that was never in a file
    assert [name for name in files if any(one in name for one in ("pyqtgraph", "sqlalchemy", "pandas"))] == []
