"""What filters find, and what nothing found looks like."""

import datetime
import unittest

from clients import DAY, ask, aws, day, insights, plain, resources, span, time
from server import running


def setUpModule():
    global server, boto
    server = running()
    boto = server.boto


class Filters(unittest.TestCase):
    def search(self, kind="REACTIVE", start=None, **filters):
        answer = boto.search_insights(Type=kind, StartTimeRange=start or span(), Filters=filters)
        return {i["Id"] for i in answer.get("ReactiveInsights", []) + answer.get("ProactiveInsights", [])}

    def of(self, holds, kind="reactive"):
        return {i["id"] for i in insights(kind) if holds(i)}

    def test_by_severity_and_status(self):
        for severity in ("HIGH", "MEDIUM", "LOW"):
            self.assertEqual(self.search(Severities=[severity]), self.of(lambda i: i["severity"] == severity.lower()))
        for status in ("ONGOING", "CLOSED"):
            self.assertEqual(self.search(Statuses=[status]), self.of(lambda i: i["status"] == status.lower()))
        self.assertEqual(self.search("PROACTIVE"), self.of(lambda i: True, "proactive"))

    def test_by_time(self):
        first = min(insights("reactive"), key=lambda i: i["start_time"])
        at = time(first["start_time"])
        self.assertEqual(self.search(start={"ToTime": at + datetime.timedelta(seconds=1)}), {first["id"]})
        later = self.search(start={"FromTime": at + datetime.timedelta(seconds=1)})
        self.assertEqual(later, self.of(lambda i: i["id"] != first["id"]))
        self.assertEqual(self.search(start={"FromTime": day()[1] + DAY}), set())

    def test_by_collection_and_service(self):
        stack = lambda name: {"CloudFormation": {"StackNames": [name]}}
        every = self.of(lambda i: True)
        self.assertEqual(self.search(ResourceCollection=stack("shop")), every)
        self.assertEqual(self.search(ResourceCollection=stack("another")), set())
        self.assertEqual(self.search(ServiceCollection={"ServiceNames": ["REDSHIFT"]}), set())
        found = self.search(ServiceCollection={"ServiceNames": ["LAMBDA"]})
        self.assertTrue(found and found <= every)

    def test_events_by_time_class_and_source(self):
        listed = lambda **filters: boto.list_events(Filters=filters)["Events"]
        every = listed(EventTimeRange=span())
        self.assertTrue(every)
        for name, member in (("EventClass", "EventClass"), ("EventSource", "EventSource"), ("DataSource", "DataSource")):
            for value in {event[member] for event in every}:
                found = listed(EventTimeRange=span(), **{name: value})
                self.assertEqual([e["Id"] for e in found], [e["Id"] for e in every if e[member] == value])
        self.assertEqual(listed(EventTimeRange={"FromTime": day()[1] + DAY, "ToTime": day()[1] + 2 * DAY}), [])

    def test_resources_by_type(self):
        types = {"LAMBDA_FUNCTION": "AWS::Lambda::Function", "SQS_QUEUE": "AWS::SQS::Queue", "DYNAMODB_TABLE": "AWS::DynamoDB::Table"}
        for filtered, kind in types.items():
            by = {"ResourcePermission": "FULL_PERMISSION", "ResourceTypeFilters": [filtered]}
            found = boto.list_monitored_resources(Filters=by)["MonitoredResourceIdentifiers"]
            self.assertEqual({r["MonitoredResourceName"] for r in found}, {r["name"] for r in resources() if r["type"] == kind})
        by = {"ResourcePermission": "FULL_PERMISSION", "ResourceTypeFilters": ["REDSHIFT_CLUSTER"]}
        self.assertEqual(boto.list_monitored_resources(Filters=by)["MonitoredResourceIdentifiers"], [])


class Empty(unittest.TestCase):
    def test_nothing_is_an_empty_list_and_no_error(self):
        long_ago = {"FromTime": datetime.datetime(2020, 1, 1), "ToTime": datetime.datetime(2020, 1, 2)}
        asked = [
            ("ListInsights", {"StatusFilter": {"Any": {"Type": "REACTIVE", "StartTimeRange": long_ago}}}, "ReactiveInsights"),
            ("ListInsights", {"StatusFilter": {"Closed": {"Type": "PROACTIVE", "EndTimeRange": long_ago}}}, "ProactiveInsights"),
            ("SearchInsights", {"Type": "REACTIVE", "StartTimeRange": long_ago}, "ReactiveInsights"),
            ("ListEvents", {"Filters": {"EventTimeRange": long_ago}}, "Events"),
            ("DescribeResourceCollectionHealth", {"ResourceCollectionType": "AWS_TAGS"}, "Tags"),
        ]
        for operation, values, member in asked:
            with self.subTest(operation=operation, values=values):
                answer = ask(boto, operation, values)
                self.assertEqual(answer[member], [])
                self.assertNotIn("NextToken", answer)
                self.assertEqual(aws(server, operation, values), plain(answer))


if __name__ == "__main__":
    unittest.main()
