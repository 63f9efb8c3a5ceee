"""The command line as tests use it, in their own process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quakegui import cli


class Terminal:
    """Runs the program in this process and keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object, code: int = 0) -> tuple[str, str]:
        """Return what was printed, and what was said on standard error, of a command that ends with `code`."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        out, err = self._capsys.readouterr()
        assert (end.value.code or 0) == code, (out, err)
        return out, err

    def json(self, *arguments: object) -> Any:
        """Return what a command prints as JSON."""
        return json.loads(self(*arguments, "--json")[0])
