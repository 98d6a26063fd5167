"""Terraform's `aws_devopsguru_*` resources: what is applied is there, the next plan is empty, and it goes again.

Needs `terraform` and its AWS provider in a folder, which STACKSEER_TF_PLUGINS names where it is in none of the usual places.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from server import settable

HERE = pathlib.Path(__file__).parent
PLUGINS = [
    os.environ.get("STACKSEER_TF_PLUGINS"),
    "/opt/tf-plugins",
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
]
PROVIDER = "registry.terraform.io/hashicorp/aws"
# What the provider asks for these resources.
TERRAFORM = {
    "AddNotificationChannel",
    "ListNotificationChannels",
    "RemoveNotificationChannel",
    "GetResourceCollection",
    "UpdateResourceCollection",
    "DescribeServiceIntegration",
    "UpdateServiceIntegration",
    "DescribeEventSourcesConfig",
    "UpdateEventSourcesConfig",
}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:terraform-incidents"
STACKS = ["terraform-shop", "terraform-billing"]


def plugins():
    """The folder that has the provider; none: there is nothing to test with."""
    if not shutil.which("terraform"):
        return None
    folders = [pathlib.Path(given).expanduser() for given in PLUGINS if given]
    return next((folder for folder in folders if (folder / PROVIDER).is_dir()), None)


class Terraform(unittest.TestCase):
    def setUp(self):
        if not plugins():
            reason = "terraform: skipped, as there is no terraform with its AWS provider here"
            print(reason, file=sys.stderr)
            self.skipTest(reason)
        self.server = settable()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copy(HERE / "devopsguru.tf", self.folder)

    def terraform(self, *args, codes=(0,)):
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1"}
        # The provider's time is its start, and that its garbage collector.
        plain["GOGC"] = "400"
        done = subprocess.run(
            ["terraform", *args, "-no-color"],
            cwd=self.folder,
            env=plain | self.server.environment | {"TF_VAR_endpoint": self.server.url},
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )
        self.assertIn(done.returncode, codes, f"terraform {' '.join(args)}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def channels(self):
        pages = self.server.boto.get_paginator("list_notification_channels").paginate()
        return {c["Config"]["Sns"]["TopicArn"]: c for page in pages for c in page["Channels"]}

    def stacks(self):
        pages = self.server.boto.get_paginator("get_resource_collection").paginate(ResourceCollectionType="AWS_CLOUD_FORMATION")
        return [name for page in pages for name in page["ResourceCollection"].get("CloudFormation", {}).get("StackNames", [])]

    def test_apply_then_an_empty_plan_then_destroy(self):
        stacks = self.stacks()
        # Terraform takes what a resource reads for all there is of it.
        if stacks:
            self.server.boto.update_resource_collection(
                Action="REMOVE", ResourceCollection={"CloudFormation": {"StackNames": stacks}}
            )
        self.terraform("init", f"-plugin-dir={plugins()}")
        self.terraform("apply", "-auto-approve")

        channel = self.channels()[TOPIC]
        self.assertEqual(set(channel["Config"]["Filters"]["Severities"]), {"HIGH", "MEDIUM"})
        self.assertEqual(set(channel["Config"]["Filters"]["MessageTypes"]), {"NEW_INSIGHT", "SEVERITY_UPGRADED", "CLOSED_INSIGHT"})
        self.assertEqual(self.stacks(), STACKS)
        integration = self.server.boto.describe_service_integration()["ServiceIntegration"]
        self.assertEqual({part["OptInStatus"] for part in integration.values()}, {"ENABLED"}, integration)
        self.assertEqual(integration["KMSServerSideEncryption"]["Type"], "AWS_OWNED_KMS_KEY")
        sources = self.server.boto.describe_event_sources_config()["EventSources"]
        self.assertEqual(sources, {"AmazonCodeGuruProfiler": {"Status": "ENABLED"}})

        plan = self.terraform("plan", "-detailed-exitcode", codes=(0, 2))
        self.assertEqual(plan.returncode, 0, plan.stdout)
        resources = json.loads((self.folder / "terraform.tfstate").read_text())["resources"]
        read = {r["type"]: r["instances"][0]["attributes"] for r in resources if r["mode"] == "data"}
        self.assertEqual(read["aws_devopsguru_notification_channel"]["sns"], [{"topic_arn": TOPIC}])
        self.assertEqual(read["aws_devopsguru_resource_collection"]["cloudformation"], [{"stack_names": STACKS}])

        # What somebody changes beside Terraform is seen.
        off = {"OpsCenter": {"OptInStatus": "DISABLED"}}
        self.server.boto.update_service_integration(ServiceIntegration=off)
        self.assertEqual(self.terraform("plan", "-detailed-exitcode", codes=(0, 2)).returncode, 2)

        self.terraform("destroy", "-auto-approve")
        self.assertNotIn(TOPIC, self.channels())
        self.assertEqual(self.stacks(), [])
        sources = self.server.boto.describe_event_sources_config()["EventSources"]
        self.assertEqual(sources, {"AmazonCodeGuruProfiler": {"Status": "DISABLED"}})


if __name__ == "__main__":
    unittest.main()
