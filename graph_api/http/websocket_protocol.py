"""uvicorn's WebSocket, with an end also for those who read nothing.

uvicorn lets a close frame wait until the client has read what was sent before it, and a transport
that is closed waits for the same. Whoever reads nothing would so never be told why (1013), and
would keep connection and buffer for as long as they like. And it takes a handshake that is refused
by an answer for an error of the application, so that anybody could fill the log.
"""

from typing import Any

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Puts the close frame behind what is waiting, and cuts the connection where it is not read in time."""

    @override
    async def send(self, message: Any) -> None:
        """Send a message of ASGI."""
        closing = message["type"] == "websocket.close" and self.handshake_complete
        if closing:
            self.writable.set()
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # refused with an answer, which uvicorn would log as an error
        if closing and self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    @override
    def keepalive_timeout(self) -> None:
        """End the connection of somebody who no longer answers pings."""
        super().keepalive_timeout()
        self.loop.call_later(self.close_timeout, self.transport.abort)
