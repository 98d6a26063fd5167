"""Every operation that writes: by one client, and read with the other."""

import json
import time
import unittest

from clients import insights, resources, span
from model import OPERATIONS
from server import ACCOUNT, REGION, settable

WRITES = {
    "AddNotificationChannel",
    "RemoveNotificationChannel",
    "DeleteInsight",
    "PutFeedback",
    "StartCostEstimation",
    "UpdateEventSourcesConfig",
    "UpdateResourceCollection",
    "UpdateServiceIntegration",
}
TOPICS = [f"arn:aws:sns:{REGION}:{ACCOUNT}:contract-{n}" for n in range(3)]


class Writes(unittest.TestCase):
    """Each by one client and read with the other."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = settable()
        cls.boto = cls.server.boto

    def aws(self, *args):
        done = self.server.aws(*args)
        self.assertEqual(done.code, 0, done.err)
        return done.json() if done.out.strip() else {}

    def error(self, code, call, **values):
        with self.assertRaises(getattr(self.boto.exceptions, code)) as caught:
            call(**values)
        return caught.exception.response

    def channels(self):
        return {c["Id"]: c["Config"] for c in self.aws("list-notification-channels").get("Channels", [])}

    def test_channels(self):
        before = self.channels()
        self.assertEqual(before, {})
        filters = {"Severities": ["HIGH"], "MessageTypes": ["NEW_INSIGHT", "CLOSED_INSIGHT"]}
        first = self.boto.add_notification_channel(Config={"Sns": {"TopicArn": TOPICS[0]}, "Filters": filters})["Id"]
        self.assertEqual(self.channels()[first], {"Sns": {"TopicArn": TOPICS[0]}, "Filters": filters})
        second = self.aws("add-notification-channel", "--config", json.dumps({"Sns": {"TopicArn": TOPICS[1]}}))["Id"]
        self.assertEqual(set(self.channels()), {first, second})

        response = self.error("ConflictException", self.boto.add_notification_channel, Config={"Sns": {"TopicArn": TOPICS[0]}})
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 409)
        self.assertTrue(response["ResourceId"] and response["ResourceType"])
        response = self.error("ServiceQuotaExceededException", self.boto.add_notification_channel, Config={"Sns": {"TopicArn": TOPICS[2]}})
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 402)

        self.aws("remove-notification-channel", "--id", first)
        self.boto.remove_notification_channel(Id=second)
        self.assertEqual(self.channels(), {})
        self.error("ResourceNotFoundException", self.boto.remove_notification_channel, Id=first)

    def test_coverage(self):
        def stacks():
            collection = self.aws("get-resource-collection", "--resource-collection-type", "AWS_CLOUD_FORMATION")
            return collection["ResourceCollection"].get("CloudFormation", {}).get("StackNames", [])

        def change(action, names):
            self.boto.update_resource_collection(Action=action, ResourceCollection={"CloudFormation": {"StackNames": names}})

        before = stacks()
        change("ADD", ["zebra", "billing"])
        # In the order they were added, and never twice: Terraform compares lists.
        self.assertEqual(stacks(), [*before, "zebra", "billing"])
        change("ADD", ["billing"])
        self.assertEqual(stacks(), [*before, "zebra", "billing"])
        self.aws(
            *("update-resource-collection", "--action", "REMOVE"),
            *("--resource-collection", json.dumps({"CloudFormation": {"StackNames": ["zebra", "billing", "never-there"]}})),
        )
        self.assertEqual(stacks(), before)

    def test_coverage_by_tags(self):
        tags = [{"AppBoundaryKey": "devops-guru-app", "TagValues": ["web", "api"]}]
        read = lambda: self.boto.get_resource_collection(ResourceCollectionType="AWS_TAGS")["ResourceCollection"]
        before = read()
        self.boto.update_resource_collection(Action="ADD", ResourceCollection={"Tags": tags})
        self.assertEqual(read()["Tags"], tags)
        one = {"AppBoundaryKey": "devops-guru-app", "TagValues": ["web"]}
        self.boto.update_resource_collection(Action="REMOVE", ResourceCollection={"Tags": [one]})
        self.assertEqual(read()["Tags"], [{"AppBoundaryKey": "devops-guru-app", "TagValues": ["api"]}])
        another = {"AppBoundaryKey": "devops-guru-team", "TagValues": ["web"]}
        self.error("ValidationException", self.boto.update_resource_collection, Action="ADD", ResourceCollection={"Tags": [another]})
        rest = {"AppBoundaryKey": "devops-guru-app", "TagValues": ["api"]}
        self.boto.update_resource_collection(Action="REMOVE", ResourceCollection={"Tags": [rest]})
        self.assertEqual(read(), before)
        other = {"AppBoundaryKey": "team", "TagValues": ["web"]}
        self.error("ValidationException", self.boto.update_resource_collection, Action="ADD", ResourceCollection={"Tags": [other]})

    def test_a_hundred_stacks_a_call_and_pages_of_them(self):
        names = [f"stack-{n}" for n in range(250)]
        for start in range(0, 250, 100):
            part = {"CloudFormation": {"StackNames": names[start : start + 100]}}
            self.boto.update_resource_collection(Action="ADD", ResourceCollection=part)
        pages = list(self.boto.get_paginator("get_resource_collection").paginate(ResourceCollectionType="AWS_CLOUD_FORMATION"))
        found = [name for page in pages for name in page["ResourceCollection"]["CloudFormation"]["StackNames"]]
        self.assertGreater(len(pages), 1)
        self.assertEqual(found[-250:], names)
        for start in range(0, 250, 100):
            part = {"CloudFormation": {"StackNames": names[start : start + 100]}}
            self.boto.update_resource_collection(Action="REMOVE", ResourceCollection=part)

    def test_integrations(self):
        wanted = {
            "OpsCenter": {"OptInStatus": "ENABLED"},
            "LogsAnomalyDetection": {"OptInStatus": "DISABLED"},
            "KMSServerSideEncryption": {"OptInStatus": "ENABLED", "Type": "CUSTOMER_MANAGED_KEY", "KMSKeyId": "alias/insights"},
        }
        for name, part in wanted.items():
            self.boto.update_service_integration(ServiceIntegration={name: part})
            # The others stay as they are.
            self.assertEqual(self.aws("describe-service-integration")["ServiceIntegration"][name], part)
        self.assertEqual(self.boto.describe_service_integration()["ServiceIntegration"], wanted)

    def test_event_sources(self):
        for status in ("ENABLED", "DISABLED"):
            sources = {"AmazonCodeGuruProfiler": {"Status": status}}
            self.boto.update_event_sources_config(EventSources=sources)
            self.assertEqual(self.aws("describe-event-sources-config"), {"EventSources": sources})

    def test_feedback(self):
        id = insights("reactive")[0]["id"]
        for option in OPERATIONS["PutFeedback"].input_shape.members["InsightFeedback"].members["Feedback"].enum:
            feedback = {"Id": id, "Feedback": option}
            self.aws("put-feedback", "--insight-feedback", json.dumps(feedback))
            self.assertEqual(self.boto.describe_feedback(InsightId=id)["InsightFeedback"], feedback)

    def test_cost_estimation(self):
        stack = {"CloudFormation": {"StackNames": ["shop"]}}
        self.aws("start-cost-estimation", "--resource-collection", json.dumps(stack), "--client-token", "contract-1")
        until = time.monotonic() + 60
        while (estimate := self.boto.get_cost_estimation())["Status"] == "ONGOING" and time.monotonic() < until:
            time.sleep(0.2)
        self.assertEqual(estimate["Status"], "COMPLETED")
        self.assertEqual(estimate["ResourceCollection"], stack)
        for cost in estimate["Costs"]:
            self.assertAlmostEqual(cost["Cost"], cost["UnitCost"] * (cost["State"] == "ACTIVE") * cost["Count"] * 720, delta=0.01)
        self.assertAlmostEqual(estimate["TotalCost"], sum(cost["Cost"] for cost in estimate["Costs"]), delta=0.01)
        counted = sum(cost["Count"] for cost in estimate["Costs"])
        self.assertEqual(counted, len(resources()))

    def test_z_an_insight_deleted_between_pages_neither_moves_nor_doubles_the_rest(self):
        status = {"Any": {"Type": "REACTIVE", "StartTimeRange": span()}}
        whole = [i["Id"] for i in self.boto.list_insights(StatusFilter=status)["ReactiveInsights"]]
        pages = iter(self.boto.get_paginator("list_insights").paginate(StatusFilter=status, PaginationConfig={"PageSize": 1}))
        first = next(pages)["ReactiveInsights"]
        gone = first[0]["Id"]
        self.aws("delete-insight", "--id", gone)
        found = [i["Id"] for page in [{"ReactiveInsights": first}, *pages] for i in page["ReactiveInsights"]]
        self.assertEqual(found, whole)
        self.error("ResourceNotFoundException", self.boto.describe_insight, Id=gone)
        left = [i["Id"] for i in self.boto.list_insights(StatusFilter=status)["ReactiveInsights"]]
        self.assertEqual(left, whole[1:])
        (anomaly, *_) = next(i for i in insights() if i["id"] == gone)["anomalies"]
        self.error("ResourceNotFoundException", self.boto.describe_anomaly, Id=anomaly["id"])


if __name__ == "__main__":
    unittest.main()
