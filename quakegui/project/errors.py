"""The error of all operations on a project."""

from __future__ import annotations


class ProjectError(Exception):
    """An operation on a project failed; the message is one sentence for the user."""


class UnreachableError(ProjectError):
    """A project cannot be reached or written at present, such as on a server or a drive; the same can be asked again later."""
