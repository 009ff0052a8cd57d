"""Sessions without browsers: they speak Streamlit's own protocol, so that fifty of them fit beside the server."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 60


@dataclass
class Viewer:
    """One visitor of a page; what it can change is on the map page."""

    connection: ClientConnection
    address: dict[str, str]
    name: str = "map"
    page: str = ""
    maps: str = ""
    fragment: str = ""
    buttons: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    async def arrive(cls, stream: str, address: dict[str, str], name: str = "map") -> Self:
        """Open a session and wait until the page has run once."""
        connection = await connect(stream, subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
        viewer = cls(connection, address, name)
        await viewer.rerun()
        if name == "map" and not viewer.maps:
            raise RuntimeError("the map page sent no maps")
        return viewer

    async def choose_view(self) -> float:
        """Press one of the page's buttons for ready-made views; returns the seconds until the run has finished."""
        return await self.rerun(id=random.choice(self.buttons), trigger_value=True)

    async def change_maps(self, change: Callable[[dict[str, Any]], None]) -> float:
        """Tell a state the browser has already painted; returns the seconds until the run has finished."""
        change(self.state)
        return await self.rerun(id=self.maps, json_value=json.dumps({"state": self.state}))

    async def rerun(self, **widget: Any) -> float:
        """Ask for a run of the script, of the maps' fragment alone when a widget has changed."""
        message = BackMsg()
        client = message.rerun_script
        client.query_string = urlencode(self.address)
        client.page_name = "" if self.page else self.name
        client.page_script_hash = self.page
        if widget:
            client.fragment_id = self.fragment
            client.widget_states.widgets.add(**widget)
        began = time.perf_counter()
        await self.connection.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self.connection.recv(), PATIENCE_S))  # type: ignore[arg-type]
            kind = answer.WhichOneof("type")
            if kind == "delta":
                self._take(answer)
            elif kind == "new_session":
                self.page = answer.new_session.page_script_hash
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - began

    def _take(self, answer: ForwardMsg) -> None:
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "bidi_component":
            component = element.bidi_component
            state = json.loads(component.json or component.mixed.json or "{}").get("state")
            if state:
                self.maps, self.fragment, self.state = component.id, answer.delta.fragment_id, state
        elif kind == "button" and "view_" in element.button.id and element.button.id not in self.buttons:
            self.buttons.append(element.button.id)


def select(codes: Sequence[str]) -> Callable[[dict[str, Any]], None]:
    """A change of the maps' state: up to six other territories are selected."""

    def change(state: dict[str, Any]) -> None:
        state["selected"] = random.sample(list(codes), k=random.randint(1, 6))

    return change


async def open_sessions(stream: str, address: dict[str, str], count: int, name: str = "map") -> list[Viewer]:
    """So many sessions of a page, one after the other."""
    return [await Viewer.arrive(stream, address, name) for _ in range(count)]


async def close_sessions(viewers: Sequence[Viewer]) -> None:
    """End the sessions."""
    await asyncio.gather(*(viewer.connection.close() for viewer in viewers))


async def crowd(
    stream: str, address: dict[str, str], codes: Sequence[str], *, count: int, seconds: float
) -> list[float]:
    """So many viewers, each changing something every 2.5 to 7.5 s; returns the seconds each run took.

    Half of the changes are ready-made views chosen through the server, half are what the browser tells after it has
    painted a selection by itself.
    """
    viewers = await open_sessions(stream, address, count)
    until = time.perf_counter() + seconds

    async def visit(viewer: Viewer) -> list[float]:
        taken = []
        await asyncio.sleep(random.uniform(0, 5))
        while time.perf_counter() < until:
            through_server = random.random() < 0.5
            taken.append(await (viewer.choose_view() if through_server else viewer.change_maps(select(codes))))
            await asyncio.sleep(random.uniform(2.5, 7.5))
        return taken

    taken = await asyncio.gather(*(visit(viewer) for viewer in viewers))
    await close_sessions(viewers)
    return [one for visitor in taken for one in visitor]
