"""A run's files as others read them: pandas, physim-gate, verdikt. results.py BENCH"""

import json
import pathlib
import subprocess
import sys
import tempfile

import pandas

BENCH = sys.argv[1]
BIN = pathlib.Path(sys.executable).parent


def bench(*arguments):
    done = subprocess.run([BENCH, *map(str, arguments)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{arguments}: exit code {done.returncode}\n{done.stderr}"
    return done.stdout


def tool(name, *arguments, status):
    done = subprocess.run([BIN / name, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert done.returncode in (status if isinstance(status, tuple) else (status,)), \
        f"{name} {arguments}: exit code {done.returncode} for {status}\n{done.stdout}{done.stderr}"
    return done.stdout


def tables(run, folder):
    """Every value of every episode, by CSV and by Parquet; the table of rates by CSV."""
    records = [json.loads(line) for line in open(run / "episodes.jsonl")]
    bench("export", run, "--format", "episodes", "--out", folder / "episodes.csv")
    bench("export", run, "--format", "parquet", "--out", folder / "episodes.parquet")
    columns = {
        "policy": lambda r: r["policy"], "task": lambda r: r["task"], "index": lambda r: r["index"],
        "clean": lambda r: r["clean"], "instruction": lambda r: r["instruction"], "steps": lambda r: r["steps"],
        "success": lambda r: r["outcome"] == "success", "progress": lambda r: r["progress"],
        "first_success_step": lambda r: r["first_success_step"], "final_state": lambda r: r["final_state"],
        "failure_reason": lambda r: (r["failure"] or {}).get("reason"),
    }
    # A hash of digits alone is no number.
    texts = {"final_state": str, "content": str, "seed": str}
    for table in (pandas.read_csv(folder / "episodes.csv", dtype=texts),
                  pandas.read_parquet(folder / "episodes.parquet")):
        assert len(table) == len(records)
        for name, value in columns.items():
            for found, record in zip(table[name], records):
                expected = value(record)
                same = pandas.isna(found) if expected is None else found == expected
                assert same, f"{name}: {found!r} for {expected!r}"
    rates = pandas.read_csv(run / "summary.csv")
    whole = rates[rates.task.isna() & (rates.policy == "expert")]
    assert int(whole.successes.iloc[0]) == sum(
        r["outcome"] == "success" for r in records if r["policy"] == "expert" and not r["clean"])
    print(f"pandas {pandas.__version__}: {len(records)} episodes by CSV and Parquet")


def gates(run, folder):
    """Two independent tools call the floor worse than the ceiling, and the ceiling no worse than itself."""
    infos = run / "eval_info"
    again = folder / "expert-again"
    again.mkdir()
    (again / "eval_info.json").write_bytes((infos / "expert/eval_info.json").read_bytes())
    config = folder / "gate.yaml"
    tool("physim-gate", "init", config, "--from", infos / "expert", "-a", "lerobot", status=0)
    sides = ["-b", infos / "expert", "-g", config, "-a", "lerobot", "-c"]
    tool("physim-gate", "compare", *sides, infos / "random", status=1)
    # So few episodes exclude no margin of five points: passed, or inconclusive, but not failed.
    assert "FAIL" not in tool("physim-gate", "compare", *sides, again, status=(0, 3))
    said = tool("verdikt", "compare", infos / "expert/eval_info.json", infos / "random/eval_info.json",
                "--baseline", "expert", status=1)
    overall = json.load(open(infos / "expert/eval_info.json"))["overall"]
    count = overall["n_episodes"]
    assert f"{round(overall['pc_success'] * count / 100)}/{count}" in said, said
    print("physim-gate and verdikt read eval_info.json and judge as bench does")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    run = folder / "run"
    bench("run", "--suite", "semantic", "--policy", "expert", "--policy", "random", "--episodes", "5", "--out", run)
    tables(run, folder)
    gates(run, folder)
