"""docs/api.md says of every operation what is true of it."""

import re
import unittest

from clients import reads
from model import OPERATIONS
from server import ROOT
from test_sdk import SDK
from test_terraform import TERRAFORM
from test_writes import WRITES


class Table(unittest.TestCase):
    def rows(self):
        text = (ROOT / "docs" / "api.md").read_text()
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")]
        return [row for row in cells if re.fullmatch(r"[A-Z]\w+", row[0]) and row[0] != "Operation" and len(row) == 4]

    def test_there_is_a_row_for_each_operation(self):
        self.assertEqual([row[0] for row in self.rows()], sorted(OPERATIONS))

    def test_each_row_names_the_clients_that_test_it(self):
        called = {operation for operation, _ in reads()} | WRITES
        for operation, served, clients, _ in self.rows():
            with self.subTest(operation):
                self.assertEqual(served, "yes")
                expected = ["AWS CLI", "boto3"] * (operation in called) + ["Rust SDK"] * (operation in SDK)
                expected += ["Terraform"] * (operation in TERRAFORM)
                self.assertEqual(clients.split(", "), expected)


if __name__ == "__main__":
    unittest.main()
