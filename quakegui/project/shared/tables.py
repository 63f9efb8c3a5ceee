"""The tables on the server: those of every project, with the limits and the rules that the server itself enforces."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
    select,
    text,
)

from quakegui.project import schema
from quakegui.project.column_limits import MULTIPLES, bounds_of
from quakegui.project.domains import INPUTS, JOURNAL, RUNS

LOCKS: Final = {INPUTS: 7_201, JOURNAL: 7_202, RUNS: 7_203}
"""Number of the lock of each domain; the writers of one domain take turns, those of different domains do not wait."""
_ALONE: Final = MetaData()
deed = Table(
    "deed",
    _ALONE,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("step", BigInteger),
)
"""Number of every change, chosen by the program that made it: a change whose answer was lost is not made twice. `step` is the
step of the journal that `add_step` made of it, 0 if there was nothing to change.
"""

setting_act = Table(
    "setting_act",
    _ALONE,
    Column("key", Text, primary_key=True),
    Column("author", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""Which login last changed each setting, as the server notes it."""

LARGEST_RUN: Final = 512 * 2**20
"""Maximum size in bytes of the files of a run that a server keeps; the paper's model takes half of it."""
PART: Final = 4 * 2**20
"""Maximum size in bytes of one part of them."""
run_archive = Table(
    "run_archive",
    _ALONE,
    Column("run", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("bytes", BigInteger, CheckConstraint(f"bytes BETWEEN 1 AND {LARGEST_RUN}"), nullable=False),
    Column("author", Text, nullable=False, server_default=text("session_user")),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
"""The exported file of each finished run, by its hash, for colleagues who open the run (see `run_archives`)."""
run_part = Table(
    "run_part",
    _ALONE,
    Column("sha256", Text, primary_key=True),
    Column("number", Integer, CheckConstraint(f"number BETWEEN 0 AND {LARGEST_RUN // PART - 1}"), primary_key=True),
    Column("content", LargeBinary, CheckConstraint(f"octet_length(content) <= {PART}"), nullable=False),
)
"""The parts of these files, in order."""

_PROCEDURES: Final = """
CREATE OR REPLACE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of the % are never changed', TG_TABLE_NAME USING ERRCODE = 'QG001';
END $$;

CREATE OR REPLACE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('quakegui', TG_TABLE_NAME);
  RETURN NULL;
END $$;

-- Whether the login owns the database: it may write in the name of others, as when it imports an exported project.
CREATE OR REPLACE FUNCTION is_owner() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT pg_has_role(session_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()
$$;

-- The group of those who label blind. Its name is written into the function, so that a copy of the database under another name
-- still knows it; the script of the roles writes it anew.
DO $$
BEGIN
  IF to_regprocedure('blind_group()') IS NULL THEN
    EXECUTE format(
      'CREATE FUNCTION blind_group() RETURNS text LANGUAGE sql STABLE AS %L',
      format('SELECT %L::text', current_database() || '_blind')
    );
  END IF;
END $$;

-- Whether the login labels blind: it does not see what others have labelled, nor predictions.
CREATE OR REPLACE FUNCTION is_blind() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT is_owner() AND EXISTS (
    SELECT FROM pg_roles WHERE rolname = blind_group() AND pg_has_role(session_user, oid, 'MEMBER')
  )
$$;

-- The end of the journal, also for those who do not see its rows.
CREATE OR REPLACE FUNCTION journal_end(OUT id bigint, OUT chain text, OUT step bigint, OUT at_ms bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(max(id), 0), CASE count(*) WHEN 0 THEN '' ELSE max(chain) END, coalesce(max(step), 0), coalesce(max(at_ms), 0)
  FROM (SELECT * FROM journal ORDER BY id DESC LIMIT 1) AS last
$$;

CREATE OR REPLACE FUNCTION raise_revision(which text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO setting (key, value) SELECT which, '1' WHERE which IN ('revision', 'event_revision')
  ON CONFLICT (key) DO UPDATE SET value = (setting.value::bigint + 1)::text
$$;

CREATE OR REPLACE FUNCTION check_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.author <> session_user AND NOT is_owner() THEN
    RAISE EXCEPTION 'written by % in the name of %', session_user, NEW.author USING ERRCODE = 'QG002';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION note_setting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO setting_act (key, author, at) VALUES (NEW.key, session_user, now())
  ON CONFLICT (key) DO UPDATE SET author = EXCLUDED.author, at = EXCLUDED.at;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER setting_noted AFTER INSERT ON setting
  FOR EACH ROW WHEN (NEW.key NOT LIKE '%revision') EXECUTE FUNCTION note_setting();
CREATE OR REPLACE TRIGGER setting_noted_again AFTER UPDATE ON setting
  FOR EACH ROW WHEN (NEW.key NOT LIKE '%revision' AND NEW.value <> OLD.value) EXECUTE FUNCTION note_setting();
GRANT SELECT ON setting_act TO PUBLIC;

-- A new row continues the journal, in its writer's name, and carries the hash that is due.
CREATE OR REPLACE FUNCTION check_journal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  former journal%ROWTYPE;
  row_text text;
BEGIN
  IF is_owner() THEN
    RETURN NEW; -- also a journal from an export, which may be older than the chain
  END IF;
  SELECT * INTO former FROM journal ORDER BY id DESC LIMIT 1;
  row_text := concat_ws(',', %(content)s);
  IF NEW.id <= coalesce(former.id, 0) OR NEW.step NOT IN (coalesce(former.step, 0), coalesce(former.step, 0) + 1)
     OR NEW.at_ms < coalesce(former.at_ms, NEW.at_ms) OR (former.id IS NULL OR former.chain IS NOT NULL) AND
     NEW.chain IS DISTINCT FROM encode(sha256(convert_to(coalesce(former.chain, '') || row_text, 'UTF8')), 'hex')
  THEN
    RAISE EXCEPTION 'the row does not continue the journal';
  END IF;
  IF NEW.author <> session_user OR NEW.kind IN ('label', 'note') AND NEW.owner <> session_user THEN
    RAISE EXCEPTION 'written by % in the name of %', session_user, NEW.author USING ERRCODE = 'QG002';
  END IF;
  RETURN NEW;
END $$;

-- One step of labels or notes in one statement: the same as `journal.writing.append`, which is several round trips away.
-- `seen` is the last row of others that the author has seen, or NULL; `step` is NULL if the journal ends without a hash.
CREATE OR REPLACE FUNCTION add_step(
  act uuid, writer text, seen bigint, contents jsonb, at_ms bigint, patience text,
  OUT step bigint, OUT first bigint, OUT last bigint, OUT late boolean
) LANGUAGE plpgsql AS $$
DECLARE
  former record;
  asked record;
  standing journal%ROWTYPE;
  fresh journal%ROWTYPE;
  alike boolean;
BEGIN
  PERFORM set_config('lock_timeout', patience, true);
  PERFORM pg_advisory_xact_lock(%(lock)s);
  SELECT * INTO former FROM journal_end();
  first := former.id;
  last := former.id;
  late := false;
  SELECT deed.step INTO step FROM deed WHERE deed.id = act;
  IF FOUND OR former.chain IS NULL THEN
    RETURN;
  END IF;
  late := EXISTS (
    SELECT FROM journal AS later, jsonb_array_elements(contents) AS one
    WHERE later.id > seen AND later.author <> writer
      AND later.kind = one ->> 'kind' AND later.day = (one ->> 'day')::bigint
  );
  IF late THEN
    RETURN;
  END IF;
  step := 0;
  FOR asked IN SELECT * FROM jsonb_to_recordset(contents)
    AS one(kind text, day bigint, source bigint, owner text, new bigint, note text, run text, blind bigint)
  LOOP
    SELECT * INTO standing FROM journal AS row
      WHERE row.kind = asked.kind AND row.day = asked.day AND row.source = asked.source AND row.owner = asked.owner
      ORDER BY row.id DESC LIMIT 1;
    alike := standing.new IS NOT DISTINCT FROM asked.new;
    fresh.note := coalesce(asked.note, CASE WHEN alike THEN standing.note END, '');
    fresh.run := coalesce(asked.run, CASE WHEN alike THEN standing.run END, '');
    fresh.blind := coalesce(asked.blind, CASE WHEN alike THEN standing.blind END, 0);
    CONTINUE WHEN alike AND fresh.note = coalesce(standing.note, '') AND fresh.run = coalesce(standing.run, '')
      AND fresh.blind = coalesce(standing.blind, 0);
    last := last + 1;
    step := former.step + 1;
    fresh.id := last;
    fresh.at_ms := greatest(at_ms, former.at_ms);
    fresh.step := step;
    fresh.author := writer;
    fresh.kind := asked.kind;
    fresh.day := asked.day;
    fresh.source := asked.source;
    fresh.owner := asked.owner;
    fresh.old := standing.new;
    fresh.new := asked.new;
    fresh.replaces := standing.id;
    former.chain := encode(sha256(convert_to(former.chain || concat_ws(',', %(fresh)s), 'UTF8')), 'hex');
    fresh.chain := former.chain;
    INSERT INTO journal SELECT fresh.*;
  END LOOP;
  INSERT INTO deed (id, step) VALUES (act, step);
END $$;
"""
"""Functions on the server."""
_POLICIES: Final = """
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS journal_read ON journal;
CREATE POLICY journal_read ON journal FOR SELECT
  USING (NOT (SELECT is_blind()) OR author = session_user OR kind = 'flag');
DROP POLICY IF EXISTS journal_written ON journal;
CREATE POLICY journal_written ON journal FOR INSERT WITH CHECK (true);
ALTER TABLE prediction ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS prediction_read ON prediction;
CREATE POLICY prediction_read ON prediction FOR SELECT USING (NOT (SELECT is_blind()));
DROP POLICY IF EXISTS prediction_written ON prediction;
CREATE POLICY prediction_written ON prediction FOR INSERT WITH CHECK (true);
ALTER TABLE run_part ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE run_archive ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS archive_read ON run_archive;
CREATE POLICY archive_read ON run_archive FOR SELECT USING (NOT (SELECT is_blind()));
DROP POLICY IF EXISTS archive_written ON run_archive;
CREATE POLICY archive_written ON run_archive FOR INSERT WITH CHECK (true);
ALTER TABLE run_part ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS part_read ON run_part;
CREATE POLICY part_read ON run_part FOR SELECT USING (NOT (SELECT is_blind()));
DROP POLICY IF EXISTS part_written ON run_part;
CREATE POLICY part_written ON run_part FOR INSERT WITH CHECK (true);
GRANT SELECT ON run_archive, run_part TO PUBLIC;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_database() || '_ingest') THEN -- from before these tables
    EXECUTE format('GRANT INSERT ON run_archive, run_part TO %I', current_database() || '_ingest');
  END IF;
END $$;
"""
"""Who labels blind sees flags, which concern the data, and nothing else of others."""

_SEALED: Final = (*schema.APPEND_ONLY, deed, run_archive, run_part)
_HEARD: Final = (schema.journal, schema.prediction, schema.registration, schema.run, schema.setting)
"""Tables whose changes every open window hears of."""


def create_tables(connection: Connection) -> None:
    """Create the tables of an empty project, and the rules that the server enforces."""
    _on_server().create_all(connection)
    _ALONE.create_all(connection)
    install_rules(connection)


def add_tables(connection: Connection) -> None:
    """Create the tables that an earlier version did not have."""
    _on_server().create_all(connection)
    _ALONE.create_all(connection)


def install_rules(connection: Connection) -> None:
    """Install functions, triggers and policies, in place of those of an earlier version."""
    _run(connection, "ALTER TABLE deed ADD COLUMN IF NOT EXISTS step bigint")
    procedures = _PROCEDURES.replace("%(lock)s", str(LOCKS[JOURNAL]))
    for row, place in (("NEW", "%(content)s"), ("fresh", "%(fresh)s")):
        columns = ", ".join(_content(column, row) for column in schema.journal.columns if column.name != "chain")
        procedures = procedures.replace(place, columns)
    _run(connection, procedures)
    _run(connection, _POLICIES)
    for name, sql in rules().items():
        _run(connection, sql.format(name=name))


def rules() -> dict[str, str]:
    """Return the statements that create each trigger, by its name, with a place for it."""
    found = {}
    for table in _SEALED:
        for verb in ("UPDATE", "DELETE", "TRUNCATE"):
            found[f"{table.name}_no_{verb.lower()}"] = (
                f"CREATE OR REPLACE TRIGGER {{name}} BEFORE {verb} ON {table.name} EXECUTE FUNCTION never_changed()"
            )
    for table in _HEARD:
        found[f"{table.name}_announced"] = (
            f"CREATE OR REPLACE TRIGGER {{name}} AFTER INSERT OR UPDATE OR DELETE ON {table.name} "
            "EXECUTE FUNCTION announce_change()"
        )
    each = "CREATE OR REPLACE TRIGGER {{name}} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
    found["journal_continued"] = each.format(table="journal", function="check_journal")
    for table in (schema.act, schema.registration, run_archive):
        found[f"{table.name}_author"] = each.format(table=table.name, function="check_author")
    return found


_STANDING: Final = f"""
SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'
UNION ALL SELECT relname FROM pg_class WHERE relname = '{run_archive.name}'
"""  # noqa: S608


def lost_rules(connection: Connection) -> dict[str, str]:
    """Return the statements of the triggers that somebody has removed or switched off, by name."""
    found = set(connection.scalars(text(_STANDING)))
    added = (
        () if run_archive.name in found else ("run_archive_", "run_part_")
    )  # of a server with the tables of an earlier version
    return {name: sql.format(name=name) for name, sql in rules().items() if name not in found and not name.startswith(added)}


def is_blind(connection: Connection) -> bool:
    """Return whether the login does not see the labels of others."""
    return bool(connection.scalar(select(func.is_blind())))


def _on_server() -> MetaData:
    """Return the tables of a project with texts ordered by their bytes, as in SQLite, and with limits of all values."""
    found = MetaData()
    for table in schema.metadata.sorted_tables:
        copy = table.to_metadata(found)
        for column in copy.columns:
            if isinstance(column.type, String):
                column.type = Text(collation="C")
            elif isinstance(column.type, Integer | Float):
                low, high = bounds_of(column)
                limits = f'"{column.name}" BETWEEN {low!r} AND {high!r}'
                if isinstance(column.type, Integer):
                    limits = f'"{column.name}" BETWEEN {low:.0f} AND {high:.0f}'
                if str(column) in MULTIPLES:
                    limits += f' AND "{column.name}" % {MULTIPLES[str(column)]} = 0'
                copy.append_constraint(CheckConstraint(limits, name=f"{copy.name}_{column.name}_limits"))
    return found


def _content(column: Column[object], row: str) -> str:
    """Return the SQL of a value of a row as it enters the hash of the row (see `chain`)."""
    if isinstance(column.type, Integer):
        return f"coalesce({row}.{column.name}::text, '')"
    return f"upper(encode(convert_to({row}.{column.name}, 'UTF8'), 'hex'))"


def _run(connection: Connection, statements: str) -> None:
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})
