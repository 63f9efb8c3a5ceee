"""The season report: one self-contained document on the data, the method, and the skill of the predictions.

`make_report` gathers it from a project, `write_html` saves it as one file. This package creates tables, figures and
sentences; whoever prints the document divides it into pages.
"""

from quakegui.report.document import Report, make_report, write_html

__all__ = ["Report", "make_report", "write_html"]
