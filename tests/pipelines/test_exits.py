"""Every family of errors has its exit code, and every fault of the machine its sentence."""

import errno
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipelines.__main__ import run
from pipelines.exits import exit_code, in_one_line
from pipelines.settings import Settings
from warehouse.connect import open_warehouse
from warehouse.errors import Busy, Misuse, Permanent, Refused, Transient, Unready


@pytest.mark.parametrize(
    ("error", "code"),
    [(Transient("x"), 1), (Busy("x"), 4), (Permanent("x"), 1), (Misuse("x"), 2), (Refused("x"), 3), (Unready("x"), 4)],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_a_family_has_its_exit_code(error, code):
    assert exit_code(error) == code


@pytest.mark.parametrize(
    ("number", "words"),
    [
        pytest.param(errno.ENOSPC, "no space left on the disk at a/b", id="full disk"),
        pytest.param(errno.EACCES, "not allowed to write or read at a/b", id="no right"),
        pytest.param(errno.EIO, "at a/b; check that path", id="anything else"),
    ],
)
def test_a_fault_of_the_machine_names_the_place_and_the_remedy(number, words):
    error = OSError(number, "words of the system", "a/b")
    assert words in in_one_line(error) and exit_code(error) == 4


def test_a_warehouse_of_a_newer_mundap_is_left_alone(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    engine = open_warehouse(Settings(root=tmp_path).database_url, create=True)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    for command in (["status"], ["init"], ["import", "chatbot-csv", "talk.csv"]):
        Path("talk.csv").write_text("Q,A,label\n하나,둘이요,0\n", "utf-8")
        assert run(command) == 4
        assert "9999" in capsys.readouterr().err
