"""A socket, and uvicorn on it until Ctrl-C."""

from __future__ import annotations

import errno
import os
import socket

import uvicorn
from fastapi import FastAPI

from lmscope.errors import PortTaken


def listen(host: str, port: int) -> socket.socket:
    """Open the port; from here on requests wait until they are answered.

    Args:
        host: An address of this machine; ``0.0.0.0`` or ``::`` for all of them.
        port: The port; 0 for any that is free.

    Raises:
        PortTaken: If another program listens there, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortTaken(host, port, error.strerror or str(error)) from None
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(1024)
    except OSError as error:
        opened.close()
        reason = {
            errno.EADDRINUSE: "another program listens there",
            errno.EADDRNOTAVAIL: "this machine has no such address",
        }.get(error.errno or 0, os.strerror(error.errno or 0).lower())
        raise PortTaken(host, port, reason) from None
    return opened


def run(site: FastAPI, opened: socket.socket) -> None:
    """Answer requests until a signal ends it; Ctrl-C is raised as usual."""
    config = uvicorn.Config(
        site,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=2,  # browsers keep connections open
    )
    uvicorn.Server(config).run(sockets=[opened])
