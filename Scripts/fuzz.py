"""Throws broken files and messages at every reader: fuzz.py TESTS COUNT [TIMEOUT]

COUNT go to each reader, by the tests that were built (TESTS is .build/debug/TrestlePackageTests.xctest). Every suite runs in a
process of its own, so that a trap costs one suite, and its memory is its own. Prints what became of them, and fails where one
trapped, hung (longer than TIMEOUT seconds for a suite), was refused without file and place, or took a gigabyte more than
the whole file.
"""

import os
import re
import resource
import subprocess
import sys
import time

TESTS, COUNT = sys.argv[1], int(sys.argv[2])
TIMEOUT = int(sys.argv[3]) if len(sys.argv) > 3 else 7200
SUITES = [
    "StrictYAMLTests.YAMLFuzzTests", "EnvironmentsTests.SceneFuzzTests", "TrainingTests.RecipeFuzzTests",
    "EvaluationTests.RunFilesFuzzTests", "RecordingsTests.RecordingTests/brokenFilesNeverTrap",
    "ImageFilesTests.ImageFuzzTests", "TorchTests.SafetensorsFuzzTests", "TorchTests.CheckpointFilesFuzzTests",
    "TorchTests.TorchArchiveFuzzTests", "NetworksTests.ConfigurationFuzzTests", "PoliciesTests.CheckpointFuzzTests",
    "RemoteTests.CodecFuzzTests", "RemoteTests.WireFuzzTests", "RemoteTests.ZeroMQFuzzTests",
    "RemoteTests.TrafficFileTests/aBrokenFileIsReadOrRefused", "PoliciesTests.TrainingFactsTests/aBrokenFileIsRefusedByNameAndKey",
    "benchTests.VisitedFileTests/brokenFilesAreReadOrRefusedByNameAndPlace",
    "benchTests.LearningPageTests",
]
TALLY = re.compile(r"^fuzz: (.+): (\d+) read, (\d+) refused, at most (\d+) ms each, (\d+) MB more", re.M)


def trial(suite):
    """Runs a suite; its output, and how it ended where that is a fault."""
    command = [TESTS, "--testing-library", "swift-testing", "--no-parallel", "--filter", suite]
    environment = dict(os.environ, TRESTLE_FUZZ=str(COUNT))
    try:
        done = subprocess.run(command, env=environment, timeout=TIMEOUT, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired as late:
        return (late.output or b"").decode(errors="replace"), "HUNG"
    if done.returncode < 0:
        return done.stdout, "TRAPPED"
    if done.returncode or not TALLY.search(done.stdout):
        return done.stdout, "FAILED"
    return done.stdout, None


def main():
    total, slowest, most, faults, start = 0, 0, 0, [], time.time()
    for suite in SUITES:
        begun = time.time()
        output, fault = trial(suite)
        for name, read, refused, milliseconds, memory in TALLY.findall(output):
            total += int(read) + int(refused)
            slowest, most = max(slowest, int(milliseconds)), max(most, int(memory))
            print(f"{name}: {read} read, {refused} refused, at most {milliseconds} ms, {memory} MB more", flush=True)
        if fault:
            faults.append(f"{suite} {fault}")
            print(f"{suite} {fault}:\n" + "\n".join(output.splitlines()[-20:]), flush=True)
        print(f"  {suite}: {time.time() - begun:.0f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    traps, hangs = (sum(fault.endswith(end) for fault in faults) for end in ("TRAPPED", "HUNG"))
    print(f"{total} broken inputs, {traps} traps, {hangs} hangs, {len(faults) - traps - hangs} other faults; at most "
          f"{slowest} ms of processor time and {most} MB more than the whole file for one; peak memory {peak} MB; "
          f"{time.time() - start:.0f} s")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
