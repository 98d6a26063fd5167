"""Dollars a month, from what was measured of one look and one learning: list prices of us-east-1."""

import typing

# A month as DevOps Guru's own example has it.
HOURS = 730
LOOKS = HOURS * 12
DAYS = HOURS / 24

METRIC_READ = 0.01 / 1000
READ_UNIT, WRITE_UNIT = 0.125 / 1e6, 0.625 / 1e6
GB_SECOND = 0.0000133334
REQUEST = 0.20 / 1e6
QUEUE_REQUEST = 0.40 / 1e6
SCHEDULED = 1.00 / 1e6
CUSTOM_METRIC = 0.30
LOG_GB = 0.50
TRACE = 5.00 / 1e6
ALARM = 0.10
# Never billed: so many a month, beside Lambda's million requests and 400,000 GB-seconds, 5 GB of logs, 100,000 traces and ten
# alarms, of which a deployment stays far below.
FREE_QUEUE_REQUESTS = 1e6
FREE_CUSTOM_METRICS = 10
DEVOPS_GURU_FUNCTION = 0.0028 * HOURS

# Lambda gives a whole processor at this size, and in proportion below.
MB_OF_A_PROCESSOR = 1769
MEMORY_MB = {"tick": 256, "watch": 512, "learn": 1024}
# Waiting for AWS, per run; not measured here.
WAITING_SECONDS = 0.5
# Lambda's own lines of each run.
PLATFORM_LOG_BYTES = 400
# Lambda asks each of the three queues with five pollers for 20 seconds at a time.
POLLS = HOURS * 3600 / 20 * 5 * 3


def run(measured, function):
    """One run of a function: its duration, request, trace and log lines."""
    memory = MEMORY_MB[function]
    seconds = measured.cpu_seconds * MB_OF_A_PROCESSOR / memory + WAITING_SECONDS
    log = (measured.log_bytes + PLATFORM_LOG_BYTES) / 1e9 * LOG_GB
    return seconds * memory / 1024 * GB_SECOND + REQUEST + TRACE + log


class Line(typing.NamedTuple):
    """Dollars a month: at list prices, and where nothing else uses up what AWS never bills."""

    per: str
    what: str
    listed: float
    beyond_free: float


def of(tick, watch, learn, functions):
    """What one application of so many functions costs, and what its deployment."""
    per_look = lambda dollars: dollars * LOOKS
    per_day = lambda dollars: dollars * DAYS
    metrics = len(tick.emf.keys() | watch.emf.keys())
    units = lambda measured: measured.reads * READ_UNIT + measured.writes * WRITE_UNIT
    billed = lambda per, what, dollars: Line(per, what, dollars, dollars)
    free = lambda per, what, dollars: Line(per, what, dollars, 0.0)
    return [
        billed("a function", f"{watch.metrics / functions:g} metrics read each look", per_look(watch.metrics / functions * METRIC_READ)),
        billed("a function", f"{learn.metrics / functions:g} metrics read to learn, once a day", per_day(learn.metrics / functions * METRIC_READ)),
        free("an application", "`watch` in Lambda, with its logs and traces", per_look(run(watch, "watch"))),
        free("an application", "`learn` in Lambda, with its logs and traces", per_day(run(learn, "learn"))),
        billed("an application", f"DynamoDB: {watch.reads:g} read and {watch.writes:g} write units a look", per_look(units(watch))),
        billed("an application", f"DynamoDB: {learn.reads:g} read and {learn.writes:g} write units a learning", per_day(units(learn))),
        billed("an application", "its messages: sent and deleted", per_look(2 * QUEUE_REQUEST)),
        free("a deployment", "`tick` in Lambda, with its logs and traces", per_look(run(tick, "tick") + SCHEDULED)),
        billed("a deployment", f"DynamoDB: {tick.reads:g} read units a tick", per_look(units(tick))),
        Line(
            "a deployment",
            f"Lambda asking three queues: {POLLS / 1e6:.1f} million requests",
            POLLS * QUEUE_REQUEST,
            (POLLS - FREE_QUEUE_REQUESTS) * QUEUE_REQUEST,
        ),
        Line(
            "a deployment",
            f"{metrics} custom metrics about itself",
            metrics * CUSTOM_METRIC,
            max(0, metrics - FREE_CUSTOM_METRICS) * CUSTOM_METRIC,
        ),
        free("a deployment", "an alarm", ALARM),
    ]


def each(lines, functions, dollars=lambda line: line.listed):
    """Dollars a month and function, of one application of so many in a deployment of its own."""
    of = lambda wanted: sum(dollars(line) for line in lines if line.per == wanted)
    return of("a function") + (of("an application") + of("a deployment")) / functions


def beyond_free(line):
    return line.beyond_free
