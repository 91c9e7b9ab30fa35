"""The measured spectra: whole, split for good, and made again from their source."""

import gzip
import importlib.util
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from habeas.errors import IntegrityError
from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import spectra
from habeas.monitoring.detection.spectra import GROUPS, PLATFORMS, load_spectra

HOME = "habeas.monitoring.detection"
SCRIPT = Path(__file__).parents[2] / "scripts" / "build_spectra.py"


def test_no_sample_and_no_place_of_soils_is_in_both_splits():
    calibration, test = load_spectra("calibration"), load_spectra("test")
    named = [set(zip(part.samples, part.materials, strict=True)) for part in (calibration, test)]
    assert named[0]
    assert named[1]
    assert not named[0] & named[1]
    places = [set(part.places[part.places >= 0].tolist()) for part in (calibration, test)]
    assert not places[0] & places[1]


@pytest.mark.parametrize("split", ["calibration", "test"])
def test_every_group_has_samples_and_every_figure_is_a_reflectance(split):
    found = load_spectra(split)
    assert found.values.shape[1:] == (len(PLATFORMS), len(BANDS))
    assert found.values.min() >= 0
    assert found.values.max() <= 1
    for group in GROUPS:
        assert len(found.of(group)) >= 5, group


def test_materials_are_what_they_are_known_to_be():
    found = load_spectra("test")
    median = {name: np.median(found.values[found.of(name), 0], axis=0) for name in GROUPS}
    red, nir, swir = BANDS.index("red"), BANDS.index("nir"), BANDS.index("swir16")
    assert median["canopy"][nir] > 5 * median["canopy"][red]
    assert median["soil"][red] < median["soil"][nir] < median["soil"][swir]
    assert median["asphalt"].max() < 0.2 < median["soil"][red] + 0.05


def test_a_changed_table_is_refused(tmp_path, monkeypatch):
    data = (files(HOME) / "spectra.csv.gz").read_bytes()
    text = gzip.decompress(data).replace(b",soil,test,", b",soil,calibration,", 1)
    (tmp_path / "spectra.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "spectra.sha256").write_bytes((files(HOME) / "spectra.sha256").read_bytes())
    monkeypatch.setattr(spectra, "files", lambda _: tmp_path)
    with pytest.raises(IntegrityError, match="not what was shipped"):
        load_spectra.__wrapped__("test")


def test_the_table_is_what_the_script_makes_of_earthlib():
    spec = importlib.util.spec_from_file_location("build_spectra", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    shipped = gzip.decompress((files(HOME) / "spectra.csv.gz").read_bytes())
    assert script.table().encode() == shipped
