"""ministack on a free port, a proxy that counts what passes, and the built `stackseer` run against them."""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import typing
import urllib.error
import urllib.request

import boto3
import cbor2

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
# Twelve digits: ministack takes the key id for the account.
ACCOUNT = "123456789012"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "anything"}


def binary():
    path = os.environ.get("STACKSEER_BIN")
    if not path or not os.access(path, os.X_OK):
        raise SystemExit(f"STACKSEER_BIN={path!r} is no program: build it with `cargo build --bin stackseer`; tests/run does")
    return path


def stackseer(*args, **environment):
    """Runs it with nothing of the caller's AWS settings; `environment` is added."""
    with tempfile.TemporaryDirectory() as home:
        plain = {"PATH": os.environ["PATH"], "HOME": home, "XDG_DATA_HOME": home, "AWS_EC2_METADATA_DISABLED": "true"}
        return subprocess.run(
            [binary(), *args], env=plain | environment, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL
        )


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Emulator:
    """One ministack process, gone with `stop`; `environment` is added to its own."""

    def __init__(self, port=None, **environment):
        self.url = f"http://127.0.0.1:{(port := port or free_port())}"
        self.folder = tempfile.TemporaryDirectory()
        self.log = open(pathlib.Path(self.folder.name) / "ministack.log", "w+")
        self.process = subprocess.Popen(
            [pathlib.Path(sys.executable).with_name("ministack")],
            # Its own functions call back to AWS_ENDPOINT_URL; without BIND_HOST it would listen to the network.
            env={
                "PATH": os.environ["PATH"],
                "HOME": self.folder.name,
                "TMPDIR": self.folder.name,
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "AWS_ENDPOINT_URL": self.url,
                "CLOUDTRAIL_RECORDING": "1",
                **environment,
            },
            cwd=self.folder.name,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                if urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=2).status == 200:
                    return
            time.sleep(0.1)
        self.log.seek(0)
        raise RuntimeError(f"ministack did not start:\n{self.log.read()[-2000:]}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def create_stack(self, name, template, tags=()):
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=template,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": key, "Value": value} for key, value in tags],
        )
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})

    def put_series(self, namespace, name, dimensions, points):
        """`points`: (Unix seconds, value)."""
        cloudwatch = self.client("cloudwatch")
        dimensions = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        data = [{"MetricName": name, "Dimensions": dimensions, "Timestamp": at, "Value": value} for at, value in points]
        # CloudWatch's most in one call.
        for start in range(0, len(data), 1000):
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + 1000])


class Call(typing.NamedTuple):
    operation: str
    path: str
    body: bytes
    # As the signature names them.
    key: str
    service: str


# What ministack doesn't know: the first of these it takes half a minute to say so, and answers nobody meanwhile.
NOT_KNOWN = {
    "DescribeScalableTargets": b'{"ScalableTargets": []}',
    "DescribeScalingPolicies": b'{"ScalingPolicies": []}',
    "DescribeDBMajorEngineVersions": b"<DescribeDBMajorEngineVersionsResponse><DescribeDBMajorEngineVersionsResult>"
    b"<DBMajorEngineVersions></DBMajorEngineVersions></DescribeDBMajorEngineVersionsResult></DescribeDBMajorEngineVersionsResponse>",
}


class Proxy:
    """Passes every request on and notes the AWS operation of each; `deny` answers some with AccessDenied instead, and
    `answers` by what a function makes of the body."""

    def __init__(self, target):
        self.calls = []
        self.deny = set()
        self.answers = {}
        self.lock = threading.Lock()
        host = target.removeprefix("http://")
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                operation = operation_of(self.path, self.headers, body)
                signed = re.search(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", self.headers.get("Authorization", ""))
                with proxy.lock:
                    proxy.calls.append(Call(operation, self.path, body, *(signed.groups() if signed else ("", ""))))
                if operation in proxy.deny:
                    status, headers, answer = proxy.denied(self.headers)
                elif operation in proxy.answers:
                    status, headers, answer = proxy.answers[operation](body)
                elif operation in NOT_KNOWN:
                    status, headers, answer = 200, [], NOT_KNOWN[operation]
                else:
                    status, headers, answer = self.ask(body)
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def ask(self, body):
                connection = http.client.HTTPConnection(host, timeout=120)
                try:
                    connection.request(self.command, self.path, body, dict(self.headers))
                    response = connection.getresponse()
                    return response.status, response.getheaders(), response.read()
                finally:
                    connection.close()

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = forward

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def reset(self):
        with self.lock:
            self.calls.clear()
        self.deny = set()

    def bodies(self, operation):
        """The decoded requests of one operation; CloudWatch's come as CBOR from the Rust SDK."""
        with self.lock:
            found = [call.body for call in self.calls if call.operation == operation]
        return [cbor2.loads(body) if not body.startswith(b"{") else json.loads(body) for body in found]

    @staticmethod
    def denied(headers):
        message = "User is not authorized to perform this action"
        if "cbor" in headers.get("Smithy-Protocol", ""):
            answer = cbor2.dumps({"__type": "com.amazonaws#AccessDenied", "message": message})
            return 403, [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")], answer
        if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            answer = f"<ErrorResponse><Error><Code>AccessDenied</Code><Message>{message}</Message></Error></ErrorResponse>"
            return 403, [("Content-Type", "text/xml")], answer.encode()
        answer = json.dumps({"__type": "AccessDeniedException", "message": message, "Message": message})
        return 403, [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-errortype", "AccessDeniedException")], answer.encode()


def operation_of(path, headers, body):
    if target := headers.get("X-Amz-Target"):
        return target.rsplit(".", 1)[-1]
    if "/operation/" in path:
        return path.rsplit("/", 1)[-1]
    if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        fields = dict(pair.split("=", 1) for pair in body.decode().split("&") if "=" in pair)
        return fields.get("Action", "?")
    return path.split("?")[0]
