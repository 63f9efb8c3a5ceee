"""The report of a season: one self-contained document on what was measured, how it was computed, and how good it was.

`make_report` gathers it from a project, `write_html` keeps it as one file. Tables, pictures and sentences are made
here; how the document becomes pages is for whoever prints it.
"""

from quakegui.report.content import ReportCancelledError
from quakegui.report.document import Report, make_report, write_html

__all__ = ["Report", "ReportCancelledError", "make_report", "write_html"]
