"""The known web services of earthquakes and readings, and any other by its address.

References
----------
FDSN web services 1.2, fdsnws-event; INTERMAGNET, GIN web services; HAPI (Heliophysics Data Application Programmer's
Interface) 2.1, whose names of parameters the servers of version 3 accept as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from quakegui.serve.web.http import FetchError, check_address
from quakegui.words import Said

Kind = Literal["fdsn", "gin", "hapi"]
CODE: Final = "{code}"
"""What stands in place of the station code in the name of a data set."""
EVENTS: Final[tuple[Kind, ...]] = ("fdsn",)
"""The kinds of services with earthquakes."""
READINGS: Final[tuple[Kind, ...]] = ("gin", "hapi")
"""The kinds of services with readings."""


@dataclass(frozen=True, slots=True)
class Service:
    """A web service.

    Attributes
    ----------
    name, title
        Its short name on the command line, and the institution.
    url
        Its address, without a slash at the end.
    kind
        "fdsn" for earthquakes; "gin" (INTERMAGNET) or "hapi" for readings.
    form
        FDSN: the format to ask for. The csv of the USGS contains more than the common text format.
    limit
        FDSN: the number of earthquakes to ask for at once; 0 for a service that does not know this parameter.
    dataset
        HAPI: the name of a data set, with "{code}" in place of the station code.
    """

    name: str
    title: str
    url: str
    kind: Kind
    form: str = "text"
    limit: int = 0
    dataset: str = "{code}/best-avail/PT1M/xyzf"

    @property
    def host(self) -> str:
        """The host, and the port if the address has one."""
        return urlsplit(self.url).netloc


SERVICES: Final[dict[str, Service]] = {
    row.name: row
    for row in (
        Service("usgs", "USGS (ANSS ComCat)", "https://earthquake.usgs.gov/fdsnws/event/1", "fdsn", "csv", 20_000),
        Service("emsc", "EMSC", "https://www.seismicportal.eu/fdsnws/event/1", "fdsn", limit=20_000),
        Service("isc", "ISC", "https://www.isc.ac.uk/fdsnws/event/1", "fdsn"),
        Service("geonet", "GeoNet", "https://service.geonet.org.nz/fdsnws/event/1", "fdsn"),
        Service("ingv", "INGV", "https://webservices.ingv.it/fdsnws/event/1", "fdsn", limit=10_000),
        Service("gfz", "GFZ (GEOFON)", "https://geofon.gfz.de/fdsnws/event/1", "fdsn"),
        Service("intermagnet", "INTERMAGNET", "https://imag-data.bgs.ac.uk/GIN_V1/GINServices", "gin"),
        Service("intermagnet-hapi", "INTERMAGNET (HAPI)", "https://imag-data.bgs.ac.uk/GIN_V1/hapi", "hapi"),
    )
}
"""By name. An institution may move its service: the address can then be given in place of the name."""


def services(kinds: tuple[Kind, ...]) -> tuple[Service, ...]:
    """Return the known services of some kinds."""
    return tuple(row for row in SERVICES.values() if row.kind in kinds)


def service_of(text: str, kinds: tuple[Kind, ...], *, dataset: str = "") -> Service:
    """Return the service of a name, or of an address.

    Parameters
    ----------
    text
        A name in `SERVICES` in any case, or an address. Of an address with readings, the ending "/hapi" means HAPI.
    kinds
        The kinds of services that are possible.
    dataset
        HAPI: the name of the data set, with "{code}" in place of the station code; empty for the usual one.

    Raises
    ------
    FetchError
        If the name is unknown, or the service is of another kind.
    """
    known = SERVICES.get(text.strip().lower())
    if known is None and "://" not in text:
        names = ", ".join(row.name for row in services(kinds))
        raise FetchError(Said("Unknown service “{text}”. Use one of {names}, or an address.", text=text, names=names))
    if known is not None and known.kind not in kinds:
        raise FetchError(
            Said("{title} is not a service of readings; choose another service.", title=known.title)
            if kinds == READINGS
            else Said("{title} is not a service of earthquakes; choose another service.", title=known.title)
        )
    if known is None:
        address = text.strip().split("?")[0].rstrip("/")
        host = check_address(address).netloc
        kind: Kind = "fdsn" if kinds == EVENTS else "hapi" if address.lower().endswith("/hapi") else "gin"
        known = Service("", host, address.removesuffix("/query") if kind == "fdsn" else address, kind)
    return known if not dataset else _with_dataset(known, dataset)


def _with_dataset(service: Service, dataset: str) -> Service:
    if service.kind != "hapi" or CODE not in dataset:
        raise FetchError(Said("Enter the name of a HAPI data set, with {mark} instead of the station code.", mark=CODE))
    return Service(service.name, service.title, service.url, service.kind, dataset=dataset)
