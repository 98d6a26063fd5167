"""No account, no Region, no network: exit code 1, and what to do about it."""

import unittest

from emulator import CREDENTIALS, REGION, free_port, stackseer


class Trouble(unittest.TestCase):
    def failed(self, done, *said):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, "")
        for part in said:
            self.assertIn(part, done.stderr)

    def test_no_credentials(self):
        for command in (["scan", "--stack", "shop", "--no-state"], ["doctor"]):
            self.failed(stackseer(*command, "--region", REGION), "no AWS credentials", "aws configure", "--profile")

    def test_no_region(self):
        self.failed(stackseer("scan", "--stack", "shop", "--no-state", **CREDENTIALS), "no AWS Region", "--region")

    def test_a_profile_that_does_not_exist(self):
        done = stackseer("scan", "--stack", "shop", "--no-state", "--region", REGION, "--profile", "nobody")
        self.failed(done, "nobody")

    def test_an_endpoint_where_nobody_listens(self):
        url = f"http://127.0.0.1:{free_port()}"
        done = stackseer("scan", "--stack", "shop", "--no-state", "--region", REGION, "--endpoint-url", url, **CREDENTIALS)
        self.failed(done, "could not be reached", "--endpoint-url")

    def test_a_state_file_that_can_not_be_one(self):
        url = f"http://127.0.0.1:{free_port()}"
        done = stackseer("scan", "--stack", "shop", "--state", "/", "--region", REGION, "--endpoint-url", url, **CREDENTIALS)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
