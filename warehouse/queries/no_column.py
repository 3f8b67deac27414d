"""What to write instead of a column that is not there."""

from collections.abc import Mapping
from difflib import get_close_matches

from warehouse.queries.select_text import sources_of, words_of
from warehouse.schema import metadata
from warehouse.views import VIEWS


def no_column(complained: str, sql: str = "") -> str:
    """The sentence for a column that the engine does not find, as it writes it: `q.titel`, or `titel`.

    It tells which view or table the qualifier stands for, and the names there that are most like it.
    """
    *before, name = complained.split(".")
    sources = sources_of(sql)
    known = {alias: _columns()[table] for alias, table in sources.items() if table in _columns()}
    if not known:
        return _without_source(name, sql)
    qualifier = before[-1] if before else ""
    is_inner = qualifier.lower() in sources and qualifier.lower() not in known
    if not qualifier or is_inner:
        return _passed_on(name, f"in {qualifier}" if qualifier else "", sources, known)
    if qualifier.lower() not in sources:
        is_read = ", ".join(_read_as(alias, sources) for alias in known)
        return f"nothing in the query is called {qualifier}; it reads {is_read}; {_there(name, sources, known)}"
    place = _read_as(qualifier.lower(), sources)
    is_elsewhere = any(name.lower() in columns for columns in known.values())
    # What its own table has says more than the others' columns, unless one of these is it.
    own = known if is_elsewhere else {qualifier.lower(): known[qualifier.lower()]}
    return f"no column {name} in {place}; {_there(name, sources, own)}"


def _passed_on(name: str, place: str, sources: Mapping[str, str], known: Mapping[str, list[str]]) -> str:
    if having := [sources[alias] for alias, columns in known.items() if name.lower() in columns]:
        return f"no column {name} {place or 'at that place'}; {having[0]} has it: select it in the inner SELECT, too"
    return f"no column {f'{name} {place}'.strip()}; {_there(name, sources, known)}"


def _there(name: str, sources: Mapping[str, str], known: Mapping[str, list[str]]) -> str:
    """Where the name is; else those like it, and all that the views and tables of the query have."""
    if having := [alias for alias, columns in known.items() if name.lower() in columns]:
        return f"write {' or '.join(f'{alias}.{name}' for alias in having)}"
    near = _near(name, {column for columns in known.values() for column in columns}, 0.75)
    have = "; ".join({sources[alias]: f"{sources[alias]} has {', '.join(known[alias])}" for alias in known}.values())
    return f"perhaps {' or '.join(near)}; {have}" if near else have


def _without_source(name: str, sql: str) -> str:
    having = [view for view in VIEWS if name.lower() in VIEWS[view].columns]
    if having and "from" not in words_of(sql) and sql:
        return f"no column {name}, for the query has no FROM; {name} is in {', '.join(having)}: FROM {having[0]}"
    near = _near(name, {column for view in VIEWS.values() for column in view.columns}, 0.6)
    return f"no column {name}; " + (f"perhaps {' or '.join(near)}" if near else "mundap describe NAME lists them")


def _read_as(alias: str, sources: Mapping[str, str]) -> str:
    return alias if sources[alias] in {alias, ""} else f"{sources[alias]}, here {alias}"


def _near(name: str, names: set[str], likeness: float) -> list[str]:
    return get_close_matches(name.lower(), sorted(names - {name.lower()}), 3, likeness)


def _columns() -> dict[str, list[str]]:
    tables = {name: [column.name for column in table.columns] for name, table in metadata.tables.items()}
    return tables | {name: list(view.columns) for name, view in VIEWS.items()}
