"""The demo's day through the deployed functions: the same insights as `stackseer demo`."""

import datetime
import json
import pathlib
import tempfile
import unittest
import zlib

from deployment import Deployment, built, until

from emulator import stackseer
from simulated import Shop, seconds

HERE = pathlib.Path(__file__).parent
TICK = datetime.timedelta(minutes=5)
ORDINARY_DAYS = 21
# Around each incident the line looks every five minutes, as it would all day; in the hours between nothing happens.
INCIDENTS = [("08:30", "10:00"), ("11:45", "13:15"), ("15:15", "16:30"), ("18:15", "19:45")]
# A baseline of 14 days is not one of 21, so that a start or an end may be told a minute or two apart.
APART = 300


def monday():
    """The last one whose day of incidents, three weeks later, is over."""
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    latest = today - datetime.timedelta(days=ORDINARY_DAYS + 1)
    return latest - datetime.timedelta(days=latest.weekday())


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Demo(unittest.TestCase):
    maxDiff = None

    def test_the_deployed_line_finds_what_the_demo_finds(self):
        start = monday()
        day = start + datetime.timedelta(days=ORDINARY_DAYS)
        with tempfile.TemporaryDirectory() as folder:
            recorded = pathlib.Path(folder) / "shop"
            done = stackseer("demo", "--start", start.strftime("%Y-%m-%d"), "--record", str(recorded), "--output", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            expected = json.loads(done.stdout)["insights"]
            shop = Shop(recorded)

        deployment = Deployment()
        self.addCleanup(deployment.stop)
        deployment.emulator.create_stack("shop", (HERE / "demo-shop.yaml").read_text())
        # Which the emulator's CloudFormation leaves out.
        for table in ("shop-products", "shop-orders"):
            deployment.client("dynamodb").update_continuous_backups(
                TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        deployment.proxy.answers = shop.answers()
        deployment.deploy(built(), WatchStacks="shop", WatchEvery="30 minutes")
        queues = [deployment.outputs["WatchQueueUrl"], deployment.outputs["LearnQueueUrl"]]

        def tick(kind, at):
            deployment.invoke("tick", {"kind": kind, "at": iso(at)})
            until(120, f"the queues to be empty after {kind} at {iso(at)}", lambda: not any(map(deployment.waiting, queues)))

        tick("learn", day)
        for begin, end in INCIDENTS:
            at, last = (datetime.datetime.combine(day, datetime.time.fromisoformat(t), datetime.timezone.utc) for t in (begin, end))
            while at <= last:
                tick("watch", at)
                at += TICK

        found = [i for i in self.insights(deployment) if i["application"]["name"] == "shop"]

        def told(insights):
            fields = ("name", "type", "severity", "status")
            named = lambda i: i.get("pattern") or i.get("check")
            return sorted((*(i[field] for field in fields), named(i), i["causes"][0]["resource"]["name"]) for i in insights)

        # How long the API waits is read from its integrations, and the demo's API has none in the emulator.
        expected = [i for i in expected if i.get("check") != "apigateway-rest-function-outlives-gateway"]
        self.assertEqual(told(found), told(expected))
        for insight in expected:
            (same,) = [i for i in found if i["name"] == insight["name"]]
            if insight["type"] == "reactive":
                for time in ("start_time", "end_time"):
                    self.assertLessEqual(abs(seconds(same[time]) - seconds(insight[time])), APART, (insight["name"], time))

    def insights(self, deployment):
        """As the store keeps them: zlib over JSON."""
        table = deployment.client("dynamodb")
        pages = table.get_paginator("scan").paginate(TableName=deployment.outputs["TableName"])
        rows = [item for page in pages for item in page["Items"]]
        kept = [r for r in rows if r["pk"]["S"].startswith("insights#") and r["sk"]["S"] != "state"]
        return [json.loads(zlib.decompress(row["body"]["B"]))["insight"] for row in kept]


if __name__ == "__main__":
    unittest.main()
