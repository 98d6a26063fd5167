"""What AWS would refuse is refused here first."""

import json
import unittest

from deployment import FUNCTIONS, REGION, ROOT, run


class Template(unittest.TestCase):
    def test_sam_and_cfn_lint_find_nothing(self):
        run("sam", "validate", "--lint", "--region", REGION)
        run("cfn-lint", "template.yaml")

    def test_every_function_has_sample_events(self):
        for name in FUNCTIONS:
            samples = list((ROOT / "events").glob(f"{name}-*.json"))
            self.assertTrue(samples, name)
            for sample in samples:
                json.loads(sample.read_text())


if __name__ == "__main__":
    unittest.main()
