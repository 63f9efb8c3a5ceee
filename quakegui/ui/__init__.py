"""Widgets. Views ask the session, show, and forward what the analyst did; they compute nothing and open no file.

`actions` is the one table behind menus, tool bar, shortcuts and palette: each row an `action`, whose `run` is a function of
`commands` or `quakegui.app` on the `workbench`, the parts of the window. `main_window` places the docks of `panels` and binds
the table to them; `dialogs` are given what they need and know no window; `plots` are what panels and dialogs paint.
"""

import quakegui.app  # noqa: F401  # before anything that imports pyqtgraph: what it does to PySide6 is for all that comes later
