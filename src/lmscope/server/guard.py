"""What stands before every request: who may ask, how much, how long. Knows no page.

A server on loopback can be reached by any page that its user's browser shows. The Host
header keeps out names that were made to point here (DNS rebinding), the Origin header other
sites, the token everybody who merely shares the network.
"""

from __future__ import annotations

import asyncio
import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Response
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lmscope.server.answers import problem

LOOPBACK = ("127.0.0.1", "localhost", "::1")
COOKIE = "lmscope-token"

_LARGEST_BODY = 1 << 20
_LARGEST_IMPORT = 1 << 25
_MAY_BE_LARGE = ("/api/journal/import", "/api/texts", "/api/tests")
_BODY_WITHIN_S = 20.0

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {}"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Guard:
    """ASGI middleware in front of the whole site."""

    def __init__(self, app: ASGIApp, *, token: str | None) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        if refusal := self._refusal(scope, headers):
            await _refused(*refusal)(scope, receive, send)
            return
        if self._token is not None and not self._is_known(headers):
            await self._let_in(scope)(scope, receive, send)
            return
        limit = _LARGEST_IMPORT if scope["path"] in _MAY_BE_LARGE else _LARGEST_BODY
        said = headers.get("content-length", "")
        if said.isdecimal() and int(said) > limit:
            await _refused(413, _too_large(limit))(scope, receive, send)
            return
        await self._app(scope, _Body(receive, limit), _with_headers(send, scope["path"]))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname if _is_host(host) else None
        if name is None or (self._token is None and name not in LOOPBACK):
            return 403, (
                f"This server answers to 127.0.0.1 and localhost only, not to '{host[:100]}'.\n"
                "To serve other machines too: lmscope serve --host 0.0.0.0"
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return 403, f"Pages of '{origin[:100]}' may not use this server."
        return None

    def _is_known(self, headers: dict[str, str]) -> bool:
        shown = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        return self._is_right(shown) or (cookie is not None and self._is_right(cookie.value))

    def _is_right(self, shown: str) -> bool:
        assert self._token is not None
        return hmac.compare_digest(shown.encode(), self._token.encode())

    def _let_in(self, scope: Scope) -> Response:
        """Take the token from the address once, keep it in a cookie, and show it no more."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not any(key == "token" and self._is_right(value) for key, value in query):
            sentence = (
                "This server asks for a token.\n"
                "Open the address with ?token=... that lmscope serve printed when it started."
            )
            return _refused(401, sentence, {"www-authenticate": "Bearer"})
        rest = urlencode([(key, value) for key, value in query if key != "token"])
        # One slash: with two, the rest of the path would be taken for a host.
        path = "/" + scope["path"].lstrip("/\\")
        answer = RedirectResponse(path + ("?" + rest if rest else ""), 303)
        answer.set_cookie(COOKIE, self._token or "", httponly=True, samesite="strict")
        return answer


def _refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return problem(status, sentence, "Refused", headers=headers)


class _Body:
    """A request's body that is neither too large nor too slow."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit, self._n = receive, limit, 0
        self._is_complete = False

    async def __call__(self) -> Message:
        if self._is_complete:  # what comes now is the news that the client has gone
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), _BODY_WITHIN_S)
        except TimeoutError:
            sentence = f"The request was not complete within {_BODY_WITHIN_S:.0f} seconds."
            raise HTTPException(408, sentence) from None
        self._is_complete = not message.get("more_body", False)
        self._n += len(message.get("body", b""))
        if self._n > self._limit:
            raise HTTPException(413, _too_large(self._limit))
        return message


def _too_large(limit: int) -> str:
    return f"A request may have {limit >> 20} MiB; this one has more."


def _is_host(host: str) -> bool:
    try:
        return bool(urlsplit(f"//{host}").hostname) and not set(host) & set("/\\@?# ")
    except ValueError:
        return False


def _with_headers(send: Send, path: str) -> Send:
    """Add to every answer what it allows a browser to do with it."""
    ancestors = "*" if path == "/embed.html" else "'none'"
    added = [*_HEADERS, (b"content-security-policy", _POLICY.format(ancestors).encode())]
    if path.startswith("/chunks/"):
        added.append((b"cache-control", b"public, max-age=31536000, immutable"))
    elif path.startswith(("/catalogues/", "/api/")):
        added.append((b"cache-control", b"no-store"))  # the page keeps what it needs
    elif path == "/icon.svg":  # asked for at every change of address
        added.append((b"cache-control", b"public, max-age=86400"))
    else:
        added.append((b"cache-control", b"no-cache"))

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return send_more
