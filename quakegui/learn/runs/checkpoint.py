"""Variables of a model and of its optimizer on disk, independent of the backend's own formats."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.strangers import shown
from quakegui.words import Said

CHECKPOINT = "checkpoint.npz"
WEIGHTS = "weights.npz"
MEMBERS = "member-*.npz"
"""Trained members of a model of own nights, in the folder of a run that is not finished."""

Arrays = dict[str, NDArray[Any]]


def values_of(variables: Sequence[Any]) -> Arrays:
    """Return the values of variables as arrays, by position and path."""
    return {f"{number:03d}:{variable.path}": array_of(variable) for number, variable in enumerate(variables)}


def array_of(variable: Any) -> NDArray[Any]:
    """Return a copy of a variable's value: a backend may return its own memory, which the next step changes."""
    return np.array(np.asarray(variable))


def put_values(variables: Sequence[Any], values: Mapping[str, NDArray[Any]]) -> None:
    """Assign values to variables.

    Parameters
    ----------
    variables
        Variables of a model or optimizer.
    values
        Result of `values_of`.

    Raises
    ------
    ValueError
        If the values belong to another model.
    """
    shapes = [tuple(values[name].shape) for name in sorted(values)]
    if shapes != [tuple(variable.shape) for variable in variables]:
        raise ValueError(Said("These weights belong to a model of another shape."))
    for variable, name in zip(variables, sorted(values), strict=True):
        variable.assign(values[name])


def trained_values(network: Any) -> Arrays:
    """Return what a model needs to predict: its weights, without the state of its random numbers."""
    return values_of(network.weights)


def read_weights(path: Path, *, largest: int) -> Arrays:
    """Read the weights of a model, possibly from an untrusted file.

    Parameters
    ----------
    path, largest
        The file, and the maximum unpacked size in bytes.

    Raises
    ------
    ValueError
        If the file is damaged, too large, or contains anything other than finite numbers.
    """
    weights = read_arrays(path, largest=largest)
    for name, array in weights.items():
        if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            raise ValueError(Said("the weights {name} are not finite numbers.", name=shown(name, 60)))
    return weights


def network_identity(weights: Mapping[str, NDArray[Any]]) -> str:
    """Return 32 hexadecimal digits that identify weights, whatever names Keras gave the layers."""
    made = hashlib.blake2b(digest_size=16)
    for name in sorted(weights):
        made.update(f"{weights[name].dtype.str}{weights[name].shape}".encode())
        made.update(np.ascontiguousarray(weights[name]).tobytes())
    return made.hexdigest()


def of_members(weights: Sequence[Arrays]) -> Arrays:
    """Return the weights of an ensemble's members as those of one file; those of a single model unchanged."""
    if len(weights) == 1:
        return weights[0]
    return {f"member{number}/{name}": value for number, each in enumerate(weights) for name, value in each.items()}


def members_of(weights: Arrays, members: int) -> tuple[Arrays, ...]:
    """Return the weights of each member, the inverse of `of_members`.

    Parameters
    ----------
    weights
        Weights of one file.
    members
        Number of members.

    Raises
    ------
    ValueError
        If the weights are not those of so many members.
    """
    if members == 1:
        return (weights,)
    parts = tuple(
        {name.removeprefix(begin): value for name, value in weights.items() if name.startswith(begin)}
        for begin in (f"member{number}/" for number in range(members))
    )
    if sum(map(len, parts)) != len(weights):
        raise ValueError(Said("These weights do not belong to an ensemble of {members} models.", members=members))
    return parts


def write_checkpoint(path: Path, state: Mapping[str, Any], network: Any | None) -> None:
    """Write the state of a run and, within a phase, the variables of model and optimizer.

    Parameters
    ----------
    path
        The file, replaced in one step.
    state
        Plain values.
    network
        A compiled model, or None between phases.
    """
    arrays: Arrays = {"state": np.array(json.dumps(state))}
    if network is not None:
        arrays |= {f"network/{name}": value for name, value in values_of(network.variables).items()}
        arrays |= {f"optimizer/{name}": value for name, value in values_of(network.optimizer.variables).items()}
    write_arrays(path, arrays)


def read_state(path: Path) -> dict[str, Any]:
    """Return the state only, without reading the variables.

    Raises
    ------
    ValueError
        If the file is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            state: dict[str, Any] = json.loads(str(stored["state"]))
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(Said("{path} is damaged and cannot be read: {error}.", path=path, error=error)) from error
    return state


def read_checkpoint(path: Path) -> tuple[dict[str, Any], Arrays, Arrays]:
    """Return state, model variables and optimizer variables; the latter two are empty between phases.

    Raises
    ------
    ValueError
        If the file is damaged.
    """
    stored = read_arrays(path)
    try:
        state: dict[str, Any] = json.loads(str(stored.pop("state")))
    except KeyError as error:
        raise ValueError(Said("{path} is not a checkpoint of a run.", path=path)) from error
    parts = {
        part: {name.removeprefix(part): value for name, value in stored.items() if name.startswith(part)}
        for part in ("network/", "optimizer/")
    }
    return state, parts["network/"], parts["optimizer/"]
