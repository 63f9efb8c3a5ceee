"""The answers of web services, kept as files of the project, and a list of what was asked and when.

The folder `fetched` of a project contains the answers, packed, by host, and `log.jsonl`, to which every answer adds one line.
Without them nothing is lost but time: what the list does not contain is asked again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from quakegui.project.filesystem import is_link, replacing
from quakegui.project.store import Project
from quakegui.season.json_values import built, parse_json
from quakegui.season.localtime import wall_clock_ms
from quakegui.serve.web.http import FetchError
from quakegui.words import Said

FOLDER: Final = "fetched"
LOG: Final = "log.jsonl"
SETTLING_MS: Final = 30 * 86_400_000
"""An answer on a time that was over for so long is not asked for again: catalogues and preliminary readings change most in the
first weeks."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII)
Outcome = Literal["data", "none", "large"]


class UnsavedError(FetchError):
    """An answer cannot be saved, and neither could the next one."""


@dataclass(frozen=True, slots=True)
class Record:
    """One answer.

    Attributes
    ----------
    url
        The whole question.
    asked_ms
        When it was asked, in milliseconds since 1970 UTC.
    outcome
        "data", "none", or "large" for more data than the service sends at once.
    settled
        Whether the question need not be asked again.
    file
        The file of the data, within the folder of the answers; "" without data.
    sha256
        Fingerprint of the bytes of the service; "" without data.
    """

    url: str
    asked_ms: int
    outcome: Outcome
    settled: bool
    file: str = ""
    sha256: str = ""


class Answers:
    """The answers in a project.

    Raises
    ------
    FetchError
        If the folder leads elsewhere; an `UnsavedError` if it cannot be read.
    """

    def __init__(self, project: Project) -> None:
        self.folder = project.folder / FOLDER
        self._log = self.folder / LOG
        self._records: dict[str, Record] = {}
        self._cut_off = False
        """Whether the list ends within a line, after which the next one has to begin anew."""
        try:
            if is_link(self.folder) or is_link(self._log):  # a project from somebody else must not write elsewhere
                raise FetchError(Said("{folder} is a link; remove the link, then try again.", folder=self.folder))
            text = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self._cut_off = not text.endswith("\n") and text != ""
        for line in text.splitlines():
            try:
                record: Record = built(Record, parse_json(line), what=Said("response"))
            except ValueError:
                continue  # a line that was cut off when the computer stopped: the question is asked again
            self._records[record.url] = record

    def settled(self, url: str) -> Record | None:
        """Return the answer to a question that need not be asked again, or None."""
        found = self._records.get(url)
        if found is None or not found.settled or (found.outcome == "data" and not self._is_here(found)):
            return None
        return found

    def path(self, record: Record) -> Path:
        """Return the file of an answer with data."""
        return self.folder / record.file

    def keep(
        self,
        url: str,
        outcome: Outcome,
        *,
        over_ms: int,
        name: str = "",
        raw: bytes = b"",
        data: bytes = b"",
        final: bool = False,
    ) -> Record:
        """Keep an answer.

        Parameters
        ----------
        url
            The question.
        outcome
            See `Record`.
        over_ms
            End of the time that the answer is about, in milliseconds since 1970 UTC.
        name
            The name of its file, with folders separated by slashes.
        raw, data
            The bytes of the service, and those to store.
        final
            Whether the data are definitive.

        Raises
        ------
        UnsavedError
            If the answer cannot be written.
        """
        now = wall_clock_ms()
        sha256 = hashlib.sha256(raw).hexdigest() if outcome == "data" else ""
        settled = final or now - over_ms >= SETTLING_MS
        record = Record(url, now, outcome, settled, f"{name}.gz" if outcome == "data" else "", sha256)
        former = self._records.get(url)
        try:
            if outcome == "data" and not (former is not None and former.sha256 == sha256 and self._is_here(former)):
                self._write(self.path(record), data)
            self.folder.mkdir(exist_ok=True)
            with self._log.open("ab") as log:
                log.write(b"\n" * self._cut_off + json.dumps(asdict(record)).encode() + b"\n")
            self._cut_off = False
        except OSError as error:
            self._cut_off = True
            raise _unwritable(self.folder, error) from error
        self._records[url] = record
        return record

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self._is_inside(path):
            raise OSError(Said("a folder in it is a link"))
        with replacing(path) as part:
            part.write_bytes(gzip.compress(data, 6, mtime=0))

    def _is_here(self, record: Record) -> bool:
        path = self.path(record)
        return bool(_NAME.fullmatch(record.file)) and path.is_file() and self._is_inside(path)

    def _is_inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.folder.resolve())


def file_name(text: str) -> str:
    """Return a text as the name of a file or folder on any system."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text).strip(".") or "_"


def _unwritable(folder: Path, error: OSError) -> UnsavedError:
    why = error.strerror or error
    return UnsavedError(Said("The responses cannot be saved in {folder}: {why}. Nothing was imported.", folder=folder, why=why))
