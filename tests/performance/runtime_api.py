"""A built function, run as Lambda runs it: the Runtime API that hands it events, and what the process takes meanwhile.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import contextlib
import http.server
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import typing

from emulator import REGION

INVOCATION = "/2018-06-01/runtime/invocation/"
# Above what template.yaml gives any function.
SECONDS = 900


class Answer(typing.NamedTuple):
    payload: typing.Any
    # From the event handed over to the answer received.
    seconds: float


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        # A process that was ended leaves its connection; anything else is a fault.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Function:
    """One execution environment of a function: a process that asks for events until `stop`."""

    def __init__(self, bootstrap, environment):
        self.events, self.answers = queue.Queue(), queue.Queue()
        self.ready = queue.Queue()
        function = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                function.ready.put(time.perf_counter())
                event = function.events.get()
                if event is None:
                    self.close_connection = True
                    return
                body = json.dumps(event).encode()
                function.handed = time.perf_counter()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + SECONDS) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", f"arn:aws:lambda:{REGION}:123456789012:function:measured")
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                function.answers.put((time.perf_counter(), self.path, body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.output = tempfile.TemporaryFile()
        host = f"127.0.0.1:{self.server.server_address[1]}"
        plain = {
            "AWS_LAMBDA_RUNTIME_API": host,
            "AWS_LAMBDA_FUNCTION_NAME": "measured",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/measured",
            "AWS_LAMBDA_LOG_STREAM_NAME": "measured",
            "AWS_REGION": REGION,
        }
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [bootstrap], env=plain | environment, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT
        )
        try:
            # From the start of the process to its first request for an event.
            self.start_seconds = self.ready.get(timeout=30) - began
        except queue.Empty:
            log = self.log()
            self.stop()
            raise AssertionError(f"{bootstrap} asked for no event within 30 s:\n{log}") from None

    def invoke(self, event):
        self.events.put(event)
        try:
            answered, path, body = self.answers.get(timeout=SECONDS)
        except queue.Empty:
            raise AssertionError(f"no answer within {SECONDS} s:\n{self.log()}") from None
        if not path.startswith(INVOCATION) or not path.endswith("/response"):
            raise AssertionError(f"{path}: {body.decode()}\n{self.log()}")
        return Answer(json.loads(body or b"null"), answered - self.handed)

    def peak_bytes(self):
        """Most memory resident at once so far."""
        with open(f"/proc/{self.process.pid}/status") as status:
            (line,) = [line for line in status if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    def cpu_seconds(self):
        """Used so far, in user and kernel together."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def log(self):
        self.output.seek(0)
        return self.output.read().decode(errors="replace")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()
        self.output.close()


@contextlib.contextmanager
def started(bootstrap, environment):
    function = Function(bootstrap, environment)
    try:
        yield function
    finally:
        function.stop()
