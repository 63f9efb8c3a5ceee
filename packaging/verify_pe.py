"""Check that every library that any program file of a tree asks for is in the tree or belongs to Windows itself.

`python verify_pe.py TREE` prints what is missing and ends with 1 if something is. This is the fault that a build machine hides:
it has the library installed, the user's Windows has not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pe

WINDOWS = frozenset(
    """
    advapi32 authz avicap32 avrt bcrypt bcryptprimitives cabinet cfgmgr32 comctl32 comdlg32 credui crypt32 cryptbase cryptnet
    cryptsp d2d1 d3d11 d3d12 d3d9 d3dcompiler_47 dbgeng dbghelp dcomp dnsapi dsound dwmapi dwrite dxgi dxcore dxva2 evr fwpuclnt
    gdi32 gdiplus hid icuuc icu imagehlp imm32 iphlpapi kernel32 kernelbase ktmw32 magnification mf mfplat mfreadwrite mpr
    mscms msi msimg32 msvcrt mswsock ncrypt netapi32 normaliz ntdll ntdsapi odbc32 odbccp32 ole32 oleacc oleaut32 opengl32
    pdh powrprof propsys psapi rasapi32 rpcrt4 rstrtmgr sechost secur32 setupapi shcore shell32 shlwapi sspicli tdh ucrtbase
    uiautomationcore urlmon user32 userenv usp10 uxtheme version wevtapi winhttp wininet winmm winspool.drv wintrust
    wlanapi wldap32 wldp ws2_32 wsock32 wtsapi32 xinput1_4 xmllite
    """.split()  # noqa: SIM905 - a hundred names read better as text
)
"""Libraries of every desktop Windows 10 (1903) and 11, without their suffix `.dll`."""
_SETS = re.compile(r"^(api|ext)-ms-win-[\w-]+$")
"""Windows resolves these names itself."""


def belongs_to_windows(library: str) -> bool:
    """Return whether a library, lower case with its suffix, is part of Windows."""
    name = library.removesuffix(".dll")
    return name in WINDOWS or _SETS.match(name) is not None


def missing(tree: Path) -> list[str]:
    """Return a sentence for each library that is asked for and nowhere to be found.

    A library counts as found where any file of the tree has its name: packages add their own folders to the search when they
    are imported, which cannot be read from the files. Libraries loaded on the first call alone count as well.

    Raises
    ------
    pe.ProgramFileError
        For a damaged file, or one for another machine.
    """
    programs = [path for path in sorted(tree.rglob("*")) if path.suffix.lower() in pe.SUFFIXES]
    if not programs:
        return [f"{tree} holds no program file."]
    there = {path.name.lower() for path in programs}
    said = []
    for path in programs:
        binary = pe.read(path)
        said += _sentences(path.relative_to(tree).as_posix(), (*binary.imports, *binary.delayed), there)
    return said


def _sentences(name: str, wanted: Iterable[str], there: set[str]) -> list[str]:
    lost = [library for library in wanted if library not in there and not belongs_to_windows(library)]
    return [f"{name} needs {library}, which is neither in the tree nor part of Windows." for library in lost]


def main() -> None:
    """Check the tree named on the command line."""
    said = missing(Path(sys.argv[1]))
    print("\n".join(said) or "Every library is in the tree or part of Windows.")  # noqa: T201
    sys.exit(1 if said else 0)


if __name__ == "__main__":
    main()
