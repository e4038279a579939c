"""hostile.py PID HOST BASE_PORT: the hub of a star of 3 counts whatever is malformed, exactly, and goes on serving.

The expected count of each malformation comes from `classify`, which follows section 10 of the document; each case also
says what it should be.
"""

import random
import socket
import sys
import zlib

import zmq
import zbp

ORDER_KINDS, LINK_KINDS = {2, 9}, {1, 2, 5, 6, 7, 8}
NODES, SELF, LEAVES = 3, 0, {1, 2}
FRAME_OCTETS_MAX = 16 << 20
GROWTH_OCTETS_MAX = 48 << 20


def classify(parts, is_inbox):
    """The malformation of a message, or None: section 10."""
    first = parts[0]
    if is_inbox and (len(first) < 2 or int.from_bytes(first[:2]) not in LEAVES):
        return "origin"
    if len(parts) > 1:
        return "frames"
    if len(first) < 40:
        return "truncated"
    version, kind = first[2] >> 4, first[2] & 15
    if version != 1:
        return "version"
    if kind not in zbp.KINDS:
        return "kind"
    has_checksum = first[3] == 2 and kind in (zbp.EVENT, zbp.ORDER)
    if first[3] != 0 and not has_checksum:
        return "flags"
    if int.from_bytes(first[36:40]) != len(first) - 40:
        return "length"
    origin, payload = int.from_bytes(first[4:8]), first[40:]
    is_client, entry = origin >> 31 == 1, origin & 0xFFF
    if is_inbox:
        if entry >= NODES or (not is_client and origin >= 4096):
            return "origin"
        if kind not in LINK_KINDS:
            return "kind"
        if kind in (zbp.EVENT, zbp.ORDER) and is_client != (kind == zbp.ORDER):
            return "origin"
        if kind in (zbp.HEARTBEAT, zbp.BEACON, zbp.TURN) and is_client:
            return "origin"
    else:
        if kind not in ORDER_KINDS:
            return "kind"
        if kind == zbp.ORDER and not (is_client and entry == SELF):
            return "origin"
    if has_checksum and not is_undamaged(first):
        return "checksum"
    return None if is_readable(kind, payload) else "payload"


def is_undamaged(frame):
    return len(frame) >= 44 and zlib.crc32(frame[10:-4]) == int.from_bytes(frame[-4:])


def is_readable(kind, payload):
    size = len(payload)
    if kind == zbp.REQUEST:
        code = payload[:2]
        times = [int.from_bytes(payload[2 + 8 * place:10 + 8 * place]) for place in range(3)]
        sizes = {b"\0\1": 2, b"\0\2": 26, b"\0\3": 2, b"\0\4": 2, b"\0\5": 2, b"\0\6": 2, b"\0\7": 4,
                 b"\0\13": 2}
        return size == sizes.get(code) and (code != b"\0\2" or sum(times) < 1 << 64)
    if kind == zbp.BEACON:
        words = int.from_bytes(payload[8:12])
        return size >= 20 and size == 20 + 8 * words and words <= 64
    return size == {zbp.HEARTBEAT: 56, zbp.TURN: 2}.get(kind, size)


def common_cases(good, wrong_kinds):
    """What is wrong on any socket, made from a good frame."""
    def changed(place, value):
        return good[:place] + bytes([value]) + good[place + 1:]

    yield from (("truncated", [good[:size]]) for size in (2, 3, 36, 39))
    yield from (("version", [changed(2, version << 4 | 2)]) for version in (0, 2, 15))
    yield from (("kind", [changed(2, 1 << 4 | kind)]) for kind in [0, 11, 12, 13, 14, 15] + wrong_kinds)
    yield from (("flags" if bit != 1 else "checksum", [changed(3, 1 << bit)]) for bit in range(8))
    yield from (("length", [frame]) for frame in (good + b"x", good[:-1], changed(36, 0xFF), changed(39, 0)))
    yield from (("frames", parts) for parts in ([good, b""], [good, good], [good] + [b"x"] * 20))


def router_cases():
    good = zbp.pack(zbp.ORDER, b"buy", origin=zbp.client_origin(3, SELF), incarnation=99, index=1 << 20)
    yield from common_cases(good, [1, 3, 4, 5, 6, 7, 8, 10])
    yield from (("truncated", [octets]) for octets in (b"", b"x"))
    yield from (("frames", parts) for parts in ([b"", good], [b"", b""], [b"x"] * 300))
    for origin in (0, SELF, 1, 0x7FFFFFFF, zbp.client_origin(3, 1), zbp.client_origin(3, 4095), 0xFFFFFFFF):
        yield "origin", [zbp.pack(zbp.ORDER, origin=origin)]
    largest = b"\xff" * 8
    for payload in (b"", b"\0", b"\0\0", b"\0\10", b"\1\1", b"\0\1\0", b"\0\5\0", b"\0\2", b"\0\2" + bytes(23),
                    b"\0\2" + bytes(25), b"\0\2" + largest * 3, b"\0\2" + largest + bytes(15) + b"\1"):
        yield "payload", [zbp.pack(zbp.REQUEST, payload)]


def inbox_cases():
    good = zbp.pack(zbp.EVENT, b"news", route=1, origin=1, hop=1, incarnation=99, index=1 << 20)
    yield from common_cases(good, [3, 4, 9, 10])
    yield from (("origin", [octets]) for octets in (b"", b"\0", b"\0\0", b"\0\3", good[1:], b"\xff\xff\0\1"))
    yield from (("origin", [b"", good]), ("origin", [b"\0"] * 50))
    for route in (SELF, 3, 0x1001, 0xFFFF):
        yield "origin", [zbp.pack(zbp.EVENT, route=route, origin=1)]
    for origin in (3, 4095, 4096, 4097, 0x7FFFF001, zbp.client_origin(3, 3), 0xFFFFFFFF):
        yield "origin", [zbp.pack(zbp.EVENT, route=1, origin=origin)]
    for kind, payloads in {
            zbp.BEACON: [b"", bytes(11), bytes(8) + b"\xff\xff\xff\xff", bytes(11) + b"\1", bytes(13),
                         bytes(11) + b"\x41" + bytes(65 * 8)],
            zbp.HEARTBEAT: [b"", bytes(16), bytes(55), bytes(57)],
            zbp.TURN: [b"", b"\0", bytes(3)]}.items():
        yield from (("payload", [zbp.pack(kind, payload, route=1, origin=1)]) for payload in payloads)


def noise(seed, good):
    """Random octets, and a good frame with a few bits changed; most are malformed, all are harmless."""
    chance = random.Random(seed)
    for _ in range(500):
        yield [chance.randbytes(chance.randrange(200))]
        frame = bytearray(good)
        for _ in range(chance.randrange(1, 3)):
            frame[chance.randrange(40)] ^= 1 << chance.randrange(8)
        # A changed kind could make a whole control frame of it.
        if frame[2] & 15 in (2, good[2] & 15) or classify([bytes(frame)], True):
            yield [bytes(frame)]


class Expectation:
    """What the node's counters must come to."""

    def __init__(self, counters):
        self.counters = dict(counters)

    def send(self, channel, parts, is_inbox, claim=None):
        what = classify(parts, is_inbox)
        assert claim in (None, what), f"{parts} is a case of {claim}, but {what} by the document"
        channel.send_multipart(parts)
        if what:
            self.counters[what] += 1
        return what


class Hub:
    def __init__(self, context, host, base):
        self.context = context
        self.endpoints = [f"tcp://{host}:{base + offset}" for offset in range(3)]
        self.control = zbp.Control(context, self.endpoints[2])
        self.serial = 0

    def serves(self):
        """A new client's order is acknowledged, and asking works."""
        assert self.control.status()["state"] in (zbp.READY, zbp.RUNNING)
        self.serial += 1
        client = self.context.socket(zmq.DEALER)
        client.linger = 0
        client.connect(self.endpoints[2])
        client.send(zbp.pack(zbp.ORDER, b"still there?", origin=zbp.client_origin(self.serial, SELF), incarnation=1))
        header = zbp.unpack(zbp.receive(client, "an acknowledgement"))
        assert header.kind == zbp.ACKNOWLEDGEMENT and header.index == 0, header
        client.close()


def attack_router(hub, expected):
    channel = hub.context.socket(zmq.DEALER)
    channel.sndhwm = 0
    channel.connect(hub.endpoints[2])

    def is_refused(why, parts):
        """Whether it is answered: an unreadable request is, and one of another version."""
        return why == "payload" or why == "version" and parts[0][2] & 15 == zbp.REQUEST

    unreadable = sum(is_refused(expected.send(channel, parts, False, claim), parts) for claim, parts in router_cases())
    good = zbp.pack(zbp.ORDER, b"buy", origin=zbp.client_origin(4, SELF), incarnation=98)
    for parts in noise(1, good):
        unreadable += is_refused(expected.send(channel, parts, False), parts)
    # Requests on the same connection come after all that: what it counts by then is all.
    channel.send(zbp.pack(zbp.REQUEST, b"\0\4", index=5))
    refusals = 0
    while True:
        frame = zbp.receive(channel, "the report behind the malformed frames")
        header = zbp.unpack(frame)
        if header.kind == zbp.RESPONSE and header.index == 5:
            break
        refusals += header.kind == zbp.RESPONSE and frame[40:42] == b"\0\2"
    assert refusals == unreadable, f"{unreadable} unreadable requests, but {refusals} were refused"
    channel.close(0)
    return zbp.read_report(zbp.Reader(frame[42:]))


def attack_inbox(hub, expected):
    channel = hub.context.socket(zmq.XPUB)
    channel.sndhwm = 0
    channel.connect(hub.endpoints[1])
    while zbp.receive(channel, "the hub's subscription") != b"\x01":
        pass
    for claim, parts in inbox_cases():
        expected.send(channel, parts, True, claim)
    good = zbp.pack(zbp.EVENT, b"news", route=1, origin=1, hop=1, incarnation=98)
    for parts in noise(2, good):
        expected.send(channel, parts, True)
    # A good message behind them: when it is there, all of them are counted.
    channel.send(zbp.pack(zbp.EVENT, route=1, origin=1, hop=1, incarnation=97))
    report = hub.control.wait(
        "the message behind the malformed ones", lambda report: zbp.stream_of(report, 1, 97), ask=hub.control.report)
    channel.close(0)
    return report


def flood(hub, expected, pid):
    """Many malformed messages must not cost memory."""
    before = zbp.resident_bytes(pid)
    channel = hub.context.socket(zmq.DEALER)
    channel.connect(hub.endpoints[2])
    for _ in range(20_000):
        expected.send(channel, [b"\xff" * 1_000], False, "version")
        expected.send(channel, [b"x", b"y", b"z"], False, "frames")
    channel.send(zbp.pack(zbp.REQUEST, b"\0\4"))
    report = zbp.receive(channel, "the report behind the flood")
    channel.close(0)
    growth = zbp.resident_bytes(pid) - before
    assert growth < GROWTH_OCTETS_MAX, f"the node grew by {growth} octets"
    return zbp.read_report(zbp.Reader(report[42:]))


def send_too_much(hub, pid):
    """Frames above the limit end the connection; one at the limit is an order like any other."""
    before = zbp.resident_bytes(pid)
    for _ in range(3):
        channel = hub.context.socket(zmq.DEALER)
        monitor = channel.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        channel.connect(hub.endpoints[2])
        origin = zbp.client_origin(5, SELF)
        channel.send(zbp.pack(zbp.ORDER, bytes(FRAME_OCTETS_MAX - 39), origin=origin, incarnation=1))
        assert monitor.poll(zbp.PATIENCE_SECONDS * 1000), "a frame above the limit did not end the connection"
        channel.disable_monitor()
        channel.close(0)
    growth = zbp.resident_bytes(pid) - before
    assert growth < GROWTH_OCTETS_MAX, f"the node grew by {growth} octets"
    channel = hub.context.socket(zmq.DEALER)
    channel.connect(hub.endpoints[2])
    channel.send(zbp.pack(zbp.ORDER, bytes(FRAME_OCTETS_MAX - 40), origin=zbp.client_origin(6, SELF), incarnation=1))
    assert zbp.unpack(zbp.receive(channel, "the answer to the largest order")).kind == zbp.ACKNOWLEDGEMENT
    channel.close(0)


def send_garbage(host, base):
    """Octets that are no ZMTP, on each port, from connections that end and one that stays and is thrown out."""
    chance = random.Random(3)
    for port in range(base, base + 3):
        for octets in (b"GET / HTTP/1.1\r\nHost: node\r\n\r\n", b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"EVIL" * 13,
                       chance.randbytes(100_000), b""):
            with socket.create_connection((host, port), timeout=zbp.PATIENCE_SECONDS) as connection:
                try:
                    connection.sendall(octets)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65_536):
                        pass
                except TimeoutError:
                    raise
                except OSError:
                    pass  # Thrown out: that is one right answer.
    with socket.create_connection((host, base + 2), timeout=zbp.PATIENCE_SECONDS) as connection:
        while connection.recv(65_536):
            pass  # It says hello, and nothing is answered: within its patience it must hang up.


def main():
    pid, host, base = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    context = zbp.open_context()
    hub = Hub(context, host, base)
    hub.control.wait_ready()
    hub.serves()
    expected = Expectation(hub.control.report()["malformed"])
    assert not any(expected.counters.values()), expected.counters

    for attack in (attack_router, attack_inbox, lambda *which: flood(*which, pid)):
        report = attack(hub, expected)
        assert report["malformed"] == expected.counters, f"{report['malformed']} but {expected.counters} expected"
        hub.serves()
    send_too_much(hub, pid)
    hub.serves()
    assert hub.control.report()["malformed"] == expected.counters
    send_garbage(host, base)
    hub.serves()
    leaf = zbp.Control(context, f"tcp://{host}:{base + 102}")
    origin = zbp.client_origin(hub.serial, SELF)
    leaf.wait("the last order", lambda report: zbp.stream_of(report, origin, 1), ask=leaf.report)


main()
