"""book.py EVENTS_0 ORDERS_0 ORDERS_1: a node's own order book, its trades, and what it refuses, from outside."""

import struct
import sys

import zmq
import zbp

CLIENT, ENTRY = 6, 0
TRADE = struct.Struct(">QQqIH")
LIMIT, MARKET, CANCEL = 1, 2, 3
BUY, SELL = 0, 1


def order(serial, kind=LIMIT, side=BUY, price=100, quantity=5, symbol=0):
    return struct.pack(">QqiHBB", CLIENT << 45 | serial, price, quantity, symbol, kind, side)


class Client:
    def __init__(self, context, endpoint):
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(endpoint)
        self.origin, self.incarnation = zbp.client_origin(CLIENT, ENTRY), zbp.client_incarnation()
        self.index = 0

    def send(self, payload, index=None):
        if index is None:
            index, self.index = self.index, self.index + 1
        self.socket.send(zbp.pack(zbp.ORDER, payload, origin=self.origin, index=index, due=1, sent=1,
                                  incarnation=self.incarnation))

    def submit(self, payload, index=None):
        """Sends one order and returns the reason of its answer, 0 when it was taken."""
        self.send(payload, index)
        frame = zbp.receive(self.socket, "an answer")
        header = zbp.unpack(frame)
        number, reason, node = struct.unpack(">IHH", frame[40:])
        assert (header.kind == zbp.ACKNOWLEDGEMENT) == (reason == 0) and number == 1 and node == ENTRY, header
        assert header.index == (self.index - 1 if index is None else index), header
        return reason


def trades(events):
    """The trades of the next event, which must be the node's own."""
    while True:
        frame = zbp.receive(events, "a message that tells of trades")
        header = zbp.unpack(frame)
        if header.kind == zbp.EVENT:
            break
    assert header.origin == ENTRY and header.hop == 1 and header.due <= header.sent, header
    count, = struct.unpack_from(">I", frame, 40)
    assert len(frame) == 44 + count * TRADE.size, len(frame)
    return header, [TRADE.unpack_from(frame, 44 + place * TRADE.size) for place in range(count)]


def check_trades(events, client):
    name = CLIENT << 45
    assert client.submit(order(1, side=SELL, price=101)) == 0
    assert client.submit(order(2, side=SELL, price=102)) == 0
    assert client.submit(order(3, side=BUY, price=105, quantity=7)) == 0
    header, made = trades(events)
    assert header.index == 0 and made == [(name | 1, name | 3, 101, 5, 0), (name | 2, name | 3, 102, 2, 0)], made
    # Sent again it is acknowledged, and nothing is traded again.
    assert client.submit(order(3, side=BUY, price=105, quantity=7), index=2) == 0


def check_refusals(control, client):
    """Everything that is wrong is refused for its own reason, counted, and leaves the book as it was."""
    wrong = [
        (order(9, quantity=0), 16), (order(9, quantity=-1), 16), (order(9, price=0), 17), (order(9, price=-7), 17),
        (order(9, price=1 << 32), 17), (order(9, symbol=16), 18), (order(9, symbol=0xFFFF), 18),
        (order(2, side=BUY, price=50), 19), (order(9, kind=CANCEL), 20), (order(9, kind=0), 22), (order(9, kind=4), 22),
        (order(9, side=2), 22), (order(9)[:23], 22), (b"", 22), (b"buy 100 at 42", 22), (b"\xff" * 64, 22),
    ]
    before = control.book()
    for payload, reason in wrong:
        assert client.submit(payload) == reason, (payload, reason)
    book = control.book()
    for field in "trades lots trade_frames resting levels book_hash".split():
        assert book[field] == before[field], (field, book, before)
    assert book["taken"] == before["taken"] + len(wrong)
    assert book["rejected"] == [sum(1 for _, reason in wrong if reason == which) for which in range(16, 23)], book


def check_malformed(control, client):
    """What is no frame of the protocol never comes to the book: not counted there, not answered, and harmless."""
    before = control.book()
    good = zbp.pack(zbp.ORDER, order(10), origin=client.origin, index=client.index, incarnation=client.incarnation)
    for frame, what in [(good[:39], "truncated"), (good[:-1], "length"), (good + b"\0", "length"),
                        (zbp.pack(zbp.ORDER, order(10), origin=zbp.client_origin(CLIENT, 1)), "origin"),
                        (zbp.pack(zbp.EVENT, order(10)), "kind")]:
        count = control.report()["malformed"][what]
        client.socket.send(frame)
        control.wait(what, lambda report: report["malformed"][what] == count + 1, ask=control.report)
    assert control.book() == before


def main():
    context = zbp.open_context()
    entry, other = (zbp.Control(context, endpoint) for endpoint in sys.argv[2:4])
    events = context.socket(zmq.SUB)
    events.connect(sys.argv[1])
    events.subscribe(b"")
    zbp.receive(events, "a beacon: the subscription is in force")
    entry.wait_ready()
    other.wait_ready()
    client = Client(context, sys.argv[2])

    check_trades(events, client)
    heard = other.wait("the trades", lambda book: book["heard"] == 2, ask=other.book)
    assert heard["measured_heard"] == 2 and heard["taken"] == heard["trades"] == heard["unreadable"] == 0, heard
    check_refusals(entry, client)
    check_malformed(entry, client)
    book = entry.book()
    assert (book["repeated"], book["trades"], book["lots"], book["resting"]) == (1, 2, 7, 1), book

    # The book goes on as if nothing had been; at the end the streams say how long they were.
    assert client.submit(order(11, kind=MARKET, quantity=3)) == 0
    assert trades(events)[1] == [(CLIENT << 45 | 2, CLIENT << 45 | 11, 102, 3, 0)]
    entry.stop()
    ends = {}
    while len(ends) < 2:
        header = zbp.unpack(zbp.receive(events, "the ends of both streams"))
        if header.kind == zbp.END:
            ends[header.incarnation & zbp.WARMUP] = header.index
    assert ends == {0: 2, zbp.WARMUP: 0}, ends
    assert client.submit(order(12)) == 3, "a book whose streams have ended takes nothing"


main()
