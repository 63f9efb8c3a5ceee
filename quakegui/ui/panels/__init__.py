"""The docks of the window and what lies in its middle: each asks the session, shows, and forwards what the analyst did."""
