"""Every operation that reads, through the AWS CLI and boto3, over the demo's day."""

import json
import subprocess
import sys
import unittest

from clients import DAY, ask, aws, day, insights, plain, reads, resources, seconds, span
from model import OPERATIONS, wrong_shape
from server import ACCOUNT, running
from test_writes import WRITES


def setUpModule():
    global server, boto
    server = running()
    boto = server.boto


class Reads(unittest.TestCase):
    maxDiff = None

    def test_all_operations_are_called(self):
        self.assertEqual({operation for operation, _ in reads()} | WRITES, set(OPERATIONS))

    def test_both_clients_read_the_same_and_the_wire_is_as_the_model_says(self):
        for operation, values in reads():
            with self.subTest(operation=operation, values=values):
                wire = server.call(operation, **plain(values))
                self.assertEqual(wire.status, 200, wire.body)
                self.assertEqual(wire.headers["content-type"], "application/json")
                self.assertTrue(wire.headers["x-amzn-requestid"])
                shape = OPERATIONS[operation].output_shape
                self.assertEqual([*wrong_shape(shape, wire.json(), operation)] if shape else [], [])
                by_boto, by_cli = plain(ask(boto, operation, values)), aws(server, operation, values)
                self.assertEqual(by_boto, by_cli)

    def test_the_program_itself_prints_what_the_readme_promises(self):
        program = [sys.executable.replace("python", "aws"), "devops-guru", "list-insights", "--endpoint-url", server.url]
        program += ["--status-filter", "Any={Type=REACTIVE,StartTimeRange={FromTime=2020-01-01}}"]
        done = subprocess.run(program, env=server.environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)["ReactiveInsights"]
        self.assertEqual({i["Id"] for i in found}, {i["id"] for i in insights("reactive")})

    def test_insights_are_those_that_the_demo_tells(self):
        for kind, member in (("reactive", "ReactiveInsights"), ("proactive", "ProactiveInsights")):
            found = boto.list_insights(StatusFilter={"Any": {"Type": kind.upper(), "StartTimeRange": span()}})[member]
            by_id = {summary["Id"]: summary for summary in found}
            self.assertEqual(set(by_id), {insight["id"] for insight in insights(kind)})
            for insight in insights(kind):
                for told in (by_id[insight["id"]], boto.describe_insight(Id=insight["id"])[member[:-1]]):
                    with self.subTest(insight["name"]):
                        self.assertEqual(told["Name"], insight["name"])
                        self.assertEqual(told["Severity"], insight["severity"].upper())
                        self.assertEqual(told["Status"], insight["status"].upper())
                        times = told["InsightTimeRange"]
                        self.assertEqual(times["StartTime"].timestamp(), seconds(insight["start_time"]))
                        ended = times.get("EndTime")
                        self.assertEqual(ended and ended.timestamp(), insight.get("end_time") and seconds(insight["end_time"]))

    def test_anomalies_are_those_of_the_insight(self):
        for insight in insights():
            with self.subTest(insight["name"]):
                member = f"{insight['type'].capitalize()}Anomalies"
                found = {a["Id"]: a for a in boto.list_anomalies_for_insight(InsightId=insight["id"], MaxResults=500)[member]}
                self.assertEqual(set(found), {a["id"] for a in insight["anomalies"]})
                for anomaly in insight["anomalies"]:
                    summary = found[anomaly["id"]]
                    one = boto.describe_anomaly(Id=anomaly["id"])[member.replace("Anomalies", "Anomaly")]
                    self.assertEqual(one["Id"], summary["Id"])
                    self.assertEqual(one["AssociatedInsightId"], insight["id"])
                    self.assertEqual(one["AnomalyTimeRange"]["StartTime"].timestamp(), seconds(anomaly["start_time"]))
                    if insight["type"] == "reactive":
                        self.assertEqual(one["Type"], anomaly["type"].upper())
                    names = {resource["Name"] for resource in one["AnomalyResources"]}
                    self.assertIn(anomaly["resource"]["name"], names)

    def test_metrics_of_an_anomaly_have_the_points_of_its_time(self):
        read = 0
        for insight in insights("reactive"):
            for anomaly in insight["anomalies"]:
                if anomaly["evidence"]["kind"] != "metric":
                    continue
                details = boto.describe_anomaly(Id=anomaly["id"])["ReactiveAnomaly"]["SourceDetails"]["CloudWatchMetrics"]
                self.assertEqual([d["MetricName"] for d in details], [anomaly["evidence"]["metric"]["name"]])
                for detail in details:
                    points = detail["MetricDataSummary"]["TimestampMetricValuePairList"]
                    times = [point["Timestamp"] for point in points]
                    self.assertEqual(times, sorted(times))
                    self.assertLessEqual(times[0].timestamp(), seconds(anomaly["start_time"]))
                    self.assertTrue(any(time.timestamp() >= seconds(anomaly["start_time"]) for time in times))
                    read += 1
        self.assertGreater(read, 5)

    def test_recommendations_and_events_are_those_of_the_insight(self):
        for insight in insights():
            with self.subTest(insight["name"]):
                pages = boto.get_paginator("list_recommendations").paginate(InsightId=insight["id"])
                names = [r["Name"] for page in pages for r in page["Recommendations"]]
                self.assertEqual(names, [r["name"] for r in insight["recommendations"]])
                events = boto.list_events(Filters={"InsightId": insight["id"]})["Events"]
                self.assertEqual({e["Id"] for e in events}, {e["id"] for e in insight["events"]})
                for event in events:
                    self.assertTrue(event["Resources"] and event["EventSource"] and event["EventClass"])

    def test_health_counts_the_open_insights(self):
        is_open = lambda kind: sum(i["status"] == "ongoing" for i in insights(kind))
        expected = (is_open("reactive"), is_open("proactive"))
        counted = lambda health: (health["OpenReactiveInsights"], health["OpenProactiveInsights"])
        account = boto.describe_account_health()
        self.assertEqual(counted(account), expected)
        self.assertEqual(counted(boto.describe_organization_health()), expected)
        self.assertGreater(account["AnalyzedResourceCount"], 0)
        self.assertGreater(account["MetricsAnalyzed"], 0)
        (stack,) = boto.describe_resource_collection_health(ResourceCollectionType="AWS_CLOUD_FORMATION")["CloudFormation"]
        self.assertEqual((stack["StackName"], counted(stack["Insight"])), ("shop", expected))
        (own,) = boto.describe_organization_resource_collection_health(OrganizationResourceCollectionType="AWS_ACCOUNT")["Account"]
        self.assertEqual((own["AccountId"], counted(own["Insight"])), (ACCOUNT, expected))
        services = boto.describe_resource_collection_health(ResourceCollectionType="AWS_SERVICE")["Service"]
        self.assertIn("LAMBDA", {s["ServiceName"] for s in services})

    def test_the_overview_counts_a_time_and_its_mean_time_to_recover(self):
        overview = boto.describe_account_overview(FromTime=day()[0] - 30 * DAY, ToTime=day()[1] + DAY)
        closed = [i for i in insights("reactive") if i.get("end_time")]
        self.assertEqual(overview["ReactiveInsights"], len(insights("reactive")))
        self.assertEqual(overview["ProactiveInsights"], len(insights("proactive")))
        mean = sum(seconds(i["end_time"]) - seconds(i["start_time"]) for i in closed) / len(closed)
        self.assertAlmostEqual(overview["MeanTimeToRecoverInMilliseconds"] / 1000, mean, delta=1)
        before = boto.describe_account_overview(FromTime=day()[0] - 50 * DAY, ToTime=day()[0] - 40 * DAY)
        self.assertEqual((before["ReactiveInsights"], before["ProactiveInsights"], before["MeanTimeToRecoverInMilliseconds"]), (0, 0, 0))

    def test_monitored_resources_are_those_of_the_inventory(self):
        pages = boto.get_paginator("list_monitored_resources").paginate()
        found = {r["MonitoredResourceName"] for page in pages for r in page["MonitoredResourceIdentifiers"]}
        self.assertEqual(found, {r["name"] for r in resources()})


if __name__ == "__main__":
    unittest.main()
