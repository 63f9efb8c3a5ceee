"""Actions on runs: what goes wrong is told in a sentence."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from quakegui.app import runs
from quakegui.app.session import Session
from quakegui.project import runs as ledger
from quakegui.project.errors import ProjectError


def test_a_run_whose_predictions_cannot_be_read_is_not_used(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_given: object) -> ledger.PredictionTable:
        raise ProjectError("The drive is gone.")

    monkeypatch.setattr(ledger, "predictions", gone)
    said: list[tuple[str, str]] = []
    session.message.connect(lambda text, level: said.append((text, level)))
    runs.use_run(session, SimpleNamespace(id="r", title="run"))  # type: ignore[arg-type]
    assert said == [("The drive is gone.", "error")]
    assert not session.jobs.busy
    assert session.project is not None
    assert ledger.run_in_use(session.project) is None
