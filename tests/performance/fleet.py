"""An application of many Lambda functions, with two weeks of all their metrics, a point a minute.

CloudWatch's answers are put together from a few series that are encoded once: a learning of 5,000 metrics is 100 million points.
"""

import math
import random
import struct

import cbor2

DAY = 86400
DAYS = 15
# Series of each metric, of which every function has one: so many that what is learned of them does not compress away.
VARIANTS = 64
# GetMetricData's limits: what AWS would refuse or answer in pages is an error here.
MOST_QUERIES, MOST_POINTS = 500, 100_800
PREFIX = "fleet-"
TAG = ("devops-guru-app", "fleet")
# Mean by name and statistic; the others are zero.
MEANS = {
    ("Invocations", "Sum"): 240.0,
    ("Duration", "p90"): 180.0,
    ("Duration", "Average"): 120.0,
    ("Duration", "Maximum"): 420.0,
    ("ConcurrentExecutions", "Maximum"): 6.0,
}
TROUBLE_TIMES = 4.0
TROUBLE_SECONDS = 3600


def text(value):
    return cbor2.dumps(value)


def head(length):
    return b"\x9a" + struct.pack(">I", length)


class Fleet:
    """`at`: Unix seconds, the end of the series."""

    def __init__(self, at):
        self.at = at
        self.start = at - DAYS * DAY
        self.minutes = DAYS * 1440
        # Newest first, as CloudWatch answers; six and nine bytes a point.
        self.times = b"".join(b"\xc1\x1a" + struct.pack(">I", at - 60 * (i + 1)) for i in range(self.minutes))
        self.series = {key: [encoded(self.made(key, variant)) for variant in range(VARIANTS)] for key in MEANS}
        self.zeros = encoded([0.0] * self.minutes)
        # Functions whose durations have risen.
        self.trouble = set()

    def made(self, key, variant):
        chance = random.Random(f"{key} {variant}")
        mean = MEANS[key] * (1 + variant / VARIANTS)
        for minute in range(self.minutes):
            time = self.at - 60 * (minute + 1)
            daily = 1 - 0.3 * math.cos(2 * math.pi * (time % DAY) / DAY)
            yield max(0.0, mean * daily * (1 + chance.gauss(0, 0.06)))

    def names(self, count):
        return [f"{PREFIX}{number:04}" for number in range(count)]

    def create(self, emulator, count):
        functions = emulator.client("lambda")
        for name in self.names(count):
            functions.create_function(
                FunctionName=name,
                Runtime="provided.al2023",
                Handler="bootstrap",
                Role="arn:aws:iam::123456789012:role/fleet",
                Code={"ZipFile": EMPTY_ZIP},
                Tags=dict([TAG]),
            )

    def answers(self):
        """What the proxy answers, by operation."""
        return {"GetMetricData": self.get_metric_data}

    def get_metric_data(self, body):
        asked = cbor2.loads(body)
        start, end = (int(asked[name].timestamp()) for name in ("StartTime", "EndTime"))
        newest, oldest = (self.at - end) // 60, (self.at - start) // 60
        newest, oldest = max(newest, 0), min(oldest, self.minutes)
        queries = asked["MetricDataQueries"]
        if len(queries) > MOST_QUERIES or len(queries) * (oldest - newest) > MOST_POINTS:
            raise AssertionError(f"{len(queries)} metrics of {oldest - newest} points each in one call")
        times = text("Timestamps") + head(oldest - newest) + self.times[6 * newest : 6 * oldest]
        results = []
        for query in queries:
            stat = query["MetricStat"]
            results += [
                b"\xa4" + text("Id") + text(query["Id"]) + text("StatusCode") + text("Complete"),
                times,
                text("Values") + head(oldest - newest) + self.values(stat)[9 * newest : 9 * oldest],
            ]
        answer = b"".join([b"\xa1" + text("MetricDataResults") + head(len(queries)), *results])
        return 200, [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")], answer

    def values(self, stat):
        metric = stat["Metric"]
        key = metric["MetricName"], stat["Stat"]
        if key not in self.series:
            return self.zeros
        (name,) = [d["Value"] for d in metric["Dimensions"] if d["Name"] == "FunctionName"]
        series = self.series[key][int(name.removeprefix(PREFIX)) % VARIANTS]
        return risen(series) if name in self.trouble and key[0] == "Duration" else series


def encoded(values):
    return b"".join(b"\xfb" + struct.pack(">d", value) for value in values)


def risen(series):
    end = 9 * TROUBLE_SECONDS // 60
    return encoded(value * TROUBLE_TIMES for _, value in struct.iter_unpack(">cd", series[:end])) + series[end:]


# An archive with nothing in it: these functions are never run.
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
