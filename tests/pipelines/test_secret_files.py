import pytest

from pipelines.secret_files import secret, with_password
from pipelines.settings import Settings, author_salt
from warehouse.errors import Misuse


def test_a_secret_loses_the_line_end_only(tmp_path):
    file = tmp_path / "s"
    file.write_text("a b \n", "utf-8")
    assert secret(file, "it") == "a b"


@pytest.mark.parametrize("content", [None, "", "\n"], ids=["missing", "empty", "blank"])
def test_a_file_without_a_secret_is_refused_by_name(tmp_path, content):
    file = tmp_path / "s"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(Misuse, match=str(file)):
        secret(file, "it")


def test_without_a_file_the_url_stays():
    assert with_password("sqlite:///x.db", None) == "sqlite:///x.db"


def test_a_url_that_cannot_be_read_is_not_repeated(tmp_path):
    file = tmp_path / "s"
    file.write_text("x", "utf-8")
    with pytest.raises(Misuse) as caught:
        with_password("me:secret@nowhere", file)
    assert "me:secret" not in str(caught.value)


def test_questions_go_to_the_readers_login(tmp_path):
    (tmp_path / "r").write_text("r1\n", "utf-8")
    reader = {"reader_url": "mssql+pymssql://reader@db/mundap", "reader_password_file": "r"}
    settings = Settings(root=tmp_path, warehouse=reader)
    assert settings.reader_url == "mssql+pymssql://reader:r1@db/mundap"
    assert settings.database_url.startswith("sqlite:///")
    assert Settings(root=tmp_path).reader_url == Settings(root=tmp_path).database_url


def test_the_salt_may_stand_in_a_mounted_file(tmp_path, monkeypatch):
    (tmp_path / "salt").write_text("s1\n", "utf-8")
    monkeypatch.delenv("MUNDAP_AUTHOR_SALT", raising=False)
    monkeypatch.setenv("MUNDAP_AUTHOR_SALT_FILE", str(tmp_path / "salt"))
    assert author_salt(Settings(root=tmp_path / "elsewhere")) == b"s1"
