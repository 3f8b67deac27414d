"""Settings: file under environment, unknown keys refused, paths from the file's folder."""

from pathlib import Path

import pytest

from pipelines.settings import Settings, author_salt, load_settings
from pipelines.steps.start import initialise, make_salt
from warehouse.errors import Misuse


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_paths_start_at_the_settings_file(tmp_path):
    file = write(tmp_path / "mundap.toml", '[paths]\ndatasets = "data"\n')
    settings = load_settings(file)
    assert settings.datasets == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / '.mundap' / 'warehouse.db'}"


def test_environment_wins_over_the_file(tmp_path, monkeypatch):
    file = write(tmp_path / "mundap.toml", '[warehouse]\nurl = "sqlite:///from-file.db"\n[model]\nrun = "helpbot"\n')
    monkeypatch.setenv("MUNDAP_WAREHOUSE__URL", "mssql+pymssql://u:secret@db/mundap")
    settings = load_settings(file)
    assert settings.database_url == "mssql+pymssql://u:secret@db/mundap"
    assert settings.model.run == "helpbot"
    assert "secret" not in settings.model_dump_json(exclude={"warehouse": {"url"}})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("colour = 1\n", "unknown key colour", id="unknown section"),
        pytest.param("[crawl]\nmax_page = 5\n", "unknown key crawl.max_page", id="unknown key"),
        pytest.param("[sites.nate_pann]\npermision = 'x'\n", "sites.nate_pann.permision", id="misspelt permission"),
        pytest.param('[crawl]\nmax_pages = "many"\n', "crawl.max_pages", id="wrong type"),
        pytest.param("[crawl\n", "cannot be read", id="no TOML"),
        pytest.param('root = "/"\n', "unknown key root", id="our own field"),
    ],
)
def test_a_fault_is_told_in_one_line(tmp_path, text, words):
    with pytest.raises(Misuse, match=words) as caught:
        load_settings(write(tmp_path / "mundap.toml", text))
    assert "\n" not in str(caught.value)


def test_a_named_file_must_be_there(tmp_path):
    with pytest.raises(Misuse, match="mundap init"):
        load_settings(tmp_path / "nowhere.toml")


def test_the_example_is_what_init_writes(tmp_path):
    told = initialise(tmp_path, None)
    assert told["settings"].endswith("(made)")
    root = Path(__file__).resolve().parents[2]
    assert (root / "mundap.example.toml").read_text("utf-8") == (tmp_path / "mundap.toml").read_text("utf-8")
    assert initialise(tmp_path, None)["settings"].endswith("(already there)")


def test_the_example_holds_the_defaults(tmp_path):
    initialise(tmp_path, None)
    written, default = load_settings(tmp_path / "mundap.toml"), Settings()
    sections = ("warehouse", "crawl", "sites", "paths", "model", "limits", "schedule")
    assert {name: getattr(written, name) for name in sections} == {name: getattr(default, name) for name in sections}


def test_the_salt_is_secret_and_stays(tmp_path, monkeypatch):
    monkeypatch.delenv("MUNDAP_AUTHOR_SALT", raising=False)
    settings = Settings(root=tmp_path)
    assert author_salt(settings) is None
    make_salt(settings)
    first = author_salt(settings)
    assert first is not None and len(first) >= 32
    assert (tmp_path / ".mundap" / "salt").stat().st_mode & 0o777 == 0o600
    make_salt(settings)
    assert author_salt(settings) == first
    monkeypatch.setenv("MUNDAP_AUTHOR_SALT", "from the environment")
    assert author_salt(settings) == b"from the environment"
