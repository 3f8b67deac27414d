"""One request and one answer of the replica, free of sockets."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: path without its query, the query's fields, a POST's fields, headers in lower case."""

    method: str
    path: str
    fields: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]

    def number(self, name: str, otherwise: int = 1) -> int:
        """This is a field as a positive number."""
        text = self.fields.get(name) or self.form.get(name) or ""
        return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


@dataclass(frozen=True, slots=True)
class Told:
    """An answer; `cut` sends only so many bytes of what its length promises."""

    status: int
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None

    @property
    def etag(self) -> str:
        """A name for exactly these bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


class Desk(Protocol):
    """A site that answers requests."""

    def respond(self, asked: Asked) -> Told:
        """This answers a request of the site's own paths."""
        ...


_TEMPLATES = Environment(
    loader=PackageLoader("crawlers.replica", "eras"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: int = 200, **values: object) -> Told:
    """This fills a template of `eras/`."""
    return Told(status, _TEMPLATES.get_template(template).render(values).encode("utf-8", "replace"))


def body_markup(text: str, style: int) -> Markup:
    """This writes plain lines as the sites' editors do: 0 `<br>`, 1 paragraphs, 2 divs, 3 SmartEditor ONE."""
    lines = [escape(line) for line in text.split("\n")] if text else []
    if style == 0:
        return Markup("<br>\n").join(lines)
    if style == 1:
        return Markup("<p><br></p>\n").join(Markup("<p>{}</p>").format(line) for line in lines)
    if style == 2:
        return Markup("\n").join(Markup("<div>{}&nbsp;</div>").format(line) for line in lines)
    paragraph = Markup('<p class="se-text-paragraph"><span class="se-fs-">{}</span></p>')
    spaced = [part for line in lines for part in (paragraph.format(line), paragraph.format("​"))]
    return Markup(
        '<div class="se-viewer"><div class="se-main-container"><div class="se-component se-text"><div class='
        '"se-component-content"><div class="se-module se-module-text">{}</div></div></div></div></div>'
    ).format(Markup("\n").join(spaced))
