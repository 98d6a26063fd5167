"""Stackseer built and deployed as people do it, into an emulated account that holds every function to its own role."""

import contextlib
import functools
import hashlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import time
import zlib

import boto3
import botocore.exceptions

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "emulator"))

from emulator import ACCOUNT, CREDENTIALS, REGION, Emulator, Proxy, free_port  # noqa: E402

STACK = "stackseer"
# In the deployment's own words.
FUNCTIONS = ["tick", "watch", "learn", "record", "notify", "api", "operate"]
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
# ministack checks these calls under another name than AWS does; what AWS wants allowed is allowed to be called so here.
ALSO = {"sqs:SendMessage": "sqs:SendMessageBatch", "lambda:GetFunctionConcurrency": "lambda:PutFunctionConcurrency"}


def tools():
    folder = pathlib.Path(os.environ.get("STACKSEER_SAM") or ROOT / ".cache" / "venv-deploy" / "bin")
    if not (folder / "sam").exists():
        raise SystemExit(f"there is no `sam` in {folder}: run `tests/venv deploy`; tests/run does")
    return folder


def run(*command, **environment):
    """A tool, with nothing of the caller's AWS settings; `environment` is added."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=plain
        | {"PATH": f"{tools()}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0", "AWS_EC2_METADATA_DISABLED": "true"}
        | environment,
        capture_output=True,
        text=True,
        timeout=3600,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


@functools.cache
def built():
    """The folder of the built template; STACKSEER_BUILT names one that is there already."""
    if given := os.environ.get("STACKSEER_BUILT"):
        return pathlib.Path(given)
    return pathlib.Path(run(ROOT / "tests" / "built").strip())


def until(seconds, what, found):
    """What `found` returns once it is something; polled."""
    end = time.monotonic() + seconds
    while True:
        if answer := found():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.2)


def actions(statement):
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]


class Deployment:
    """An emulated account in which every call of a function is checked against its role's policy, and noted by the proxy."""

    def __init__(self):
        port = free_port()
        self.proxy = Proxy(f"http://127.0.0.1:{port}")
        secret = CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
        try:
            # Who does not sign, as a browser, means this account too.
            own = {"MINISTACK_ACCOUNT_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": secret}
            self.emulator = Emulator(port, AUTH="true", AWS_ENDPOINT_URL=self.proxy.url, **own)
        except BaseException:
            self.proxy.stop()
            raise

    def stop(self):
        self.emulator.stop()
        self.proxy.stop()

    def client(self, service):
        return self.emulator.client(service)

    def deploy(self, folder, **parameters):
        overrides = [f'{name}="{value}"' for name, value in ({"Architecture": ARCHITECTURE} | parameters).items()]
        run(
            *("sam", "deploy", "--config-file", ROOT / "samconfig.toml", "--template-file", folder / "template.yaml"),
            *("--stack-name", STACK, "--region", REGION),
            *("--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", *overrides),
            **self.account(),
        )
        cloudformation = self.client("cloudformation")
        (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
        self.resources = {r["LogicalResourceId"]: r["PhysicalResourceId"] for p in pages for r in p["StackResourceSummaries"]}

        for name in FUNCTIONS:
            role = self.resources[f"{name.capitalize()}Role"]
            also = [s | {"Action": [ALSO[a] for a in actions(s) if a in ALSO]} for s in self.policy(name)["Statement"]]
            also = [statement for statement in also if statement["Action"]]
            if also:
                policy = json.dumps({"Version": "2012-10-17", "Statement": also})
                self.client("iam").put_role_policy(RoleName=role, PolicyName="emulator", PolicyDocument=policy)

    def account(self):
        return {"AWS_ENDPOINT_URL": self.emulator.url, "AWS_DEFAULT_REGION": REGION} | CREDENTIALS

    def remove(self):
        for name in FUNCTIONS:
            with contextlib.suppress(botocore.exceptions.ClientError):
                self.client("iam").delete_role_policy(RoleName=self.resources[f"{name.capitalize()}Role"], PolicyName="emulator")
        run("sam", "delete", "--no-prompts", "--stack-name", STACK, "--region", REGION, **self.account())

    def policy(self, function):
        role = self.resources[f"{function.capitalize()}Role"]
        return self.client("iam").get_role_policy(RoleName=role, PolicyName=function)["PolicyDocument"]

    def invoke(self, function, event):
        answer = self.client("lambda").invoke(FunctionName=f"{STACK}-{function}", Payload=json.dumps(event))
        payload = json.loads(answer["Payload"].read() or "null")
        if "FunctionError" in answer:
            raise AssertionError(f"{function}: {payload}\n{self.logs(function)[-4000:]}")
        return payload

    def logs(self, function):
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{STACK}-{function}")
        return "\n".join(event["message"] for page in pages for event in page["events"])

    def set(self, sort, value):
        """A row of the settings, as the store keeps it."""
        body = zlib.compress(json.dumps(value).encode())
        item = {"pk": {"S": f"settings#{ACCOUNT}#{REGION}"}, "sk": {"S": sort}, "body": {"B": body}, "generation": {"N": "1"}}
        self.client("dynamodb").put_item(TableName=self.outputs["TableName"], Item=item)

    def queue(self, name):
        """A queue that topics and rules may send to."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allowed = {"Effect": "Allow", "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}
        statement = allowed | {"Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return url, arn

    def received(self, url):
        """What waits in a queue, taken out of it."""
        sqs = self.client("sqs")
        bodies = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def waiting(self, url):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def keys(self):
        """Access key → function, as ministack makes them for each function's role."""
        return {self.credentials(name)["aws_access_key_id"]: name for name in FUNCTIONS}

    def credentials(self, function):
        of = self.client("lambda").get_function_configuration(FunctionName=f"{STACK}-{function}")
        digest = hashlib.sha256(f"{of['FunctionArn']}:{of['Role']}".encode()).hexdigest()
        return {
            "aws_access_key_id": f"ASIA{digest[:16].upper()}",
            "aws_secret_access_key": hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
            "aws_session_token": hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
        }

    def as_function(self, function):
        """Clients with the role of a function that has run already."""
        session = boto3.Session(region_name=REGION, **self.credentials(function))
        return lambda service: session.client(service, endpoint_url=self.emulator.url)
