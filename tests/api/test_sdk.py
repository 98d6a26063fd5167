"""The Rust SDK: `tests/sdk` calls every operation, and holds what it parses to what it says elsewhere."""

import pathlib
import subprocess
import unittest

from clients import insights
from model import OPERATIONS
from server import binary, settable

# What it has to be answered.
SDK = set(OPERATIONS)


class Sdk(unittest.TestCase):
    maxDiff = None

    def test_every_operation_is_answered_as_the_sdk_reads_it(self):
        server = settable()
        # It deletes a proactive one, which no other test asks this server for.
        program = [pathlib.Path(binary()).with_name("sdk-client"), *(insight["id"] for insight in insights())]
        environment = server.environment | {"AWS_ENDPOINT_URL": server.url}
        done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), sorted(SDK))


if __name__ == "__main__":
    unittest.main()
