"""Many texts on disk instead of in memory: gone through in order, or asked for one by one."""

import os
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

_BUFFER = 1 << 20


class TextFile(Sequence[str]):
    """A sequence of texts that only grows; its file has no name, so that nothing is left of it after a kill.

    It is read without being mapped into memory: what was read is the operating system's to forget.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=_BUFFER)  # noqa: SIM115
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        """Add a text at the end."""
        self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        self._file.flush()
        start, end = self._ends[place], self._ends[place + 1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        self._file.flush()
        place, start, held = 0, 0, b""
        while place < len(self):
            held = held[self._ends[place] - start :]
            start = self._ends[place]
            held += os.pread(self._file.fileno(), max(_BUFFER, self._ends[place + 1] - start), start + len(held))
            while place < len(self) and self._ends[place + 1] - start <= len(held):
                text = held[self._ends[place] - start : self._ends[place + 1] - start]
                yield text.decode("utf-8", "surrogatepass")
                place += 1
