#!/usr/bin/env bash
# Starts a cluster on this machine, drives orders through it, and reports. Set by variables:
#
#   NODES           3      nodes in the cluster
#   ORDERS_PER_SEC  1000   orders per second, spread over the nodes: 5000, 20k
#   TEST_DURATION   30s    how long is measured
#   KEEP_ALIVE      false  true leaves the nodes running after the report, until Ctrl-C or zbed stop
#   BASE_PORT       5000   base port of node 0; node i has BASE_PORT + 100 x i
#   TOPOLOGY        mesh   star, mesh, ring, line, tree:K, grid, random:K, …
#
#   NODES=5 ORDERS_PER_SEC=5000 TEST_DURATION=60s TOPOLOGY=ring scripts/run-multi-node.sh
#
# Further options go to `zbed run`, which does the work (`zbed run --help`).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

if [[ ${1:-} == -h || ${1:-} == --help ]]; then usage && exit 0; fi

# check NAME PATTERN EXPECTED: ends the script unless the variable's value has the form that is expected.
check() {
    [[ ${!1} =~ ^($2)$ ]] || fail "$exit_usage" "$1 is '${!1}': expected $3"
}

NODES=${NODES:-3}
ORDERS_PER_SEC=${ORDERS_PER_SEC:-1000}
TEST_DURATION=${TEST_DURATION:-30s}
KEEP_ALIVE=${KEEP_ALIVE:-false}
BASE_PORT=${BASE_PORT:-5000}
TOPOLOGY=${TOPOLOGY:-mesh}
check NODES '[1-9][0-9]{0,3}' 'a number of nodes such as 3'
check ORDERS_PER_SEC '[0-9]+(\.[0-9]+)?[kM]?' 'orders per second such as 1000, 20k or 1M'
check TEST_DURATION '[0-9]+(\.[0-9]+)?(ms|s|m|h)?' 'a duration such as 500ms, 30s or 2m'
check KEEP_ALIVE 'true|false' 'true or false'
check BASE_PORT '[1-9][0-9]{0,4}' 'a port such as 5000'
check TOPOLOGY '[a-z][^ ]*' 'a topology such as mesh, star, ring or tree:2'
# A node's last port is its base port + 5.
last_port=$((BASE_PORT + 100 * (NODES - 1) + 5))
((BASE_PORT >= 1024 && last_port <= 65535)) ||
    fail "$exit_usage" "BASE_PORT $BASE_PORT with $NODES nodes uses ports up to $last_port: expected all from 1024 to 65535"

scripts/install-deps --build-only
build=(swift build -c release --static-swift-stdlib)
programs=$("${build[@]}" --show-bin-path)
step 'building (release)'
"${build[@]}" >&2

options=(--nodes "$NODES" --rate "$ORDERS_PER_SEC" --duration "$TEST_DURATION" --topology "$TOPOLOGY" --port "$BASE_PORT")
if [[ $KEEP_ALIVE == true ]]; then options+=(--keep-alive); fi
exec "$programs/zbed" run "${options[@]}" "$@"
