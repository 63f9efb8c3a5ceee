"""The training data of a run: maps, labels and folds, stored once and never changed.

Maps are stored as palette indices, one byte a pixel, so that a season at 480 x 480 takes 77 MB; colours come from a table of
256 rows inside the model. A folder of ready-made images is stored as RGB bytes instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.folds import NO_LABEL, Fold
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.portions import Portions
from quakegui.words import Said

SNAPSHOT = "snapshot.npz"
MASKED = "masked.npz"
"""Maps with the missing stations of other days, and the positions of their days, see `evidence.masked_maps`."""
FOLD_INDICES = ("train", "validation", "test", "predict", "train_copy", "validation_copy", "test_copy")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The complete training data of a run; created by `snapshot`.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    maps
        Palette indices uint8, shape (day, row, column), or RGB uint8, shape (day, row, column, colour), or the input of a
        zero-shot model, float16, shape (day, row, column, channel). Either an array, or portions that are drawn when they are
        written: see `pixels`.
    has_map
        Whether the day has a map, shape (day,); days without one are never predicted.
    palette
        RGB uint8, shape (256, 3).
    scalar
        z of each palette index divided by the limit of the scale, NaN for a line, 0 for masked; float32, shape (256,).
    labels
        Class of each day, int8, shape (day,); -1 for none.
    folds
        Training and test days of each fold.
    final
        Days of the final training, for predictions of future days, shape (sample,).
    style
        Name of the map style; a model is never used on maps of another style.
    """

    days: NDArray[np.datetime64]
    maps: NDArray[np.uint8 | np.float16] | Portions
    has_map: NDArray[np.bool_]
    palette: NDArray[np.uint8]
    scalar: NDArray[np.float32]
    labels: NDArray[np.int8]
    folds: tuple[Fold, ...]
    final: NDArray[np.intp]
    style: str

    def __post_init__(self) -> None:
        """Check shapes and make every array read-only; raise ValueError for data that do not fit together."""
        days = len(self.days)
        if len(self.maps.shape) not in {3, 4} or len(self.maps) != days or self.maps.dtype not in (np.uint8, np.float16):
            raise ValueError(
                Said(
                    "{days} days need uint8 maps of shape (day, row, column); these are {dtype} {shape}.",
                    days=days,
                    dtype=self.maps.dtype,
                    shape=self.maps.shape,
                )
            )
        if self.labels.shape != (days,) or self.has_map.shape != (days,):
            raise ValueError(Said("{days} days need the same number of labels and map flags.", days=days))
        if self.palette.shape != (256, 3) or self.scalar.shape != (256,):
            raise ValueError(Said("A palette needs 256 RGB colours and as many scalar values."))
        for part in (self.final, *(getattr(fold, name) for fold in self.folds for name in FOLD_INDICES[:4])):
            if len(part) and (part.min() < 0 or part.max() >= days):
                raise ValueError(Said("A fold refers to a day outside 0..{days}.", days=days - 1))
        for part in (self.final, *(part for fold in self.folds for part in (fold.train, fold.validation))):
            if (self.labels[part] == NO_LABEL).any() or not self.has_map[part].all():
                raise ValueError(Said("A fold trains on a day without a label or without a map."))
        for name in ("days", "maps", "has_map", "palette", "scalar", "labels", "final"):
            if not isinstance(array := getattr(self, name), Portions):
                array.flags.writeable = False

    def pixels(self) -> NDArray[Any]:
        """Return all maps as one array."""
        return self.maps.whole() if isinstance(self.maps, Portions) else self.maps

    @property
    def hash(self) -> str:
        """Return 16 hexadecimal digits of maps, labels, style and folds."""
        digest, arrays = hashlib.blake2b(digest_size=8), arrays_of(self)
        _take_in(digest.update, arrays, sorted(arrays))
        return digest.hexdigest()

    def save(self, path: Path) -> str:
        """Write the snapshot, compressed, in one step; return its `hash`, computed while the maps are drawn."""
        digest, arrays = hashlib.blake2b(digest_size=8), arrays_of(self)
        names = sorted(arrays)
        place = names.index("maps")
        _take_in(digest.update, arrays, names[:place])
        if isinstance(self.maps, Portions):
            digest.update(_head("maps", self.maps))
            arrays["maps"] = self.maps.with_listener(digest.update)
            place += 1
        write_arrays(path, arrays, compress=True)
        _take_in(digest.update, arrays, names[place:])
        return digest.hexdigest()

    @classmethod
    def load(cls, path: Path) -> Snapshot:
        """Read a file written by `save`.

        Raises
        ------
        ValueError
            If the file is damaged or has other contents.
        """
        stored = read_arrays(path)
        try:
            return cls(
                days=stored["days"].astype("datetime64[D]"),
                style=str(stored["style"]),
                folds=tuple(_stored_fold(stored, number) for number in range(int(stored["folds"]))),
                **{name: stored[name] for name in ("maps", "has_map", "palette", "scalar", "labels", "final")},
            )
        except KeyError as error:
            raise ValueError(Said("{path} is not a snapshot of a run: it lacks {error}.", path=path, error=error)) from error


def snapshot(
    days: ArrayLike,
    maps: NDArray[np.uint8 | np.float16] | Portions,
    labels: ArrayLike,
    *,
    style: str,
    palette: NDArray[np.uint8] | None = None,
    scalar: ArrayLike | None = None,
    has_map: ArrayLike | None = None,
    folds: Sequence[Fold] = (),
    final: ArrayLike | None = None,
) -> Snapshot:
    """Return the training data of a run.

    Parameters
    ----------
    days
        Local dates, shape (day,).
    maps
        See `Snapshot`. An array is not copied.
    labels
        Class of each day, -1 for none, shape (day,).
    style
        Name of the map style, for example the hash of its configuration.
    palette
        RGB of each index, uint8, shape (256, 3); required for palette indices.
    scalar
        See `Snapshot` and `scalar_table`; required for a scalar channel.
    has_map
        Whether the day has a map, shape (day,). Default: all days.
    folds
        Folds from `splits.split`.
    final
        Days of the final training. Default: all labelled days with a map.

    Raises
    ------
    ValueError
        If shapes do not fit, or palette indices have no palette.
    """
    if len(maps.shape) == 3 and palette is None:
        raise ValueError(Said("Indexed-colour maps need their palette."))
    dates = np.asarray(days).astype("datetime64[D]")
    classes = np.array(labels, dtype=np.int8)
    mapped = np.ones(len(dates), bool) if has_map is None else np.array(has_map, bool)
    last = np.flatnonzero((classes != NO_LABEL) & mapped) if final is None else np.array(final, np.intp)
    return Snapshot(
        days=dates,
        maps=maps if isinstance(maps, Portions) else maps.view(),
        has_map=mapped,
        palette=np.zeros((256, 3), np.uint8) if palette is None else palette.copy(),
        scalar=np.full(256, np.nan, np.float32) if scalar is None else np.array(scalar, np.float32),
        labels=classes,
        folds=tuple(folds),
        final=last,
        style=style,
    )


def scalar_table(levels: int, *, mask_index: int | None = None) -> NDArray[np.float32]:
    """Return the scalar of each palette index, float32, shape (256,): level centres from -1 to 1, NaN for anything else.

    Contour lines are NaN: maps for a scalar channel are drawn without them.

    Parameters
    ----------
    levels
        Number of filled levels; indices 0..levels-1, lowest z first.
    mask_index
        Index of the masked area, whose scalar is 0.
    """
    table = np.full(256, np.nan, np.float32)
    table[:levels] = (np.arange(levels) + 0.5) * 2 / levels - 1
    if mask_index is not None:
        table[mask_index] = 0.0
    return table


def map_hashes(maps: NDArray[Any] | Portions, style: str) -> tuple[str, ...]:
    """Return the hash of each map, 32 hexadecimal digits: equal maps of one style have equal hashes.

    Parameters
    ----------
    maps
        Shape (day, row, column) or (day, row, column, colour).
    style
        Name of the map style.
    """
    start = hashlib.blake2b(f"{style}{maps.shape[1:]}".encode(), digest_size=16)

    def name(image: NDArray[Any]) -> str:
        digest = start.copy()
        digest.update(np.ascontiguousarray(image).view(np.uint8).data)
        return digest.hexdigest()

    return tuple(name(image) for part in (maps if isinstance(maps, Portions) else (maps,)) for image in part)


def _take_in(digest: Callable[[Any], object], arrays: Mapping[str, NDArray[Any] | Portions], names: Sequence[str]) -> None:
    """Update a digest with arrays: name, type, shape and bytes."""
    for name in names:
        array = arrays[name]
        digest(_head(name, array))
        for part in array if isinstance(array, Portions) else (array,):
            # The array's own bytes, since copying a season would block all other threads of the window.
            digest(np.ascontiguousarray(part).reshape(-1).view(np.uint8).data)


def _head(name: str, array: NDArray[Any] | Portions) -> bytes:
    return f"{name}{array.dtype}{array.shape}".encode()


def arrays_of(data: Snapshot) -> dict[str, NDArray[Any] | Portions]:
    """Return the arrays that determine the hash of a snapshot, by name: its fields, with days and folds as numbers."""
    arrays: dict[str, NDArray[Any] | Portions] = {
        field.name: getattr(data, field.name) for field in fields(data) if field.name not in {"days", "folds", "style"}
    }
    arrays |= {"days": data.days.astype(np.int64), "style": np.array(data.style), "folds": np.array(len(data.folds))}
    for number, fold in enumerate(data.folds):
        arrays |= {f"fold{number}_{name}": getattr(fold, name) for name in FOLD_INDICES}
        span = np.array([fold.first, fold.last]).astype("datetime64[D]").astype(np.int64)
        arrays[f"fold{number}_numbers"] = np.array([*span, fold.embargoed, fold.purged])
    return arrays


def _stored_fold(stored: dict[str, NDArray[Any]], number: int) -> Fold:
    first, last, embargoed, purged = (int(value) for value in stored[f"fold{number}_numbers"])
    return Fold(
        **{name: stored[f"fold{number}_{name}"] for name in FOLD_INDICES},
        first=np.datetime64(first, "D"),
        last=np.datetime64(last, "D"),
        embargoed=embargoed,
        purged=purged,
    )
