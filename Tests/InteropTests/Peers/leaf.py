"""leaf.py EVENTS_0 INBOX_0 ORDERS_0 ORDERS_1: node 2 of a star of 3, as a full peer in another language.

It dials the hub both ways, takes part in the barrier, broadcasts, ends its stream, and receives what node 1 sends.
"""

import struct
import sys
import time

import zmq
import zbp

SELF, HUB, OTHER, NODES = 2, 0, 1, 3
COUNT = 500


class Leaf:
    def __init__(self, context, events, inbox):
        self.incarnation = zbp.node_incarnation()
        self.digest = zbp.cluster_digest(NODES, [(0, 1), (0, 2), (1, 0), (2, 0)], name="zug")
        self.ready = 0
        self.hub_subscribes = self.hub_heard = False
        self.out = context.socket(zmq.XPUB)
        self.out.sndhwm = 0
        self.out.connect(inbox)
        self.links = context.socket(zmq.SUB)
        self.links.rcvhwm = 0
        for route in (HUB, OTHER):
            self.links.subscribe(struct.pack(">H", route))
        self.links.subscribe(b"\xff\xff" + struct.pack(">H", SELF))
        self.links.connect(events)
        self.poller = zmq.Poller()
        self.poller.register(self.out, zmq.POLLIN)
        self.poller.register(self.links, zmq.POLLIN)
        self.events, self.ends = {}, {}

    def send(self, kind, payload=b"", index=0, due=0):
        sent = time.monotonic_ns() if due else 0
        self.out.send(
            zbp.pack(kind, payload, route=SELF, origin=SELF, hop=1, index=index, due=due, sent=sent,
                     incarnation=self.incarnation))

    def beacon(self):
        words = b"topology star, a leaf's"
        self.send(zbp.BEACON, struct.pack(">QIQQI", self.digest, 1, self.ready, 0, len(words)) + words)

    def turn(self, milliseconds=20):
        """Takes what came within a beacon's interval, and says what it knows."""
        for socket, _ in self.poller.poll(milliseconds):
            if socket is self.out:
                if socket.recv() == b"\x01\xff\xff" + struct.pack(">H", HUB):
                    self.hub_subscribes = True
            else:
                self.take(zbp.receive(socket, "a frame of the hub"))
        if self.hub_subscribes and self.hub_heard:
            self.ready |= 1 << SELF

    def take(self, frame):
        header = zbp.unpack(frame)
        assert header.route != SELF and header.origin != SELF, f"the hub sent back what it had from here: {header}"
        if header.kind == zbp.BEACON:
            digest, count, word, _, size = struct.unpack_from(">QIQQI", frame, 40)
            assert (header.origin, header.hop, digest, count) == (HUB, 1, self.digest, 1), header
            assert frame[72:].decode() == f"topology star, {NODES} nodes, cluster zug" and len(frame) == 72 + size
            self.hub_heard = True
            self.ready |= word
        elif header.kind == zbp.EVENT:
            assert (header.route, header.origin, header.hop) == (OTHER, OTHER, 2), header
            self.events.setdefault(header.incarnation, []).append(header.index)
        elif header.kind == zbp.END:
            self.ends[header.incarnation] = header.index

    def until(self, what, condition):
        deadline = time.monotonic() + zbp.PATIENCE_SECONDS
        next_beacon = 0
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            if time.monotonic() >= next_beacon:
                self.beacon()
                next_beacon = time.monotonic() + 0.02
            self.turn()


def main():
    context = zbp.open_context()
    hub, other = zbp.Control(context, sys.argv[3]), zbp.Control(context, sys.argv[4])
    leaf = Leaf(context, sys.argv[1], sys.argv[2])
    status = hub.status()
    assert status["digest"] == leaf.digest and status["state"] == zbp.JOINING, status

    leaf.until("the whole cluster", lambda: leaf.ready == 0b111)
    # The last news may have come from here: say it once more, and let the nodes take it.
    leaf.beacon()
    assert hub.wait_ready()["nodes_ready"] == other.wait_ready()["nodes_ready"] == NODES

    for index in range(COUNT):
        leaf.send(zbp.EVENT, b"from another language", index, due=time.monotonic_ns())
    leaf.send(zbp.END, index=COUNT)
    for node, hops in ((hub, 1), (other, 2)):
        report = node.wait("the leaf's stream", lambda report: is_complete(report, leaf), ask=node.report)
        stream = zbp.stream_of(report, SELF, leaf.incarnation)
        assert stream["unique"] == stream["index_end"] == COUNT, stream
        assert stream["duplicate"] == stream["reordered"] == stream["late"] == stream["stale"] == 0, stream
        assert stream["hop_minimum"] == stream["hop_maximum"] == hops and stream["hop_sum"] == hops * COUNT, stream
        assert sum(report["malformed"].values()) == 0, report["malformed"]
        assert report["latencies"][0]["negative"] == 0, "the leaf's clock is not this host's"

    status = other.status()
    other.start(warmup=0, duration=200_000_000)
    measured = status["incarnation"]
    leaf.until("the end of node 1", lambda: measured in leaf.ends)
    assert leaf.ends[measured] == 200, leaf.ends
    assert leaf.events == {measured: list(range(200))}, leaf.events

    # Gone is gone, and seen.
    leaf.links.close(0)
    hub.wait("the leaf's leaving", lambda report: [
        (link["is_up"], link["interruptions"]) for link in report["links"]] == [(True, 0), (False, 1)], ask=hub.report)


def is_complete(report, leaf):
    stream = zbp.stream_of(report, SELF, leaf.incarnation)
    return stream is not None and stream["announced"] == COUNT


main()
