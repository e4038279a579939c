import CLinux
import Glibc

/// The clock every measurement uses: CLOCK_MONOTONIC of this host, which no clock step can touch.
public enum MonotonicClock {
    /// Nanoseconds since an arbitrary moment, the same for every process on this host.
    public static func now() -> UInt64 {
        UInt64(clinux_clock_ns(CLOCK_MONOTONIC))
    }
}

/// The time of day: for logs, file names and reports, never for measuring.
public enum WallClock {
    /// Nanoseconds since 1970-01-01T00:00:00Z; 0 if the host's clock is set to before that.
    public static func now() -> UInt64 {
        UInt64(max(0, clinux_clock_ns(CLOCK_REALTIME)))
    }
}

/// A moment in universal time, taken apart without Foundation and without the process's locale.
public struct UTCTime: Sendable, Equatable {
    /// The full year, such as 2026.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int
    /// The hour, 0 to 23.
    public let hour: Int
    /// The minute, 0 to 59.
    public let minute: Int
    /// The second, 0 to 59.
    public let second: Int
    /// The millisecond, 0 to 999.
    public let millisecond: Int

    /// Takes apart a moment given in nanoseconds since 1970-01-01T00:00:00Z.
    ///
    /// The calendar is computed in years that begin in March, as in Howard Hinnant's "chrono-compatible low-level date
    /// algorithms": leap days then come last, so no table of month lengths is needed.
    public init(nanosecondsSince1970: UInt64) {
        let seconds = Int(nanosecondsSince1970 / 1_000_000_000)
        millisecond = Int(nanosecondsSince1970 % 1_000_000_000 / 1_000_000)
        second = seconds % 60
        minute = seconds / 60 % 60
        hour = seconds / 3600 % 24

        let daysSinceYearZero = seconds / 86_400 + 719_468
        let era = daysSinceYearZero / 146_097
        let dayOfEra = daysSinceYearZero % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// RFC 3339 with milliseconds: "2026-11-21T08:45:01.123Z".
    public var text: String {
        "\(digits(year, 4))-\(digits(month))-\(digits(day))T"
            + "\(digits(hour)):\(digits(minute)):\(digits(second)).\(digits(millisecond, 3))Z"
    }

    /// For file names, to the second; sorts by time: "20261121T084501Z".
    public var compactText: String {
        "\(digits(year, 4))\(digits(month))\(digits(day))T\(digits(hour))\(digits(minute))\(digits(second))Z"
    }
}

/// A number with leading zeros.
private func digits(_ value: Int, _ width: Int = 2) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
