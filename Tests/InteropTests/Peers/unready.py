"""unready.py ORDERS_0: a node whose neighbours are missing refuses orders and starts, and says why."""

import sys

import zmq
import zbp


def main():
    context = zbp.open_context()
    node = zbp.Control(context, sys.argv[1])
    status = node.status()
    assert status["state"] == zbp.JOINING and status["nodes_ready"] == 0, status
    assert (status["outbound_ready"], status["outbound_expected"]) == (0, 2), status
    assert (status["inbound_ready"], status["inbound_expected"]) == (0, 2), status
    lost = [(link["neighbour"], link["is_incoming"], link["seconds"]) for link in node.lost_links()]
    assert lost == [(1, False, None), (2, False, None), (1, True, None), (2, True, None)], lost
    try:
        node.start(warmup=0, duration=1)
        raise AssertionError("a node that is not ready does not start")
    except zbp.Refused as refusal:
        assert "ready" in str(refusal), refusal
    socket = context.socket(zmq.DEALER)
    socket.connect(sys.argv[1])
    origin = zbp.client_origin(9, 0)
    for index in range(3):
        socket.send(zbp.pack(zbp.ORDER, origin=origin, index=index, incarnation=1))
    refused = 0
    while refused < 3:
        frame = zbp.receive(socket, "a refusal")
        header = zbp.unpack(frame)
        number, reason, by = zbp.Reader(frame[40:]).take("IHH")
        assert (header.kind, header.origin, header.index) == (zbp.REFUSAL, origin, refused), header
        assert (reason, by) == (2, 0), (reason, by)
        refused += number
    node.stop()
    node.shut_down()


main()
