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
METRICS = 5000
# The catalogue's metrics of one Lambda function; asserted below.
METRICS_EACH = 8
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
    # Names of the metrics in CloudWatch's embedded format.
    emf: frozenset


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
    directives = [(each["Function"], d) for each in lines for d in each["_aws"]["CloudWatchMetrics"]]
    return frozenset((function, metric["Name"]) for function, d in directives for metric in d["Metrics"])


def learned(line):
    """What a tick sends to be learned, learned."""
    measured(line, "tick", schedule("learn"))
    learn = measured(line, "learn", line.tasks(line.queues[1]))
    tick = measured(line, "tick", schedule("watch"))
    return learn, tick, line.tasks(line.queues[0])


def starts(line):
    rows = []
    for function in FUNCTIONS:
        seconds = []
        for _ in range(STARTS):
            with line.start(function) as process:
                seconds.append(process.start_seconds)
        rows.append((function, line.bootstrap(function).stat().st_size, seconds))
    return rows


def first_ticks(line):
    """From the event to the answer, each the first event of its process."""
    return [measured(line, "tick", schedule("watch")).seconds for _ in range(STARTS)]


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


def large(built):
    with Line(built, METRICS // METRICS_EACH) as line:
        progress(f"{STARTS} starts of each function")
        of_starts = starts(line)
        progress(f"learning {METRICS} metrics: 100 million points")
        learn, tick, task = learned(line)
        assert learn.metrics == METRICS, learn
        progress(f"{STARTS} ticks, each the first of its process")
        ticks = first_ticks(line)
        progress("watching")
        quiet = measured(line, "watch", task)
        line.fleet.trouble = {"fleet-0042"}
        incident = measured(line, "watch", task)
        application = json.loads(task["Records"][0]["body"])["application"]["id"]
        outbox = line.outbox(application)
        assert outbox["Records"], "no message about the incident"
        notify = measured(line, "notify", outbox)
        record = measured(line, "record", sample("record-cloudformation"))
    peaks = {"tick": tick, "watch": incident, "learn": learn, "record": record, "notify": notify}
    table(
        ("function", "binary", "start to first `/next`", "peak memory", "doing what"),
        *(
            (f"`{name}`", mb(size), milliseconds(seconds), mb(peaks[name].peak_bytes), DOING[name])
            for name, size, seconds in of_starts
        ),
    )
    table(("first tick of a process, event to answer",), (milliseconds(ticks),))
    table(
        (f"{METRICS:,} metrics", "`GetMetricData` calls", "metrics asked for", "processor time", "peak memory", "read units", "write units"),
        *(
            (what, f"{m.calls:,}", f"{m.metrics:,}", f"{m.cpu_seconds:.1f} s", mb(m.peak_bytes), f"{m.reads:,g}", f"{m.writes:,g}")
            for what, m in (("a quiet watch", quiet), ("a watch in an incident", incident), ("learning", learn))
        ),
    )


DOING = {
    "tick": "one application",
    "watch": f"{METRICS:,} metrics in an incident",
    "learn": f"{METRICS:,} metrics",
    "record": "one change",
    "notify": "the incident's messages",
}


def small(built):
    progress(f"an application of {SMALL} functions")
    with Line(built, SMALL) as line:
        learn, tick, task = learned(line)
        watch = measured(line, "watch", task)
    lines = cost.of(tick, watch, learn, SMALL)
    table(("per", "what for", "dollars a month"), *((per, what, f"{dollars:.3f}") for per, what, dollars in lines))
    of = lambda wanted: sum(dollars for per, _, dollars in lines if per == wanted)
    guru = cost.DEVOPS_GURU_FUNCTION
    each = lambda functions: of("a function") + (of("an application") + of("a deployment")) / functions
    table(
        ("functions in one application", "dollars a function and month", "of DevOps Guru's"),
        *((str(n), f"{each(n):.2f}", f"{each(n) / guru:.0%} of {guru:.2f}") for n in (1, 5, 10, 20, 50, 100, 500)),
    )


def main():
    (built,) = sys.argv[1:]
    large(built)
    small(built)


if __name__ == "__main__":
    main()
