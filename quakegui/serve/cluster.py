"""Folds trained, and detection limits computed, on a Dask cluster.

A run's files are sent once, and each fold comes back as one file of numbers; of a detection limit, the season is sent once, and
each part comes back as its result. Importing, drawing and judging take less time than their transport, and stay here.

The port of a Dask scheduler executes any code that it receives, so that beyond this computer only encrypted connections with
certificates are used (``tls://``); certificates are set in Dask's own configuration (``distributed.comm.tls``).
Needs the extra `cluster`.
"""

from __future__ import annotations

import importlib.metadata
import ipaddress
import platform
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from quakegui.judge.detection import Detector, Part, PartResult, Spread, part_result
from quakegui.judge.limit import LimitError
from quakegui.judge.replicates import Ground
from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.state import PHASE
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.nights import NIGHTS
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors, phase_folder
from quakegui.learn.runs.runchecks import CONFIG, STYLE
from quakegui.learn.worker.asking import follow, sentence_of
from quakegui.learn.worker.environments import THIS
from quakegui.learn.worker.limit_team import be_ready
from quakegui.learn.worker.supervise import Supervisor
from quakegui.learn.worker.team import train_open_folds
from quakegui.progress import CancelCheck
from quakegui.project.filesystem import replacing
from quakegui.strangers import shown
from quakegui.words import Said

FILES: Final = (CONFIG, STYLE, SNAPSHOT)
"""What a fold needs of a run."""
OWN_FILES: Final = (*FILES, NIGHTS)
"""What a member of a model of own nights needs."""
PACKAGES: Final = ("quakegui", "keras", "tensorflow", "torch", "numpy")
"""Packages on whose versions the bits of a training depend."""
CERTIFICATES: Final = "distributed.comm.tls.ca-file, .client.cert, .client.key"
MOST_AT_ONCE: Final = 64
LOOK_AGAIN_S: Final = 0.1
"""Seconds between two looks at the results."""
_ONE_PART: Final = threading.Lock()
"""A worker with several threads computes one part at a time: it has one model, and one thread of its backend."""
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
        data = Snapshot.load(run.folder / SNAPSHOT)
        with self._client() as (client, count):
            with disk_errors(run.folder):
                files = {name: (run.folder / name).read_bytes() for name in (OWN_FILES if run.config.own_nights else FILES)}
            sent = client.submit(dict, files)
            stop = _event(f"quakegui-stop-{run.id}", client)
            train = self._trainer(run, client, sent, stop)
            train_open_folds(run, data, train, workers=min(count, MOST_AT_ONCE), listen=listen, cancelled=cancelled)

    def limit_parts(self, ground: Ground, detector: Detector) -> Spread:
        """Return how the replicates of a detection limit are computed on the cluster; a `run_limit.Team`.

        Parameters
        ----------
        ground, detector
            Season with its earthquakes, and the predictor.

        Returns
        -------
        Spread
            Raises RunError if the cluster cannot be reached, has other versions or no workers, or a part fails.
        """

        def spread(parts: Sequence[Part], cancelled: CancelCheck) -> Iterator[tuple[int, PartResult]]:
            with self._client() as (client, _):
                sent = client.submit(tuple, (ground, detector))
                stop = _event(f"quakegui-stop-{uuid4()}", client)
                left = {
                    client.submit(limit_part, sent, part, stop.name, pure=False, retries=1): number
                    for number, part in enumerate(parts)
                }
                try:
                    while left and not cancelled():
                        for future in [each for each in left if each.done()]:
                            if future.status != "finished":
                                why = future.exception()
                                raise why if isinstance(why, LimitError) else RunError(_failure(self.address, why))
                            result = future.result()
                            assert result is not None, "nobody has stopped it"
                            yield left.pop(future), result
                        time.sleep(LOOK_AGAIN_S)
                finally:
                    stop.set()

        return spread

    @contextmanager
    def _client(self) -> Iterator[tuple[Any, int]]:
        """Yield a client of the cluster, and the number of its workers; closed connections and timeouts become RunErrors."""
        check_cluster(self.address)
        dask, distributed = _library()
        _require_certificates(self.address)
        # What is sent is the result of a task, which the scheduler can repeat: scattered data die with their worker.
        large = dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
        try:
            with large, distributed.Client(self.address, timeout=30) as client:
                yield client, _workers_of(client)
        except OSError as error:
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
        for name, content in files.items():
            (run / name).write_bytes(content)
        supervisor = Supervisor(folder, job="phase", run=run, phase=number, environment=replace(THIS, threads=threads))
        last = follow(supervisor, tell, stopped)
        if isinstance(last, messages.Done):
            return (folder / PHASE).read_bytes(), ""
        return b"", sentence_of(last) if isinstance(last, messages.Failed) else ""


def limit_part(material: tuple[Ground, Detector], part: Part, stop: str) -> PartResult | None:
    """Return the result of a part of a detection limit, computed in this worker of a cluster; None if it was stopped.

    Parameters
    ----------
    material
        The season with its earthquakes, and the predictor; the worker keeps them for the next part.
    part
        The part.
    stop
        Name of the event that stops it.
    """
    from distributed import Event, get_client

    ground, detector = material
    event = Event(stop, client=get_client())
    with _ONE_PART:
        be_ready(detector)
        return part_result(ground, detector, part, event.is_set)


def _event(name: str, client: Any) -> Any:
    from distributed import Event

    event = Event(name, client=client)
    event.clear()
    return event


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
