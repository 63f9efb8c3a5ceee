"""The docks of the window and what lies in its middle: each asks the session, shows, and forwards what the analyst did.

A panel is a widget that takes a session, connects `session.changed` to its `refresh(change)`, which looks only at the flags of
`Change` that it shows anything of, and sets its texts again on `LanguageChange`. Model: `regions_panel`; its row is in
`quakegui.ui.dock_plan.DOCKS`.
"""
