#!/usr/bin/env python3
"""Checks what deploy/prometheus and deploy/grafana say against clusters and a Prometheus that run.

    scripts/ci/check-monitoring.py PROGRAMS     the directory of znode and loadclient

Two clusters are started on this machine, one whose nodes broadcast and one that elects its leader, each with a load
client, and the shipped configuration, pointed at them, scrapes both. Then

- promtool finds nothing wrong with the configurations, the rules and the pages at /metrics, and the rules' own tests
  pass, in which every alert fires once;
- every metric that a rule names is there, and every recording rule gives figures;
- every query of the dashboard gives figures, for both clusters. Of those that only have some at times, the panel's
  description begins with when ("Only …"), and they are asked where that is so;
- the leader is killed: another leads in the metrics, and alerts fire.

Exit codes: 0 all is well; 1 something is not, and is printed; 64 wrong usage; 69 prometheus or promtool is missing.
"""

import json
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROMETHEUS = ROOT / "deploy/prometheus"
DASHBOARDS = sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))

# Bounds for what takes seconds.
PATIENCE_SECONDS = 60
PROGRAM_LIMIT_SECONDS = 180

# When a panel has figures that it need not have always: the beginning of its description.
WHEN = {
    "Only with --consensus leader.": "elected",
    "Only with nodes that broadcast of their own (--mode).": "plain",
    "Only while a load client with --metric-port runs.": "client",
    "Only while an alert fires.": "alert",
}


class Wrong(Exception):
    """What is not as it should be, in words."""


def eventually(what, condition):
    """Asks until the condition answers something; what it was last told is in the error."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer, trouble = condition(), ""
        except (OSError, Wrong) as error:
            answer, trouble = None, f": {error}"
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Wrong(f"{what}: not within {PATIENCE_SECONDS} s{trouble}")
        # How often it is asked.
        time.sleep(0.1)


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def free_port(taken):
    """A port that nobody has, below those that the kernel gives away by itself."""
    for port in range(21_000 + os.getpid() % 9_000, 32_000):
        if port in taken:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        taken.add(port)
        return port
    raise Wrong("no port is free")


class Stage:
    """A directory, and the processes that were started in it; all of it goes at the end."""

    def __init__(self, programs):
        self.programs = programs
        self.directory = Path(tempfile.mkdtemp(prefix="zbed-monitoring-"))
        self.processes = []
        self.ports = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for process in self.processes:
            process.wait()
        shutil.rmtree(self.directory)

    def port(self):
        return free_port(self.ports)

    def start(self, name, *arguments):
        # Options in the environment are not meant for these.
        environment = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        with open(self.directory / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                [str(word) for word in arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.directory, env=environment)
        process.name = name
        self.processes.append(process)
        return process

    def log(self, name):
        return (self.directory / f"{name}.log").read_text(errors="replace")


class Cluster:
    """Three nodes and a load client, with metrics."""

    def __init__(self, stage, name, node_options, client_options):
        self.name = name
        bases = [self.base(stage) for _ in range(3)]
        peers = ",".join(f"tcp://127.0.0.1:{base}" for base in bases)
        self.pages = [f"127.0.0.1:{base + 5}" for base in bases]
        self.nodes = [
            stage.start(
                f"{name}-{place}", stage.programs / "znode", "--id", place, "--port", base, "--peers", peers,
                "--cluster", name, "--metric-port", base + 5, "--timeout", f"{PROGRAM_LIMIT_SECONDS}s",
                *node_options(place))
            for place, base in enumerate(bases)
        ]
        self.client_page = f"127.0.0.1:{stage.port()}"
        self.client = stage.start(
            f"{name}-client", stage.programs / "loadclient", "--nodes",
            ",".join(f"tcp://127.0.0.1:{base + 2}" for base in bases), "--metric-port",
            self.client_page.rpartition(":")[2], "--duration", f"{PROGRAM_LIMIT_SECONDS}s", "--rate", 200,
            *client_options)

    @staticmethod
    def base(stage):
        """A port after which five more are free."""
        while True:
            first = stage.port()
            if all(stage.port() == first + offset for offset in range(1, 6)):
                return first

    def targets(self, pages):
        return [{"targets": pages, "labels": {"cluster": self.name}}]


class Prometheus:
    """Debian's Prometheus, with the shipped configuration for targets in files."""

    def __init__(self, stage, clusters):
        folder = stage.directory / "prometheus"
        shutil.copytree(PROMETHEUS, folder)
        for job, pages in (("znode", lambda c: c.pages), ("loadclient", lambda c: [c.client_page])):
            for cluster in clusters:
                # JSON is YAML.
                (folder / f"targets/{job}-{cluster.name}.yml").write_text(json.dumps(cluster.targets(pages(cluster))))
            (folder / f"targets/{job}.yml").write_text("[]")
        self.address = f"http://127.0.0.1:{stage.port()}"
        self.process = stage.start(
            "prometheus", "prometheus", "--config.file", folder / "files.yml", "--storage.tsdb.path",
            stage.directory / "data", "--web.listen-address", self.address.removeprefix("http://"))

    def is_ready(self):
        if self.process.poll() is not None:
            raise SystemExit(f"prometheus ended with {self.process.returncode}")
        return get(f"{self.address}/-/ready")

    def query(self, expression):
        """The figures that are numbers, with their labels."""
        url = f"{self.address}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        try:
            answer = json.loads(get(url))
        except urllib.error.HTTPError as error:
            raise Wrong(f"{expression}: {error.read().decode()}") from error
        data = answer["data"]
        results = data["result"] if data["resultType"] == "vector" else [{"metric": {}, "value": data["result"]}]
        figures = [(result["metric"], float(result["value"][1])) for result in results]
        return [(labels, value) for labels, value in figures if not math.isnan(value)]

    def rules(self):
        groups = json.loads(get(f"{self.address}/api/v1/rules"))["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


def promtool(*arguments, text=None):
    """Runs promtool; what it does not like is an error, warnings included."""
    done = subprocess.run(
        ["promtool", *map(str, arguments)], input=text, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        check=False)
    if done.returncode != 0:
        raise Wrong(f"promtool {' '.join(map(str, arguments))}:\n{done.stdout}{done.stderr}")


def check_files():
    """What can be told without a cluster."""
    for path in sorted(PROMETHEUS.glob("*.yml")):
        promtool("check", "config", path)
    promtool("check", "rules", "--lint=all", "--lint-fatal", *sorted((PROMETHEUS / "rules").glob("*.yml")))
    tests = sorted((PROMETHEUS / "tests").glob("*.yml"))
    promtool("test", "rules", *tests)
    alerts = re.findall(r"- alert: (\w+)", (PROMETHEUS / "rules/alerts.yml").read_text())
    firing = re.findall(r"alertname: (\w+)\n +eval_time: \w+\n +exp_alerts:\n", "".join(t.read_text() for t in tests))
    if missing := set(alerts) - set(firing):
        raise Wrong(f"no test in deploy/prometheus/tests lets these alerts fire: {', '.join(sorted(missing))}")


def panels(dashboard):
    """All panels that ask something; what can be told of a dashboard without data is checked on the way."""
    found, ids, places = [], set(), set()
    for panel in dashboard["panels"]:
        title = panel["title"]
        if panel["id"] in ids:
            raise Wrong(f"panel '{title}': another one has the id {panel['id']}")
        ids.add(panel["id"])
        grid = panel["gridPos"]
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        if cells & places or grid["x"] + grid["w"] > 24:
            raise Wrong(f"panel '{title}' lies over another one, or beyond the edge")
        places |= cells
        if panel["type"] == "row":
            continue
        if not panel.get("targets"):
            raise Wrong(f"panel '{title}' asks nothing")
        found.append(panel)
    return found


def filled(expression, cluster):
    """A panel's query as Grafana sends it."""
    for name, value in (("$__rate_interval", "4s"), ("$cluster", cluster), ("$node", ".*")):
        expression = expression.replace(name, value)
    if "$" in expression:
        raise Wrong(f"an unknown variable in {expression}")
    return expression


def queries(dashboard):
    """(panel, when, expression) of all queries; `when` is none of those that always have figures."""
    for panel in panels(dashboard):
        description = panel.get("description", "")
        when = next((when for words, when in WHEN.items() if description.startswith(words)), None)
        if when is None and description.startswith("Only "):
            raise Wrong(f"panel '{panel['title']}': when does it have figures? '{description}' is not in WHEN")
        for target in panel["targets"]:
            yield panel["title"], when, target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], "alert", annotation["expr"]


def expect_figures(prometheus, asked, clusters):
    """Every query comes to have figures of each of these clusters; all that do not are told."""
    open_ones = {(title, filled(expression, cluster)) for title, expression in asked for cluster in clusters}

    def all_answered():
        open_ones.difference_update([one for one in open_ones if prometheus.query(one[1])])
        return not open_ones

    try:
        eventually("figures", all_answered)
    except Wrong as error:
        lines = "\n".join(f"  {title}: {expression}" for title, expression in sorted(open_ones))
        raise Wrong(f"no figures for\n{lines}") from error


def check_rules(prometheus):
    """Every rule can be evaluated, records something if it is one that does, and names metrics that exist."""
    rules = eventually(
        "all rules evaluated", lambda: all(r["health"] != "unknown" for r in prometheus.rules()) and prometheus.rules())
    for rule in rules:
        if rule["health"] != "ok":
            raise Wrong(f"rule {rule['name']}: {rule.get('lastError')}")
    expect_figures(prometheus, [("rule", rule["name"]) for rule in rules if rule["type"] == "recording"], ["any"])
    words = {word for rule in rules for word in re.findall(r"[a-z_:0-9]+", rule["query"])}
    names = {word for word in words if re.match(r"(up$|zbed_|receive_|broadcast_|cluster\w*:|zbed:)", word)}
    expect_figures(prometheus, [("a metric that a rule names", name) for name in names], ["any"])


def leader(prometheus):
    """The id of the node that leads the elected cluster, by its own word; nothing while there is not exactly one."""
    leading = prometheus.query('zbed_consensus_role{cluster="elected", role="leader"} == 1')
    return leading[0][0]["node"] if len(leading) == 1 else None


def check_failover(prometheus, elected, dashboard_queries):
    """The leader dies: another one leads in a later term, and who looks is told."""
    first = eventually("one leader in the metrics", lambda: leader(prometheus))
    elected.nodes[int(first)].send_signal(signal.SIGKILL)
    eventually("another leader in the metrics", lambda: leader(prometheus) not in (None, first))
    for alert in ("ZbedNodeDown", "ZbedNodeMissing", "ZbedLinkDown"):
        expression = f'ALERTS{{alertname="{alert}", alertstate="firing", cluster="elected"}}'
        eventually(f"{alert} fires", lambda expression=expression: prometheus.query(expression))
    expect_figures(prometheus, [(t, e) for t, when, e in dashboard_queries if when == "alert"], ["elected"])
    wrong = [labels["alertname"] for labels, _ in prometheus.query('ALERTS{alertname=~"Zbed(Two|States|NodeStuck).*"}')]
    if wrong:
        raise Wrong(f"alerts that have no reason: {', '.join(wrong)}")


def check_live(stage):
    plain = Cluster(
        stage, "plain",
        lambda place: ["--mode", "all", "--rate", 50] + (["--leader"] if place == 0 else []), [])
    elected = Cluster(
        stage, "elected", lambda _: ["--consensus", "leader", "--workload", "orders"],
        ["--workload", "orders", "--resting", 100])
    prometheus = Prometheus(stage, [plain, elected])
    eventually("prometheus", prometheus.is_ready)
    for cluster in (plain, elected):
        for page in [*cluster.pages, cluster.client_page]:
            eventually(f"ready: {cluster.name}, {page}", lambda page=page: get(f"http://{page}/readyz"))
            promtool("check", "metrics", text=get(f"http://{page}/metrics"))
    check_rules(prometheus)
    asked = [query for path in DASHBOARDS for query in queries(json.loads(path.read_text()))]
    for whens, clusters in (
        ((None, "client"), ["plain", "elected"]), (("plain",), ["plain"]), (("elected",), ["elected"])
    ):
        expect_figures(prometheus, [(t, e) for t, when, e in asked if when in whens], clusters)
    check_failover(prometheus, elected, asked)
    print(f"{len(asked)} queries of the dashboard and {len(prometheus.rules())} rules were checked")


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    for tool in ("promtool", "prometheus"):
        if not shutil.which(tool):
            print(f"check-monitoring.py: {tool} is not there: install the Debian package prometheus", file=sys.stderr)
            return 69
    with Stage(Path(sys.argv[1]).resolve()) as stage:
        try:
            check_files()
            check_live(stage)
        except Wrong as error:
            print(f"check-monitoring.py: {error}", file=sys.stderr)
            for process in stage.processes:
                # A node that could not start says why in its last words.
                tail = stage.log(process.name).splitlines()[-3:]
                print("\n".join(f"  {process.name}: {line}" for line in tail), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
