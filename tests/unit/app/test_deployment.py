"""Files of hosts that start the application: they name existing parts, and only variables that it reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings
from tests.support.served_app import ROOT

START = "gunicorn app.wsgi:server"
OF_OTHERS = {"PYTHON_VERSION", "WEB_CONCURRENCY"}
"""Variables that Render and gunicorn read."""


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    (only,) = yaml.safe_load((ROOT / "render.yaml").read_text("utf-8"))["services"]
    read: dict[str, Any] = only
    return read


def test_hosts_start_gunicorn_with_its_configuration(service: dict[str, Any]) -> None:
    assert (ROOT / "Procfile").read_text("utf-8") == f"web: {START}\n"
    assert service["startCommand"] == START
    assert service["buildCommand"] == "pip install -r requirements-serve.txt"
    assert service["healthCheckPath"] == "/health"


def test_the_variables_of_render_are_settings_and_the_runs_are_on_its_disk(service: dict[str, Any]) -> None:
    given = {variable["key"]: variable for variable in service["envVars"]}
    values = {name: variable["value"] for name, variable in given.items() if "value" in variable}
    settings = Settings.from_environment(values)
    assert settings.proxies == 1
    assert settings.store.is_relative_to(service["disk"]["mountPath"])
    described = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert all(f"`{name}`" in described for name in given.keys() - {"PYTHON_VERSION"})
    assert {name for name in given if not name.startswith("ATTENTIONVIZ_")} == OF_OTHERS
    assert "value" not in given["ATTENTIONVIZ_AUTH"]
    assert given["ATTENTIONVIZ_SECRET_KEY"]["generateValue"] is True


def test_the_unit_of_systemd_has_settings_that_can_be_used() -> None:
    unit = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("```ini")[2].partition("```")[0]
    variables = dict(re.findall(r"(\w+)=(\S+)", "\n".join(re.findall(r"^Environment=(.*)$", unit, re.MULTILINE))))
    settings = Settings.from_environment(variables)
    assert (settings.store, settings.read_only, settings.port) == (Path("/srv/runs"), True, 8050)
    assert (settings.url_prefix, settings.proxies) == ("/tools/attention/", 1)
    assert START in unit
