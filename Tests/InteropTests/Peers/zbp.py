"""A foreign peer's view of the protocol: written from docs/protocol.md alone, with nothing but the standard library and zmq."""

import os
import random
import struct
import time
from typing import NamedTuple

import zmq

EVENT, ORDER, ACKNOWLEDGEMENT, REFUSAL, HEARTBEAT, BEACON, TURN, END, REQUEST, RESPONSE = range(1, 11)
TASK, RESULT, DONE = range(13, 16)
KINDS = set(range(1, 16))
JOINING, READY, RUNNING, FINISHED, STOPPING = range(5)
MALFORMATIONS = ["truncated", "version", "kind", "flags", "length", "origin", "payload", "frames",
                 "checksum"]
WARMUP = 1 << 31
PATIENCE_SECONDS = 20

LAYOUT = struct.Struct(">HBBIQQQII")


class Header(NamedTuple):
    route: int
    version: int
    kind: int
    flags: int
    origin: int
    hop: int
    index: int
    due: int
    sent: int
    incarnation: int
    length: int


def pack(kind, payload=b"", *, route=0, origin=0, hop=0, index=0, due=0, sent=0, incarnation=0, version=1, flags=0,
         length=None):
    """A frame; version, flags and length can be made wrong."""
    length = len(payload) if length is None else length
    return LAYOUT.pack(route, version << 4 | kind, flags, origin, hop << 48 | index, due, sent, incarnation,
                       length) + payload


def unpack(frame):
    """The header of a frame that must be well formed."""
    route, tag, flags, origin, place, due, sent, incarnation, length = LAYOUT.unpack_from(frame)
    header = Header(route, tag >> 4, tag & 15, flags, origin, place >> 48, place & (1 << 48) - 1, due, sent,
                    incarnation, length)
    assert header.version == 1 and header.flags == 0 and header.length == len(frame) - 40, header
    return header


def client_origin(client, node):
    return 1 << 31 | client << 12 | node


def node_incarnation():
    return time.time_ns() // 31_250_000 & 0x7FFF_FFFF


def client_incarnation():
    return random.randrange(1, 1 << 31)


def fnv1a(octets, digest=0xCBF29CE484222325):
    for octet in octets:
        digest = (digest ^ octet) * 0x100000001B3 % 2**64
    return digest


def cluster_digest(nodes, links, forwards=True, name="zbed"):
    digest = fnv1a(f"{name} {'true' if forwards else 'false'} {nodes}".encode())
    return fnv1a([node for link in sorted(links) for node in link], digest)


class Reader:
    """Reads a payload from front to back."""

    def __init__(self, octets):
        self.octets = octets
        self.place = 0

    def take(self, layout):
        values = struct.unpack_from(">" + layout, self.octets, self.place)
        self.place += struct.calcsize(">" + layout)
        return values

    def one(self, layout):
        return self.take(layout)[0]

    def flag(self):
        value = self.one("B")
        assert value in (0, 1), value
        return value == 1

    def blob(self):
        return self.one(f"{self.one('I')}s")

    def list(self, element):
        return [element(self) for _ in range(self.one("I"))]

    def finish(self):
        assert self.place == len(self.octets), f"{len(self.octets) - self.place} octets are left over"


STATUS = struct.Struct(">HHIB5HQQQQQI")
STATUS_FIELDS = ("node nodes incarnation state outbound_ready outbound_expected inbound_ready inbound_expected "
                 "nodes_ready digest boot now sent unique queued").split()


def read_status(reader):
    status = dict(zip(STATUS_FIELDS, reader.take("HHIB5HQQQQQI")))
    status["cluster"] = reader.blob().decode()
    return status


def read_inbound(reader):
    return dict(zip("from received forwarded refused corrupt".split(), reader.take("HQQQQ")))


def read_stream(reader):
    stream = {"origin": reader.one("I"), "incarnation": reader.one("I"), "enters_here": reader.flag()}
    stream["sent"], stream["refused"] = reader.take("QQ")
    is_announced, announced = reader.flag(), reader.one("Q")
    assert is_announced or announced == 0
    stream["announced"] = announced if is_announced else None
    names = "unique duplicate reordered distance late stale index_end hop_minimum hop_maximum hop_sum".split()
    stream.update(zip(names, reader.take("QQQQQQQHHQ")))
    stream["inbound"] = reader.list(read_inbound)
    return stream


def read_link(reader):
    return {"to": reader.one("H"), "is_up": reader.flag(), "interruptions": reader.one("I"), "may_drop": reader.flag()}


def read_latency(reader):
    latency = {"group": reader.one("I"), "from_due": reader.blob(), "from_send": reader.blob()}
    latency["negative"] = reader.one("Q")
    latency["intervals"] = reader.list(lambda reader: (reader.one("Q"), reader.blob()))
    latency["interval"], latency["first"], latency["last"] = reader.take("QQQ")
    return latency


def read_report(reader):
    report = {"status": read_status(reader), "streams": reader.list(read_stream), "links": reader.list(read_link)}
    report["latencies"] = reader.list(read_latency)
    report["send_lag"], report["last_sent"] = reader.blob(), reader.one("Q")
    report["malformed"] = dict(zip(MALFORMATIONS, reader.list(lambda reader: reader.one("Q")), strict=True))
    report["dropped"] = [reader.one("Q") for _ in range(3)]
    report["leader"] = dict(zip("leader heartbeats missed silences silent_since".split(), reader.take("HQQIQ")))
    report["leader"]["is_silent"] = reader.flag()
    report["process"] = dict(zip("cpu resident resident_maximum".split(), reader.take("QQQ")))
    report["discovery"], report["turned_away"] = reader.take("QQ")
    report["overdue"] = reader.list(lambda reader: reader.take("HQQ") + (reader.flag(),))
    return report


BOOK_FIELDS = ("taken repeated trades measured_trades lots trade_frames heard measured_heard unreadable resting levels "
               "book_hash").split()


def read_book(reader):
    book = {"has_book": reader.flag(), "node": reader.one("H")}
    book.update(zip(BOOK_FIELDS, reader.take("Q" * len(BOOK_FIELDS))))
    book["rejected"] = reader.list(lambda reader: reader.one("Q"))
    return book


def read_lost_links(reader):
    def read_one(reader):
        link = {"neighbour": reader.one("H"), "is_incoming": reader.flag()}
        was_there, length = reader.flag(), reader.one("Q")
        assert was_there or length == 0
        link["seconds"] = length / 1e9 if was_there else None
        return link

    return reader.list(read_one)


def stream_of(report, origin, incarnation):
    for stream in report["streams"]:
        if (stream["origin"], stream["incarnation"]) == (origin, incarnation):
            return stream
    return None


class Refused(Exception):
    """The node said no."""


class Control:
    """Asks one node."""

    def __init__(self, context, endpoint):
        self.endpoint = endpoint
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(endpoint)
        self.number = 1 << 40

    def ask(self, code, body=b""):
        self.number += 1
        self.socket.send(pack(REQUEST, struct.pack(">H", code) + body, index=self.number, origin=77))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            frame = receive(self.socket, f"an answer of {self.endpoint} to request {code}", deadline)
            header = unpack(frame)
            if header.kind == RESPONSE and header.index == self.number:
                break
        assert header.origin == 77, header
        reader = Reader(frame[40:])
        answer = reader.one("H")
        if answer == 2:
            raise Refused(reader.blob().decode())
        value = {
            1: lambda reader: None, 3: read_status, 4: read_report, 7: read_book, 12: read_lost_links,
        }[answer](reader)
        reader.finish()
        return value

    def status(self):
        return self.ask(1)

    def start(self, warmup, duration, delay=50_000_000):
        begin = self.status()["now"] + delay
        self.ask(2, struct.pack(">QQQ", begin, warmup, duration))

    def stop(self):
        self.ask(3)

    def report(self):
        return self.ask(4)

    def book(self):
        return self.ask(11)

    def lost_links(self):
        return self.ask(17)

    def shut_down(self):
        self.ask(5)

    def wait(self, what, condition, ask=None):
        """Asks until the answer is as it should be, and returns it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = (ask or self.status)()
            if condition(answer):
                return answer
            assert time.monotonic() < deadline, f"{self.endpoint}: waited in vain for {what}; last answer: {answer}"
            # Nothing comes that was not asked for: this is a pause, which something unexpected would end.
            self.socket.poll(10)

    def wait_ready(self):
        return self.wait("readiness", lambda status: status["state"] in (READY, RUNNING, FINISHED))


def receive(socket, what, deadline=None):
    """One frame of one message, or a failure that says what was awaited."""
    left = PATIENCE_SECONDS if deadline is None else max(0, deadline - time.monotonic())
    assert socket.poll(left * 1000), f"waited in vain for {what}"
    parts = socket.recv_multipart()
    assert len(parts) == 1, f"{what}: {len(parts)} frames instead of one"
    return parts[0]


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no VmRSS: is it gone?")


def open_context():
    context = zmq.Context()
    context.set(zmq.BLOCKY, 0)
    return context


def host_boot():
    with open("/proc/sys/kernel/random/boot_id", "rb") as file:
        boot = file.read().strip()
    try:
        return fnv1a(boot + b" " + os.readlink(b"/proc/self/ns/time"))
    except FileNotFoundError:
        return fnv1a(boot)


