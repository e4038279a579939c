#!/usr/bin/env python3
"""Checks deploy/kubernetes, by itself and as `zbed cluster start` changes it.

    scripts/ci/check-kubernetes.py PROGRAMS     the directory of znode, loadclient and zbed

No cluster is needed, and none is asked. What would be applied

- is valid by the schemas of Kubernetes 1.29 and of the newest version that the package kubernetes-validate knows;
- refers only to what is there, gives no pod more rights than it needs, and names only options that the programs have;
- works: the commands and variables of its pods are run as processes of this machine, whose nodes become ready and lose
  nothing of what the load workers send, and the workers' reports can be put together.

Exit codes: 0 all is well; 1 something is not, and is printed; 64 wrong usage; 69 kubectl or a package is missing.
"""

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
import urllib.request
from pathlib import Path

try:
    import kubernetes_validate
    import yaml
except ImportError as missing:
    kubernetes_validate = yaml = None
    why_not = missing

ROOT = Path(__file__).resolve().parent.parent.parent
BASE = ROOT / "deploy/kubernetes"
OLDEST = "1.29"

# Bounds for what takes seconds.
PATIENCE_SECONDS = 60

# What the pods are told that is no option of their program.
OTHER_VARIABLES = {"node": {"LATENCY", "THROUGHPUT"}, "load": {"WORKERS"}}
# The options of `zbed cluster start` with which it is tried.
STARTS = {
    "plain": [],
    "shaped": ["--nodes", "5", "--topology", "ring", "--latency", "20", "--throughput", "1000", "--timeout", "1h"],
    "pool": [
        "--nodes", "2", "--node-pool", "tests", "--toleration", "dedicated=tests:NoSchedule", "--toleration", "spot",
        "--cpu-requests", "2", "--cpu-limits", "4", "--memory-requests", "1Gi", "--memory-limits", "2Gi", "--image",
        "registry.example:5000/me/zbed:1.2"],
    "broadcasting": ["--mode", "rr", "--round-duration-seconds", "10", "--rate", "100", "--consensus", "none"],
    "exploring": ["--mode", "explore", "--explore-sizes", "64,4k", "--nodes", "4"],
    "large": ["--nodes", "1000", "--workers", "16", "--clients", "32", "--rate", "160k", "--consensus", "leader"],
}
# Those whose pods are run here.
RUN = ["--name", "run", "--rate", "400", "--duration", "2s", "--warmup", "500ms", "--topology", "ring"]


class Wrong(Exception):
    """What is not as it should be, in words."""


def expect(condition, words):
    if not condition:
        raise Wrong(words)


def run(*words, expected=(0,), **more):
    """What a command prints."""
    done = subprocess.run(
        [str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS, check=False, **more)
    expect(done.returncode in expected, f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Manifests:
    """What would be applied."""

    def __init__(self, text, name):
        self.name = name
        self.documents = [document for document in yaml.safe_load_all(text) if document]
        self.namespace = self.one("Namespace")["metadata"]["name"]

    def all(self, *kinds):
        return [document for document in self.documents if document["kind"] in kinds]

    def one(self, kind, name=None):
        found = [d for d in self.all(kind) if name is None or d["metadata"]["name"] == name]
        expect(len(found) == 1, f"{self.name}: {len(found)} of {kind} {name or ''}")
        return found[0]

    def objects(self):
        """What there is, without the digests of ConfigMaps."""
        return {
            (d["kind"], re.sub(r"-[a-z0-9]{10}$", "", d["metadata"]["name"]))
            for d in self.documents if d["kind"] != "Namespace"}

    def variables(self, name):
        """The ConfigMap that a container takes its environment from; its name ends with a digest."""
        found = [d for d in self.all("ConfigMap") if re.fullmatch(rf"{name}-\w{{10}}", d["metadata"]["name"])]
        expect(len(found) == 1, f"{self.name}: {len(found)} ConfigMaps {name}")
        return found[0]["data"]

    def pods(self):
        """(name of what makes them, their template's metadata, their spec)"""
        for owner in self.all("StatefulSet", "Deployment", "Job"):
            template = owner["spec"]["template"]
            yield owner["metadata"]["name"], template["metadata"], template["spec"]


def containers(pod):
    return pod.get("initContainers", []) + pod["containers"]


def check_schemas(manifests):
    for version in (OLDEST, kubernetes_validate.latest_version()):
        for document in manifests.documents:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                where = f"{document['kind']} {document['metadata']['name']}"
                raise Wrong(f"{manifests.name}: {where}, Kubernetes {version}: {error}") from error


def check_references(manifests):
    """Whatever is named is there, and in the run's own namespace."""
    for document in manifests.documents:
        if document["kind"] != "Namespace":
            expect(
                document["metadata"].get("namespace") == manifests.namespace,
                f"{manifests.name}: {document['kind']} {document['metadata']['name']} is in another namespace")
        expect(
            document["metadata"]["labels"].get("app.kubernetes.io/part-of") == "zbed",
            f"{manifests.name}: {document['kind']} {document['metadata']['name']} has no label that says whose it is")
    maps = {document["metadata"]["name"]: document["data"] for document in manifests.all("ConfigMap")}
    accounts = {document["metadata"]["name"] for document in manifests.all("ServiceAccount")}
    for owner, _, pod in manifests.pods():
        expect(pod["serviceAccountName"] in accounts, f"{owner}: no service account {pod['serviceAccountName']}")
        volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
        for volume in volumes.values():
            if "configMap" in volume:
                data = maps.get(volume["configMap"]["name"], {})
                expect(data, f"{owner}: no ConfigMap {volume['configMap']['name']}")
                for item in volume["configMap"].get("items", []):
                    expect(item["key"] in data, f"{owner}: the ConfigMap has no {item['key']}")
        for container in containers(pod):
            for mount in container.get("volumeMounts", []):
                expect(mount["name"] in volumes, f"{owner}: no volume {mount['name']}")
            for source in container.get("envFrom", []):
                expect(source["configMapRef"]["name"] in maps, f"{owner}: no {source['configMapRef']['name']}")
    labels = [metadata["labels"] for _, metadata, _ in manifests.pods()]
    has_load = any(document["metadata"]["name"] == "load" for document in manifests.all("Job"))
    for service in manifests.all("Service"):
        name, selector = service["metadata"]["name"], service["spec"]["selector"]
        expect(
            any(selector.items() <= given.items() for given in labels) or (name == "client" and not has_load),
            f"{manifests.name}: service {name} is of no pod")
    # Prometheus asks for these names.
    configuration = yaml.safe_load(manifests.variables("prometheus")["dns.yml"])
    for job in configuration["scrape_configs"]:
        for search in job["dns_sd_configs"]:
            for name in search["names"]:
                ports = manifests.one("Service", name)["spec"]["ports"]
                expect(search["port"] in [port["port"] for port in ports], f"{name}: no port {search['port']}")


def check_rights(manifests):
    """Only what deletes the namespace may ask Kubernetes anything, and only a shaped node may do more than a user."""
    expect(not manifests.all("ClusterRole", "ClusterRoleBinding"), f"{manifests.name}: rights beyond the namespace")
    expect(
        manifests.one("Role")["rules"] == [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["delete"]}],
        f"{manifests.name}: the Role gives other rights than to delete the namespace")
    subjects = manifests.one("RoleBinding")["subjects"]
    expect(
        subjects == [{"kind": "ServiceAccount", "name": "expiry", "namespace": manifests.namespace}],
        f"{manifests.name}: the rights are given to {subjects}")
    for account in manifests.all("ServiceAccount"):
        expect(account["automountServiceAccountToken"] is False, f"{account['metadata']['name']}: a token for all")
    node = manifests.variables("node")
    is_shaped = "LATENCY" in node or "THROUGHPUT" in node
    for owner, _, pod in manifests.pods():
        expect(
            pod.get("automountServiceAccountToken") is (owner == "expiry"), f"{owner}: a token, or none where it needs one")
        expect(pod.get("enableServiceLinks") is False, f"{owner}: variables of services would be taken for options")
        is_root = is_shaped and owner == "node"
        expect(pod["securityContext"]["runAsNonRoot"] is not is_root, f"{manifests.name}: {owner}: root, or not")
        for container in containers(pod):
            context = container["securityContext"]
            given = context["capabilities"].get("add", [])
            expect(
                context["allowPrivilegeEscalation"] is False and context["readOnlyRootFilesystem"] is True
                and context["capabilities"]["drop"] == ["ALL"], f"{owner}: more rights than it needs")
            expect(
                given == (["NET_ADMIN", "SETGID", "SETUID"] if is_root else []),
                f"{manifests.name}: {owner} has the capabilities {given}")
            for kind, names in (("requests", {"cpu", "memory"}), ("limits", {"memory"})):
                expect(names <= container["resources"][kind].keys(), f"{owner}: no {kind} of {names}")
    level = manifests.one("Namespace")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
    expect(level == ("privileged" if is_shaped else "restricted"), f"{manifests.name}: pods are held to be {level}")


def options_of(program):
    return set(re.findall(r"--([a-z][a-z-]+)", run(program, "--help")))


def check_values(manifests, programs):
    """Numbers that must agree, and variables that are options of the program that gets them."""
    node, load = manifests.variables("node"), manifests.variables("load")
    for name, given, program in (("node", node, "znode"), ("load", load, "loadclient")):
        known = options_of(programs / program)
        for variable in given.keys() - OTHER_VARIABLES[name]:
            expect(
                variable.lower().replace("_", "-") in known, f"{manifests.name}: {program} has no option {variable}")
    nodes = manifests.one("StatefulSet", "node")
    count = nodes["spec"]["replicas"]
    expect(int(node["NUM_NODES"]) == count, f"{manifests.name}: NUM_NODES is not {count}")
    for variable, given, port in (("PEERS", node, 5000), ("NODES", load, 5002)):
        expected = ",".join(f"tcp://node-{number}.node:{port}" for number in range(count))
        expect(given[variable] == expected, f"{manifests.name}: {variable} is not of {count} nodes")
    container = nodes["spec"]["template"]["spec"]["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    expect(ports["metrics"] == int(node["METRIC_PORT"]), "the probes ask another port than METRIC_PORT")
    for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        asked = container[probe]["httpGet"]
        expect(asked == {"path": path, "port": "metrics"}, f"{probe} asks {asked}")
    for job in manifests.all("Job"):
        if job["metadata"]["name"] == "load":
            spec = job["spec"]
            expect(
                spec["completions"] == spec["parallelism"] == int(load["WORKERS"]),
                f"{manifests.name}: WORKERS is not the number of pods")
    compose = (ROOT / "docker-compose.yml").read_text()
    prometheus = manifests.one("Deployment", "prometheus")["spec"]["template"]["spec"]["containers"][0]["image"]
    expect(f"-{prometheus}}}" in compose, f"docker-compose.yml has another Prometheus than {prometheus}")


def check_starts(rendered, base):
    """What options of `zbed cluster start` change, and that without any only names do."""
    plain, shaped, pool = rendered["plain"], rendered["shaped"], rendered["pool"]
    ours, theirs = (manifests.objects() for manifests in (plain, base))
    expect(ours == theirs, f"zbed cluster start makes other objects than the base: {ours ^ theirs}")
    for container in ("node", "load"):
        kind = "StatefulSet" if container == "node" else "Job"
        one, other = (m.one(kind, container)["spec"]["template"]["spec"]["containers"] for m in (plain, base))
        expect(one[0]["resources"] == other[0]["resources"], f"{container}: the defaults are not the base's")
    expect(plain.variables("load")["RATE"] == base.variables("load")["RATE"], "the base has another default rate")
    timer = shaped.one("Job", "expiry")["spec"]["template"]["spec"]["initContainers"][0]
    expect(timer["command"] == ["sleep", "3600"], f"a time-out of 1h is {timer['command']}")
    expect(
        (shaped.variables("node")["LATENCY"], shaped.variables("node")["THROUGHPUT"]) == ("20", "1000"),
        "the image is not told how links are shaped")
    for kind, name in (("StatefulSet", "node"), ("Job", "load")):
        pod = pool.one(kind, name)["spec"]["template"]["spec"]
        expect(pod["nodeSelector"] == {"cloud.google.com/gke-nodepool": "tests"}, f"{name} goes anywhere")
        expect(
            pod["tolerations"] == [
                {"key": "dedicated", "operator": "Equal", "value": "tests", "effect": "NoSchedule"},
                {"key": "spot", "operator": "Exists"}], f"{name} tolerates {pod['tolerations']}")
        image = pod["containers"][0]["image"]
        expect(image == "registry.example:5000/me/zbed:1.2", f"{name} is of the image {image}")
    resources = pool.one("StatefulSet", "node")["spec"]["template"]["spec"]["containers"][0]["resources"]
    expect(
        resources == {"requests": {"cpu": "2", "memory": "1Gi"}, "limits": {"cpu": "4", "memory": "2Gi"}},
        f"the resources are {resources}")
    for name in ("broadcasting", "exploring"):
        expect(not [j for j in rendered[name].all("Job") if j["metadata"]["name"] == "load"], f"{name}: a load")
    expect(rendered["broadcasting"].variables("node")["RATE"] == "100", "the nodes are not told their rate")


def free_ports(count):
    """So many ports in a row that nobody has, below those that the kernel gives away by itself."""
    for first in range(21_000 + os.getpid() % 9_000, 32_000 - count):
        try:
            sockets = []
            for port in range(first, first + count):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            pass
        finally:
            for one in sockets:
                one.close()
    raise Wrong("no ports are free")


class Pods:
    """Pods as processes: what their containers would run, with the variables that they would have."""

    def __init__(self, manifests, programs, folder):
        self.manifests, self.folder = manifests, folder
        self.processes = {}
        self.count = int(manifests.variables("node")["NUM_NODES"])
        workers = int(manifests.variables("load")["WORKERS"])
        # Six ports that a node can use, and its metrics; then the workers' metrics.
        self.first = free_ports(self.count * 7 + workers)
        tools = folder / "bin"
        tools.mkdir()
        self.tool(tools / "entrypoint", 'exec "$@"')
        # As the service `client` would be known: by an address for each worker.
        self.tool(
            tools / "getent", f'for ((i = 1; i <= {workers}; i++)); do echo "10.0.0.$i STREAM client"; done')
        for name, text in manifests.variables("scripts").items():
            (folder / name).write_text(text)
        self.environment = {"PATH": f"{tools}:{programs}:{os.environ['PATH']}", "HOME": str(folder)}

    @staticmethod
    def tool(path, text):
        path.write_text(f"#!/usr/bin/env bash\n{text}\n")
        path.chmod(0o755)

    def base(self, number):
        return self.first + 7 * number

    def here(self, text):
        """Addresses of pods as addresses of this machine."""
        return re.sub(
            r"tcp://node-(\d+)\.node:(\d+)",
            lambda m: f"tcp://127.0.0.1:{self.base(int(m[1])) + int(m[2]) - 5000}", text)

    def start(self, name, kind, owner, more):
        container = self.manifests.one(kind, owner)["spec"]["template"]["spec"]["containers"][0]
        given = {key: self.here(value) for key, value in self.manifests.variables(owner).items()}
        words = [word.replace("/etc/zbed", str(self.folder)) for word in container["command"]]
        home = self.folder / name
        (home / "results").mkdir(parents=True)
        with open(home / "log", "wb") as log:
            self.processes[name] = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home,
                env={**self.environment, **given, "BIND": "127.0.0.1", **more})

    def log(self, name):
        return (self.folder / name / "log").read_text()

    def start_node(self, number):
        base = self.base(number)
        self.start(
            f"node-{number}", "StatefulSet", "node",
            {"HOSTNAME": f"node-{number}", "PORT": str(base), "METRIC_PORT": str(base + 6)})

    def start_worker(self, number):
        self.start(
            f"load-{number}", "Job", "load",
            {"JOB_COMPLETION_INDEX": str(number), "METRIC_PORT": str(self.base(self.count) + number)})

    def is_ready(self, number):
        process = self.processes[f"node-{number}"]
        expect(process.poll() is None, f"node-{number} ended with {process.returncode}: {self.log(f'node-{number}')}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.base(number) + 6}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.HTTPError):
            return False

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
            process.wait()


def eventually(what, condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        expect(time.monotonic() < deadline, f"{what}: not within {PATIENCE_SECONDS} s")
        # How often it is asked.
        time.sleep(0.05)


def report_of(log):
    found = re.search(r"^----- begin report.json -----\n(.*)^----- end report.json -----$", log, re.M | re.S)
    expect(found, f"no report in the log of a worker:\n{log}")
    return found[1]


def check_run(manifests, programs, folder):
    """The pods, as processes, are a cluster; the workers' loads lose nothing."""
    pods = Pods(manifests, programs, folder)
    try:
        for number in range(pods.count):
            pods.start_node(number)
        for number in range(pods.count):
            eventually(f"node-{number} is ready", lambda number=number: pods.is_ready(number))
        expect("--leader" in pods.log("node-0") or "LEADER=true" in pods.log("node-0"), "node 0 does not lead")
        workers = int(manifests.variables("load")["WORKERS"])
        for number in range(workers):
            pods.start_worker(number)
        reports = []
        for number in range(workers):
            name = f"load-{number}"
            code = pods.processes[name].wait(timeout=PATIENCE_SECONDS)
            # 2: this machine was too busy to keep the rate.
            expect(code in (0, 2), f"{name} ended with {code}:\n{pods.log(name)}")
            path = folder / f"{name}.json"
            path.write_text(report_of(pods.log(name)))
            report = yaml.safe_load(path.read_text())
            expect(report["ledger"]["sent"] > 0 and report["ledger"]["missing"] == 0, f"{name}: {report['ledger']}")
            expect(report["name"] == f"Machine_{number + 1}_Client_1", f"{name} is called {report['name']}")
            reports.append(path)
        # A pass, or unknown where the workers did not measure at the same time.
        run(programs / "zbed", "aggregate", *reports, "--results", folder / "results", expected=(0, 2))
        for number in range(pods.count):
            process = pods.processes[f"node-{number}"]
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=PATIENCE_SECONDS)
            expect(code == 0, f"node-{number} ended with {code} on SIGTERM")
    finally:
        pods.stop()


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    if yaml is None:
        print(f"check-kubernetes.py: {why_not}: scripts/install-deps brings kubernetes-validate", file=sys.stderr)
        return 69
    if not shutil.which("kubectl"):
        print("check-kubernetes.py: kubectl is not there: https://kubernetes.io/docs/tasks/tools/", file=sys.stderr)
        return 69
    programs = Path(sys.argv[1]).resolve()
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}

    def start(*options):
        return run(programs / "zbed", "cluster", "start", "--dry-run", *options, env=environment)

    folder = Path(tempfile.mkdtemp(prefix="zbed-kubernetes-"))
    try:
        base = Manifests(run("kubectl", "kustomize", BASE), "deploy/kubernetes")
        rendered = {name: Manifests(start("--name", name, *options), name) for name, options in STARTS.items()}
        for manifests in [base, *rendered.values()]:
            check_schemas(manifests)
            check_references(manifests)
            check_rights(manifests)
            check_values(manifests, programs)
        check_starts(rendered, base)
        check_run(Manifests(start(*RUN), "run"), programs, folder)
        count = sum(len(manifests.documents) for manifests in [base, *rendered.values()])
        print(f"{count} objects were validated, and the pods of one run were a cluster here")
    except Wrong as error:
        print(f"check-kubernetes.py: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
