"""A receipt of the record, stored elsewhere: the owner of a project can rewrite a whole chain, but not a copy of its head."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from quakegui.project import chain, schema
from quakegui.project.chain import Link
from quakegui.project.filesystem import whole_file
from quakegui.project.store import Project, ProjectError, writing
from quakegui.project.verifying import NAMES, RecordState, state_of, visible_chains
from quakegui.season.json_values import built, parse_json
from quakegui.words import Said

MARK = "quakegui receipt"
LARGEST = 65_536
"""Maximum size of a receipt in bytes; a real one takes less than 1 kB."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of a chain: id of the last row (0 for none), its hash, and the number of rows."""

    id: int
    hash: str
    rows: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The heads of the chains of a project at a given time.

    Attributes
    ----------
    format
        "quakegui receipt".
    project
        Name of the project.
    written
        Time of writing, UTC, ISO 8601.
    schema
        Version of the tables of the project.
    journal, ledger, registrations
        The heads of the chains; receipts from before registrations existed lack the last.
    """

    format: str
    project: str
    written: str
    schema: int
    journal: ChainHead
    ledger: ChainHead
    registrations: ChainHead | None = None


def write_receipt(project: Project, state: RecordState, path: Path, *, now_ms: int) -> Receipt:
    """Write a receipt of a record with intact chains and triggers to a new file.

    Parameters
    ----------
    project
        The project.
    state
        Result of `verifying.examine`.
    path, now_ms
        The new file, and the present time, in milliseconds since 1970 UTC.

    Raises
    ------
    ProjectError
        If a chain is broken, a trigger is missing, this login does not see the whole record, or the file cannot be written.
    """
    _require_whole(len(state.chains))
    if state.broken:
        raise ProjectError(Said("No receipt was written: the record differs from what quakegui wrote."))
    heads = [ChainHead(one.head, one.hash, one.rows) for one in state.chains]
    written = f"{np.datetime64(now_ms, 'ms').astype('datetime64[s]')}Z"
    receipt = Receipt(MARK, project.name, written, schema.SCHEMA, *heads)
    with writing(path), whole_file(path) as part:
        part.write_text(json.dumps(asdict(receipt), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return receipt


def read_receipt(path: Path) -> Receipt:
    """Read a receipt.

    Raises
    ------
    ProjectError
        If the file is not a receipt.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(Said("the file is too large"))
        receipt: Receipt = built(Receipt, parse_json(path.read_text(encoding="utf-8-sig")), what=Said("receipt's value"))
        if receipt.format != MARK:
            raise ValueError(Said("the file is not marked as a receipt"))
    except (OSError, ValueError) as error:
        raise ProjectError(Said("{path} is not a quakegui receipt: {error}", path=path, error=error)) from error
    return receipt


def _require_whole(chains: int) -> None:
    """Raise ProjectError if fewer than all chains are seen."""
    if chains < len(chain.CHAINED):
        raise ProjectError(
            Said(
                "This login labels blind and does not see the whole record, so it cannot write a receipt or compare the record "
                "with one. Ask a colleague with another role."
            )
        )


def differences(project: Project, receipt: Receipt) -> tuple[str, ...]:
    """Return a sentence for each chain that differs from a receipt; empty if there are none.

    Parameters
    ----------
    project
        Open project; every row of its chains is read.
    receipt
        From `read_receipt`; chains that it lacks are not compared.

    Raises
    ------
    ProjectError
        If this login does not see the whole record, which would look like one that was cut off.
    """
    found = []
    with project.read() as connection:
        _require_whole(len(visible_chains(connection)))
        for table, head in zip(chain.CHAINED, (receipt.journal, receipt.ledger, receipt.registrations), strict=True):
            if head is None:
                continue
            name, at = NAMES[table.name], ""

            def take(link: Link, wanted: int = head.id) -> None:
                nonlocal at
                at = link.hash if link.id == wanted else at

            state = state_of(connection, table, until=take)
            if state.head < head.id:
                found.append(
                    Said(
                        "The {name} ends at row {head}; according to the receipt of {written}, it had {head_id} rows.",
                        name=name,
                        head=state.head,
                        written=receipt.written,
                        head_id=head.id,
                    )
                )
            elif at != head.hash:
                found.append(
                    Said(
                        "The hash of row {head_id} of the {name} differs from the receipt of {written}: the {name} "
                        "has been rewritten since then, or the receipt belongs to another project.",
                        head_id=head.id,
                        name=name,
                        written=receipt.written,
                    )
                )
    return tuple(found)
