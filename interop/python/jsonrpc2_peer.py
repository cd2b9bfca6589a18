"""A peer of JSON-RPC 2.0 on nothing but the standard library: one JSON text a line.

    jsonrpc2_peer.py server        serves on a free port, prints READY and its address
    jsonrpc2_peer.py client A      calls the server at A in every way, prints what came of it as JSON
    jsonrpc2_peer.py post URL      does the same by HTTP POST
"""

import json
import socket
import socketserver
import sys
import urllib.error
import urllib.request

METHODS = {
    "Arith.Multiply": lambda A, B: A * B,
    "subtract": lambda minuend, subtrahend: minuend - subtrahend,
    "sum": lambda *numbers: sum(numbers),
    "echo": lambda value: value,
}


def error(code, message, id=None, **more):
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message, **more}, "id": id}


def answer_one(request):
    """Answers a request; None for a notification."""
    if not isinstance(request, dict) or request.get("jsonrpc") != "2.0" or not isinstance(request.get("method"), str):
        return error(-32600, "Invalid Request")
    if "id" not in request:
        return None
    method = METHODS.get(request["method"])
    if method is None:
        return error(-32601, "Method not found", request["id"])
    params = request.get("params", [])
    try:
        result = method(**params) if isinstance(params, dict) else method(*params)
    except Exception as err:
        return error(-32602, "Invalid params", request["id"], data=str(err))
    return {"jsonrpc": "2.0", "result": result, "id": request["id"]}


def answer(text):
    try:
        message = json.loads(text)
    except ValueError:
        return error(-32700, "Parse error")
    if not isinstance(message, list):
        return answer_one(message)
    if not message:
        return error(-32600, "Invalid Request")
    return [each for each in map(answer_one, message) if each is not None] or None


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            reply = answer(line)
            if reply is not None:
                self.wfile.write(json.dumps(reply).encode() + b"\n")


def serve():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        print("READY %s:%d" % server.server_address, flush=True)
        server.serve_forever()


def call(method, id, *params, **named):
    request = {"jsonrpc": "2.0", "method": method, "id": id}
    if params or named:
        request["params"] = named or list(params)
    return request


REQUESTS = {
    "named": call("Arith.Multiply", 1, A=7, B=8),
    "one": call("Arith.Multiply", "two", {"A": 7, "B": 8}),
    "error": call("Arith.Divide", 3.5, A=1, B=0),
    "no method": call("Arith.Nope", None),
    "text": call("Echo.Back", "\u0000\ud83d\ude00", "gr\u00fc\u00dfe, \u4e16\u754c \u2028"),
    "big": call("Echo.Back", 2**70, 2**63 - 1),
    "list": call("Echo.Back", 6, 1, 2, [3]),
    "invalid": {"jsonrpc": "2.0", "method": 5, "id": 7},
    "batch": [call("Echo.Back", 1, "a"), {"jsonrpc": "2.0", "method": "Echo.Back"}, call("Nope", 2)],
    "batch of one": [call("Echo.Back", 1, "a")],
    "empty batch": [],
}


def exact(outcomes):
    """Spells out what the reader of our report would round."""
    outcomes["big"] = {name: str(value) for name, value in outcomes["big"].items()}
    return outcomes


def over_tcp(address):
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port))) as conn, conn.makefile("rwb") as lines:

        def exchange(text):
            lines.write(text.encode() + b"\n")
            lines.flush()
            return json.loads(lines.readline())

        outcomes = {name: exchange(json.dumps(request)) for name, request in REQUESTS.items()}
        outcomes["parse error"] = exchange('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]')
        lines.write(b'{"jsonrpc": "2.0", "method": "Echo.Back", "params": [1]}\n')
        outcomes["after a notification"] = exchange(json.dumps(call("Echo.Back", 9, "still here")))
        return outcomes


def over_http(url):
    def exchange(text):
        request = urllib.request.Request(url, text.encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as response:
                body = response.read()
        except urllib.error.HTTPError as err:
            body = err.read()
        return json.loads(body) if body else None

    outcomes = {name: exchange(json.dumps(request)) for name, request in REQUESTS.items()}
    outcomes["parse error"] = exchange("{")
    outcomes["notification"] = exchange('{"jsonrpc": "2.0", "method": "Echo.Back", "params": [1]}')
    return outcomes


if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    if role == "server":
        serve()
    else:
        print(json.dumps(exact(over_tcp(*rest) if role == "client" else over_http(*rest))))
