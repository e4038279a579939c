"""examples.py DOCUMENT EVENTS ORDERS: runs the programs of the document's last section, as they stand there."""

import os
import re
import subprocess
import sys
import tempfile

import zbp

COUNT = 300


def programs(document):
    """The document's Python blocks, by the name in their first line."""
    with open(document, encoding="utf-8") as file:
        blocks = re.findall(r"^```python\n(# (\w+\.py)\b.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    return {name: text for text, name in blocks}


def main():
    document, events, orders = sys.argv[1:4]
    found = programs(document)
    assert sorted(found) == ["submit.py", "subscribe.py"], sorted(found)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in found.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        node = zbp.Control(zbp.open_context(), orders)
        node.wait_ready()

        submitted = subprocess.run(
            [sys.executable, os.path.join(folder, "submit.py"), orders, "0", str(COUNT)], capture_output=True, text=True,
            timeout=zbp.PATIENCE_SECONDS, check=False)
        assert submitted.returncode == 0, submitted
        assert f"to {COUNT - 1}: taken" in submitted.stdout.splitlines()[-1], submitted.stdout
        assert node.status()["unique"] == COUNT

        with subprocess.Popen(
                [sys.executable, os.path.join(folder, "subscribe.py"), events], stdout=subprocess.PIPE, text=True) as child:
            try:
                assert child.stdout.readline() == "hears node 0\n"
                node.start(warmup=100_000_000, duration=COUNT * 1_000_000)
                rest, _ = child.communicate(timeout=zbp.PATIENCE_SECONDS)
            finally:
                child.kill()
        assert child.returncode == 0, (child.returncode, rest)
        assert rest.startswith(f"origin 0: {COUNT} of {COUNT}, late by at most "), rest


main()
