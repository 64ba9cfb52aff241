"""Nobody is sent to an address that was not read somewhere, and no Member State is forgotten."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

DATA = Path(__file__).parents[2] / "efc" / "data" / "hotlines.json"
MEMBER_STATES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
FIELDS = ["country", "name", "url", "phone", "languages", "anonymous", "police_url", "source", "as_of", "note"]


@pytest.fixture(scope="module")
def hotlines():
    return json.loads(DATA.read_text(encoding="utf-8"))


def test_every_member_state_and_some_neighbours_stand_once_in_the_list(hotlines):
    countries = [row["country"] for row in hotlines]
    assert sorted(set(countries)) == countries
    assert set(MEMBER_STATES.split()) - set(countries) == set()
    assert {"CH", "GB", "IS", "NO"} <= set(countries)


def test_every_entry_has_the_same_fields_and_fits_the_table(hotlines):
    from efc.models import Hotline

    limits = {
        name: Hotline._meta.get_field(name).max_length
        for name in ("name", "url", "phone", "police_url", "source", "note")
    }
    for row in hotlines:
        assert list(row) == FIELDS
        assert [name for name, limit in limits.items() if len(row[name] or "") > limit] == [], row["country"]


def test_an_address_has_a_source_and_the_day_it_was_read(hotlines):
    for row in hotlines:
        assert len({row[field] is None for field in ("url", "name", "source", "as_of")}) == 1, row["country"]
        if row["url"]:
            assert urlsplit(row["url"]).scheme == "https", row["country"]
            assert urlsplit(row["source"]).scheme in ("http", "https"), row["country"]
            assert date.fromisoformat(row["as_of"]) >= date(2024, 1, 1), row["country"]
        if row["police_url"]:
            assert urlsplit(row["police_url"]).scheme == "https", row["country"]


def test_a_source_is_where_the_hotline_was_read_and_never_a_registry_of_packages(hotlines):
    registries = ("pypi", "npmjs", "crates.io", "rubygems", "registry", "proxy.golang")
    assert [row["country"] for row in hotlines if any(name in (row["source"] or "") for name in registries)] == []
