"""The error of all operations on a project."""

from __future__ import annotations


class ProjectError(Exception):
    """An operation on a project failed; the message is one sentence for the user."""


class UnreachableError(ProjectError):
    """The server of a shared project does not respond, or cannot save at present; the same can be asked again later."""
