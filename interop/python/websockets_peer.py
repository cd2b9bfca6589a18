"""The websockets package at both ends, for the interop tests to talk to.

websockets_peer.py server [--compress] [--alone] [--bits N] [--subprotocols a,b]
websockets_peer.py client [the same] URL SCENARIO [ARG...]
"""

import asyncio
import urllib.parse

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory

from report import Report, arguments, payloads, ready, words


def deflate(factory, args):
    if not args.compress:
        return []
    parameters = {
        "server_no_context_takeover": args.alone,
        "client_no_context_takeover": args.alone,
        "server_max_window_bits": None if args.bits == 15 else args.bits,
        "client_max_window_bits": (True if factory is ClientPerMessageDeflateFactory else None)
        if args.bits == 15
        else args.bits,
    }
    return [factory(**parameters)]


def common(factory, args):
    return {
        "compression": None,
        "extensions": deflate(factory, args),
        "subprotocols": words(args.subprotocols) or None,
        "max_size": 1 << 24,
        "ping_interval": None,
    }


def agreed(conn):
    return [repr(extension) for extension in conn.extensions]


def fragments(message, size):
    """Cuts a message, which the package then sends in as many frames; an empty one has one."""
    return [message[at : at + size] for at in range(0, len(message), size)] or [message]


async def serve(args):
    async def handle(conn):
        url = urllib.parse.urlparse(conn.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        report = Report()
        report.note(subprotocol=conn.subprotocol or "", extensions=agreed(conn))
        try:
            if url.path == "/echo":
                async for message in conn:
                    await conn.send(message)
            elif url.path == "/fragments":
                async for message in conn:
                    await conn.send(fragments(message, int(query["size"])))
            elif url.path == "/ping":
                await (await conn.ping(query["data"].encode()))
                await conn.send("ponged " + query["data"])
                await conn.wait_closed()
            elif url.path == "/close":
                await conn.close(int(query["code"]), query.get("text", ""))
        except websockets.ConnectionClosed:
            pass
        report.note(code=conn.close_code, text=conn.close_reason)
        report.print()

    async with websockets.serve(handle, "127.0.0.1", 0, **common(ServerPerMessageDeflateFactory, args)) as server:
        ready(server.sockets)
        await asyncio.Future()


async def echo(conn, report):
    for payload in payloads():
        await conn.send(payload)
        report.compare(payload, await conn.recv())
        await conn.send(fragments(payload, len(payload) // 3 + 1))
        report.compare(payload, await conn.recv())
    await conn.close()


async def ping(conn, report, *args):
    waiters = [(data, await conn.ping(data.encode())) for data in args]
    for data, waiter in waiters:
        await waiter
        report.fields["pongs"].append(data)
    await conn.close()


async def close(conn, _, code, text):
    await conn.close(int(code), text)


async def collect(conn, report):
    async for message in conn:
        report.fields["messages"].append(message if isinstance(message, str) else message.hex())


async def dial(args):
    url, scenario, *rest = args.rest
    report = Report()
    scenarios = {"echo": echo, "ping": ping, "close": close, "collect": collect}
    try:
        async with websockets.connect(url, **common(ClientPerMessageDeflateFactory, args)) as conn:
            report.note(subprotocol=conn.subprotocol or "", extensions=agreed(conn))
            try:
                await scenarios[scenario](conn, report, *rest)
            except websockets.ConnectionClosed:
                pass
            await conn.wait_closed()
            report.note(code=conn.close_code, text=conn.close_reason)
    except websockets.InvalidStatusCode as err:
        report.note(status=err.status_code)
    report.print()


arguments_given = arguments()
asyncio.run(serve(arguments_given) if arguments_given.role == "server" else dial(arguments_given))
