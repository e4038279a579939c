#!/usr/bin/env python3
"""Checks the load client's report of a run in which nothing may be missing.

    scripts/ci/check-report.py NODES report.json

Exit codes: 0 all is well; 1 something is not, and is printed; 2 the run says nothing (the machine was too busy).
"""

import json
import sys


def problems(report, nodes):
    """Yields what is not as it should be, in words."""
    ledger, orders = report["ledger"], report["orders"]
    if report["verdict"]["outcome"] != "pass":
        yield f"the verdict is {report['verdict']['outcome']}: {'; '.join(map(str, report['verdict']['reasons']))}"
    if ledger["sent"] == 0:
        yield "nothing was sent"
    if ledger["expected"] != ledger["sent"] * nodes:
        yield f"{ledger['expected']} deliveries expected of {ledger['sent']} orders to {nodes} nodes"
    if ledger["unique"] != ledger["expected"] or ledger["missing"] != 0:
        yield f"{ledger['unique']} of {ledger['expected']} deliveries, {ledger['missing']} missing"
    if orders["acknowledged"] != orders["sent"]:
        yield f"{orders['acknowledged']} of {orders['sent']} orders acknowledged"
    if [node["id"] for node in report["perNode"]] != list(range(nodes)):
        yield f"the nodes are {[node['id'] for node in report['perNode']]}, expected 0 to {nodes - 1}"


def main():
    nodes, path = int(sys.argv[1]), sys.argv[2]
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    if report["verdict"]["outcome"] == "unknown":
        print(f"{path}: unknown: {'; '.join(map(str, report['verdict']['reasons']))}", file=sys.stderr)
        return 2
    found = list(problems(report, nodes))
    for problem in found:
        print(f"{path}: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
