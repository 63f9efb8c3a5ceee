"""The last part of a report: what it was made from and with, so that it can be made again."""

from __future__ import annotations

import platform
from importlib.metadata import version

import numpy as np
from sqlalchemy import func, select

from quakegui import __version__
from quakegui.project import schema
from quakegui.project.verifying import examine
from quakegui.report.content import ReportContent
from quakegui.report.markup import FigureList, facts, h2, h3, p, table
from quakegui.report.season_parts import TITLES
from quakegui.report.words import Words
from quakegui.season.localtime import wall_clock_ms

FINDINGS_SHOWN = 20
PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "pyproj", "pillow")


def provenance(content: ReportContent, say: Words, _figures: FigureList) -> str:
    """Return versions, fingerprints, the journal's position and the counts of imported files."""
    project = content.project
    config = project.config() if content.season is None else content.season.config
    rows = [
        (say("Project", "项目"), project.name),
        (say("Season", "时段"), say("SYNTHETIC, not measured", "SYNTHETIC 合成数据，非实测") if project.synthetic
         else say("measured", "实测")),
        (say("Report made (UTC)", "报告生成（UTC）"), f"{np.datetime64('now', 's')}Z"),
        ("quakegui", __version__),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in PACKAGES),
        (say("Fingerprint of the parameters (SHA-256)", "参数指纹（SHA-256）"), config.hash),
        (say("Revision of the readings and parameters", "读数与参数的修订号"), str(project.revision())),
        (say("Position in the label journal", "标注日志位置"), say("{n} label rows", "{n} 行标注", n=len(content.rows))),
    ]  # fmt: skip
    made = h2(say.of(TITLES["provenance"]), "provenance") + facts(rows)
    if content.run is not None and content.run.card is not None:
        made += h3(say("The run", "运行")) + facts(_run_facts(content, content.run.card, say))
    return made + _record(content, say) + _files(content, say)


def _record(content: ReportContent, say: Words) -> str:
    """Return what journal and ledger look like: their chains' heads, and what in them is not as it was written."""
    with content.project.read() as connection:
        state = examine(connection, now_ms=wall_clock_ms())
    names = {
        "journal": say("Label journal", "标注日志"),
        "prediction": say("Ledger of predictions", "预测台账"),
        "registration": say("Register of runs", "运行注册簿"),
    }
    rows = []
    for one in state.chains:
        counts = say(
            "{rows} rows, {unchained} of them unchained",
            "{rows} 行，其中 {unchained} 行未链接",
            rows=one.rows,
            unchained=one.unchained,
        )
        head = say("Hash of its last row (SHA-256)", "其末行的哈希（SHA-256）")
        rows += [(names[one.table], counts), (head, one.hash or "–")]
    made = h3(say("The record", "记录")) + facts(rows)
    findings = tuple(dict.fromkeys((*state.faults, *content.project.findings)))
    if not findings:
        made += p(say("Every row is as quakegui wrote it.", "每一行都与 quakegui 写下时一致。"))
    else:
        lists = say(
            "The record is not as quakegui wrote it; 'quakegui verify' lists every place.",
            "记录与 quakegui 写下时不符；“quakegui verify”列出每一处。",
        )
        made += p(lists, "notice")
        if say.language == "en":  # what the rooms below say has its Chinese in the window only
            made += "".join(p(sentence, "notice") for sentence in findings[:FINDINGS_SHOWN])
    if any(one.unchained for one in state.chains):
        made += p(
            say(
                "Unchained rows are from before rows carried hashes: what happened to them before the first chained row is not "
                "known.",
                "未链接的行写于行带有哈希之前：在第一条链接的行之前它们有何变动，无从得知。",
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
        (say("Id", "编号"), content.run.id),
        (say("Fingerprint of its data", "数据指纹"), str(card.get("data_hash", "–"))),
        (say("Fingerprint of its recipe", "配方指纹"), str(card.get("config_hash", "–"))),
        (say("Fingerprint of its parameters", "参数指纹"), str(about.get("season", "–"))),
        (say("Position in the label journal", "标注日志位置"), str(about.get("journal", "–"))),
        (say("Seed", "随机种子"), str(card.get("seed", "–"))),
        (say("Versions", "版本"), ", ".join(f"{name} {value}" for name, value in named.items()) or "–"),
        (say("Device", "设备"), " ".join(str(machine.get(key, "")) for key in ("backend", "version", "name")).strip() or "–"),
        (say("Precision", "精度"), str(card.get("precision", "–"))),
    ]


def _files(content: ReportContent, say: Words) -> str:
    """Return how many files of each format are in force, and how many were replaced by later ones."""
    table_of = schema.imported_file.c
    with content.project.read() as connection:
        rows = connection.execute(
            select(table_of.format, func.count(), func.sum(table_of.readings))
            .where(table_of.replaced_by.is_(None))
            .group_by(table_of.format)
            .order_by(table_of.format)
        ).all()
        replaced = connection.scalar(select(func.count()).where(table_of.replaced_by.is_not(None)))
    made = h3(say("Imported files", "导入的文件"))
    if not rows:
        return made + p(say("No file was imported.", "没有导入任何文件。"), "notice")
    head = (say("Format", "格式"), say("Files", "文件数"), say("Readings", "读数"))
    made += table(head, ((name, str(files), f"{int(count):,}") for name, files, count in rows))
    return made + p(
        say("{n} further files were replaced by later versions.", "另有 {n} 个文件被较新的版本取代。", n=int(replaced or 0))
    )
