"""Two weeks of a function's metrics that end in an incident.

The values are real CloudWatch data where the NAB data set is at hand (STACKSEER_DATA, else ../shared/data beside the
repository): an RDS instance whose CPU rose from 17 to 28 % for good, told as milliseconds of a function that waits for it,
and a load balancer's requests. Otherwise they are made here, with the same shape. `source` says which. In both cases what comes
after the rise is multiplied, so that the incident is clear at whichever hour the test runs.
"""

import csv
import datetime
import os
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parents[2]
DAYS = 14
# NAB's label of the rise, and how long ago it is to have begun.
RISE = datetime.datetime(2014, 4, 18, 23, 27)
BEGAN_SECONDS_AGO = 75 * 60
# How many times the recorded value it rises to: clear at whichever hour of the day the test runs.
RISE_TIMES = 2.5
# A percent of CPU → milliseconds.
MILLISECONDS = 20.0


def data_folder():
    return pathlib.Path(os.environ.get("STACKSEER_DATA") or ROOT.parent / "shared" / "data")


class Incident:
    """`duration` and `invocations`: (Unix seconds, value), a point a minute up to `now`."""

    def __init__(self, now):
        self.now = int(now) // 60 * 60
        self.onset = self.now - BEGAN_SECONDS_AGO
        nab = data_folder() / "nab" / "data" / "realAWSCloudwatch"
        cpu, requests = nab / "rds_cpu_utilization_e47b3b.csv", nab / "elb_request_count_8c0756.csv"
        if cpu.exists() and requests.exists():
            self.source = f"real CloudWatch data: {cpu.name} and {requests.name} of NAB"
            duration, invocations = self.shifted(cpu), self.shifted(requests)
        else:
            self.source = f"made here, since there is no NAB data set in {data_folder()}"
            duration, invocations = self.made()
        rise = lambda at: RISE_TIMES if at >= self.onset else 1.0
        self.duration = [(at, value * MILLISECONDS * rise(at)) for at, value in self.minutes(duration)]
        self.invocations = [(at, value / 5) for at, value in self.minutes(invocations)]

    def shifted(self, path):
        with open(path, newline="") as file:
            rows = [(datetime.datetime.fromisoformat(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)]
        return [(self.onset + int((at - RISE).total_seconds()) // 60 * 60, value) for at, value in rows]

    def made(self):
        chance = random.Random(20140418)
        start = self.now - DAYS * 86400
        times = range(start, self.now, 300)
        duration = [(at, chance.gauss(28 if at >= self.onset else 17, 0.8)) for at in times]
        invocations = [(at, max(0.0, chance.gauss(120 + 60 * ((at // 3600 % 24) / 24), 25))) for at in times]
        return duration, invocations

    def minutes(self, five_minutes):
        """Each value for its five minutes, from two weeks ago until now."""
        for at, value in five_minutes:
            for minute in range(at, at + 300, 60):
                if self.now - DAYS * 86400 <= minute < self.now:
                    yield minute, value
