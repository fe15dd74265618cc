"""Makes every figure that a command can make: results.py BENCH [--list] [--only NAME]... [--jobs N] [--root DIR]

Each result is one command on report seeds, which nothing was chosen by. Runs go on where they were stopped (their folders lie
under .build/results), and what is finished at this commit is not made again. The six suites are run a row at a time and merged, so that
a row whose weights, scenes and suite are those of its last run is kept, with the commit that it was made at: its run is packed into
Results/rows/SUITE/POLICY.tar.xz, so that another machine makes anew what has changed alone. Results/NAME.md gets the
table with its command, date and commits; a fenced block behind `<!-- results: NAME -->` in README.md or Docs/*.md becomes the text of it.
Between `<!-- results: overview -->` and `<!-- end of results -->` goes a table of all rows and suites, once all suites are there;
behind `<!-- results: seeds -->` one of the rows that were trained under several seeds.
Hours on two cores. --list prints the commands and runs nothing.
"""

import argparse
import concurrent.futures
import datetime
import glob
import hashlib
import io
import json
import lzma
import os
import re
import shutil
import statistics
import subprocess
import sys
import tarfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEPT = os.path.join(".build", "results")
# Runs of rows, as they lie in the package; what stamps them, and what of a run's folder is packed: what others are compared with, and counts.
PACKED, STAMP, RUN_FILES = os.path.join("Results", "rows"), "row.json", ["run.json", "episodes.jsonl", "summary.json"]
# The run of all rows of a suite, beside their own.
WHOLE = "whole"
# The first of the seeds that are for reports (SeedUse); suites draw by their names, so that one seed serves all.
SEED = "2000000"
# In the order of the table: what runs by default, then the other rows of the six suites.
ROWS = ["openvla-grounded", "openvla", "openvla-oft", "diffusion-policy", "diffusion-policy-matched",
        "diffusion-policy-matched-blind", "scratch", "from-nothing"]
# Policies of a few tasks, which have no statistics for other set-ups: each is a row where it learned.
SPECIALISTS = {
    "openvla-bridge": [
        ("bridge", ["lift-eggplant", "put-eggplant-into-pot-easy", "put-yellow-corn-on-pink-plate", "put-carrot-on-plate"]),
        ("google-robot", ["open-middle-drawer"])],
    "diffusion-policy-put-carrot": [("franka-tabletop", ["put-carrot-in-bowl"])],
    "diffusion-policy-pour-corn": [("franka-tabletop", ["pour-corn-into-pot"])],
    "diffusion-policy-flip-pot": [("franka-tabletop", ["flip-pot-upright"])],
}
BOUNDS = ["random", "expert"]
# At least 300 a row: suites have five or six tasks.
EPISODES = "60"
SUITES = ["in-distribution", "visual", "motion", "physical", "semantic", "language-grounding"]


def trained():
    """The names of all checkpoints, those of ROWS first."""
    found = [os.path.basename(os.path.dirname(path)) for path in glob.glob("Checkpoints/*/config.json")]
    return [name for name in ROWS if name in found] + sorted(set(found) - set(ROWS))


def rows():
    """The rows of the six suites, but for the bounds."""
    return [name for name in trained() if recipe(name) not in SPECIALISTS]


def families():
    """The rows that were trained under several seeds: the names of all of them by the recipe's own."""
    found = {base: [name for name in rows() if re.sub(r"-seed[0-9]+$", "", name) == base] for base in rows()}
    return {base: family for base, family in found.items() if len(family) > 1}


def reseeded():
    return [name for family in families().values() for name in family]


def recipe(name):
    """A checkpoint's name without what another seed or --blind puts behind it."""
    return re.sub(r"(-blind|-seed[0-9]+)+$", "", name)


def policies(names):
    return [part for name in names for part in ("--policy", name)]


def results():
    """Every result by its name: the arguments of bench, and how it is made."""
    # What a newcomer types first, and so not on seeds for reports.
    made = {"first-table": ["run", "--suite", "semantic"]}
    for suite in SUITES:
        made[suite] = ["run", "--suite", suite, "--episodes", EPISODES, "--seed", SEED] + policies(rows() + BOUNDS)
    # Rows of the six suites, for where only those are wanted.
    if reseeded():
        made["seeds"] = ["run", "--suite", ",".join(SUITES), "--episodes", EPISODES, "--seed", SEED] + policies(reseeded())
    for name in trained():
        for suite, tasks in SPECIALISTS.get(recipe(name), []):
            made[f"{suite}-{name}"] = (["run", "--suite", suite, "--episodes", str(-(-300 // len(tasks))), "--seed", SEED]
                                       + [part for task in tasks for part in ("--task", task)] + policies([name] + BOUNDS))
    sighted = [name for name in rows() if not name.endswith("-blind") and "-seed" not in name]
    # The controls of each policy in a run of its own, since they are five rows a policy.
    for name in sighted:
        made[f"controls-{name}"] = ["run", "--suite", "in-distribution", "--episodes", EPISODES, "--seed", SEED,
                                    "--controls"] + policies([name])
        made[f"controls-language-{name}"] = ["run", "--suite", "language-grounding", "--episodes", EPISODES, "--seed", SEED,
                                             "--controls"] + policies([name])
        diagnosis = ["diagnose", "--suite", "in-distribution", "--episodes", EPISODES, "--seed", SEED, "--policy", name]
        made[f"diagnosis-{name}"] = diagnosis
        made[f"mishaps-{name}"] = diagnosis + ["--mishaps"]
    # What pretraining is worth; of the suites' own runs.
    for suite in SUITES:
        for name in rows():
            if recipe(name).startswith("openvla") and "-seed" not in name and "scratch" in rows():
                made[f"{suite}-scratch-{name}"] = ["compare", os.path.join(KEPT, suite, WHOLE), "--policies", f"scratch,{name}"]
    return made


def git(*arguments):
    done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    # Not at the left, where a blank is the first sign of a changed file.
    return done.stdout.rstrip() if done.returncode == 0 else ""


def commit():
    """The commit, and whether anything but results differs from it."""
    changed = [line for line in git("status", "--porcelain", "--untracked-files=no").splitlines()
               if not line[3:].startswith(("Results/", "Docs/", "README.md", "CHANGELOG.md"))]
    return (git("rev-parse", "--short=10", "HEAD") or "unknown") + (" with changes" if changed else "")


def today():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")


def shown(arguments):
    return "bench " + " ".join(arguments)


def text_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def carried_out(bench, name, arguments):
    """The exit code, the text and the Markdown of a result, which is empty where its command failed."""
    place = os.path.join(KEPT, name)
    if arguments[0] != "run":
        done = subprocess.run([bench, *arguments], stdout=subprocess.PIPE, text=True)
        return (done.returncode, done.stdout, f"```\n{done.stdout}```\n")
    command = [bench, *arguments, "--out", place, "--resume"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    return (done.returncode, done.stdout, text_of(os.path.join(place, "summary.md")))


def digest(suite, policy):
    """A hash of all files that a row's episodes follow from, but for the program itself."""
    found = [f"Benchmarks/{suite}.yaml", *glob.glob("Scenes/**", recursive=True), *glob.glob(f"Checkpoints/{policy}/*")]
    hashed = hashlib.sha256(f"{EPISODES} {SEED}\n".encode())
    for path in sorted(path for path in found if os.path.isfile(path) and not path.endswith(".jsonl")):
        with open(path, "rb") as file:
            hashed.update(f"{path} {hashlib.sha256(file.read()).hexdigest()}\n".encode())
    return hashed.hexdigest()[:16]


def pack(archive, place, stamp):
    """Puts a row's run into an archive: the same bytes for the same run."""
    parts = {STAMP: json.dumps(stamp).encode()}
    for name in RUN_FILES:
        with open(os.path.join(place, name), "rb") as file:
            parts[name] = file.read()
    os.makedirs(os.path.dirname(archive), exist_ok=True)
    with tarfile.open(archive + ".partial", "w:xz", preset=9) as packed:
        for name, content in parts.items():
            entry = tarfile.TarInfo(f"{os.path.basename(place)}/{name}")
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    os.replace(archive + ".partial", archive)


def unpack(archive, place, digest):
    """Puts the run of an archive into its place, where it is of these files: its stamp; else nothing."""
    try:
        with tarfile.open(archive, "r:xz") as packed:
            parts = {os.path.basename(entry.name): packed.extractfile(entry).read() for entry in packed if entry.isfile()}
        stamp = json.loads(parts[STAMP])
        if stamp["digest"] != digest:
            return None
        os.makedirs(place, exist_ok=True)
        for name in RUN_FILES:
            with open(os.path.join(place, name), "wb") as file:
                file.write(parts[name])
        return stamp
    except (OSError, EOFError, KeyError, TypeError, ValueError, tarfile.TarError, lzma.LZMAError):
        return None


def is_made(suite, policy):
    """Whether the row of these files is there."""
    kept = read(os.path.join(KEPT, suite, f"{policy}.json"))
    return bool(kept.get("finished")) and kept.get("digest") == digest(suite, policy)


def row(bench, suite, policy, where):
    """Runs one row where its files are not those of its last run: its folder, and the exit code of what failed."""
    place, note = os.path.join(KEPT, suite, policy), os.path.join(KEPT, suite, f"{policy}.json")
    archive = os.path.join(PACKED, suite, f"{policy}.tar.xz")
    if is_made(suite, policy):
        return (place, 0)
    stamp = {"digest": digest(suite, policy), "when": today(), "commit": where}
    if read(note).get("digest") != stamp["digest"]:
        shutil.rmtree(place, ignore_errors=True)
        packed = unpack(archive, place, stamp["digest"])
        if packed:
            write(note, json.dumps({**packed, "finished": True}))
            return (place, 0)
        write(note, json.dumps(stamp))
    command = [bench, "run", "--suite", suite, "--episodes", EPISODES, "--seed", SEED, "--policy", policy, "--out", place]
    status = subprocess.run([*command, "--resume"], stdout=subprocess.DEVNULL).returncode
    if status == 0:
        pack(archive, place, stamp)
        write(note, json.dumps({**stamp, "finished": True}))
    return (place, status)


def made_rows(bench, wanted, where, jobs):
    """Runs rows, (suite, policy) each and so many at once: their folders, and the exit code of what failed."""
    failures = []

    def made(pair):
        # After one that failed no other is begun.
        place, status = (None, 0) if failures else row(bench, *pair, where)
        if status != 0:
            failures.append(status)
        return place

    for suite, _ in wanted:
        os.makedirs(os.path.join(KEPT, suite), exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        places = list(pool.map(made, wanted))
    return (places, failures[0] if failures else 0)


def carried_out_by_rows(bench, suite, names, where, jobs):
    """As carried_out, of one run a policy: the runs are merged to what one run of all would have written."""
    places, status = made_rows(bench, [(suite, name) for name in names], where, jobs)
    if status != 0:
        return (status, "", "")
    whole = os.path.join(KEPT, suite, WHOLE)
    shutil.rmtree(whole, ignore_errors=True)
    done = subprocess.run([bench, "merge", *places, "--out", whole], stdout=subprocess.PIPE, text=True)
    return (done.returncode, done.stdout, text_of(os.path.join(whole, "summary.md")))


def carried_out_of_seeds(bench, where, jobs):
    """As carried_out, of the rows that were trained under several seeds."""
    _, status = made_rows(bench, [(suite, name) for suite in SUITES for name in reseeded()], where, jobs)
    return (status, "", seeds() if status == 0 else "")


def made_by(suites, names):
    """When and at which commit rows of suites were made: a sentence's part, of several where they differ."""
    stamps = {}
    for name in names:
        for suite in suites:
            stamp = read(os.path.join(KEPT, suite, f"{name}.json"))
            stamps.setdefault((stamp.get("when"), stamp.get("commit")), {})[name] = True
    told = sorted(stamps.items(), key=lambda item: len(item[1]))
    lines = [f"{when}, commit {commit}" for (when, commit), _ in told]
    for index, (_, of) in enumerate(told[:-1]):
        lines[index] += f" ({', '.join(of)})"
    return "; ".join(lines[:-1] + [lines[-1] + (" (the others)" if len(lines) > 1 else "")])


def write(path, text):
    temporary = path + ".partial"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def pages():
    return [*glob.glob("README.md"), *sorted(glob.glob("Docs/*.md"))]


def fill(name, arguments, text, made):
    """Puts a result's text into every page that has a place for it."""
    place = re.compile(rf"(<!-- results: {re.escape(name)} -->\n```\n).*?(```\n)", re.S)
    block = f"$ swift run {shown(arguments)}\n{text}# {made}\n"
    for path in pages():
        with open(path, encoding="utf-8") as file:
            page = file.read()
        filled = place.sub(lambda found: found[1] + block + found[2], page)
        if filled != page:
            write(path, filled)


def read(path):
    """What a JSON file holds; nothing where there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def counted(names):
    """The successes and episodes of rows by line and policy, over all suites."""
    counts = {}
    for suite in SUITES:
        for name in names:
            found = read(os.path.join(KEPT, suite, name, "summary.json")).get("policies", [])
            for part in [part for policy in found if policy["name"] == name for part in policy["suites"]]:
                cells = {f"`{suite}`": part}
                if "both_of_a_pair" in part:
                    cells["the same, both of a pair"] = part["both_of_a_pair"]
                for line, cell in cells.items():
                    total = cell["episodes"] if "episodes" in cell else cell["pairs"]
                    counts.setdefault(line, {})[name] = (cell["successes"], total)
    return counts


def table_of(columns, lines, cell, made):
    """A Markdown table of a line a suite, with the command and what it was made by."""
    table = [["suite"] + [f"`{name}`" for name in columns], ["---"] + ["---:"] * len(columns)]
    table += [[line] + [cell(line, name) for name in columns] for line in lines]
    return ("\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in table)
            + f"\n`bench run --suite SUITE --episodes {EPISODES} --seed {SEED}` with `--policy` for each; {made}.\n")


def overviewed():
    """The rows of the overview; trainings under other seeds are in the table of seeds."""
    return [name for name in rows() + BOUNDS if "-seed" not in name]


def overview():
    """A line a suite, a column a row of the table."""
    counts = counted(overviewed())

    def cell(line, name):
        successes, total = counts[line].get(name, (0, 0))
        return f"{successes}/{total} {100 * successes / total:.0f} %" if total else ""

    return table_of(overviewed(), counts, cell, made_by(SUITES, overviewed()))


def seeds():
    """The same of rows that were trained under several seeds: the rate of each, and their standard deviation."""
    counts = counted(reseeded())

    def cell(line, base):
        found = [counts[line][name] for name in families()[base] if name in counts[line]]
        rates = [100 * successes / total for successes, total in found]
        spread = f" (± {statistics.stdev(rates):.1f})" if len(rates) > 1 else ""
        return ", ".join(f"{rate:.1f}" for rate in rates) + (" %" + spread if rates else "")

    return table_of(families(), counts, cell, made_by(SUITES, reseeded()))


def fill_tables():
    """Puts the tables of all suites into their places, once all of their rows are there: a machine that has made one has not unmade the
    others."""
    for name, table, rows_of_it in [("overview", overview, overviewed()), ("seeds", seeds, reseeded())]:
        missing = [suite for suite in SUITES if not all(is_made(suite, policy) for policy in rows_of_it)]
        if missing and rows_of_it:
            print(f"{name}: stays as it is until {', '.join(missing)} are made here too", flush=True)
        if missing or not rows_of_it:
            continue
        place, filling = re.compile(rf"(<!-- results: {name} -->\n).*?(<!-- end of results -->\n)", re.S), table()
        for path in pages():
            with open(path, encoding="utf-8") as file:
                page = file.read()
            filled = place.sub(lambda found: found[1] + filling + "\n" + found[2], page)
            if filled != page:
                write(path, filled)


def made_at(name, arguments, where):
    """Whether the result was made by this command at this commit."""
    made = read(os.path.join(KEPT, f"{name}.json"))
    return (made.get("command"), made.get("commit")) == (shown(arguments), where) and os.path.exists(
        os.path.join("Results", f"{name}.md"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=1, help="rows of a suite that are run at once")
    parser.add_argument("--root", default=ROOT)
    options = parser.parse_args()
    bench = os.path.abspath(options.bench)
    os.chdir(options.root)
    wanted = results()
    unknown = [name for name in options.only if name not in wanted]
    if unknown:
        sys.exit(f"results: no result is called {', '.join(unknown)}; there are {', '.join(wanted)}")
    wanted = {name: wanted[name] for name in options.only or wanted}
    if options.list:
        for name, arguments in wanted.items():
            print(f"{name}: {shown(arguments)}")
        return
    os.makedirs(KEPT, exist_ok=True)
    os.makedirs("Results", exist_ok=True)
    failed, where = [], commit()
    for name, arguments in wanted.items():
        if made_at(name, arguments, where):
            print(f"{name}: is there", flush=True)
            continue
        print(f"{name}: {shown(arguments)}", flush=True)
        if name in SUITES:
            status, text, markdown = carried_out_by_rows(bench, name, rows() + BOUNDS, where, options.jobs)
        elif name == "seeds":
            status, text, markdown = carried_out_of_seeds(bench, where, options.jobs)
        else:
            status, text, markdown = carried_out(bench, name, arguments)
        if status != 0 or not markdown:
            # Other weights or scenes than those that a run was begun with are refused by bench, which says so.
            print(f"{name}: ended with {status}; remove .build/results/{name} to begin it anew", flush=True)
            failed.append(name)
            continue
        made = (made_by([name], rows() + BOUNDS) if name in SUITES else made_by(SUITES, reseeded()) if name == "seeds"
                else f"{today()}, commit {where}")
        write(os.path.join("Results", f"{name}.md"),
              f"# {name}\n\n`{shown(arguments)}`, made on {made}.\n\n{markdown}")
        write(os.path.join(KEPT, f"{name}.json"), json.dumps({"command": shown(arguments), "commit": where, "made": made}))
        fill(name, arguments, text, made)
    fill_tables()
    if failed:
        sys.exit(f"results: {len(failed)} of {len(wanted)} were not made: {', '.join(failed)}")


if __name__ == "__main__":
    main()
