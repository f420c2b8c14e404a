#!/usr/bin/env python3
"""Runs every suite, one after the other, and ends with one line: `N passed, N failed`.

A suite that could not run counts as a failure: nothing is skipped in silence.
Usage: test.py [--only NAME[,NAME]] [--long]
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "test"
COUNT = re.compile(r"(\d+) passed, (\d+) failed")


class Suite:
    """A named command with a way to read how many tests passed and failed."""

    def __init__(self, name, title, command, cwd=".", read=None, limit_s=1500, env=None):
        self.name, self.title, self.command, self.cwd = name, title, command, cwd
        self.read, self.limit_s, self.env = read or last_count, limit_s, env or {}


def last_count(log):
    """The last `N passed, N failed` that the suite printed, or None."""
    found = COUNT.findall(log)
    return (int(found[-1][0]), int(found[-1][1])) if found else None


def nextest_count(_log):
    """Counts from the JUnit file that cargo-nextest wrote, or None."""
    path = ROOT / "target" / "nextest" / "ci" / "junit.xml"
    if not path.exists():
        return None
    root = xml.parse(path).getroot()
    total = int(root.get("tests", 0))
    failed = int(root.get("failures", 0)) + int(root.get("errors", 0))
    return total - failed, failed


def vitest_count(log):
    """Vitest prints `Tests  3 failed | 97 passed (100)`, with colours when it likes."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log)
    line = re.findall(r"^\s*Tests\s+(.*)$", plain, re.M)
    if not line:
        return None
    number = lambda word: sum(int(n) for n in re.findall(rf"(\d+) {word}", line[-1]))
    return number("passed"), number("failed")


def step_count(_log):
    """A step that only has to succeed: one test."""
    return 1, 0


def suites(long):
    """All suites in the order in which they are worth running: cheap and telling first."""
    long_env = {"RAPPORT_FAULTS": "long" if long else "short"}
    return [
        Suite("web-build", "web app builds", ["scripts/web.sh"], read=step_count),
        Suite("web", "web unit tests", ["npm", "test", "--silent"], cwd="web", read=vitest_count),
        Suite("rust", "Rust tests on SQLite and PostgreSQL",
              ["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--profile", "ci"],
              read=nextest_count, limit_s=2400),
        Suite("build", "the binary builds", ["cargo", "build", "--locked", "--workspace", "--bins"], read=step_count),
        Suite("api", "API description is current", ["scripts/check-api.sh"], read=step_count),
        Suite("spine", "from nothing to a read message with curl and openssl", ["scripts/spine.sh"]),
        Suite("conformance", "vendors' own clients against the sandbox", ["conformance/run.sh"]),
        Suite("e2e", "journeys in a browser", ["e2e/run.sh"]),
        Suite("faults", "fault tests", ["scripts/faults.sh"], env=long_env, limit_s=20000 if long else 1500),
    ]


def run(suite):
    """Runs one suite, streaming its output to the terminal and a log; returns (passed, failed, seconds)."""
    log_path = OUT / f"{suite.name}.log"
    print(f"\n== {suite.title} ({suite.name})", flush=True)
    began = time.monotonic()
    env = dict(os.environ, **suite.env)
    try:
        with log_path.open("w") as log_file:
            process = subprocess.Popen(suite.command, cwd=ROOT / suite.cwd, env=env, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
            deadline = began + suite.limit_s
            for line in process.stdout:
                log_file.write(line)
                sys.stdout.write(line)
                if time.monotonic() > deadline:
                    process.kill()
                    print(f"{suite.name}: stopped after {suite.limit_s} s")
            code = process.wait()
    except OSError as error:
        print(f"{suite.name}: could not start: {error}")
        return 0, 1, time.monotonic() - began
    counts = suite.read(log_path.read_text(errors="replace"))
    passed, failed = counts or (0, 0)
    if counts is None or passed + failed == 0:
        print(f"{suite.name}: ran no test")
        failed += 1
    elif code != 0 and failed == 0:
        print(f"{suite.name}: ended with status {code}")
        failed += 1
        passed = 0 if suite.read is step_count else passed
    return passed, failed, time.monotonic() - began


def tail(log_path, lines=25, width=240):
    """The last lines of a log, for the reader of the closing table."""
    if not log_path.exists():
        return "(no log)"
    return "\n".join(line[:width] for line in log_path.read_text(errors="replace").splitlines()[-lines:])


def main():
    """Runs the suites and prints the closing table and line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    wanted = set(filter(None, options.only.split(",")))
    chosen = [suite for suite in suites(options.long) if not wanted or suite.name in wanted]
    if wanted - {suite.name for suite in chosen}:
        parser.error(f"no such suite: {', '.join(sorted(wanted - {s.name for s in chosen}))}")
    OUT.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(ROOT / "target" / "nextest" / "ci", ignore_errors=True)
    rows = [(suite, *run(suite)) for suite in chosen]
    for suite, _, failed, _ in rows:
        if failed:
            print(f"\n-- {suite.name} failed; the end of target/test/{suite.name}.log:")
            print(tail(OUT / f"{suite.name}.log"))
    print("\n" + "-" * 64)
    for suite, passed, failed, seconds in rows:
        print(f"{suite.name:<12} {passed:>5} passed {failed:>4} failed  {seconds:>6.0f} s  {suite.title}")
    passed, failed = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
