"""Measures the built functions and prints the tables of docs/performance.md: `measure.py BUILD_FOLDER`.

Run it by `just performance`. Times and memory are this machine's; calls, metrics and units are the same everywhere.
"""

import json
import statistics
import sys
import typing

import cost
from line import FUNCTIONS, Line, sample, schedule

STARTS = 20
METRICS = 5100
# The catalogue's metrics of one Lambda function.
METRICS_EACH = 15
SMALL = 50


class Measured(typing.NamedTuple):
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    calls: int
    metrics: int
    reads: float
    writes: float
    log_bytes: int
    # Metrics in CloudWatch's embedded format, by function and name.
    emf: dict


class Large(typing.NamedTuple):
    """An application of 5,000 metrics."""

    # Binary's size and seconds of each start, by function.
    starts: dict
    # Seconds of a first tick.
    ticks: list
    tick: Measured
    learn: Measured
    quiet: Measured
    incident: Measured
    notify: Measured
    record: Measured


class Small(typing.NamedTuple):
    """An application of fifty functions."""

    tick: Measured
    learn: Measured
    watch: Measured


def measured(line, function, event):
    """One event in a fresh process."""
    line.proxy.reset()
    line.table.taken()
    with line.start(function) as process:
        answer = process.invoke(event)
        if answer.payload and answer.payload.get("batchItemFailures"):
            raise AssertionError(f"{function} could not do it:\n{process.log()}")
        log = process.log()
        calls, metrics = line.calls()
        return Measured(
            answer.seconds, process.cpu_seconds(), process.peak_bytes(), calls, metrics, *line.table.taken(), len(log), embedded(log)
        )


def embedded(log):
    lines = [json.loads(line) for line in log.splitlines() if '"_aws"' in line]
    directives = [(each, d) for each in lines for d in each["_aws"]["CloudWatchMetrics"]]
    return {(each["Function"], metric["Name"]): each[metric["Name"]] for each, d in directives for metric in d["Metrics"]}


def learned(line):
    """What a tick sends to be learned, learned."""
    measured(line, "tick", schedule("learn"))
    learn = measured(line, "learn", line.tasks(line.queues[1]))
    tick = measured(line, "tick", schedule("watch"))
    return learn, tick, line.tasks(line.queues[0])


def started(line, function):
    with line.start(function) as process:
        return process.start_seconds


def large(built, times):
    """`times`: how often each start and first tick is measured."""
    with Line(built, METRICS // METRICS_EACH) as line:
        progress(f"{times} starts of each function")
        starts = {name: (line.bootstrap(name).stat().st_size, [started(line, name) for _ in range(times)]) for name in FUNCTIONS}
        progress(f"learning {METRICS} metrics: 100 million points")
        learn, tick, task = learned(line)
        progress(f"{times} ticks, each the first of its process")
        ticks = [measured(line, "tick", schedule("watch")).seconds for _ in range(times)]
        progress("watching")
        quiet = measured(line, "watch", task)
        line.fleet.trouble = {"fleet-0042"}
        incident = measured(line, "watch", task)
        application = json.loads(task["Records"][0]["body"])["application"]["id"]
        outbox = line.outbox(application)
        assert outbox["Records"], "no message about the incident"
        notify = measured(line, "notify", outbox)
        record = measured(line, "record", sample("record-cloudformation"))
    return Large(starts, ticks, tick, learn, quiet, incident, notify, record)


def small(built):
    progress(f"an application of {SMALL} functions")
    with Line(built, SMALL) as line:
        learn, tick, task = learned(line)
        return Small(tick, learn, measured(line, "watch", task))


def table(head, *rows):
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def progress(text):
    print(text, file=sys.stderr)


def milliseconds(seconds):
    return f"{statistics.median(seconds) * 1000:.0f} ms, at most {max(seconds) * 1000:.0f}"


def mb(size):
    return f"{size / 1e6:.1f} MB"


DOING = {
    "tick": "one application",
    "watch": f"{METRICS:,} metrics in an incident",
    "learn": f"{METRICS:,} metrics",
    "record": "one change",
    "notify": "the incident's messages",
}


def print_large(large):
    peaks = {"tick": large.tick, "watch": large.incident, "learn": large.learn, "record": large.record, "notify": large.notify}
    table(
        ("function", "binary", "start to first `/next`", "peak memory", "doing what"),
        *(
            (f"`{name}`", mb(size), milliseconds(seconds), mb(peaks[name].peak_bytes), DOING[name])
            for name, (size, seconds) in large.starts.items()
        ),
    )
    table(("first tick of a process, event to answer",), (milliseconds(large.ticks),))
    rows = (("a quiet watch", large.quiet), ("a watch in an incident", large.incident), ("learning", large.learn))
    table(
        (f"{METRICS:,} metrics", "`GetMetricData` calls", "metrics asked for", "processor time", "peak memory", "read units", "write units"),
        *(
            (what, f"{m.calls:,}", f"{m.metrics:,}", f"{m.cpu_seconds:.1f} s", mb(m.peak_bytes), f"{m.reads:,g}", f"{m.writes:,g}")
            for what, m in rows
        ),
    )


def print_small(small):
    lines = cost.of(small.tick, small.watch, small.learn, SMALL)
    table(
        ("per", "what for", "dollars a month", "beyond what is free"),
        *((line.per, line.what, f"{line.listed:.3f}", f"{line.beyond_free:.3f}") for line in lines),
    )
    said = lambda dollars: f"{dollars:.2f}: {dollars / cost.DEVOPS_GURU_FUNCTION:.0%}"
    table(
        ("functions in one application", "dollars a function and month, of DevOps Guru's", "beyond what is free"),
        *((str(n), said(cost.each(lines, n)), said(cost.each(lines, n, cost.beyond_free))) for n in (1, 5, 10, 20, 50, 100, 500)),
    )


def main():
    (built,) = sys.argv[1:]
    print_large(large(built, STARTS))
    print_small(small(built))


if __name__ == "__main__":
    main()
