"""A whole project as open formats, and back: csv for every table, gzip-compressed csv for readings, JSON for the rest.

The folder contains everything that was entered or imported: `project.json` (name, time zone, parameters), the tables
`stations`, `files`, `kp`, `events`, `journal`, `runs`, `predictions` and `registrations`, and `readings/`, one file per
station, sampling interval and kind of record, with the number of the source file in each row. Results computed from these
(`season/`) are written for readers only and are computed again on import.
"""

from quakegui.project.exchange.layout import is_export
from quakegui.project.exchange.reading import import_export
from quakegui.project.exchange.writing import export_project

__all__ = ["export_project", "import_export", "is_export"]
