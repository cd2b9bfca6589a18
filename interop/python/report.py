"""What the programs of this folder share: how they are called, and what they print.

A server prints READY and its address, then a line of JSON for each connection that ends. A client prints one line of
JSON with what came of it.
"""

import argparse
import json

SIZES = [0, 1, 125, 126, 127, 4096, 65535, 65536, 1 << 20]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["server", "client"])
    parser.add_argument("--compress", action="store_true")
    parser.add_argument("--alone", action="store_true", help="no context takeover")
    parser.add_argument("--bits", type=int, default=15, help="of both windows")
    parser.add_argument("--subprotocols", default="")
    parser.add_argument("rest", nargs="*", help="for a client: URL SCENARIO [ARG...]")
    return parser.parse_intermixed_args()


def words(text):
    return text.split(",") if text else []


class Report:
    """What one end has seen of a connection."""

    def __init__(self):
        self.fields = {"checked": 0, "wrong": [], "messages": [], "pongs": []}

    def note(self, **fields):
        self.fields.update(fields)

    def compare(self, sent, got):
        self.fields["checked"] += 1
        if type(sent) is not type(got) or sent != got:
            self.fields["wrong"].append(f"{len(sent)} {type(sent).__name__}: {len(got)} {type(got).__name__}")

    def print(self):
        print(json.dumps(self.fields), flush=True)


def payloads():
    """Text and bytes of every size, which compress well."""
    for size in SIZES:
        yield "x" * (size % 2) + "é" * (size // 2)
        yield bytes(i // 7 % 256 for i in range(size))


def ready(sockets):
    host, port = sockets[0].getsockname()[:2]
    print(f"READY {host}:{port}", flush=True)
