"""The error of all operations on a project."""

from __future__ import annotations


class ProjectError(Exception):
    """An operation on a project failed; the message is one sentence for the user."""
