"""Every error that Mundap raises on purpose.

    MundapError
    ├── Transient        try again: timeout, 5xx, 429, lost connection
    │   └── Busy         … the warehouse: locked, overloaded, out of reach (exit code 4)
    ├── Permanent        set aside and go on: gone page, unknown layout, bad row
    └── Stop             end the run
        ├── Misuse       the user's command, file or settings (exit code 2)
        ├── Refused      the other side: robots.txt, captcha, block (exit code 3)
        └── Unready      the environment: database, disk, device (exit code 4)

A message is one line: what happened, to what, and what to do next. The command line alone turns a family
into an exit code; an error that is none of these is a defect of ours and keeps its stack trace.
"""


class MundapError(Exception):
    """Any failure that Mundap foresees; its text is meant for the user."""


class Transient(MundapError):
    """The same thing may work later.

    `retry_after_seconds` is what the other side asked us to wait and `status` its HTTP status, where it said so.
    """

    def __init__(self, message: str, retry_after_seconds: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.status = status


class Busy(Transient):
    """The warehouse does not take it now: locked by another program, overloaded, connection lost."""


class Permanent(MundapError):
    """This one page or row can never work: it is set aside with the reason and the run goes on.

    `code` is the reason as one short word, the same for all rows of that fate; empty where nobody groups them.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Stop(MundapError):
    """The run cannot go on."""


class Misuse(Stop):
    """The command, an input file or the settings are at fault."""


class Refused(Stop):
    """The other side does not want us: robots.txt, captcha, block."""


class Unready(Stop):
    """Something that the run stands on is missing: database, schema version, disk space, device."""
