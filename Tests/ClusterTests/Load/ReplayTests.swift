import Testing
import Wire

@testable import Cluster

/// Reading recorded loads.
@Suite struct ReplayTests {
    private static func read(_ text: String) throws(ReplayError) -> Replay {
        try Replay(csv: Array(text.utf8), sizes: 40...1_000)
    }

    @Test(arguments: [
        "0,64\n0.000125,100\n0.000125,40\n12,1000",
        "# recorded\n\n  0 , 64\r\n0.0001250009,100\r\n0.000125,40\r\n12.0,1000\r\n",
        "time,size\n100,64\n100.000125,100\n100.000125,40\n112,1000\n",
        "Size,Time\n64,1700000000.5\n100,1700000000.500125\n40,1700000000.500125\n1000,1700000012.5\n",
    ])
    func timesCountFromTheFirstRow(text: String) throws {
        let replay = try Self.read(text)
        #expect(replay.times == [0, 125_000, 125_000, 12_000_000_000])
        #expect(replay.content == .sizes([64, 100, 40, 1_000]))
        #expect(replay.largest == 1_000 && replay.nanoseconds == 16_000_000_000)
    }

    @Test func ordersAreRead() throws {
        let replay = try Self.read(
            """
            time,kind,side,price,quantity,symbol,id
            0,limit,buy,100,5,3,77
            0.5,MARKET,sell,,2,,
            1,cancel,,,,,77
            """)
        #expect(
            replay.content
                == .orders([
                    OrderPayload(id: 77, kind: .limit, side: .buy, price: 100, quantity: 5, symbol: 3),
                    OrderPayload(id: 1, kind: .market, side: .sell, quantity: 2),
                    OrderPayload(id: 77, kind: .cancel),
                ]))
        #expect(try Self.read("0,limit,sell,9,1") == Self.read("time,kind,side,price,quantity\n0,limit,sell,9,1"))
    }

    @Test(arguments: [
        ("", 0, "no row"), ("# nothing\n\n", 0, "no row"), ("time,size\n", 0, "no row"),
        ("0,64\nx,64", 2, "the time \"x\" is none"), ("0,64\n-1,64", 2, "the time \"-1\" is none"),
        ("0,64\n1e3,64", 2, "the time"), ("0,64\n1.,64", 2, "the time"), ("0,64\n9999999999,64", 2, "the time"),
        ("1,64\n\n0.5,64", 3, "before the one above"), ("0,64\n2,64\n1,64", 3, "before the one above"),
        ("0,39", 1, "from 40 to 1000"), ("0,1001", 1, "from 40 to 1000"), ("0,64\n1,", 2, "has no size"),
        ("0,64\n1", 2, "has no size"), ("0,64\n1,64,9", 2, "has 3 values"), ("0,-5", 1, "the size \"-5\""),
        ("0,99999999999999999999", 1, "the size"), ("time,colour\n0,1", 1, "\"colour\" is not known"),
        ("time,time\n0,1", 1, "named twice"), ("size\n64", 1, "expected time"), ("time\n1", 1, "either size or kind"),
        ("0,limit,buy,5,1\n1,sell,buy,5,1", 2, "the kind \"sell\""), ("0,limit,up,5,1", 1, "the side \"up\""),
        ("0,limit,buy,,1", 1, "has no price"), ("0,limit,buy,5,0", 1, "the quantity \"0\""),
        ("0,limit,buy,5,3000000000", 1, "the quantity"), ("0,limit,buy,0,1", 1, "the price"),
        ("0,cancel,,,,,", 1, "a cancel has no id"), ("0,limit,buy,5,1,70000", 1, "the symbol"),
        ("0,limit,buy,5,1,1,99999999999999", 1, "the id"), ("0\u{1},64", 1, "the time \"0?\" is none"),
    ])
    func whatIsWrongIsToldWithItsLine(text: String, line: Int, problem: String) throws {
        let error = try #require(throws: ReplayError.self) { try Self.read(text) }
        #expect(error.line == line && error.description.contains(problem), "\(error)")
    }
}
