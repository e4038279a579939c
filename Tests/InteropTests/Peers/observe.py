"""observe.py EVENTS_0 ORDERS_0 EVENTS_1 ORDERS_1: what observers of a ring of 3 see while its leader, node 0, broadcasts.

Node 0 sends 1,000 messages of 200 octets a second when told to. The observer of node 0 sees them as they were made, the
observer of node 1 as node 1 hands them on.
"""

import sys
import time

import zmq
import zbp

WARMUP_COUNT, MEASURED_COUNT, MESSAGE_OCTETS = 200, 300, 200


class Observer:
    def __init__(self, context, endpoint, node):
        self.node = node
        self.socket = context.socket(zmq.SUB)
        self.socket.rcvhwm = 0
        self.socket.subscribe(b"")
        self.socket.connect(endpoint)
        self.indices = {}
        self.heartbeats = []
        self.ends = {}
        self.last_due = 0
        self.problems = []

    def wait_until_in_force(self):
        while True:
            header = zbp.unpack(zbp.receive(self.socket, f"a beacon of node {self.node}"))
            if header.kind == zbp.BEACON:
                self.check(header.route == header.origin == self.node and header.hop == 1, header)
                return

    def check(self, is_right, header):
        if not is_right:
            self.problems.append(header)

    def take_all(self, incarnation):
        while len(self.ends) < 2 or len(self.indices) < 2 or self.missing() > 0:
            frame = zbp.receive(self.socket, f"the ends at node {self.node}; {self.missing()} messages are missing")
            now = time.monotonic_ns()
            header = zbp.unpack(frame)
            if header.kind == zbp.EVENT:
                self.take_event(header, frame, now, incarnation)
            elif header.kind == zbp.END:
                self.check(header.origin == 0 and header.incarnation not in self.ends and header.length == 0, header)
                self.ends[header.incarnation] = header.index
            elif header.kind == zbp.HEARTBEAT:
                reader = zbp.Reader(frame[40:])
                self.check(header.origin == 0 and reader.take("QQ") == (1, 100_000_000), header)
                self.check(0 < header.due == header.sent <= now, header)
                self.heartbeats.append(header.index)
            else:
                self.check(header.kind == zbp.BEACON and header.origin == self.node, header)

    def take_event(self, header, frame, now, incarnation):
        self.check(header.origin == 0 and header.incarnation & ~zbp.WARMUP == incarnation, header)
        self.check(len(frame) == MESSAGE_OCTETS, header)
        self.check(0 < header.due <= header.sent <= now, header)
        if self.node == 0:
            self.check(header.route == 0 and header.hop == 1, header)
        else:
            # From node 0 directly, or by way of node 2.
            self.check((header.route, header.hop) in ((0, 2), (2, 3)), header)
        self.last_due = max(self.last_due, header.due)
        self.indices.setdefault(header.incarnation, []).append(header.index)

    def missing(self):
        return WARMUP_COUNT + MEASURED_COUNT - sum(len(indices) for indices in self.indices.values())


def main():
    context = zbp.open_context()
    observers = [Observer(context, sys.argv[1], 0), Observer(context, sys.argv[3], 1)]
    leader, other = zbp.Control(context, sys.argv[2]), zbp.Control(context, sys.argv[4])
    status = leader.wait_ready()
    other.wait_ready()
    links = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)]
    assert status["digest"] == zbp.cluster_digest(3, links), status
    assert status["boot"] == zbp.host_boot(), status
    assert (status["node"], status["nodes"], status["nodes_ready"]) == (0, 3, 3), status
    assert abs(status["now"] - time.monotonic_ns()) < 60_000_000_000, status
    incarnation = status["incarnation"]
    assert 0 <= zbp.node_incarnation() - incarnation < 60 * 32, status

    for observer in observers:
        observer.wait_until_in_force()
    leader.start(warmup=200_000_000, duration=300_000_000)
    try:
        leader.start(warmup=0, duration=1)
        raise AssertionError("a node starts once")
    except zbp.Refused as refusal:
        assert "before" in str(refusal), refusal

    warmup = incarnation | zbp.WARMUP
    for observer in observers:
        observer.take_all(incarnation)
        assert not observer.problems, (observer.node, observer.problems[:5])
        assert observer.ends == {warmup: WARMUP_COUNT, incarnation: MEASURED_COUNT}, observer.ends
        for stream, count in observer.ends.items():
            indices = observer.indices[stream]
            # Made in order; handed on once each, whichever way round the ring was faster.
            assert (indices if observer.node == 0 else sorted(indices)) == list(range(count)), (observer.node, indices)
        first, last = observer.heartbeats[0], observer.heartbeats[-1]
        assert observer.heartbeats == list(range(first, last + 1)), observer.heartbeats

    status = leader.wait("its end", lambda status: status["state"] == zbp.FINISHED)
    assert status["sent"] == WARMUP_COUNT + MEASURED_COUNT, status
    own = leader.report()
    assert own["status"]["now"] > own["last_sent"] >= max(observer.last_due for observer in observers), own["last_sent"]
    report = other.report()
    assert report["last_sent"] == 0, report["last_sent"]
    stream = zbp.stream_of(report, 0, incarnation)
    assert stream["unique"] == stream["announced"] == stream["index_end"] == MEASURED_COUNT, stream
    received = sum(inbound["received"] for inbound in stream["inbound"])
    assert stream["unique"] + stream["duplicate"] + stream["stale"] == received, stream
    assert report["latencies"][0]["group"] == 0 and report["latencies"][0]["negative"] == 0, report["latencies"]
    assert report["leader"]["leader"] == 0 and report["leader"]["heartbeats"] > 0, report["leader"]


main()
