"""The roles of a shared project: who may do what on its server.

The owner is the login that owns the database. The others are groups named after it, to which its administrator adds logins:
readers see everything; analysts also add to the journal in their own name; those who label blind do so without seeing the
labels of others and the predictions; ingest imports readings, computes night means and issues predictions. None of them changes
or removes a row of the journal, the ledger, the registrations or the list of imports: triggers refuse that even to the owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, Table, text

from quakegui.project import schema
from quakegui.project.shared.address import Address
from quakegui.project.shared.connecting import engine_to
from quakegui.project.shared.sentences import sentences_of
from quakegui.project.shared.tables import run_archive, run_part

READER, ANALYST, BLIND, INGEST = "reader", "analyst", "blind", "ingest"
ROLES: Final = (READER, ANALYST, BLIND, INGEST)

_OF_ANALYSTS: Final = (schema.journal, schema.stale_night)
_CHANGED_BY_INGEST: Final = (
    schema.setting, schema.station, schema.imported_file, schema.kp, schema.night, schema.stale_night, schema.event_table,
    schema.run, schema.block, schema.live_batch, schema.live_station,
)  # fmt: skip
_SCRIPT: Final = """\
-- Roles of the shared project {database}; run by the owner of the database, who must be allowed to create roles.
-- Then add a login:  CREATE ROLE bo LOGIN PASSWORD '...'; GRANT {analyst} TO bo;
DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY[{names}] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    END IF;
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION blind_group() RETURNS text LANGUAGE sql STABLE AS $$ SELECT {blind_name}::text $$;
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION raise_revision(text) FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {reader};
GRANT USAGE ON SCHEMA public TO {reader};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader};
GRANT {reader} TO {analyst}, {ingest};
GRANT {analyst} TO {blind};
GRANT INSERT ON deed, {of_analysts} TO {analyst};
GRANT EXECUTE ON FUNCTION raise_revision(text) TO {analyst}, {ingest};
GRANT INSERT ON deed, {of_ingest} TO {ingest};
GRANT UPDATE, DELETE ON {changed} TO {ingest};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ingest};
"""
_STANDING: Final = """
SELECT role.rolname::text AS name, array_remove(array_agg(login.rolname::text ORDER BY login.rolname), NULL) AS logins
FROM pg_roles AS role LEFT JOIN pg_auth_members ON roleid = role.oid
LEFT JOIN pg_roles AS login ON login.oid = member AND login.rolcanlogin
WHERE role.rolname = ANY(:names) GROUP BY role.rolname
"""


def roles_script(address: Address) -> str:
    """Return the SQL that creates the roles of a project and gives them their rights; it can be run again."""
    names = {role: f"{address.database}_{role}" for role in ROLES}
    of_ingest = [table for table in (*schema.metadata.sorted_tables, run_archive, run_part) if table is not schema.journal]
    return _SCRIPT.format(
        **{role: _quoted(name) for role, name in names.items()},
        database=_quoted(address.database),
        names=", ".join(map(_literal, names.values())),
        blind_name=_literal(names[BLIND]),
        of_analysts=_list(_OF_ANALYSTS),
        of_ingest=_list(of_ingest),
        changed=_list(_CHANGED_BY_INGEST),
    )


def create_roles(address: Address) -> None:
    """Run the script on the server of a project, all of it or nothing."""
    engine = engine_to(address)
    try:
        with sentences_of(address), engine.connect().execution_options(write=True) as connection, connection.begin():
            connection.exec_driver_sql(roles_script(address), execution_options={"no_parameters": True})
    finally:
        engine.dispose()


def standing_roles(connection: Connection, database: str) -> dict[str, tuple[str, ...]]:
    """Return the logins in each role of a project that exists on its server.

    Parameters
    ----------
    connection
        A connection to the server.
    database
        Name of the database.
    """
    rows = connection.execute(text(_STANDING), {"names": [f"{database}_{role}" for role in ROLES]}).all()
    found = {row.name.removeprefix(f"{database}_"): tuple(row.logins) for row in rows}
    return {role: found[role] for role in ROLES if role in found}


def _list(tables: Iterable[Table]) -> str:
    return ", ".join(_quoted(table.name) for table in tables)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
