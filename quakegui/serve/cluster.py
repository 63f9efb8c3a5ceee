"""Folds trained on a Dask cluster: the run's files are sent once, each fold comes back as one file of numbers.

Only trainings go there: importing and drawing take less time than their transport. The port of a Dask scheduler executes any
code that it receives, so that beyond this computer only encrypted connections with certificates are used (``tls://``);
certificates are set in Dask's own configuration (``distributed.comm.tls``). Needs the extra `cluster`.
"""

from __future__ import annotations

import importlib.metadata
import ipaddress
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.state import PHASE
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors, phase_folder
from quakegui.learn.runs.runchecks import CONFIG, STYLE
from quakegui.learn.worker.asking import follow, sentence_of
from quakegui.learn.worker.environments import THIS
from quakegui.learn.worker.supervise import Supervisor
from quakegui.learn.worker.team import train_open_folds
from quakegui.progress import CancelCheck
from quakegui.project.filesystem import replacing
from quakegui.strangers import shown
from quakegui.words import Said

FILES: Final = (CONFIG, STYLE, SNAPSHOT)
"""What a fold needs of a run."""
PACKAGES: Final = ("quakegui", "keras", "tensorflow", "torch", "numpy")
"""Packages on whose versions the bits of a training depend."""
CERTIFICATES: Final = "distributed.comm.tls.ca-file, .client.cert, .client.key"
MOST_AT_ONCE: Final = 64
LOOK_S: Final = 2.0
"""Seconds between two looks of a worker whether to stop, each of which asks the scheduler."""


@dataclass(frozen=True, slots=True)
class ClusterTeam:
    """The workers of a Dask cluster.

    Attributes
    ----------
    address
        Address of the scheduler.
    threads
        Number of threads of each training.
    """

    address: str
    threads: int

    def train_folds(self, run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None) -> None:
        """Train the folds on the cluster.

        Parameters
        ----------
        run, listen, cancelled
            As in `source.Team`.

        Raises
        ------
        RunError
            If the cluster cannot be reached, has other versions or no workers, or a fold cannot be trained.
        """
        check_cluster(self.address)
        dask, distributed = _library()
        _require_certificates(self.address)
        data = Snapshot.load(run.folder / SNAPSHOT)
        try:
            with distributed.Client(self.address, timeout=30) as client:
                count = _workers_of(client)
                with disk_errors(run.folder):
                    files = {name: (run.folder / name).read_bytes() for name in FILES}
                # As the result of a task, which the scheduler can repeat: scattered data die with the worker that has them.
                with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
                    sent = client.submit(dict, files)
                stop = distributed.Event(f"quakegui-stop-{run.id}", client=client)
                stop.clear()
                train = self._trainer(run, client, sent, stop)
                train_open_folds(run, data, train, workers=min(count, MOST_AT_ONCE), listen=listen, cancelled=cancelled)
        except OSError as error:  # Dask's closed connections and timeouts among them
            raise RunError(_failure(self.address, error)) from error

    def _trainer(self, run: RunFolder, client: Any, sent: Any, stop: Any) -> Callable[[int, Listen, CancelCheck], None]:
        def train(number: int, listen: Listen, stopped: CancelCheck) -> None:
            topic = f"quakegui-{run.id}-{number}"
            client.subscribe_topic(topic, lambda event: listen(messages.from_line(event[1]) or messages.Alive()))
            future = client.submit(train_fold, sent, number, self.threads, topic, stop.name, pure=False, retries=1)
            while not future.done():
                if stopped():
                    stop.set()
                time.sleep(0.1)
            client.unsubscribe_topic(topic)
            if future.status != "finished":  # such as a worker whose disk is full; without an exception, the scheduler is lost
                raise RunError(_failure(self.address, future.exception()))
            result, why = future.result()
            if why:
                raise RunError(why)
            if result:
                with disk_errors(run.folder), replacing(phase_folder(run.folder, number) / PHASE) as part:
                    part.write_bytes(result)

        return train


def check_cluster(address: str) -> None:
    """Raise RunError for an address that is none, or is not encrypted and beyond this computer."""
    parts = urlsplit(address)
    if parts.scheme not in ("tls", "tcp") or not parts.hostname:
        raise RunError(
            Said("“{address}” is not the address of a cluster, such as tls://centre:8786.", address=shown(address, 200))
        )
    if parts.scheme == "tcp" and not _is_here(parts.hostname):
        raise RunError(
            Said(
                "{address} is not encrypted. Whoever reaches such a port can run programs; use tls:// with certificates.",
                address=shown(address, 200),
            )
        )


def versions() -> dict[str, str]:
    """Return the versions on which the bits of a training depend, of the computer where this is called."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = ""
    return found


def train_fold(files: dict[str, bytes], number: int, threads: int, topic: str, stop: str) -> tuple[bytes, str]:
    """Train one fold in a worker process on the computer where this is called, a worker of a cluster.

    Parameters
    ----------
    files
        The files of the run, by name.
    number, threads
        Number of the phase, and of threads.
    topic, stop
        Name under which progress is reported, and of the event that stops the training.

    Returns
    -------
    tuple
        The result, as a file; and why there is none, a sentence. Both are empty if the training was stopped.
    """
    from distributed import Event, get_client, get_worker

    # The thread that looks whether to stop has no client of its own.
    worker, event, looked = get_worker(), Event(stop, client=get_client()), [0.0, False]

    def stopped() -> bool:
        if time.monotonic() - looked[0] > LOOK_S:
            looked[:] = [time.monotonic(), event.is_set()]
        return bool(looked[1])

    def tell(message: messages.Message) -> None:
        if isinstance(message, messages.Epoch):
            worker.log_event(topic, messages.to_line(message))

    # In the worker's own folder, which Dask removes after a worker that was killed.
    with tempfile.TemporaryDirectory(prefix="quakegui-fold-", dir=worker.local_directory) as scratch:
        run, folder = Path(scratch) / "run", phase_folder(Path(scratch) / "run", number)
        folder.mkdir(parents=True)
        for name in FILES:
            (run / name).write_bytes(files[name])
        supervisor = Supervisor(folder, job="phase", run=run, phase=number, environment=replace(THIS, threads=threads))
        last = follow(supervisor, tell, stopped)
        if isinstance(last, messages.Done):
            return (folder / PHASE).read_bytes(), ""
        return b"", sentence_of(last) if isinstance(last, messages.Failed) else ""


def _workers_of(client: Any) -> int:
    """Return the number of workers; raises RunError if there is none, or one has other versions."""
    found: dict[str, Any] = client.run(versions, on_error="return")
    if not found:
        raise RunError(Said("The cluster has no workers. Start workers, then run the command again."))
    here = versions()
    for address, there in found.items():
        if not isinstance(there, dict):
            raise RunError(
                Said(
                    "The worker {address} of the cluster cannot run quakegui: {why}.",
                    address=address,
                    why=shown(str(there), 200),
                )
            )
        other = [name for name in here if here[name] != there.get(name)]
        if other:
            raise RunError(
                Said(
                    "The worker {address} of the cluster has {name} {theirs}, this computer {ours}. Install the same versions.",
                    address=address,
                    name=other[0],
                    theirs=there.get(other[0]) or "-",
                    ours=here[other[0]] or "-",
                )
            )
    return len(found)


def _failure(address: str, error: BaseException | None) -> Said:
    if error is None:
        return Said("The scheduler of the cluster {address} does not respond.", address=address)
    why = shown(str(error) or type(error).__name__, 300).rstrip(".")
    return Said("The cluster {address} failed: {why}.", address=address, why=why)


def _require_certificates(address: str) -> None:
    """Raise RunError if the cluster is encrypted and Dask's configuration names no certificates."""
    import dask

    if urlsplit(address).scheme == "tls" and not dask.config.get("distributed.comm.tls.ca-file", None):
        raise RunError(
            Said(
                "The certificates of the cluster {address} are not set: enter {names} in Dask's configuration.",
                address=address,
                names=CERTIFICATES,
            )
        )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _library() -> tuple[Any, Any]:
    try:
        import dask
        import distributed
    except ImportError as error:
        raise RunError(Said("A cluster needs the optional “cluster” component: pip install 'quakegui[cluster]'.")) from error
    return dask, distributed
