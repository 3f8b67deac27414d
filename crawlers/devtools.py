"""The line to a running Chromium by its DevTools protocol: commands out, events in, one thread."""

import json
from contextlib import suppress
from typing import Any

import httpx
import websocket


class LineLost(Exception):
    """Chromium does not answer any more."""


class Line:
    """A WebSocket to one tab; `tab_id` is also the name of its main frame. Methods raise LineLost."""

    def __init__(self, debugger: str, timeout_seconds: float) -> None:
        """`debugger` is the host:port that the driver names."""
        try:
            answer = httpx.get(f"http://{debugger}/json/list", timeout=timeout_seconds, trust_env=False)
            tab = next(target for target in answer.json() if target["type"] == "page")
            self.tab_id: str = tab["id"]
            address = tab["webSocketDebuggerUrl"]
            self._socket = websocket.create_connection(address, timeout=timeout_seconds, suppress_origin=True)
        except (httpx.HTTPError, websocket.WebSocketException, OSError, StopIteration, KeyError, ValueError) as error:
            raise LineLost(_said(error)) from error
        self._number = 0

    def close(self) -> None:
        """This hangs up."""
        with suppress(websocket.WebSocketException, OSError):
            self._socket.close()

    def send(self, command: str, **values: Any) -> int:
        """This sends a command and gives its number, under which its reply comes."""
        self._number += 1
        try:
            self._socket.send(json.dumps({"id": self._number, "method": command, "params": values}))
        except (websocket.WebSocketException, OSError) as error:
            raise LineLost(_said(error)) from error
        return self._number

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """This is the next event or reply, None where none comes in time."""
        try:
            self._socket.settimeout(seconds)
            event: dict[str, Any] = json.loads(self._socket.recv())
        except websocket.WebSocketTimeoutException:
            return None
        except (websocket.WebSocketException, OSError, ValueError) as error:
            raise LineLost(_said(error)) from error
        return event


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
