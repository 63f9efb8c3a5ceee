r"""Environment of the worker: this interpreter, another one, or a Linux distribution under WSL2.

The other interpreter needs Keras with a backend, NumPy and platformdirs, but not quakegui: a one-line start makes only the
code of this package available to it.

Under WSL2 a path such as ``C:\Users\analyst\runs`` becomes ``/mnt/c/Users/analyst/runs``. Killing ``wsl.exe`` does not
end the Linux process; the worker ends by itself when its standard input is closed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from quakegui.learn.network.devices import THREADS
from quakegui.words import Said

EnvironmentKind = Literal["this", "interpreter", "wsl"]

_START = (
    "import importlib.util as u,os,sys;d=sys.argv[1];"
    "s=u.spec_from_file_location('quakegui',os.path.join(d,'__init__.py'),submodule_search_locations=[d]);"
    "m=u.module_from_spec(s);sys.modules['quakegui']=m;s.loader.exec_module(m);"
    "from quakegui.learn.worker.process import main;main(sys.argv[2:])"
)
_DRIVE = re.compile(r"^([A-Za-z]):[\\/](.*)$")
_SHARE = re.compile(r"^\\\\(?:wsl\$|wsl\.localhost)\\([^\\]+)\\?(.*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the worker runs.

    Attributes
    ----------
    kind
        "this" interpreter, another "interpreter", or "wsl".
    interpreter
        Path of the other Python; for WSL2 a Linux path, by default ``python3``.
    distribution
        WSL2 distribution; "" for the default one.
    backend
        "tensorflow" or "torch"; "" lets the worker choose.
    launcher
        Command that starts WSL2.
    threads
        Number of threads of the model's computations; 0 for that of the processors.
    """

    kind: EnvironmentKind = "this"
    interpreter: str = ""
    distribution: str = ""
    backend: str = ""
    launcher: str = "wsl.exe"
    threads: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for another interpreter without a path."""
        if self.kind == "interpreter" and not self.interpreter:
            raise ValueError(Said("Enter the path of the other interpreter, for example C:\\Python312\\python.exe."))


THIS = Environment()


def command(environment: Environment, arguments: Sequence[str | Path], *, package: Path | None = None) -> tuple[str, ...]:
    """Return the command that starts the worker.

    Parameters
    ----------
    environment
        Where it runs.
    arguments
        Arguments of the worker; paths are translated to those of the environment.
    package
        Folder of quakegui's code. Default: this one.

    Raises
    ------
    ValueError
        For a path that cannot be reached from the environment.
    """
    code = Path(__file__).resolve().parents[2] if package is None else package
    if environment.kind == "this":
        return (sys.executable, "-X", "utf8", "-m", "quakegui.learn.worker.process", *(str(each) for each in arguments))
    if environment.kind == "interpreter":
        return (environment.interpreter, "-X", "utf8", "-c", _START, str(code), *(str(each) for each in arguments))
    there = [each if isinstance(each, str) else wsl_path(each, environment.distribution) for each in (code, *arguments)]
    where = ("-d", environment.distribution) if environment.distribution else ()
    settings = (f"KERAS_BACKEND={environment.backend}",) if environment.backend else ()
    python = environment.interpreter or "python3"
    return (environment.launcher, *where, "--exec", "env", *settings, python, "-X", "utf8", "-c", _START, *there)


def variables(environment: Environment, inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables of the worker: those of this process, with the chosen backend and number of threads.

    Parameters
    ----------
    environment
        Provides backend and threads.
    inherited
        Variables to start from. Default: those of this process.
    """
    ours = dict(os.environ if inherited is None else inherited)
    if environment.backend:
        ours["KERAS_BACKEND"] = environment.backend
    if environment.threads:
        ours[THREADS] = str(environment.threads)
    return ours


def wsl_path(path: Path | str, distribution: str = "") -> str:
    r"""Return the Linux path under WSL2 of a Windows path.

    Parameters
    ----------
    path
        ``C:\...`` or ``\\wsl.localhost\DISTRIBUTION\...``. A Linux path is unchanged.
    distribution
        The distribution that uses the path.

    Raises
    ------
    ValueError
        For a network share or a file of another distribution, which WSL2 cannot access.
    """
    text = str(path)
    if drive := _DRIVE.match(text):
        return f"/mnt/{drive[1].lower()}/" + drive[2].replace("\\", "/")
    if share := _SHARE.match(text):
        if distribution and share[1].lower() != distribution.lower():
            raise ValueError(
                Said(
                    "{text} is in the distribution {share}, but the training process runs in {distribution}.",
                    text=text,
                    share=share[1],
                    distribution=distribution,
                )
            )
        return "/" + share[2].replace("\\", "/")
    if text.startswith("/"):
        return text
    raise ValueError(Said("{text} cannot be reached from WSL2: move the project to a local drive such as C:.", text=text))


def wsl_distributions(ask: Callable[[Sequence[str]], bytes] | None = None) -> tuple[str, ...]:
    """Return the names of the installed WSL2 distributions, the default one first; empty without WSL2.

    Parameters
    ----------
    ask
        Function that runs a command and returns its standard output. Default: a subprocess.
    """
    try:
        answer = (_output if ask is None else ask)(("wsl.exe", "--list", "--quiet"))
    except (OSError, subprocess.SubprocessError):
        return ()
    # wsl.exe writes UTF-16 with every code page of the console
    text = answer.decode("utf-16-le" if b"\0" in answer else "utf-8", errors="replace")
    return tuple(name for line in text.splitlines() if (name := line.strip("\ufeff\0 \r")))


def _output(asked: Sequence[str]) -> bytes:
    return subprocess.run(asked, capture_output=True, timeout=10, check=True).stdout  # noqa: S603
