"""A network that loses things."""

from __future__ import annotations

import httpx


class Network(httpx.HTTPTransport):
    """A network on which a request may be lost, or the answer to it."""

    loses = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        lost, self.loses = self.loses, ""
        if lost == "request":
            raise httpx.ConnectTimeout("lost on the way there", request=request)
        answer = super().handle_request(request)
        if lost == "answer":
            answer.read()
            raise httpx.ReadTimeout("lost on the way back", request=request)
        return answer
