"""The window's state and jobs, on QtCore only."""
