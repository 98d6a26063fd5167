"""Deployed by tag, then for the whole Region, then removed."""

import json
import time
import unittest

from deployment import ACCOUNT, REGION, ROOT, Deployment, built, until
from permissions import understood

TAG = ("devops-guru-app", "shop")


class Operation(unittest.TestCase):
    def setUp(self):
        self.deployed = Deployment()
        self.addCleanup(self.deployed.stop)
        shop = ROOT / "tests" / "emulator" / "shop.yaml"
        self.deployed.emulator.create_stack("shop", shop.read_text(), tags=[TAG])
        self.deployed.emulator.create_stack("other", '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}')

    def coverage(self):
        function = self.deployed.client("lambda").get_function_configuration(FunctionName=self.deployed.outputs["TickFunctionName"])
        return function["Environment"]["Variables"]["STACKSEER_COVERAGE"]

    def tasks(self, coverage):
        """The applications that a tick sends to be learned."""
        self.assertEqual(self.coverage(), coverage)
        self.deployed.proxy.reset()
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.deployed.invoke("tick", {"kind": "learn", "at": at})
        bodies = self.deployed.proxy.bodies("SendMessageBatch")
        tasks = [json.loads(entry["MessageBody"]) for body in bodies for entry in body["Entries"]]
        return sorted(task["application"]["name"] for task in tasks if task["kind"] == "learn")

    def test_coverage_can_be_changed_and_removing_keeps_the_insights(self):
        deployed = self.deployed
        deployed.deploy(built(), WatchTagKey=TAG[0], WatchTagValues=TAG[1])
        table = deployed.outputs["TableName"]
        self.assertEqual(self.tasks("tag:devops-guru-app=shop"), ["shop"])
        until(120, "the shop to be learned", lambda: self.learned(table) == 1)

        # What isn't given stays as it was.
        deployed.deploy(built(), WatchTagValues="")
        self.assertEqual(self.tasks("tag:devops-guru-app"), ["shop"])

        deployed.deploy(built(), WatchTagKey="")
        found = self.tasks("region")
        self.assertEqual(deployed.outputs["TableName"], table)
        self.assertLessEqual({"shop", "other", "stackseer"}, set(found))
        until(120, "all of them to be learned", lambda: self.learned(table) >= len(found))
        # What people set holds, whatever the template says; with Stackseer's own stack beside it.
        integrations = {"ops_center": False, "log_anomalies": False, "encryption": {"enabled": True}}
        coverage = [{"kind": "stacks", "names": ["other"]}]
        deployed.set("state", {"coverage": coverage, "integrations": integrations, "event_sources": {"profiler": False}})
        self.assertEqual(self.tasks("region"), ["other", "stackseer"])
        for name in ("tick", "learn"):
            self.assertNotRegex(understood(deployed.logs(name)), r"(?i)access ?denied|not authorized")

        deployed.remove()
        functions = deployed.client("lambda").list_functions()["Functions"]
        self.assertEqual([f["FunctionName"] for f in functions if f["FunctionName"].startswith("stackseer-")], [])
        self.assertGreaterEqual(self.learned(table), 1)

    def learned(self, table):
        query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": f"learned#{ACCOUNT}#{REGION}"}}}
        return len(self.deployed.client("dynamodb").query(TableName=table, **query)["Items"])


if __name__ == "__main__":
    unittest.main()
