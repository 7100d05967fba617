#!/usr/bin/env python3
"""How long `sharedobj` takes from its start to its end, beside a program that does nothing. docs/cli.md has the figures.

    benchmarks/startup.py [--rounds N] [--folder DIR]

Publishes the tool ReadyToRun and ahead of time, and a program that does nothing (`return 0;`, as `dotnet build` leaves it), into DIR (a new one
unless given; what is there already is not built again). Then all take turns, round by round; a figure is the median of its rounds, in ms.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "src" / "SharedObject.Cli"
NOTHING = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
  </PropertyGroup>
</Project>
"""


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def publish(folder, name, *options):
    target = folder / name
    if not target.exists():
        build = folder / f"{name}-build"
        run("dotnet", "publish", TOOL, "-c", "Release", "-r", "linux-x64", "--artifacts-path", build, "-o", target, *options)
    return target / "sharedobj"


def make_nothing(folder):
    target = folder / "nothing"
    if not target.exists():
        project = folder / "nothing-build"
        project.mkdir()
        (project / "nothing.csproj").write_text(NOTHING)
        (project / "Program.cs").write_text("return 0;\n")
        run("dotnet", "build", project, "-c", "Release", "-o", target)
    return target / "nothing"


def milliseconds(command):
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = (options.folder or Path(tempfile.mkdtemp(prefix="sharedobj-startup-"))).resolve()
    ready = publish(folder, "ready-to-run", "--self-contained", "false")
    ahead = publish(folder, "ahead-of-time", "-p:PublishAot=true")
    commands = {
        "a program that does nothing, JIT": [make_nothing(folder)],
        "sharedobj --version, ReadyToRun": [ready, "--version"],
        "sharedobj list --json, ReadyToRun": [ready, "list", "--json"],
        "sharedobj --version, ahead of time": [ahead, "--version"],
        "sharedobj list --json, ahead of time": [ahead, "list", "--json"],
    }
    times = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            times[name].append(milliseconds(command))
    for name, values in times.items():
        first, median, third = statistics.quantiles(values, n=4)
        print(f"{name:38} {median:7.1f} ms  (quartiles {first:.1f} to {third:.1f})")


main()
