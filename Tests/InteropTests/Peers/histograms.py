"""Reads and writes HdrHistogram files with the package `hdrhistogram`, the reference in Python.

    histograms.py read LOG              every interval: tag, percentiles, each recorded bucket and its count
    histograms.py write LOG             writes a log of known values, and prints it in the same form
    histograms.py total LOG [PREFIX]    the percentiles of all intervals together (whose tags begin so)
    histograms.py distribution BASE64   the percentile distribution, in milliseconds, one step for each halving: with
                                        more the package does not round as the Java library does
"""

import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader, HistogramLogWriter

PERCENTILES = (0, 1, 50, 90, 95, 99, 99.9, 99.99, 100)
HOUR_NS = 3_600_000_000_000


def show(histogram, tag, with_buckets=True):
    """Prints a histogram in lines that another program can print as well."""
    values = [str(histogram.get_value_at_percentile(percentile)) for percentile in PERCENTILES]
    print("histogram", tag or "-", histogram.get_total_count(), *values)
    if with_buckets:
        for item in histogram.get_recorded_iterator():
            lowest = histogram.get_lowest_equivalent_value(item.value_iterated_to)
            print(lowest, item.count_at_value_iterated_to)


def intervals(path):
    """Yields every interval of a log."""
    reader = HistogramLogReader(path, HdrHistogram(1, HOUR_NS, 3))
    while True:
        histogram = reader.get_next_interval_histogram()
        if histogram is None:
            break
        yield histogram
    reader.close()


def pseudo_random(seed, count, below):
    """Numbers that any language can make again."""
    for _ in range(count):
        seed = (seed * 6364136223846793005 + 1442695040888963407) & ((1 << 64) - 1)
        yield (seed >> 33) % below


def write(path):
    """Writes a log: nothing, one value, many values, large counts, other digits and ranges."""
    histograms = [HdrHistogram(1, HOUR_NS, 3) for _ in range(4)]
    histograms += [HdrHistogram(1000, 60_000_000_000, 2), HdrHistogram(1, 1_000_000, 4)]
    histograms[1].record_value(1_000_000)
    for value in pseudo_random(7, 20_000, 2_000_000_000):
        histograms[2].record_value(value)
    histograms[3].record_value(7, 1 << 40)
    histograms[3].record_value(HOUR_NS, 3)
    for value in pseudo_random(8, 500, 30_000_000_000):
        histograms[4].record_value(value)
    for value in pseudo_random(9, 500, 1_000_000):
        histograms[5].record_value(value)
    with open(path, "w", encoding="utf-8") as file:
        writer = HistogramLogWriter(file)
        writer.output_log_format_version()
        writer.output_base_time(1_441_812_279_474)
        writer.output_legend()
        for place, histogram in enumerate(histograms):
            # The package reads tags and does not write them.
            file.write(f"Tag=series{place}," if place else "")
            writer.output_interval_histogram(histogram, place + 1, place + 2)
    for place, histogram in enumerate(histograms):
        show(histogram, f"series{place}" if place else None)


def total(path, prefix):
    """Prints the percentiles of all intervals together."""
    histogram = HdrHistogram(1, HOUR_NS, 3)
    for interval in intervals(path):
        if (interval.get_tag() or "").startswith(prefix):
            histogram.add(interval)
    show(histogram, prefix, with_buckets=False)


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "read":
        for histogram in intervals(arguments[0]):
            show(histogram, histogram.get_tag())
    elif what == "write":
        write(arguments[0])
    elif what == "total":
        total(arguments[0], arguments[1] if len(arguments) > 1 else "")
    else:
        sys.stdout.flush()
        HdrHistogram.decode(arguments[0]).output_percentile_distribution(sys.stdout.buffer, 1_000_000, 1)


if __name__ == "__main__":
    main()
