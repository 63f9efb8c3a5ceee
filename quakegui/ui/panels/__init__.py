"""The docks and the centre of the window: each reads the session, displays it, and forwards the analyst's actions.

A panel is a widget that takes a session, connects `session.changed` to its `refresh(change)`, which checks only the flags of
`Change` that it displays, and sets its texts again on `LanguageChange`. For an example see `regions_panel`; its row is in
`quakegui.ui.dock_plan.DOCKS`.
"""
