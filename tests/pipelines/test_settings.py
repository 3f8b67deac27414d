"""Settings: file under environment, unknown keys refused, paths from the file's folder."""

import subprocess
import sys
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
        pytest.param(
            "[sites.naver_kn]\n", "sites.naver_kn: no such site; known are naver_kin, nate_pann", id="no site"
        ),
        pytest.param('[schedule]\ncrawl = "every day"\n', "'every day' is no cron line", id="words for a cron line"),
        pytest.param('[schedule]\nnightly = "61 * * * *"\n', "schedule.nightly: '61", id="minute 61"),
        pytest.param('[schedule]\nnightly = "0 0 5 * * *"\n', "is no cron line", id="six fields"),
    ],
)
def test_a_fault_is_told_in_one_line(tmp_path, text, words):
    with pytest.raises(Misuse, match=words) as caught:
        load_settings(write(tmp_path / "mundap.toml", text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "variable", "value", "words"),
    [
        pytest.param(
            "", "MUNDAP_CRAWL__MAX_PAGE", "5", "variable MUNDAP_CRAWL__MAX_PAGE: unknown key", id="unknown key"
        ),
        pytest.param(
            "[crawl]\nmax_pages = 5\n", "MUNDAP_CRAWL__MAX_PAGES", "many", "variable MUNDAP_CRAWL__MAX_PAGES", id="wins"
        ),
        pytest.param(
            "[crawl]\nmax_page = 5\n",
            "MUNDAP_CRAWL__MAX_PAGES",
            "3",
            "mundap.toml: unknown key crawl.max_page",
            id="file",
        ),
        pytest.param(
            "", "mundap_sites__naver_kn__permission", "x", "mundap_sites__naver_kn__permission: sites", id="site"
        ),
        pytest.param(
            "", "MUNDAP_CRAWL", '{"max_page": 5}', "variable MUNDAP_CRAWL: unknown key", id="a section as JSON"
        ),
        pytest.param("", "MUNDAP_CRAWL", "{max", "MUNDAP_CRAWL holds no JSON; write MUNDAP_CRAWL__KEY", id="no JSON"),
        pytest.param("", "MUNDAP_SCHEDULE__CRAWL", "x", "variable MUNDAP_SCHEDULE__CRAWL: schedule.crawl", id="cron"),
    ],
)
def test_a_fault_is_blamed_on_where_it_came_from(tmp_path, monkeypatch, text, variable, value, words):
    monkeypatch.setenv(variable, value)
    with pytest.raises(Misuse, match=words):
        load_settings(write(tmp_path / "mundap.toml", text))


def test_cron_lines_of_every_kind_are_taken_and_empty_ones_mean_none(tmp_path):
    text = '[schedule]\ncrawl = "*/15 3-5 * JAN-MAR MON#2"\nnightly = " "\n[sites.naver_kin]\npermission = "x"\n'
    settings = load_settings(write(tmp_path / "mundap.toml", text))
    assert (settings.schedule.crawl, settings.schedule.nightly) == ("*/15 3-5 * JAN-MAR MON#2", "")


def test_settings_are_read_without_prefect_and_parsers(tmp_path):
    file = write(tmp_path / "mundap.toml", '[schedule]\ncrawl = "1 2 * * *"\n')
    code = (
        "import sys; from pathlib import Path; from pipelines.settings import load_settings;"
        "load_settings(Path(sys.argv[1]));"
        "sys.exit(' '.join({'prefect', 'selectolax'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.stderr.strip()


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
