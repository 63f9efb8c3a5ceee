"""Temporary folders: gone with the block, and those of killed programs after a week."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from quakegui.scratch import PREFIX, scratch_folder

DAY_S = 86_400


def test_what_a_killed_program_left_a_week_ago_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, young, other = (tmp_path / name for name in (f"{PREFIX}old", f"{PREFIX}young", "quakegui"))
    for folder, days in ((old, 8), (young, 6), (other, 9)):
        folder.mkdir()
        (folder / "maps.npz").write_bytes(b"maps")
        os.utime(folder, times=(time.time() - days * DAY_S,) * 2)
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(other, target_is_directory=True)
    os.utime(link, times=(time.time() - 9 * DAY_S,) * 2, follow_symlinks=False)
    with scratch_folder() as folder:
        (folder / "maps.npz").write_bytes(b"maps")
        assert folder.parent == tmp_path
        assert not old.exists()
    assert not folder.exists()
    assert (other / "maps.npz").exists()
    assert young.exists()
