"""What docs/performance.md says that doesn't depend on the machine: calls, metrics, memory and the price. Times are no test."""

import os
import pathlib
import unittest

import cost
import measure
import yaml

BUILT = pathlib.Path(os.environ["STACKSEER_BUILT"])
WATCH_BYTES = 256e6
THIRD = cost.DEVOPS_GURU_FUNCTION / 3


class Template(yaml.SafeLoader):
    """Without what CloudFormation's own tags mean."""


Template.add_multi_constructor("!", lambda loader, tag, node: tag)


def memory_mb():
    template = yaml.load((BUILT / "template.yaml").read_text(), Template)
    default = template["Globals"]["Function"]["MemorySize"]
    of = lambda name: template["Resources"][f"{name.capitalize()}Function"]["Properties"].get("MemorySize", default)
    return {name: of(name) for name in measure.FUNCTIONS}


class Performance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.small = measure.small(BUILT)

    def test_five_thousand_metrics_fit_in_calls_and_memory(self):
        large = measure.large(BUILT, 1)
        self.assertEqual((large.learn.metrics, large.learn.calls), (5100, 1020))
        self.assertEqual((large.quiet.metrics, large.quiet.calls), (1360, 3))
        self.assertEqual((large.incident.metrics, large.incident.calls), (5100, 11))
        self.assertEqual(large.quiet.writes, 1, "that it was watched")
        self.assertEqual(large.incident.emf["watch", "InsightsOpened"], 1)
        self.assertLess(large.incident.peak_bytes, WATCH_BYTES)
        # Lambda ends what takes more, its own share included.
        memory = memory_mb()
        for name, taken in (("tick", large.tick), ("learn", large.learn), ("notify", large.notify), ("record", large.record)):
            self.assertLess(taken.peak_bytes, 0.75 * memory[name] * 1e6, name)

    def test_a_function_costs_less_than_a_third_of_devops_guru_where_ten_are_watched(self):
        small = self.small
        self.assertEqual(small.watch.metrics, 4 * measure.SMALL)
        self.assertEqual(small.learn.metrics, measure.METRICS_EACH * measure.SMALL)
        self.assertEqual((small.watch.calls, small.watch.writes), (1, 1))
        lines = cost.of(small.tick, small.watch, small.learn, measure.SMALL)
        self.assertLess(cost.each(lines, 10), THIRD)
        self.assertGreater(cost.each(lines, 5), THIRD, "then the documents promise too little")
        self.assertLess(cost.each(lines, 2, cost.beyond_free), THIRD)

    def test_the_prices_are_those_that_the_functions_and_the_template_have(self):
        self.assertEqual(cost.MEMORY_MB, {name: memory_mb()[name] for name in cost.MEMORY_MB})
        watch = self.small.watch
        self.assertAlmostEqual(watch.emf["watch", "EstimatedCost"], watch.metrics * cost.METRIC_READ)


if __name__ == "__main__":
    unittest.main()
