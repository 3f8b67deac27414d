"""`mundap browse`: Datasette over the embedded warehouse, with our words; refused where it cannot be."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.__main__ import run
from pipelines.steps.browsing import facts
from warehouse.connect import open_warehouse, transaction
from warehouse.cookbook import entries
from warehouse.loads import begin_load, end_load
from warehouse.schema.content import takedown
from warehouse.views import VIEWS


def test_it_is_refused_where_datasette_is_not_installed(settings, monkeypatch, capsys):
    monkeypatch.chdir(settings.root)
    open_warehouse(settings.database_url, create=True).dispose()
    monkeypatch.setitem(sys.modules, "datasette.app", None)
    assert run(["browse"]) == 2
    assert "browse needs Datasette; install it: " in capsys.readouterr().err


def test_it_is_refused_on_sql_server(settings, monkeypatch, capsys):
    monkeypatch.chdir(settings.root)
    monkeypatch.setenv("MUNDAP_WAREHOUSE__URL", "mssql+pymssql://me:secret@h/d")
    assert run(["browse"]) == 2
    said = capsys.readouterr().err
    assert "the embedded SQLite warehouse only" in said and "secret" not in said


@pytest.mark.parametrize("url", ["postgresql://me:secret@h/d", "mssql+pymssql://me:secret@h:abc/d", "nonsense"])
def test_a_wrong_url_is_told_without_its_password(settings, monkeypatch, capsys, url):
    monkeypatch.chdir(settings.root)
    monkeypatch.setenv("MUNDAP_WAREHOUSE__URL", url)
    assert run(["browse"]) == 2
    said = capsys.readouterr().err
    assert said.endswith("write sqlite:///path or mssql+pymssql://…\n") and "secret" not in said


def test_its_words_are_ours():
    database = facts("warehouse")["databases"]["warehouse"]
    assert set(VIEWS) <= set(database["tables"])
    assert "채택" in database["tables"]["answers"]["columns"]["is_chosen"]
    assert [query["sql"] for query in database["queries"].values()] == [entry.sql for entry in entries()]


def test_a_taken_port_is_told(settings, monkeypatch, capsys):
    pytest.importorskip("datasette.app", reason="the extra mundap[browse] is not installed")
    monkeypatch.chdir(settings.root)
    open_warehouse(settings.database_url, create=True).dispose()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run(["browse", "--port", str(port)]) == 2
    assert capsys.readouterr().err == f"mundap: port {port} is taken; give another with --port, or 0 for a free one\n"


def refused(base, sql):
    asked = urllib.parse.urlencode({"sql": sql})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{base}/warehouse.json?{asked}", timeout=90)
    with caught.value as answer:
        assert answer.code == 400
        return answer.read().decode()


def store_takedown(url):
    values = dict.fromkeys(("row_count", "snapshot_count", "dataset_count", "model_count"), 0)
    engine = open_warehouse(url, create=True)
    load_id = begin_load(engine, "takedown", "0" * 64, "0.1.0")
    end_load(engine, load_id, "done", {})
    values |= {"load_id": load_id, "target": "https://blog.example/kim", "target_sha256": "f" * 64}
    with transaction(engine) as connection:
        connection.execute(takedown.insert(), values | {"taken_down_at": datetime.now(UTC), "reason": "me"})
    engine.dispose()


def test_it_serves_the_warehouse_and_nothing_can_be_written(settings, monkeypatch):
    pytest.importorskip("datasette.app", reason="the extra mundap[browse] is not installed")
    store_takedown(settings.database_url)
    command = [sys.executable, "-m", "pipelines", "browse", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    served = subprocess.Popen(command, cwd=settings.root, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert served.stderr is not None
        base = next(found[1] for line in served.stderr if (found := re.search(r"(http://127\.0\.0\.1:\d+)", line)))
        page = urllib.request.urlopen(f"{base}/warehouse/questions", timeout=90).read().decode()
        assert "One row a question" in page and "Korean time" in page
        front = json.load(urllib.request.urlopen(f"{base}/warehouse.json", timeout=90))
        assert {view["name"] for view in front["views"]} == set(VIEWS)
        assert [table["name"] for table in front["tables"] if not table["hidden"]] == []
        with pytest.raises(urllib.error.HTTPError) as kept:
            urllib.request.urlopen(f"{base}/warehouse/takedown", timeout=90)
        assert kept.value.code == 403
        kept.value.close()
        asked = urllib.parse.urlencode({"sql": "select count(*) as n from loads", "_shape": "array"})
        assert json.load(urllib.request.urlopen(f"{base}/warehouse.json?{asked}", timeout=90)) == [{"n": 1}]
        asked = urllib.parse.urlencode({"sql": "select takedown_id from takedowns", "_shape": "array"})
        assert json.load(urllib.request.urlopen(f"{base}/warehouse.json?{asked}", timeout=90)) == [{"takedown_id": 1}]
        assert "access to takedown.target is prohibited" in refused(base, "select * from takedown")
        named = "select 1 from main.takedown where reason > ''"
        assert "access to takedown.reason is prohibited" in refused(base, named)
        refused(base, "delete from load")
        box = urllib.request.urlopen(f"{base}/warehouse", timeout=90).read().decode()
        assert "select * from answer</textarea>" in box
    finally:
        served.send_signal(signal.SIGINT)
        _, rest = served.communicate(timeout=90)
    assert served.returncode == 0, rest
