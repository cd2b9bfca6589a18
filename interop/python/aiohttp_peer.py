"""aiohttp at both ends, for the interop tests to talk to.

aiohttp_peer.py server [--compress] [--subprotocols a,b]
aiohttp_peer.py client [--compress] [--bits N] [--subprotocols a,b] URL SCENARIO [ARG...]
"""

import asyncio

import aiohttp
from aiohttp import web

from report import Report, arguments, payloads, ready, words


async def send(conn, message):
    """Sends text or bytes."""
    await (conn.send_str(message) if isinstance(message, str) else conn.send_bytes(message))


def noting_close(report, message):
    """Keeps the code and the text of a close message; tells whether it was one."""
    if message.type is aiohttp.WSMsgType.CLOSE:
        report.note(code=message.data, text=message.extra)
    return message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


async def serve(args):
    async def handle(request):
        conn = web.WebSocketResponse(
            compress=args.compress, protocols=words(args.subprotocols), max_msg_size=1 << 24, autoclose=False
        )
        await conn.prepare(request)
        report = Report()
        report.note(subprotocol=conn.ws_protocol or "", compress=conn.compress)
        if request.path == "/close":
            await conn.close(code=int(request.query["code"]), message=request.query.get("text", "").encode())
            report.note(code=conn.close_code, text="")
        else:
            while not noting_close(report, message := await conn.receive()):
                await send(conn, message.data)
            await conn.close(code=report.fields.get("code") or 1000)
        report.print()
        return conn

    app = web.Application()
    app.router.add_get("/{path}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    ready(site._server.sockets)
    await asyncio.Future()


async def echo(conn, report):
    for payload in payloads():
        await send(conn, payload)
        report.compare(payload, (await conn.receive()).data)
    await conn.close()
    report.note(code=conn.close_code)


async def ping(conn, report, *args):
    for data in args:
        await conn.ping(data.encode())
    for _ in args:
        report.fields["pongs"].append((await conn.receive()).data.decode())
    await conn.close()
    report.note(code=conn.close_code)


async def close(conn, report, code, text):
    await conn.close(code=int(code), message=text.encode())
    report.note(code=conn.close_code)


async def collect(conn, report):
    while not noting_close(report, message := await conn.receive()):
        report.fields["messages"].append(message.data if isinstance(message.data, str) else message.data.hex())
    await conn.close()


async def dial(args):
    url, scenario, *rest = args.rest
    report = Report()
    scenarios = {"echo": echo, "ping": ping, "close": close, "collect": collect}
    options = {
        "compress": args.bits if args.compress else 0,
        "protocols": words(args.subprotocols),
        "max_msg_size": 1 << 24,
        "autoclose": False,
        "autoping": scenario != "ping",
    }
    try:
        async with aiohttp.ClientSession() as session, session.ws_connect(url, **options) as conn:
            report.note(subprotocol=conn.protocol or "", compress=conn.compress)
            await scenarios[scenario](conn, report, *rest)
    except aiohttp.WSServerHandshakeError as err:
        report.note(status=err.status)
    report.print()


arguments_given = arguments()
asyncio.run(serve(arguments_given) if arguments_given.role == "server" else dial(arguments_given))
