"""Build the libraries that let Debian's Wine 8 run numpy, scipy, HDF5 and Qt 6: for tests only, never shipped.

Each stand-in carries the name of a Windows library. It forwards every call to a renamed copy of Wine's own library and adds
what Wine does not have. `python stand_ins.py OUT` writes the DLLs; they belong into the prefix's system32, see `OVERRIDES`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import pe  # noqa: E402 - the folder above is no package

COMPILER = "x86_64-w64-mingw32-gcc"
WINE_LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
FORWARDED = {"ucrtbase": "complex.c", "mscms": "colour.c", "propsys": "variant.c"}
WHOLE = {"icuuc": "icu.c", "bcryptprimitives": "random.c"}
OVERRIDES = ",".join([*FORWARDED, *(f"w{library}" for library in FORWARDED), *WHOLE]) + "=n,b"
"""For WINEDLLOVERRIDES: take these files ("native") where they are found."""
_BUILTIN, _COPY = b"Wine builtin DLL", b"Copy of wine dll"


def own_functions(source: str) -> set[str]:
    """Return the names of the functions that a source defines, without their prefix `own_`."""
    wrapped = [name for name in re.findall(r"\bWRAP\((\w+)\)", source) if name != "name"]
    plain = re.findall(r"\bown_(\w+)\(", source)
    return {*plain, *wrapped, *(f"{name}f" for name in wrapped)}


def definition(library: str, exports: Iterable[str], own: set[str]) -> str:
    """Return the .def file: every export of Wine's library is forwarded to the copy, except our own functions."""
    exports = list(exports)
    lines = [f'  "{name}" = own_{name}' if name in own else f'  "{name}" = "w{library}.{name}"' for name in exports]
    lines += [f'  "{name}" = own_{name}' for name in sorted(own - set(exports))]
    return "\n".join([f"LIBRARY {library}.dll", "EXPORTS", *lines, ""])


def copy_of(data: bytes) -> bytes:
    """Return Wine's library without the mark that makes Wine load its Unix half instead of the file."""
    if _BUILTIN not in data[:1024]:
        raise ValueError("the library has no mark of Wine's own")
    return data.replace(_BUILTIN, _COPY, 1)


def build(out: Path, wine: Path = WINE_LIBRARIES) -> None:
    """Write the stand-ins and the copies into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for library, source in FORWARDED.items():
        original = (wine / f"{library}.dll").read_bytes()
        own = own_functions((HERE / source).read_text(encoding="utf-8"))
        table = out / f"{library}.def"
        table.write_text(definition(library, pe.parse(original, library).exports, own), encoding="utf-8")
        (out / f"w{library}.dll").write_bytes(copy_of(original))
        _compile(out / f"{library}.dll", HERE / source, table)
        table.unlink()
    for library, source in WHOLE.items():
        _compile(out / f"{library}.dll", HERE / source)


def _compile(target: Path, *sources: Path) -> None:
    command = [
        COMPILER,
        "-shared",
        "-static-libgcc",
        "-O2",
        "-Wall",
        "-Werror",
        "-o",
        str(target),
        *map(str, sources),
        "-ladvapi32",
    ]
    subprocess.run(command, check=True)  # noqa: S603


if __name__ == "__main__":
    build(Path(sys.argv[1]))
