"""Widgets. Views read the session, display it, and forward the analyst's actions; they compute nothing and open no files.

`actions` is the one table behind menus, tool bar, shortcuts and palette: each row is an `action`, whose `run` is a function in
`commands` or `quakegui.app` that takes the `workbench`, the parts of the window. `main_window` places the docks of `panels` and
connects the table to them; `dialogs` receive what they need and do not access the window; `plots` are painted in panels and
dialogs.
"""

import quakegui.app  # noqa: F401  # before anything that imports pyqtgraph: what it does to PySide6 is for all that comes later
