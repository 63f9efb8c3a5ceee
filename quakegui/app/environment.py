"""Where training and prediction run: the analyst's settings, and the device that a process there would use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from quakegui.app.settings import Settings
from quakegui.learn import messages
from quakegui.learn.worker.environments import THIS, Environment, EnvironmentKind
from quakegui.learn.worker.supervise import Supervisor
from quakegui.scratch import scratch_folder


def environment_of(settings: Settings) -> Environment:
    """Return where the training process runs; another Python without a path means this one."""
    if settings.trains_in == "this" or (settings.trains_in == "interpreter" and not settings.interpreter):
        return replace(THIS, backend=settings.backend)
    kind: EnvironmentKind = "wsl" if settings.trains_in == "wsl" else "interpreter"
    return Environment(kind, settings.interpreter, settings.distribution if kind == "wsl" else "", settings.backend)


def ask_worker(environment: Environment, cancelled: Callable[[], bool]) -> messages.Message:
    """Start a process that only reports its device; returns its last message: the device, or the error.

    Parameters
    ----------
    environment
        Where it runs.
    cancelled
        Called ten times a second; when it is true, the process is asked to stop.
    """
    from quakegui.learn.worker.asking import follow

    with scratch_folder() as folder:
        found: messages.Message | None = None

        def listen(message: messages.Message) -> None:
            nonlocal found
            found = message if isinstance(message, messages.Hello) else found

        last = follow(Supervisor(folder, job="hello", environment=environment), listen, cancelled)
    return last if found is None else found
