"""The built `stackseer scan` against an emulated account: what it finds, what it prints, what it asks AWS for."""

import datetime
import json
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from console import Console
from emulator import ACCOUNT, CREDENTIALS, REGION, Emulator, Proxy, binary, stackseer
from series import Incident

HERE = pathlib.Path(__file__).parent
TAG = ("devops-guru-app", "shop")
WIDE = 120
# Three hours, to whole periods of the longest in use.
WATCH_SECONDS = 3 * 3600 + 2 * 300
# CloudWatch's most in one GetMetricData call.
METRICS_PER_CALL = 500


def setUpModule():
    global emulator, proxy, incident
    emulator = Emulator()
    unittest.addModuleCleanup(emulator.stop)
    proxy = Proxy(emulator.url)
    unittest.addModuleCleanup(proxy.stop)

    emulator.create_stack("shop", (HERE / "shop.yaml").read_text(), tags=[TAG])
    queues = {f"Queue{n}": {"Type": "AWS::SQS::Queue"} for n in range(WIDE)}
    emulator.create_stack("wide", json.dumps({"Resources": queues}))
    emulator.client("dynamodb").create_table(
        TableName="in-no-stack",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "team", "Value": "web"}],
    )
    incident = Incident(time.time())
    print(f"series: {incident.source}", file=sys.stderr)
    checkout = {"FunctionName": "shop-checkout"}
    emulator.put_series("AWS/Lambda", "Duration", checkout, incident.duration)
    emulator.put_series("AWS/Lambda", "Invocations", checkout, incident.invocations)


def scan(*args, state=None):
    """As of the end of the series; with a state, which knows no other time, as of now."""
    when = ["--state", state] if state else ["--no-state", "--at", at()]
    return stackseer("scan", *args, *when, "--endpoint-url", proxy.url, "--region", REGION, **CREDENTIALS)


def at():
    return datetime.datetime.fromtimestamp(incident.now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def tail(name):
    """The part that a name, a URL and an ARN of one resource have in common."""
    return re.split(r"[:/|]", name)[-1]


def listed(stack):
    pages = emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    return sorted((r["ResourceType"], tail(r["PhysicalResourceId"])) for page in pages for r in page["StackResourceSummaries"])


def found(application):
    return sorted((r["type"], tail(r.get("arn") or r["name"])) for r in application["resources"])


class Scan(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        proxy.reset()

    def report(self, *args, **options):
        done = scan(*args, "--output", "json", **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def ongoing(self, report):
        return [i for i in report["insights"] if i["type"] == "reactive" and i["status"] == "ongoing"]

    def check_incident(self, report):
        ongoing = self.ongoing(report)
        self.assertEqual(len(ongoing), 1, json.dumps(report["insights"], indent=1)[:4000])
        insight = ongoing[0]
        self.assertIn("shop-checkout", insight["name"])
        self.assertIn("duration", insight["name"].lower())
        symptom = [a for a in insight["anomalies"] if a["type"] == "causal" and a["evidence"]["metric"]["name"] == "Duration"]
        self.assertEqual([a["resource"]["name"] for a in symptom], ["shop-checkout"])
        began = datetime.datetime.fromisoformat(insight["start_time"].replace("Z", "+00:00")).timestamp()
        self.assertLessEqual(abs(began - incident.onset), 600, insight["start_time"])
        self.assertTrue(insight["recommendations"] and insight["recommendations"][0]["reason"])
        return insight

    def check_calls(self, application):
        """What the report says it asked for is what went over the wire, and no more than it takes. Statistics of one metric are one."""
        asked = [
            len({json.dumps(query["MetricStat"]["Metric"], sort_keys=True) for query in body["MetricDataQueries"]})
            for body in proxy.bodies("GetMetricData")
            if seconds(body["EndTime"]) - seconds(body["StartTime"]) <= WATCH_SECONDS
        ]
        self.assertEqual(application["calls"]["watch"], len(asked))
        self.assertEqual(application["metrics_watched"], sum(asked))
        self.assertLessEqual(len(asked), 1.05 * math.ceil(sum(asked) / METRICS_PER_CALL))
        return sum(asked)

    def test_a_stack_has_the_resources_that_cloudformation_lists_and_its_incident_is_explained(self):
        report = self.report("--stack", "shop")
        (application,) = report["applications"]
        self.assertEqual(found(application), listed("shop"))
        self.check_incident(report)
        self.assertGreater(self.check_calls(application), 20)

    def test_a_tag_finds_the_same(self):
        report = self.report("--tag", "=".join(TAG))
        (application,) = report["applications"]
        self.assertEqual((application["name"], found(application)), ("shop", listed("shop")))
        self.check_incident(report)
        self.check_calls(application)

    def test_the_whole_region_is_every_stack_and_what_is_in_none(self):
        report = self.report("--region-wide")
        applications = {a["name"]: a for a in report["applications"]}
        self.assertEqual(sorted(applications), sorted(["shop", "wide", REGION]))
        for stack in ("shop", "wide"):
            self.assertEqual(found(applications[stack]), listed(stack))
        self.assertEqual(found(applications[REGION]), [("AWS::DynamoDB::Table", "in-no-stack")])
        self.check_incident(report)

    def test_five_hundred_metrics_go_in_one_call(self):
        (application,) = self.report("--stack", "wide")["applications"]
        self.assertEqual(found(application), listed("wide"))
        self.assertGreater(self.check_calls(application), METRICS_PER_CALL)

    def test_people_read_title_cause_and_advice(self):
        done = scan("--stack", "shop")
        self.assertEqual(done.returncode, 0, done.stderr)
        for part in ("shop-checkout", "ongoing since", "Cause", "Timeline", "Affected", "What to do", "Why: "):
            self.assertIn(part, done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        # Not a terminal: the reason is one line, however long.
        self.assertRegex(done.stdout, r"Why: .*\n")

    def test_the_next_scan_knows_what_the_last_one_found(self):
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, "deeper", "state.db")
            first = self.report("--stack", "shop", state=state)
            second = self.report("--stack", "shop", state=state)
        self.assertIn(self.ongoing(first)[0]["id"], first["new"])
        self.assertEqual(second["new"], [])
        self.assertEqual([i["id"] for i in self.ongoing(second)], [i["id"] for i in self.ongoing(first)])
        # What was learned a moment ago is not read, and not paid for, again.
        calls = [report["applications"][0]["calls"] for report in (first, second)]
        self.assertGreater(calls[0]["learn"], 0)
        self.assertEqual(calls[1]["learn"], 0)
        self.assertLess(calls[1]["metrics_billed"], calls[0]["metrics_billed"])

    def test_what_a_scan_found_is_shown_by_the_console_and_the_commands_for_people(self):
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, "state.db")
            (insight,) = self.ongoing(self.report("--stack", "shop", state=state))
            console = Console("--state", state)
            self.addCleanup(console.stop)
            (listed,) = console.aws("list-insights", "--status-filter", {"Ongoing": {"Type": "REACTIVE"}})["ReactiveInsights"]
            self.assertEqual((listed["Id"], listed["Name"]), (insight["id"], insight["name"]))
            watched = console.aws("list-monitored-resources")["MonitoredResourceIdentifiers"]
            self.assertIn("shop-checkout", {resource["MonitoredResourceName"] for resource in watched})
            # Each while the console is open.
            shown = console.stackseer("insights").stdout
            self.assertIn("shop-checkout", shown)
            self.assertIn(insight["id"][:8], shown)
            self.assertEqual(console.stackseer("ack", insight["id"][:8]).returncode, 0)
            # The next scan leaves alone what people did meanwhile.
            self.report("--stack", "shop", state=state)
            described = json.loads(console.stackseer("insight", insight["id"], "--output", "json").stdout)
        self.assertEqual(described["ReactiveInsight"]["Acknowledgement"]["By"], "on-call")
        for part in ("Anomalies", "Recommendations"):
            self.assertTrue(described[part], part)

    def test_an_interrupted_scan_leaves_the_store_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, "state.db")
            first = self.report("--stack", "shop", state=state)
            for wait in (0.3, 0.6, 0.9, 1.2):
                process = subprocess.Popen(
                    [binary(), "scan", "--stack", "shop", "--state", state, "--endpoint-url", proxy.url, "--region", REGION],
                    env={"PATH": os.environ["PATH"], "HOME": folder, **CREDENTIALS},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                time.sleep(wait)
                process.send_signal(signal.SIGINT)
                process.wait(30)
            again = self.report("--stack", "shop", state=state)
        self.assertEqual(again["new"], [])
        self.assertEqual([i["id"] for i in self.ongoing(again)], [i["id"] for i in self.ongoing(first)])

    def test_a_recorded_scan_replays_to_the_same_insight(self):
        with tempfile.TemporaryDirectory() as folder:
            recorded = os.path.join(folder, "incident")
            insight = self.check_incident(self.report("--stack", "shop", "--record", recorded))
            done = stackseer("replay", recorded, "--output", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            replayed = self.ongoing(json.loads(done.stdout))
            # A folder that holds something already is not written over.
            refused = scan("--stack", "shop", "--record", recorded)
        self.assertEqual([i["name"] for i in replayed], [insight["name"]])
        self.assertEqual([c["resource"] for c in replayed[0]["causes"]][:1], [c["resource"] for c in insight["causes"]][:1])
        self.assertEqual(refused.returncode, 1)
        self.assertIn("incident", refused.stderr)

    def test_a_denied_service_is_told_and_the_rest_goes_on(self):
        proxy.deny = {"LookupEvents"}
        report = self.report("--stack", "shop")
        self.check_incident(report)
        told = json.dumps(report["unseen"])
        self.assertIn("cloudtrail:LookupEvents", told)
        text = scan("--stack", "shop").stdout
        self.assertIn("not known to be healthy", text)
        self.assertIn("cloudtrail:LookupEvents", text)

    def test_unreadable_metrics_are_never_healthy(self):
        proxy.deny = {"GetMetricData"}
        done = scan("--stack", "wide")
        self.assertNotIn("nothing is wrong.", done.stdout)
        self.assertIn("cloudwatch:GetMetricData", done.stdout + done.stderr)

    def test_what_does_not_exist_is_named(self):
        for args, name in ((["--stack", "no-such"], "no-such"), (["--tag", "devops-guru-app=nobody"], "nobody")):
            done = scan(*args)
            self.assertEqual(done.returncode, 1)
            self.assertIn(name, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_doctor_says_what_can_be_reached_and_what_cannot(self):
        account = ["--endpoint-url", proxy.url, "--region", REGION]
        good = stackseer("doctor", *account, **CREDENTIALS)
        self.assertIn(ACCOUNT, good.stdout)
        proxy.deny = {"LookupEvents"}
        done = stackseer("doctor", *account, "--output", "json", **CREDENTIALS)
        checks = {check["action"]: check for check in json.loads(done.stdout)["checks"]}
        self.assertFalse(checks["cloudtrail:LookupEvents"]["ok"])
        self.assertTrue(checks["cloudtrail:LookupEvents"]["unseen"])
        self.assertTrue(checks["cloudwatch:GetMetricData"]["ok"])


def seconds(time):
    return time.timestamp() if isinstance(time, datetime.datetime) else float(time)


if __name__ == "__main__":
    unittest.main()
