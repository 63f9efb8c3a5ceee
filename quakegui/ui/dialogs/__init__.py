"""Dialogs: import, settings, label rule, export, guide, command palette and others."""
