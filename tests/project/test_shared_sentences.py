"""What a server of shared projects says, in sentences; and the file with its address as editors save it. Without a server."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from quakegui.project.errors import UnreachableError
from quakegui.project.shared.address import parse_address, read_address
from quakegui.project.shared.sentences import sentences_of
from quakegui.project.store import ProjectError

URL = "postgresql://bo@127.0.0.1/liangshan"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'permission denied for database "liangshan"\nDETAIL:  User does not have CONNECT privilege.',
            "The login bo has no right",
        ),
        ('database "liangshan" does not exist', "The server has no database liangshan"),
        ('role "bo" does not exist', "The server rejected the login bo"),
    ],
)
def test_a_refused_connection_is_told_by_its_cause(text: str, said: str) -> None:
    with pytest.raises(ProjectError, match=said), sentences_of(parse_address(URL)):
        raise OperationalError("", {}, Exception(f"connection failed: FATAL:  {text}"))


@pytest.mark.parametrize(
    ("refused", "passes"),
    [
        (psycopg.errors.OutOfMemory, True),
        (psycopg.errors.TooManyConnections, True),
        (psycopg.errors.IoError, True),
        (psycopg.errors.InternalError_, True),
        (psycopg.errors.SerializationFailure, True),
        (psycopg.errors.ReadOnlySqlTransaction, True),
        (psycopg.errors.UndefinedTable, True),
        (psycopg.errors.IdleInTransactionSessionTimeout, True),
        (psycopg.errors.CheckViolation, False),
        (psycopg.errors.RaiseException, False),
        (psycopg.errors.InsufficientPrivilege, False),
        (psycopg.errors.UntranslatableCharacter, False),
    ],
)
def test_a_change_is_refused_only_for_what_it_is_itself(refused: type[psycopg.Error], passes: bool) -> None:
    with pytest.raises(ProjectError) as said, sentences_of(parse_address(URL)):
        raise DBAPIError("", {}, refused("the reason"))
    assert isinstance(said.value, UnreachableError) == passes


def test_a_text_that_the_server_quotes_decides_nothing() -> None:
    said = "new row violates a check\nDETAIL:  Failing row contains (the certificate of the sensor, permission denied)."
    with pytest.raises(ProjectError, match="rejected the change") as refused, sentences_of(parse_address(URL)):
        raise DBAPIError("", {}, psycopg.errors.CheckViolation(said))
    assert not isinstance(refused.value, UnreachableError)


def test_an_address_may_be_saved_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(f'url = "{URL}"\n', encoding="utf-8-sig")
    assert read_address(tmp_path).url == parse_address(URL).url
