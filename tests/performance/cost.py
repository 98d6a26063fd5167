"""Dollars a month, from what was measured of one look and one learning. List prices of us-east-1, without any free tier."""

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


def of(tick, watch, learn, functions):
    """Lines of what, for what, and dollars a month, of one application of so many functions."""
    per_look = lambda dollars: dollars * LOOKS
    per_day = lambda dollars: dollars * DAYS
    metrics = tick.emf.keys() | watch.emf.keys()
    units = lambda measured: measured.reads * READ_UNIT + measured.writes * WRITE_UNIT
    return [
        ("a function", f"{watch.metrics / functions:g} metrics read each look", per_look(watch.metrics / functions * METRIC_READ)),
        ("a function", f"{learn.metrics / functions:g} metrics read to learn, once a day", per_day(learn.metrics / functions * METRIC_READ)),
        ("an application", f"`watch` in Lambda, with its logs and traces", per_look(run(watch, "watch"))),
        ("an application", f"`learn` in Lambda, with its logs and traces", per_day(run(learn, "learn"))),
        ("an application", f"DynamoDB: {watch.reads:g} read units a look", per_look(units(watch))),
        ("an application", f"DynamoDB: {learn.reads:g} read and {learn.writes:g} write units a learning", per_day(units(learn))),
        ("an application", "its messages: sent and deleted", per_look(2 * QUEUE_REQUEST)),
        ("a deployment", f"`tick` in Lambda, with its logs, traces and {tick.reads:g} read units", per_look(run(tick, "tick") + units(tick) + SCHEDULED)),
        ("a deployment", f"Lambda asking three queues: {POLLS / 1e6:.1f} million requests", POLLS * QUEUE_REQUEST),
        ("a deployment", f"{len(metrics)} custom metrics about itself", len(metrics) * CUSTOM_METRIC),
        ("a deployment", "an alarm", ALARM),
    ]


def each(lines, functions):
    """Dollars a month and function, of one application of so many in a deployment of its own."""
    of = lambda wanted: sum(dollars for per, _, dollars in lines if per == wanted)
    return of("a function") + (of("an application") + of("a deployment")) / functions
