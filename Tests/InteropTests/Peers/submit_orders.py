"""submit_orders.py ORDERS_0 ORDERS_1 ORDERS_2: orders to node 1 of a ring of 3 are all answered and reach all nodes."""

import sys

import zmq
import zbp

COUNT, ENTRY, CLIENT = 2_000, 1, 5


def submit(socket, indices, origin, incarnation):
    """Sends orders as fast as the socket takes them."""
    for index in indices:
        socket.send(zbp.pack(zbp.ORDER, b"sell 1", origin=origin, index=index, due=1, sent=1, incarnation=incarnation))


def answers(socket, count, origin, incarnation, reason=0):
    """The indices answered, in the order of the answers."""
    answered = []
    while len(answered) < count:
        frame = zbp.receive(socket, f"answers: {len(answered)} of {count} came")
        header = zbp.unpack(frame)
        assert header.kind == (zbp.REFUSAL if reason else zbp.ACKNOWLEDGEMENT), header
        assert (header.route, header.origin, header.incarnation) == (ENTRY, origin, incarnation), header
        reader = zbp.Reader(frame[40:])
        number, why, node = reader.take("IHH")
        reader.finish()
        assert number > 0 and why == reason and node == ENTRY, (number, why, node)
        answered += range(header.index, header.index + number)
    return answered


def main():
    context = zbp.open_context()
    nodes = [zbp.Control(context, endpoint) for endpoint in sys.argv[1:4]]
    for node in nodes:
        node.wait_ready()
    socket = context.socket(zmq.DEALER)
    socket.connect(sys.argv[1 + ENTRY])
    origin, incarnation = zbp.client_origin(CLIENT, ENTRY), zbp.client_incarnation()

    submit(socket, range(COUNT), origin, incarnation)
    assert answers(socket, COUNT, origin, incarnation) == list(range(COUNT))
    # A repeated order is acknowledged, and not broadcast again.
    submit(socket, [COUNT - 1], origin, incarnation)
    assert answers(socket, 1, origin, incarnation) == [COUNT - 1]

    for node in nodes:
        node.wait(f"{COUNT} orders", lambda status: status["unique"] == COUNT)
    nodes[0].wait("both copies", lambda streams: received(streams) == 4 * COUNT,
                  ask=lambda: [zbp.stream_of(node.report(), origin, incarnation) for node in nodes])
    for number, node in enumerate(nodes):
        check(zbp.stream_of(node.report(), origin, incarnation), number == ENTRY)


def received(streams):
    """In a ring of 3 a message crosses 4 links: 2E - n + 1. Which ones, only time tells."""
    return sum(inbound["received"] for stream in streams for inbound in stream["inbound"])


def check(stream, is_entry):
    assert stream["unique"] == stream["index_end"] == COUNT, stream
    assert stream["announced"] is None and stream["refused"] == stream["late"] == 0, stream
    assert stream["enters_here"] == is_entry and stream["sent"] == (COUNT if is_entry else 0), stream
    if not is_entry:
        assert stream["hop_minimum"] == 1 and stream["hop_sum"] >= COUNT, stream
        arrived = sum(inbound["received"] for inbound in stream["inbound"])
        assert stream["unique"] + stream["duplicate"] + stream["stale"] == arrived, stream


main()
