"""Errors of a PostgreSQL server as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from quakegui.project.errors import ProjectError, UnreachableError
from quakegui.project.shared.address import Address
from quakegui.words import Said, mark

_UNREACHABLE: Final = mark(
    "The server of the shared project {place} cannot be reached. Check the network; what was saved before is kept."
)
_SILENT: Final = mark(
    "The server of the shared project {place} does not respond; this change was not saved. Try again when it responds."
)
_LOST: Final = mark(
    "The connection to the server of the shared project {place} was lost; this change was not saved. Try again."
)
_BUSY: Final = mark(
    "Another person or program is writing to the shared project {place}; this change was not saved. Try again in a moment."
)
_PASSWORD: Final = mark(
    "The server rejected the login {user} for {place}. Check the user name in the address and the password file."
)
_NO_DATABASE: Final = mark("The server has no database {database}; ask its administrator to create it.")
_NO_RIGHT: Final = mark(
    "The login {user} has no right to do this in the shared project {place}; nothing was changed. Ask the owner of the project."
)
_NUL: Final = mark("A text contains a null character, which a shared project cannot store; nothing was changed.")
_CERTIFICATE: Final = mark(
    "The connection to {place} is not safe, because the server's certificate could not be verified; nothing was sent. Ask its "
    "administrator for the root certificate (~/.postgresql/root.crt)."
)
_FULL: Final = mark("The disk of the server of {place} is full; this change was not saved.")
_NEVER: Final = mark(
    "Rows of append-only tables, such as the label journal and the ledger, are never changed or deleted; nothing was done."
)
_AUTHOR: Final = mark(
    "In the shared project {place}, everybody writes under the name of their login: set the analyst's name to {user}."
)
_OLDER: Final = mark(
    "The server of {place} has the rules of an earlier version; nothing was changed. Its owner upgrades it with "
    "'quakegui migrate'."
)
_NOT_NOW: Final = mark("The server of {place} cannot save changes at present ({reason}).")
_OTHER: Final = mark("The server of {place} rejected the change ({reason}); nothing was saved.")

_BY_STATE: Final = {
    "55P03": _BUSY,
    "40P01": _BUSY,
    "28P01": _PASSWORD,
    "28000": _PASSWORD,
    "3D000": _NO_DATABASE,
    "42501": _NO_RIGHT,
    "53100": _FULL,
    "QG001": _NEVER,
    "QG002": _AUTHOR,
    "57014": _SILENT,
    "42883": _OLDER,
    "22P05": _NUL,
}
_BY_WORDS: Final = {
    "server is silent": _SILENT,
    "certificate": _CERTIFICATE,
    "does not support SSL": _CERTIFICATE,
    "root.crt": _CERTIFICATE,
    "authentication failed": _PASSWORD,
    "no password supplied": _PASSWORD,
    "no pg_hba.conf entry": _PASSWORD,
    "permission denied": _NO_RIGHT,  # before the next, as in 'permission denied for database "x"'
    'role "': _PASSWORD,
    'database "': _NO_DATABASE,
    "NUL": _NUL,
}
"""Words of messages without a state, mostly of failed connections, which the driver passes on as text."""


_FOR_NOW: Final = {_UNREACHABLE, _SILENT, _LOST, _BUSY, _PASSWORD, _CERTIFICATE, _NO_DATABASE, _FULL, _OLDER, _NOT_NOW}
"""Reasons that say nothing about the change itself: the same can be asked again later."""
_OF_THE_CHANGE: Final = ("0A", "22", "23", "42501", "44", "54", "P0", "QG")
"""How the states begin that are about the change itself. All others pass: too little memory, a server that is only read now."""


@contextmanager
def sentences_of(address: Address) -> Iterator[None]:
    """Convert errors of a server to ProjectError with one sentence."""
    try:
        yield
    except DBAPIError as error:
        raise _error(address, error.orig, lost=error.connection_invalidated) from error


def _error(address: Address, error: Any, *, lost: bool) -> ProjectError:
    text, state = str(error).strip(), getattr(error, "sqlstate", None)
    # A message with a state may quote a text of the analyst.
    found = None if state else next((said for words, said in _BY_WORDS.items() if words in text), None)
    template = _BY_STATE.get(state or "", found)
    if template is None:
        of_connection = any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
        lost = lost or (state or "").startswith("57P")
        of_change = not state or state.startswith(_OF_THE_CHANGE)
        template = _LOST if lost else _UNREACHABLE if of_connection and not state else _OTHER if of_change else _NOT_NOW
    reason = text.splitlines()[0] if text else type(error).__name__
    sentence = Said(
        template,
        place=address.place,
        user=address.user or Said("of this computer"),
        database=address.database,
        reason=reason,
    )
    return UnreachableError(sentence) if template in _FOR_NOW else ProjectError(sentence)
