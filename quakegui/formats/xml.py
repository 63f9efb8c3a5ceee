"""Safe XML: no entities, no external files, one element at a time, one type of error."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from quakegui.formats.source import Source
from quakegui.words import Said

_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*?\?>")
_BEGINNING = re.compile(rb"<\?xml|<(?:[A-Za-z_][\w.-]{0,30}:)?(?:Workbook|quakeml|eventParameters)\b")
_EXPAT_READS = ("utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "latin-1")
_OTHERS = re.compile(
    r"gb2312|gbk|gb18030|big5(?:-hkscs)?|shift[_-]jis|euc[_-](?:jp|kr)|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|utf-32",
    re.ASCII,
)
"""Encodings that are decoded first. Python supports many more, but some are extremely slow or are not text encodings."""


def is_xml(source: Source) -> bool:
    """Return whether the file begins like XML."""
    start = source.data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return _BEGINNING.match(start.replace(b"\x00", b"")) is not None


def elements(source: Source, name: str) -> Iterator[Any]:
    """Yield every element of a name, with its children; it is cleared when the next is requested.

    Parameters
    ----------
    source
        The file.
    name
        Local name of the elements, without a namespace.

    Raises
    ------
    FormatError
        If the file is not well formed, is cut off, declares entities, or is in an unsupported encoding.
    """
    try:
        depth = 0
        above: list[Any] = []
        for event, element in iterparse(io.BytesIO(_readable(source)), events=("start", "end"), forbid_dtd=True):
            here = local_name(element) == name
            if event == "start":
                depth += here
                above.append(element)
                continue
            above.pop()
            if here:
                depth -= 1
                yield element
            if depth == 0:
                element.clear()
                if above:
                    del above[-1][:]  # a file of a hundred million empty elements must not fill the memory either
    except ParseError as error:
        line, column = error.position
        raise source.fault(
            "The XML is damaged or truncated at column {column} ({error}). Download the file again.",
            line=line,
            column=column + 1,
            error=str(error).split(":")[0],
        ) from error
    except DefusedXmlException as error:
        raise source.fault("The XML contains a document type or entities, which catalogues do not need.") from error
    except (ValueError, LookupError) as error:
        raise source.fault("The XML cannot be read: {error}.", error=error) from error


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace."""
    tag = element.tag
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""


def _readable(source: Source) -> bytes:
    """Return the file in an encoding that the XML parser supports: it does not read multi-byte ones such as GB2312."""
    declared = _DECLARATION.match(source.data[:1024])
    if declared is None or declared.group(1).decode("ascii").lower() in _EXPAT_READS:
        return source.data
    encoding = declared.group(1).decode("ascii").lower()
    if _OTHERS.fullmatch(encoding) is None:
        raise LookupError(Said("the encoding '{encoding}' is not supported for catalogues", encoding=encoding[:40]))
    encoding = "gb18030" if encoding in ("gb2312", "gbk") else encoding
    return source.data[declared.end() :].decode(encoding).encode("utf-8")
