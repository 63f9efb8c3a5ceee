"""The last section of the report: data, settings and software versions, for reproducing it."""

from __future__ import annotations

import platform
from importlib.metadata import version

import numpy as np
from sqlalchemy import func, select

from quakegui import __version__
from quakegui.project import schema
from quakegui.project.title import project_title
from quakegui.project.verifying import examine
from quakegui.report.content import ReportContent
from quakegui.report.markup import FigureList, facts, h2, h3, p, table
from quakegui.report.season_parts import TITLES
from quakegui.report.words import Words
from quakegui.season.localtime import wall_clock_ms
from quakegui.words import worded

FINDINGS_SHOWN = 20
PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "pyproj", "pillow")


def provenance(content: ReportContent, say: Words, _figures: FigureList) -> str:
    """Return versions, fingerprints, the position of the journal, and the number of imported files.

    Parameters
    ----------
    content, say
        The content of the report, whose project is examined here, and its language.
    _figures
        Not used: all sections are called alike, and this one has no figures.
    """
    project = content.project
    config = project.config() if content.season is None else content.season.config
    rows = [
        (say("Project"), worded(project_title(project), say.language)),
        (say("Season"), say("SYNTHETIC, not measured") if project.synthetic
         else say("measured")),
        (say("Report created (UTC)"), f"{np.datetime64('now', 's')}Z"),
        ("quakegui", __version__),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in PACKAGES),
        (say("Checksum of the parameters (SHA-256)"), config.hash),
        (say("Revision of the readings and parameters"), str(project.revision())),
        (say("Position in the label journal"), say("{n} label rows", n=len(content.rows))),
    ]  # fmt: skip
    made = h2(say(TITLES["provenance"]), "provenance") + facts(rows)
    if content.run is not None and content.run.card is not None:
        made += h3(say("Run")) + facts(_run_facts(content, content.run.card, say))
    return made + _record(content, say) + _files(content, say)


def _record(content: ReportContent, say: Words) -> str:
    """Return the state of journal and ledger: heads of their chains, and differences from what was written."""
    with content.project.read() as connection:
        state = examine(connection, now_ms=wall_clock_ms())
    names = {
        "journal": say("Label journal"),
        "prediction": say("Ledger of predictions"),
        "registration": say("Register of runs"),
    }
    rows = []
    for one in state.chains:
        counts = (
            say("{rows} rows, {unchained} unchained", rows=one.rows, unchained=one.unchained)
            if one.unchained
            else say("{rows} rows, hash chain complete", rows=one.rows)
        )
        head = say("Hash of the last row (SHA-256)")
        rows += [(names[one.table], counts), (head, one.hash or "–")]
    made = h3(say("Record integrity")) + facts(rows)
    findings = tuple(dict.fromkeys((*state.faults, *content.project.findings)))
    if not findings:
        whole = len(state.chains) == len(names)  # who labels blind does not see the rest
        made += p(
            say("No row has changed since quakegui wrote it.")
            if whole
            else say("Only the register of runs was checked: who labels blind does not see the whole journal and ledger.")
        )
    else:
        lists = say(
            "The record differs from what quakegui wrote; 'quakegui verify' lists every difference.",
        )
        made += p(lists, "notice")
        made += "".join(p(say(sentence), "notice") for sentence in findings[:FINDINGS_SHOWN])
    if any(one.unchained for one in state.chains):
        made += p(
            say(
                "Unchained rows were written before rows had hashes; any changes to them before the first chained "
                "row was written cannot be detected.",
            )
        )
    return made


def _run_facts(content: ReportContent, card: dict[str, object], say: Words) -> list[tuple[str, str]]:
    assert content.run is not None
    about = content.run.about
    versions, device = card.get("versions"), card.get("device")
    named = dict(versions) if isinstance(versions, dict) else {}
    machine = dict(device) if isinstance(device, dict) else {}
    return [
        (say("Id"), content.run.id),
        (say("Data checksum"), str(card.get("data_hash", "–"))),
        (say("Training settings checksum"), str(card.get("config_hash", "–"))),
        (say("Parameter checksum"), str(about.get("season", "–"))),
        (say("Position in the label journal"), str(about.get("journal", "–"))),
        (say("Seed"), str(card.get("seed", "–"))),
        (say("Versions"), ", ".join(f"{name} {value}" for name, value in named.items()) or "–"),
        (say("Device"), " ".join(str(machine.get(key, "")) for key in ("backend", "version", "name")).strip() or "–"),
        (say("Numerical precision"), str(card.get("precision", "–"))),
    ]


def _files(content: ReportContent, say: Words) -> str:
    """Return the number of files in force by format, and of those replaced by later ones."""
    table_of = schema.imported_file.c
    with content.project.read() as connection:
        rows = connection.execute(
            select(table_of.format, func.count(), func.sum(table_of.readings))
            .where(table_of.replaced_by.is_(None))
            .group_by(table_of.format)
            .order_by(table_of.format)
        ).all()
        replaced = connection.scalar(select(func.count()).where(table_of.replaced_by.is_not(None)))
    made = h3(say("Imported files"))
    if not rows:
        return made + p(say("No file was imported."), "notice")
    head = (say("Format"), say("Files"), say("Readings"))
    made += table(head, ((name, str(files), f"{int(count):,}") for name, files, count in rows))
    return made + p(say("Files replaced by later versions: {n}.", n=int(replaced or 0)))
