"""Secrets that stand in files, as container hosts mount them."""

from pathlib import Path

from warehouse.addresses import warehouse_url
from warehouse.errors import Misuse


def secret(file: Path, what: str) -> str:
    """Read a secret without the line end that editors leave behind it.

    Raises:
        Misuse: the file cannot be read, or is empty.
    """
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(
            f"the file {file} for {what} cannot be read ({error}); mount the secret or correct its path"
        ) from None
    if not text:
        raise Misuse(f"the file {file} for {what} is empty; write the secret into it")
    return text


def with_password(url: str, file: Path | None) -> str:
    """Put the password that `file` holds into a database URL; without a file the URL stays.

    Raises:
        Misuse: the URL cannot be read, or the file.
    """
    if file is None:
        return url
    with_secret = warehouse_url(url).set(password=secret(file, "the warehouse's password"))
    return with_secret.render_as_string(hide_password=False)
