"""`stackseer demo --console` on a free port, and its three clients: raw HTTP, boto3 and the AWS CLI."""

import atexit
import contextlib
import functools
import http.client
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import typing
import unittest.mock

import awscli.clidriver
import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "emulator"))

from emulator import binary, stackseer  # noqa: E402
from model import OPERATIONS, request  # noqa: E402

REGION = "eu-west-1"
ACCOUNT = "123456789012"
STARTS_WITHIN_SECONDS = 600


class Answer(typing.NamedTuple):
    status: int
    headers: typing.Any
    body: bytes

    @property
    def error(self):
        return self.headers.get("x-amzn-errortype")

    def json(self):
        return json.loads(self.body)


class Done(typing.NamedTuple):
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


class Server:
    def __init__(self):
        self.home = tempfile.TemporaryDirectory()
        self.log = open(pathlib.Path(self.home.name) / "log", "w+")
        self.plain = {"PATH": os.environ["PATH"], "HOME": self.home.name, "XDG_DATA_HOME": self.home.name}
        self.process = subprocess.Popen(
            [binary(), "demo", "--console", "--at-end", "--no-open", "--port", "0"],
            env=self.plain,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        try:
            self.host, self.port, self.page = self.opened()
        except BaseException:
            self.stop()
            raise
        self.url = f"http://{self.host}:{self.port}"
        self.token = self.page.partition("token=")[2]
        self.connection = None

    def opened(self):
        """From the line that names the page."""
        watchdog = threading.Timer(STARTS_WITHIN_SECONDS, self.process.kill)
        watchdog.start()
        said = []
        for line in self.process.stdout:
            said.append(line)
            if found := re.search(r"http://(127\.0\.0\.1):(\d+)(/\S*)?", line):
                watchdog.cancel()
                # Else the pipe fills.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return found[1], int(found[2]), found[3] or "/"
        watchdog.cancel()
        self.log.seek(0)
        raise RuntimeError(f"the console did not start:\n{''.join(said)}\n{self.log.read()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
        self.home.cleanup()

    def raw(self, method, target, body=b"", headers=()):
        """As given and nothing besides, but for the length; over one connection as long as it lasts. Who refuses a body unread hangs up
        after the answer, which is no answer to what comes next."""
        is_new = self.connection is None
        try:
            return self.over_connection(method, target, body, headers)
        except (ConnectionError, http.client.RemoteDisconnected):
            if is_new:
                raise
            return self.over_connection(method, target, body, headers)

    def over_connection(self, method, target, body, headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        headers = {"Host": f"{self.host}:{self.port}"} | dict(headers)
        try:
            self.connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                self.connection.putheader(name, value.encode("latin-1"))
            if body or method in ("POST", "PUT"):
                self.connection.putheader("Content-Length", str(len(body)))
            self.connection.endheaders(body or None)
            response = self.connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except BaseException:
            self.connection.close()
            self.connection = None
            raise

    def send(self, whole, body=None, headers=()):
        """A request of the API, signed as clients sign it."""
        body = whole.bytes() if body is None else body
        return self.raw(whole.method, whole.target, body, self.signed(whole, body) | dict(headers))

    def call(self, operation, **values):
        return self.send(request(OPERATIONS[operation], values))

    def signed(self, whole, body, keys=None):
        toward = botocore.awsrequest.AWSRequest(whole.method, self.url + whole.target, {"Content-Type": "application/json"}, body)
        keys = botocore.credentials.Credentials(**(keys or self.keys))
        botocore.auth.SigV4Auth(keys, "devops-guru", REGION).add_auth(toward)
        return dict(toward.headers)

    @functools.cached_property
    def keys(self):
        """As a profile's `credential_process` gets them."""
        printed = subprocess.run(
            [binary(), "console", "--credentials"], env=self.plain, capture_output=True, text=True, check=True, timeout=60
        )
        keys = json.loads(printed.stdout)
        return {"access_key": keys["AccessKeyId"], "secret_key": keys["SecretAccessKey"]}

    @functools.cached_property
    def opened_page(self):
        """What a browser gets at the address printed, which works once."""
        return self.raw("GET", self.page)

    @functools.cached_property
    def session(self):
        """The cookie of that browser."""
        return {"Cookie": self.opened_page.headers["set-cookie"].partition(";")[0]}

    @functools.cached_property
    def boto(self):
        return boto3.client(
            "devops-guru",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.keys["access_key"],
            aws_secret_access_key=self.keys["secret_key"],
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )

    @property
    def environment(self):
        """For a client that is a process of its own."""
        return {
            "AWS_ACCESS_KEY_ID": self.keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": self.keys["secret_key"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def aws(self, *args):
        """`aws devops-guru …`: the AWS CLI as it is installed, in this process, which saves its start of a second."""
        # It finds its own data by AWS_DATA_PATH.
        plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") or name == "AWS_DATA_PATH"}
        out, err = io.StringIO(), io.StringIO()
        with (
            unittest.mock.patch.dict(os.environ, plain | self.environment, clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            driver = awscli.clidriver.create_clidriver()
            code = driver.main(["devops-guru", *args, "--endpoint-url", self.url, "--output", "json"])
        return Done(code, out.getvalue(), err.getvalue())

    def state(self):
        """All that writes can change, as the API tells it."""
        collection = lambda kind: self.call("GetResourceCollection", ResourceCollectionType=kind).json()
        ids = [insight["Id"] for insight in self.insights()]
        return {
            "channels": self.call("ListNotificationChannels").json(),
            "collections": [collection(kind) for kind in ("AWS_CLOUD_FORMATION", "AWS_TAGS")],
            "integrations": self.call("DescribeServiceIntegration").json(),
            "sources": self.call("DescribeEventSourcesConfig").json(),
            "insights": ids,
            "feedback": [self.call("DescribeFeedback", InsightId=id).json() for id in ids],
            "cost": self.call("GetCostEstimation").json(),
        }

    def insights(self):
        """Summaries of all, of both types."""
        of = lambda kind: self.call("ListInsights", StatusFilter={"Any": {"Type": kind, "StartTimeRange": {"FromTime": 0}}}).json()
        return of("REACTIVE").get("ReactiveInsights", []) + of("PROACTIVE").get("ProactiveInsights", [])


def started():
    """One of its own, for a test that spoils it."""
    return Server()


def shared():
    server = started()
    atexit.register(server.stop)
    return server


# One for all modules that leave it as it was, and one for those that set something: each takes a while to play the day.
@functools.cache
def running():
    return shared()


@functools.cache
def settable():
    return shared()


@functools.cache
def told():
    """What `stackseer demo` says was found on the same day."""
    done = stackseer("demo", "--output", "json")
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout and json.loads(done.stdout)
