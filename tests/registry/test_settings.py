"""`habeas.toml`: what is written is read back, whatever an organisation is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.registry.settings import (
    NAME,
    Settings,
    new_recorder,
    read_settings,
    write_settings,
)


def a(organisation: str = "Invented") -> Settings:
    return Settings(
        format=1, organisation=organisation, organisation_id="org:invented", recorder="r-0"
    )


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_any_name_is_read_back(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    write_settings(folder, a(name))
    assert read_settings(folder) == a(name)


@pytest.mark.parametrize("name", ["\x7f", '"', "\\", "\n", "\x00", "خاوران", "\u2028", "'''", "#"])
def test_a_name_with_signs_that_mean_something(tmp_path, name):
    write_settings(tmp_path, a(name))
    assert read_settings(tmp_path).organisation == name
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_folder_without_a_registry(tmp_path):
    with pytest.raises(InputError, match="there is no registry here"):
        read_settings(tmp_path)
    with pytest.raises(InputError, match="there is no registry here"):
        read_settings(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (("format = 1", "format = 2"), "format 2"),
        (("format = 1", ""), "cannot be read"),
        (("format = 1", "format = 1\nformat = 1"), "cannot be read"),
        (("org:invented", "invented"), "cannot be read"),
        (("format = 1", "format = 1\nsecret = 1"), "cannot be read"),
        (("Invented", "\udcff"), "cannot be read"),
    ],
)
def test_settings_that_somebody_edited(tmp_path, edit, reason):
    write_settings(tmp_path, a())
    path = tmp_path / NAME
    path.write_bytes(path.read_text().replace(*edit).encode(errors="surrogateescape"))
    with pytest.raises(InputError, match=reason) as said:
        read_settings(tmp_path)
    assert str(path) in str(said.value)


def test_random_recorders_differ():
    assert len({new_recorder() for _ in range(20)}) > 15
