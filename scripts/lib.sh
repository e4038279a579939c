# What the scripts share; sourced, not run. Sets `root`, the project's directory, and goes there.
# shellcheck shell=bash disable=SC2034

script=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/$(basename -- "$0")
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root" || exit

# One language for all tools, so that what is searched for in their output is there.
export LC_ALL=C.UTF-8
# Some schedulers and containers set no home; the build tools keep caches there.
export HOME=${HOME:-$root/.build/home}

# Exit codes of the product, used by its scripts too.
readonly exit_fail=1 exit_usage=64 exit_unavailable=69

# fail CODE MESSAGE: ends the script with a message that names it.
fail() {
    echo "$(basename -- "$script"): $2" >&2
    exit "$1"
}

# step MESSAGE: says what is being done, apart from what the tools print.
step() { printf '\n==> %s\n' "$*" >&2; }

# The header comment of the script is its help.
usage() {
    sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$script"
}
