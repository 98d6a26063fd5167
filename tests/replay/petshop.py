#!/usr/bin/env python3
"""Turns an issue of the PetShop data set into an incident folder that `stackseer replay` runs over.

    petshop.py NOISSUE_DIR ISSUE_DIR GRAPH_CSV OUT_DIR      an issue, after an ordinary time
    petshop.py NOISSUE_DIR --half GRAPH_CSV OUT_DIR         an ordinary time alone: its second half, after its first

What is learned is the ordinary time, what is watched is the issue. The two were measured months apart, so the ordinary
time is moved by a whole number of weeks, the last that lets it end before the issue begins: each hour stays the same hour of
the same weekday. The issue's own times are put on the five-minute grid of the ordinary time (the low traffic's are two
minutes off it).

Resources keep the node names of the data set; the type is what stands after the last `_` (`AWS::ECS::Fargate`), or the
name itself where it is a type; a plain name is an X-Ray service, and what X-Ray calls remote or client is a service as its
caller sees it, which explains but can't open an insight.

Of the latency only the average is kept: averages add up along a call graph, percentiles don't, and each further series is
one more that can be wrong by chance. Edges go from a row of the graph to a column. Nobody waits for what is behind a state
machine, queue, topic or bus: edges into and out of those are asynchronous.

What was injected is not read: `target.json` is never opened.
"""

import csv
import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

PERIOD = 300
WEEK = 7 * 24 * 3600
# Column of the data set (metric, statistic) -> role in metrics.csv. Latency is in seconds and availability in percent, as
# these roles expect. Rows without requests say 0; a row that isn't there was not measured.
ROLES = {
    ("latency", "Average"): "latency",
    ("requests", "Sum"): "traffic:gap",
    ("availability", "Average"): "availability",
}
BEHIND = re.compile(r"StepFunctions|StepFn|SQS|SNS|SimpleNotificationService|EventBridge|AWS::Events")
METRICS_HEADER = "timestamp,resource,resource_type,namespace,metric,statistic,dimensions,role,value".split(",")


class BadInput(Exception):
    """A file that is not what the data set's description says."""


def read_metrics(path):
    """{(node, metric, statistic): {time: text}} of the columns that have a role, and the times of all rows."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except FileNotFoundError:
        raise BadInput(f"{path}: is not there; name a folder of the PetShop data set") from None
    if [row[0] if row else "" for row in rows[:4]] != ["microservice", "metric", "statistic", "unix_timestamp"]:
        raise BadInput(f"{path}:1: the first four lines must begin with microservice, metric, statistic, unix_timestamp")
    if len(rows) == 4:
        raise BadInput(f"{path}: has no measurements")
    nodes, metrics, statistics = rows[:3]
    columns = list(zip(nodes, metrics, statistics))[1:]
    if len(set(columns)) != len(columns):
        raise BadInput(f"{path}:1: a column is there twice")
    series = {column: {} for column in columns if column[1:] in ROLES}
    times = []
    for line, row in enumerate(rows[4:], start=5):
        if len(row) != len(columns) + 1:
            raise BadInput(f"{path}:{line}: {len(row)} fields where the header has {len(columns) + 1}")
        try:
            time = int(float(row[0])) // PERIOD * PERIOD
        except ValueError:
            raise BadInput(f"{path}:{line}: unix_timestamp: `{row[0]}` is no time") from None
        if times and time <= times[-1]:
            raise BadInput(f"{path}:{line}: unix_timestamp: not later than the line before")
        times.append(time)
        for column, value in zip(columns, row[1:]):
            if column in series and value != "":
                series[column][time] = value
    return series, times


def read_edges(path):
    """(source, target) pairs and all nodes of the adjacency matrix."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except FileNotFoundError:
        raise BadInput(f"{path}: is not there; name the data set's graph.csv") from None
    targets = rows[0][1:] if rows else []
    edges = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(targets) + 1:
            raise BadInput(f"{path}:{line}: {len(row)} fields where the header has {len(targets) + 1}")
        for target, cell in zip(targets, row[1:]):
            if cell not in ("", "0", "0.0", "1", "1.0"):
                raise BadInput(f"{path}:{line}: {target}: `{cell}` is neither 0 nor 1")
            if cell.startswith("1"):
                edges.append((row[0], target))
    return edges, list(dict.fromkeys(targets + [row[0] for row in rows[1:]]))


def resource_type(node):
    suffix = node.rsplit("_", 1)[-1]
    if suffix in ("remote", "client"):
        return "X-Ray::" + suffix.capitalize()
    return suffix if "::" in suffix else "X-Ray::Service"


def role(node, column):
    only_explains = resource_type(node) in ("X-Ray::Remote", "X-Ray::Client")
    given = ROLES[column]
    return given + ":explains" if only_explains and not given.startswith("traffic") else given


def edge_kind(source, target):
    return "async" if BEHIND.search(source) or BEHIND.search(target) else "sync"


def weeks_back(ordinary_times, first):
    """Seconds in whole weeks to move the ordinary time by, so that it ends at `first` or before."""
    end = ordinary_times[-1] + PERIOD
    return -(-(end - first) // WEEK) * WEEK


def moved(series, seconds):
    return {key: {time - seconds: value for time, value in points.items()} for key, points in series.items()}


def between(series, start, end):
    return {key: {t: v for t, v in points.items() if start <= t < end} for key, points in series.items()}


def issue(ordinary, ordinary_times, watched, watched_times):
    """(history, its range, what is watched, its range)"""
    start = watched_times[0]
    shift = weeks_back(ordinary_times, start)
    learn = (ordinary_times[0] - shift, ordinary_times[-1] + PERIOD - shift)
    return moved(ordinary, shift), learn, watched, (start, watched_times[-1] + PERIOD)


def halves(series, times):
    middle, end = times[len(times) // 2], times[-1] + PERIOD
    first, second = between(series, times[0], middle), between(series, middle, end)
    return first, (times[0], middle), second, (middle, end)


def rfc3339(time):
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_folder(out, name, history, learn, watched, watch, edges, nodes):
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out}: exists and is not an empty folder; name another one")
    out.mkdir(parents=True, exist_ok=True)
    times = lambda pair: "{ from = %s, to = %s }" % tuple(map(rfc3339, pair))
    (out / "incident.toml").write_text(
        f"format = 1\napplication = {json.dumps(name)}\nperiod = {PERIOD}\n"
        f"learn = {times(learn)}\nwatch = {times(watch)}\n",
        encoding="utf-8",
    )
    measured = set()
    with open(out / "metrics.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(METRICS_HEADER)
        for node, metric, statistic in dict.fromkeys([*history, *watched]):
            points = {**history.get((node, metric, statistic), {}), **watched.get((node, metric, statistic), {})}
            given = role(node, (metric, statistic))
            for time, value in sorted(points.items()):
                measured.add(node)
                what = [node, resource_type(node), "AWS/X-Ray", metric, statistic, "", given]
                rows.writerow([rfc3339(time), *what, value])
    with open(out / "topology.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["source", "target", "kind"])
        rows.writerows([source, target, edge_kind(source, target)] for source, target in edges)
    with open(out / "config.jsonl", "w", encoding="utf-8") as file:
        for node in nodes:
            if node not in measured:
                file.write(json.dumps({"resource": node, "resource_type": resource_type(node)}) + "\n")


def main(arguments):
    if len(arguments) != 4:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    ordinary_dir, issue_dir, graph, out = arguments
    try:
        ordinary = read_metrics(Path(ordinary_dir) / "metrics.csv")
        edges, nodes = read_edges(Path(graph))
        if issue_dir == "--half":
            parts = halves(*ordinary)
        else:
            parts = issue(*ordinary, *read_metrics(Path(issue_dir) / "metrics.csv"))
        write_folder(Path(out), "petshop", *parts, edges, nodes)
    except (BadInput, OSError) as error:
        print(f"petshop.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
