#!/usr/bin/env python3
"""Replays every PetShop training issue and both ordinary times, and prints what was found beside what was injected.

    petshop_table.py STACKSEER [DATA_DIR]

STACKSEER is the built binary. DATA_DIR is the data set; default: the environment's PETSHOP_DIR, else ../shared/data/petshop
beside this repository. Exit code 1 when fewer than 90 % of the issues open an insight whose first cause is the injected node, or
when an ordinary time opens any.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import petshop

TARGET = 0.9
DEFAULT_DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "petshop"
ROW = "{:<13} {:<9} {:>8}  {:<32} {:<32} {}"


class Failed(Exception):
    """A replay that did not run to its end."""


def replay(stackseer, folder):
    """The insights of one folder."""
    run = subprocess.run(
        [stackseer, "replay", str(folder), "--output", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if run.returncode != 0:
        raise Failed(f"replay of {folder.name} ended with {run.returncode}: {run.stderr.strip()}")
    return json.loads(run.stdout)["insights"]


def first_causes(insights):
    return [insight["causes"][0]["resource"]["name"] if insight["causes"] else "no clear cause" for insight in insights]


def is_hit(insights, injected):
    return injected in first_causes(insights)


def build(traffic, issue, out):
    """The incident folder of an issue, or of the ordinary time where there is none."""
    source = str(issue) if issue else "--half"
    if petshop.main([str(traffic / "noissue"), source, str(traffic / "graph.csv"), str(out)]) != 0:
        raise Failed(f"{traffic.name}: no folder could be made")
    return out


def run(stackseer, data, work):
    """(issues that hit, issues, insights in ordinary times)"""
    hits = issues = false_alarms = 0
    print(ROW.format("traffic", "issue", "insights", "first cause", "injected", "hit"))
    for traffic in sorted(path.parent for path in data.glob("*/graph.csv")):
        for issue in sorted((traffic / "train").iterdir()):
            insights = replay(stackseer, build(traffic, issue, work / f"{traffic.name}-{issue.name}"))
            # Only to judge: the folder was made without it.
            injected = json.loads((issue / "target.json").read_text(encoding="utf-8"))["root_cause"]["node"]
            hit = is_hit(insights, injected)
            hits, issues = hits + hit, issues + 1
            causes = ", ".join(first_causes(insights)) or "-"
            print(ROW.format(traffic.name, issue.name, len(insights), causes, injected, "yes" if hit else "NO"), flush=True)
        insights = replay(stackseer, build(traffic, None, work / f"{traffic.name}-ordinary"))
        false_alarms += len(insights)
        names = ", ".join(insight["name"] for insight in insights) or "-"
        print(ROW.format(traffic.name, "ordinary", len(insights), names, "-", "NO" if insights else "yes"), flush=True)
    return hits, issues, false_alarms


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    stackseer = arguments[0]
    data = Path(arguments[1] if len(arguments) == 2 else os.environ.get("PETSHOP_DIR") or DEFAULT_DATA)
    if not any(data.glob("*/graph.csv")):
        print(f"petshop_table.py: no PetShop data in {data}; set PETSHOP_DIR to the folder that holds high_traffic and "
              "low_traffic", file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory(prefix="petshop-") as work:
            hits, issues, false_alarms = run(stackseer, data, Path(work))
    except (Failed, OSError) as error:
        print(f"petshop_table.py: {error}", file=sys.stderr)
        return 1
    share = hits / issues if issues else 0.0
    print(f"\n{hits} of {issues} issues named by their first cause ({share:.0%}, wanted {TARGET:.0%}); "
          f"{false_alarms} insights in ordinary times (wanted 0)")
    return 0 if share >= TARGET and false_alarms == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
