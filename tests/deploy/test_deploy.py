"""The files for production: the commands and settings they name exist, their secrets are declared, their SQL parses."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import yaml
from typer.main import get_command

from pipelines.cli import app
from pipelines.settings import Settings
from warehouse import views

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service and service["command"])


def test_the_parts_of_production_are_there():
    assert {"mssql", "prefect", "postgres", "crawl-worker", "gpu-worker"} <= SERVICES.keys()
    lasting = {name for name, service in SERVICES.items() if service.get("restart") != "no"}
    assert {name for name in lasting if "healthcheck" not in SERVICES[name]} == set()


@pytest.mark.parametrize("name", OURS)
def test_each_command_is_one_of_the_command_line(name):
    command, *rest = SERVICES[name]["command"]
    context = get_command(app).commands[command].make_context(command, list(rest))  # type: ignore[attr-defined]
    assert context.command.name == command


def test_secrets_are_files_that_only_their_services_see():
    declared = {name: entry["file"] for name, entry in COMPOSE["secrets"].items()}
    assert all(path == f"./secrets/{name}" for name, path in declared.items())
    for name, service in SERVICES.items():
        text = yaml.safe_dump(service)
        read = set(re.findall(r"/run/secrets/(\w+)", text))
        assert read <= set(service.get("secrets", ())) <= declared.keys(), name
        assert not re.search(r"(?i)(password|salt): (?!\$|/run/)", text.replace("_FILE", "")), name


def test_what_waits_waits_for_a_service_that_is_there():
    for service in SERVICES.values():
        for waited, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in SERVICES[waited]), waited


def test_the_settings_in_the_environment_are_settings(monkeypatch, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("pa$s:w/rd\n", "utf-8")
    for key, value in COMPOSE["x-mundap"]["environment"].items():
        monkeypatch.setenv(key, str(secret) if value.startswith("/run/secrets/") else value)
    settings = Settings()
    assert settings.warehouse.url.startswith("mssql+pymssql://mundap@")
    assert settings.database_url == "mssql+pymssql://mundap:pa%24s%3Aw%2Frd@mssql/mundap"


@pytest.mark.parametrize("name", ["database.sql", "roles.sql"])
def test_the_scripts_are_tsql(name):
    text = re.sub(r"(?m)^(:on error exit|USE mundap;)$", "", (DEPLOY / name).read_text("utf-8"))
    batches = re.split(r"(?m)^GO$", text.replace("$(", "("))
    assert len(batches) > 4
    for batch in batches:
        sqlglot.parse(batch, read="tsql", error_level=sqlglot.ErrorLevel.RAISE)


def test_readers_are_granted_each_view_again_after_a_migration():
    assert views.READERS in (DEPLOY / "roles.sql").read_text("utf-8")
    assert {re.search(r"SELECT ON (\w+)", text)[1] for text in views.grants()} == set(views.VIEWS)  # type: ignore[index]
