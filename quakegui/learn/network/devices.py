"""Computing device, as reported by the backend. Used only in the worker, since it loads the backend."""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from quakegui.words import Said

THREADS = "QUAKEGUI_THREADS"
"""Environment variable that pins the number of threads."""


@dataclass(frozen=True, slots=True)
class Device:
    """The device that the backend will use.

    Attributes
    ----------
    backend, version
        "tensorflow" or "torch", and its version.
    kind
        "gpu" or "cpu".
    name
        Name of the graphics card or processor.
    driver
        Graphics driver, or "".
    memory_bytes
        Memory of the device, 0 if unknown.
    reason
        Why this device is used, as a sentence.
    """

    backend: str
    version: str
    kind: str
    name: str
    driver: str
    memory_bytes: int
    reason: str


def choose_backend() -> str:
    """Set the Keras backend unless the caller has, and return a sentence if it is not TensorFlow."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if os.environ.get("KERAS_BACKEND"):
        return ""
    if importlib.util.find_spec("tensorflow") is not None:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        return ""
    if importlib.util.find_spec("torch") is not None:
        os.environ["KERAS_BACKEND"] = "torch"
        return Said("TensorFlow is not installed here; using PyTorch. ")
    raise ValueError(
        Said(
            "Neither TensorFlow nor PyTorch is installed in {executable}. Choose another environment in the settings.",
            executable=sys.executable,
        )
    )


def threads() -> int:
    """Return the number of threads of a model's computations: as pinned by `THREADS`, otherwise that of the processors.

    With another number, sums are taken in another order, and the last bits of a training differ.
    """
    pinned = os.environ.get(THREADS, "")
    if pinned.isdecimal() and int(pinned) > 0:
        return int(pinned)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pin_threads(backend: str) -> None:
    """Pin the number of threads, if it is given; before the backend computes anything."""
    if THREADS not in os.environ:
        return
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads())
    else:
        import torch

        torch.set_num_threads(threads())


def detect() -> Device:
    """Return the device of the Keras backend."""
    import keras

    backend = str(keras.backend.backend())
    _pin_threads(backend)
    version, name, missing = _tensorflow() if backend == "tensorflow" else _torch()
    if name:
        driver, memory = _graphics_card()
        return Device(backend, version, "gpu", name, driver, memory, Said("Using the GPU {name}.", name=name))
    return Device(backend, version, "cpu", _processor(), "", _memory(), missing)


def _tensorflow() -> tuple[str, str, str]:
    """Return the version, the name of the graphics card or "", and why there is none."""
    import tensorflow as tf

    cards = tf.config.list_physical_devices("GPU")
    if cards:
        for card in cards:  # otherwise TensorFlow allocates all memory of the card at once
            tf.config.experimental.set_memory_growth(card, True)
        return tf.__version__, str(tf.config.experimental.get_device_details(cards[0]).get("device_name", cards[0].name)), ""
    if sys.platform == "win32":
        why = Said(
            "TensorFlow has had no GPU support on native Windows since 2.11; using the CPU. WSL2 or the PyTorch pack "
            "can use a GPU."
        )
    elif not tf.test.is_built_with_cuda():
        why = Said("This TensorFlow was built without GPU support; using the CPU.")
    else:
        why = Said("TensorFlow found no usable GPU; using the CPU.")
    return tf.__version__, "", why


def _torch() -> tuple[str, str, str]:
    import torch

    if torch.cuda.is_available():
        return torch.__version__, str(torch.cuda.get_device_name(0)), ""
    if torch.version.cuda is None:
        return torch.__version__, "", Said("This PyTorch was built without GPU support; using the CPU.")
    return torch.__version__, "", Said("PyTorch found no usable GPU; using the CPU.")


def _graphics_card() -> tuple[str, int]:
    """Return the driver's version and the memory of the first card, as reported by nvidia-smi."""
    query = ["nvidia-smi", "--query-gpu=driver_version,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout  # noqa: S603
        driver, memory = answer.splitlines()[0].split(",")
        return driver.strip(), int(memory) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return "unknown", 0


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()} ({os.cpu_count()} cores)"
    return f"{platform.processor() or platform.machine()} ({os.cpu_count()} cores)"


def _memory() -> int:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def processor_abilities() -> str:
    """Return the processor's number formats that affect the speed of a precision, for the name of a cached measurement."""
    described = Path("/proc/cpuinfo")
    if not described.is_file():
        return platform.processor()
    flags = next((line for line in described.read_text("utf-8", errors="replace").splitlines() if line.startswith("flags")), "")
    return " ".join(sorted(set(flags.split()) & {"amx_bf16", "amx_tile", "avx512_bf16", "avx512f", "avx2", "avx512_fp16"}))
