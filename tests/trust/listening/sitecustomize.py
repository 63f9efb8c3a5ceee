"""Python imports this by itself where this folder is on the path: it writes down every socket made and every process started.

One line of JSON for each audited event goes into the file that `QUAKEGUI_AUDIT` names; worker processes inherit both.
"""

import json
import os
import sys

_SOCKETS = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "poplib.", "imaplib.", "telnetlib.", "webbrowser.")
_PROCESSES = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "pty.spawn"}
_FILE = os.environ.get("QUAKEGUI_AUDIT")


def _stack() -> list[str]:
    """Return who asked for it, innermost first, imports' own frames left out."""
    found, frame = [], sys._getframe(2)
    while frame is not None and len(found) < 24:
        code = frame.f_code
        if "importlib" not in code.co_filename:
            found.append(f"{code.co_filename}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return found


def _listen(event: str, arguments: tuple) -> None:
    if event in _PROCESSES or event.startswith(_SOCKETS):
        told = [[str(part) for part in each] if isinstance(each, (list, tuple)) else str(each) for each in arguments]
        line = json.dumps({"pid": os.getpid(), "event": event, "arguments": told[:3], "stack": _stack()}) + "\n"
        os.write(_OUT, line.encode())


if _FILE:
    _OUT = os.open(_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(_OUT, (json.dumps({"pid": os.getpid(), "event": "listening", "arguments": sys.orig_argv}) + "\n").encode())
    sys.addaudithook(_listen)
