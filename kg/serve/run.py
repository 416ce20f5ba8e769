"""Start the server: find a port, say where it is, answer until it is told to end."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from kg.config import Config
from kg.errors import KGError
from kg.workspace import Build, Workspace

#: The port that is tried first, which is that of Oxigraph's own server.
PORT = 7878

#: Open connections at most; further ones are told to come again.
_CONNECTIONS = 1000

#: Seconds that running queries have at the end.
_GRACE = 3


@dataclass(frozen=True, slots=True)
class Options:
    """How a workspace is served; no ``port`` is the usual one, or a free one where that is taken."""

    host: str = "127.0.0.1"
    port: int | None = None
    concurrency: int = 2
    origins: Sequence[str] = ("*",)


def is_local(host: str) -> bool:
    """Tell whether only this machine can reach what listens there.

    >>> is_local("localhost"), is_local("127.0.0.1"), is_local("0.0.0.0"), is_local("::1")
    (True, True, False, True)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int | None) -> socket.socket:
    """Open the socket to listen on."""
    for number in (port,) if port is not None else (PORT, 0):
        try:
            found = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            family, kind, protocol, _, address = found[0]
            made = socket.socket(family, kind, protocol)
        except OSError as error:
            raise KGError(f"{host}: no address to listen on ({error.strerror}); give another --host") from error
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(address)
        except (OSError, OverflowError) as error:
            made.close()
            reason = getattr(error, "strerror", None) or error
            failure = KGError(f"{host}, port {number}: cannot be listened on ({reason}); give another --port")
            if port is None and number == PORT:
                continue
            raise failure from error
        made.listen(128)
        return made
    raise AssertionError("port 0 is always free or an error")


def address_of(listening: socket.socket) -> str:
    """Give the web address of a socket; one that listens everywhere is found on this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(
    workspace: Workspace,
    settings: Callable[[Build], Config],
    options: Options,
    *,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the newest build of a workspace until the process is told to end; ``ready`` is told the address."""
    import uvicorn

    from kg.serve.app import make
    from kg.serve.live import Live

    live = Live(workspace, settings, options.concurrency)
    live.refresh()  # what is wrong with the build is said before anything listens
    with live.borrow() as snapshot:
        patience = snapshot.config.query_seconds
    listening = listen(options.host, options.port)
    hosts = {"localhost", "127.0.0.1", "::1", options.host.lower()} if is_local(options.host) else set()
    app = make(live, patience=patience, hosts=sorted(hosts), origins=options.origins)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        lifespan="on",
        limit_concurrency=_CONNECTIONS,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=_GRACE,
        ws="none",
        http="h11",
        loop="asyncio",
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready(address_of(listening))

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await asyncio.to_thread(live.close)  # whoever waits for a query is told so, and need not be waited for
            await super().shutdown(sockets)

    try:
        Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
        live.close()
