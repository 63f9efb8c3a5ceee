"""ImagCDF and scalar CDF files, written with cdflib."""

from __future__ import annotations

import struct

import cdflib
import numpy as np
import pytest
from cdflib import cdfwrite

from quakegui.formats import imagcdf
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.season.readings import DataType

STATION = {"IagaCode": "TST", "ObservatoryName": "Testburg", "Latitude": "12.5", "Longitude": "250.0", "Elevation": "99999.0"}
IMAG = {"FormatDescription": "INTERMAGNET CDF Format", "PublicationLevel": "3", **STATION}
TT2000, EPOCH, EPOCH16, DOUBLE = 33, 31, 32, 45


def stamps(count: int, kind: int, step_s: int = 60) -> np.ndarray:
    times = [[2022, 1, 15, 0, 0, 0, 0, 0, 0]] * count
    fields = np.array(times)
    seconds = np.arange(count) * step_s
    fields[:, 3], fields[:, 4], fields[:, 5] = seconds // 3600, seconds // 60 % 60, seconds % 60
    if kind == TT2000:
        return np.atleast_1d(cdflib.cdfepoch.compute_tt2000(fields))
    if kind == EPOCH:
        return np.atleast_1d(cdflib.cdfepoch.compute_epoch(fields[:, :7]))
    return np.atleast_1d(cdflib.cdfepoch.compute_epoch16(np.column_stack([fields, np.zeros((count, 1), dtype=int)])))


def write(folder, variables, times, attributes=IMAG, *, compress=0) -> Source:
    """Write {name: (values, attributes)} and {time name: (stamps, type)}."""
    path = folder / "test.cdf"
    path.unlink(missing_ok=True)
    writer = cdfwrite.CDF(path, cdf_spec={"Compressed": compress}, delete=True)
    writer.write_globalattrs({key: {0: value} for key, value in attributes.items()})
    common = {"Num_Elements": 1, "Rec_Vary": True, "Var_Type": "zVariable", "Dim_Sizes": []}
    for name, (values, kind) in times.items():
        written, data = (DOUBLE, values.view(float)) if kind == EPOCH16 else (kind, values)
        writer.write_var({"Variable": name, "Data_Type": written, **common}, var_attrs={}, var_data=data)
    for name, (values, attrs) in variables.items():
        writer.write_var(
            {"Variable": name, "Data_Type": DOUBLE, **common}, var_attrs=attrs, var_data=np.asarray(values, dtype=float)
        )
    writer.close()
    whole = path.read_bytes()
    for name in (name for name, (_, kind) in times.items() if kind == EPOCH16):
        whole = as_epoch16(whole, name)
    return Source("test.cdf", whole)


def as_epoch16(data: bytes, name: str) -> bytes:
    """Say of a variable of doubles that it holds seconds and picoseconds in pairs, which cdflib reads and cannot write."""
    whole = bytearray(data)
    at = data.index(name.encode() + bytes(16)) - 84  # where the variable's description begins in a file of version 3
    kind, last, index = struct.unpack_from(">iiq", data, at + 20)
    entries = struct.unpack_from(">i", data, index + 20)[0]
    assert (kind, struct.unpack_from(">i", data, index + 28 + 4 * entries)[0]) == (DOUBLE, last)
    struct.pack_into(">ii", whole, at + 20, EPOCH16, last // 2)
    whole[at + 47] &= ~2  # no filling value, which would be of two numbers
    struct.pack_into(">i", whole, index + 28 + 4 * entries, last // 2)  # the last record, also in the index of the records
    return bytes(whole)


@pytest.mark.parametrize(("kind", "compress"), [(TT2000, 0), (TT2000, 6), (EPOCH, 0), (EPOCH, 6), (EPOCH16, 0)])
def test_scalar_in_every_epoch(tmp_path, kind, compress):
    values = 50_000.0 + np.arange(20) / 8
    source = write(
        tmp_path,
        {"f": (values, {"name": "Fn", "units": "nT"})},
        {"Epoch": (stamps(20, kind), kind)},
        STATION,
        compress=compress,
    )
    assert imagcdf.looks_like(source)
    found = imagcdf.parse(source)
    (readings,) = found.readings
    assert np.array_equal(readings.values, values)
    assert np.array_equal(readings.time, np.datetime64("2022-01-15", "ms") + np.arange(20) * np.timedelta64(60, "s"))
    assert (readings.cadence_s, readings.derived, readings.data_type) == (60.0, False, DataType.UNKNOWN)
    (station,) = found.stations
    assert (station.code, station.name, station.latitude, station.longitude, station.elevation_m) == (
        "TST",
        "Testburg",
        12.5,
        -110.0,
        None,
    )
    assert found.notes == ()


def imag(folder, scalar: dict, times: dict, letters=(("X", 3e4), ("Y", 0.0), ("Z", 4e4)), **more) -> Source:
    vector = {
        f"GeomagneticField{letter}": (np.full(10, value), {"FILLVAL": 99999.0, "DEPEND_0": "GeomagneticVectorTimes"})
        for letter, value in letters
    }
    return write(folder, vector | scalar, {"GeomagneticVectorTimes": (stamps(10, TT2000), TT2000), **times}, IMAG | more)


def test_independent_scalar_with_its_own_times(tmp_path):
    values = np.full(30, 50_001.5)
    values[3] = 99999.0
    scalar = {"GeomagneticFieldS": (values, {"FILLVAL": 99999.0, "DEPEND_0": "GeomagneticScalarTimes"})}
    found = imagcdf.parse(imag(tmp_path, scalar, {"GeomagneticScalarTimes": (stamps(30, TT2000, 20), TT2000)}))
    (readings,) = found.readings
    assert len(readings) == 29
    assert readings.cadence_s == 20
    assert not readings.derived
    assert set(readings.values) == {50_001.5}
    assert readings.data_type is DataType.QUASI_DEFINITIVE


def test_f_of_imagcdf_is_calculated_from_components(tmp_path):
    found = imagcdf.parse(imag(tmp_path, {"GeomagneticFieldF": (np.full(10, 5e4), {"FILLVAL": 99999.0})}, {}))
    assert found.readings[0].derived
    assert any("calculated from the components" in note for note in found.notes)


def test_vector_only_and_delta_f(tmp_path):
    found = imagcdf.parse(imag(tmp_path, {}, {}))
    assert found.readings[0].derived
    assert np.array_equal(found.readings[0].values, [5e4] * 10)
    found = imagcdf.parse(imag(tmp_path, {"GeomagneticFieldG": (np.full(10, -2.0), {"FILLVAL": 99999.0})}, {}))
    assert not found.readings[0].derived
    assert np.array_equal(found.readings[0].values, [50_002.0] * 10)


def test_hourly_stamps_at_the_start_are_centred(tmp_path):
    source = write(tmp_path, {"f": (np.full(5, 5e4), {})}, {"Epoch": (stamps(5, TT2000, 3600), TT2000)}, STATION)
    found = imagcdf.parse(source)
    assert found.readings[0].time[0] == np.datetime64("2022-01-15T00:30", "ms")
    assert any("moved to its centre" in note for note in found.notes)


def test_projected_coordinates_and_unapplied_pier_differences_are_said(tmp_path):
    attributes = STATION | {"Latitude": "310273.35", "Longitude": "-34855.58", "DataDeltaValues": "f_-1.48"}
    source = write(tmp_path, {"f": (np.full(5, 5e4), {})}, {"Epoch": (stamps(5, TT2000), TT2000)}, attributes)
    found = imagcdf.parse(source)
    assert not found.stations[0].located
    assert any("310273" in note for note in found.notes)
    assert any("f_-1.48" in note and "not applied" in note for note in found.notes)


def test_no_field_no_time_no_station(tmp_path):
    epoch = {"Epoch": (stamps(5, TT2000), TT2000)}
    with pytest.raises(FormatError, match="no variable for total intensity"):
        imagcdf.parse(write(tmp_path, {"density": (np.ones(5), {})}, epoch, STATION))
    with pytest.raises(FormatError, match="no time variable"):
        imagcdf.parse(write(tmp_path, {"f": (np.full(5, 5e4), {})}, {}, STATION))
    with pytest.raises(FormatError, match="does not name its station"):
        imagcdf.parse(write(tmp_path, {"f": (np.full(5, 5e4), {})}, epoch, {"Title": "x"}))
    with pytest.raises(FormatError, match="different numbers"):
        imagcdf.parse(write(tmp_path, {"f": (np.full(6, 5e4), {})}, epoch, STATION))


def test_cut_files_are_refused(tmp_path):
    whole = imag(tmp_path, {}, {}).data
    for cut in range(8, len(whole), 97):
        with pytest.raises(FormatError):
            imagcdf.parse(Source("cut.cdf", whole[:cut]))


def test_flipped_bytes_never_hang_or_crash(tmp_path):
    random = np.random.default_rng(20220201)
    for compress in (0, 6):
        source = write(
            tmp_path, {"f": (np.full(50, 5e4), {})}, {"Epoch": (stamps(50, TT2000), TT2000)}, STATION, compress=compress
        )
        for _ in range(400):
            data = bytearray(source.data)
            for at in random.integers(4, len(data), size=int(random.integers(1, 6))):
                data[at] = int(random.choice([0, 255, 127, int(random.integers(256))]))
            try:
                found = imagcdf.parse(Source("flipped.cdf", bytes(data)))
            except FormatError:
                continue
            assert all(len(one) <= 50 for one in found.readings)


def test_whole_file_compression_is_bounded(tmp_path, monkeypatch):
    source = write(tmp_path, {"f": (np.full(200_000, 5e4), {})}, {"Epoch": (np.zeros(200_000), EPOCH)}, STATION, compress=6)
    monkeypatch.setattr(imagcdf, "SMALL", 1000)
    monkeypatch.setattr(imagcdf, "HIGHEST_RATIO", 2.0)
    with pytest.raises(FormatError, match="expands to more than"):
        imagcdf.parse(source)
