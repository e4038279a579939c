# The three programs (znode, loadclient, zbed) in one small image.
#
#   docker build -t zbed .
#   docker run --rm zbed zbed run --topology ring --nodes 3
#   docker run --rm zbed znode --help
#
# docker-compose.yml runs a cluster with it. See docs/operations.md.

FROM swift:6.3-bookworm AS build

# What changes least comes first: each step is taken from the cache until something it copies changes.
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        libczmq-dev libmicrohttpd-dev libsqlite3-dev libyaml-dev libzmq3-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /source
COPY Package.swift ./
# The manifest names test and benchmark targets too. Empty ones stand in for them, so that a change to a test does not
# build the programs again; but the bare loops that `zbed calibrate` measures with are in the program.
RUN tr -d '\n' <Package.swift \
    | grep -oE '(\.testTarget\( *name|path): "[A-Za-z/]+"' \
    | sed -E 's/^\.testTarget.*"(.*)"/Tests\/\1/; s/^path: "(.*)"/\1/' \
    | grep -vx 'Benchmarks/Baseline' \
    | while read -r directory; do mkdir -p "$directory" && touch "$directory/Empty.swift"; done
COPY Benchmarks/Baseline Benchmarks/Baseline
COPY Sources Sources
RUN for product in znode loadclient zbed; do \
        swift build -c release --static-swift-stdlib --product "$product" || exit 1; \
    done \
    && mkdir /programs \
    && cd "$(swift build -c release --static-swift-stdlib --show-bin-path)" \
    && strip -o /programs/znode znode && strip -o /programs/loadclient loadclient && strip -o /programs/zbed zbed

# tc, which shapes networks, without the rest of its package: iproute2 brings 20 more packages' worth of what is not used.
FROM debian:bookworm-slim AS tc

RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends iproute2 \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /tc/lib /tc/bin \
    && cp --dereference "$(command -v tc)" /tc/bin/ \
    && ldd /tc/bin/tc | grep -oE '/[^ ]*/lib(bpf|elf|mnl|bsd|md|cap|xtables)\.so\.[0-9]+' \
        | xargs -I {} cp --dereference {} /tc/lib/

FROM debian:bookworm-slim

RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        libczmq4 libmicrohttpd12 libsqlite3-0 libyaml-0-2 libzmq5 zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/zbed zbed \
    && install -d -o zbed -g zbed /var/lib/zbed /var/lib/zbed/results

COPY --from=tc /tc/ /usr/local/
COPY docker/entrypoint docker/healthcheck docker/shape docker/check-results docker/compare-clusters /usr/local/bin/
# For a Prometheus that `zbed run --prometheus` starts, in an image made from this one that has it.
COPY deploy/prometheus/rules /usr/local/share/zbed/prometheus/rules
COPY --from=build /programs/ /usr/local/bin/
# A missing library or an outdated name above is found here, not when the image is run: the programs load libczmq to tell
# its version, and libmicrohttpd to serve metrics.
RUN for program in znode loadclient zbed; do "$program" --version | grep 'czmq [0-9]' || exit 1; done \
    && znode --id 0 --num-nodes 1 --metric-port 5005 --timeout 1s \
    && ldconfig && tc -Version

USER zbed
WORKDIR /var/lib/zbed
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=2s --start-period=2s --retries=3 CMD ["healthcheck"]
ENTRYPOINT ["entrypoint"]
CMD ["zbed", "--help"]
