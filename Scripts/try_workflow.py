"""Runs the shell steps of a workflow file as GitHub would, without its actions: try_workflow.py FILE [KEY=VALUE…]

`bash -e` for each `run`, its outputs and step summary in files; `uses` steps are named and passed over. Exit status: that of
the first step that fails.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml


def fill(text, outputs):
    """Expressions of the kind `steps.ID.outputs.NAME || DEFAULT`."""
    def value(match):
        for alternative in match.group(1).split("||"):
            alternative = alternative.strip()
            found = re.fullmatch(r"steps\.(\w+)\.outputs\.(\w+)", alternative)
            result = outputs.get((found[1], found[2]), "") if found else alternative.strip("'\"")
            if result:
                return result
        return ""
    return re.sub(r"\$\{\{(.*?)\}\}", value, text)


workflow = yaml.safe_load(open(sys.argv[1]))
given = dict(pair.split("=", 1) for pair in sys.argv[2:])
failure = 0
for name, job in workflow["jobs"].items():
    outputs = {}
    for step in job["steps"]:
        title = step.get("name") or step.get("uses")
        if "uses" in step:
            print(f"-- {title}: an action, passed over", flush=True)
            continue
        if failure and step.get("if") != "always()":
            print(f"-- {title}: not run", flush=True)
            continue
        print(f"-- {title}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            files = {key: pathlib.Path(folder, key) for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
            for file in files.values():
                file.touch()
            environment = os.environ | workflow.get("env", {}) | given | {k: str(v) for k, v in files.items()}
            done = subprocess.run(["bash", "-e", "-c", fill(step["run"], outputs)], env=environment)
            for line in files["GITHUB_OUTPUT"].read_text().splitlines():
                key, value = line.split("=", 1)
                outputs[step.get("id"), key] = value
            summary = files["GITHUB_STEP_SUMMARY"].read_text()
            if summary:
                print(f"   step summary: {len(summary.splitlines())} lines, first: {summary.splitlines()[0]}")
            print(f"   status {done.returncode}", flush=True)
            failure = failure or done.returncode
sys.exit(failure)
