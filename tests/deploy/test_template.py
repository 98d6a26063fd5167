"""What AWS would refuse is refused here first."""

import json
import re
import unittest

from deployment import FUNCTIONS, REGION, ROOT, run


class Template(unittest.TestCase):
    def test_sam_and_cfn_lint_find_nothing(self):
        run("sam", "validate", "--lint", "--region", REGION)
        run("cfn-lint", "template.yaml")

    def test_a_tag_key_that_is_taken_here_is_one_that_the_tick_takes(self):
        """As `check_key` in shared/aws/src/discovery/tags.rs."""
        template = (ROOT / "template.yaml").read_text()
        (pattern,) = re.findall(r"^  WatchTagKey:\n(?:    .*\n)*?    AllowedPattern: (.+)$", template, re.MULTILINE)
        for key in ("", "devops-guru-app", "DevOps-Guru-App", "DEVOPS-GURU-x"):
            self.assertRegex(key, pattern)
        for key in ("app", "devops-guru-", "my-devops-guru-app", "devopsguru-app", "devops-guru-a=b", "devops-guru-a,b"):
            self.assertNotRegex(key, pattern)

    def test_every_function_has_sample_events(self):
        for name in [*FUNCTIONS, "page"]:
            samples = list((ROOT / "events").glob(f"{name}-*.json"))
            self.assertTrue(samples, name)
            for sample in samples:
                json.loads(sample.read_text())


if __name__ == "__main__":
    unittest.main()
