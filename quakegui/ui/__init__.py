"""Widgets. Views ask the session, show, and forward what the analyst did; they compute nothing and open no file.

`main_window` places the docks of `panels`; `actions` is the one table behind menus, tool bar, shortcuts and palette, and
`commands` what its rows do; `dialogs` and `plots` hold what their names say.
"""

import quakegui.app  # noqa: F401  # before anything that imports pyqtgraph: what it does to PySide6 is for all that comes later
