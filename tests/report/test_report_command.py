"""The command `report`: its endings, its languages, its refusals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from quakegui import cli


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def test_a_page_in_chinese(small_project: Path, tmp_path: Path) -> None:
    out = tmp_path / "报告.html"
    assert run("report", small_project, out, "--language", "zh") == 0
    assert '<html lang="zh-CN">' in out.read_text(encoding="utf-8")


def test_pages_without_a_screen(small_project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    program = [sys.executable, "-m", "quakegui", "report", str(small_project), str(out)]
    done = subprocess.run(program, env=_no_screen(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(b"%PDF-")
    assert "pages" in done.stderr


@pytest.mark.parametrize("name", ["out.docx", "missing/out.pdf"])
def test_a_place_or_an_ending_that_cannot_be_is_refused_before_any_work(
    small_project: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("report", small_project, tmp_path / name) == 1
    assert "report" in capsys.readouterr().err
    assert list(tmp_path.glob("out*")) == []


def _no_screen() -> dict[str, str]:
    import os

    return {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
