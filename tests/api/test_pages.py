"""Pages: all of them are the whole, whatever their size."""

import json
import unittest

from clients import ask, insights, plain, reads, snake, span
from model import PAGINATORS
from server import running


def setUpModule():
    global server, boto
    server = running()
    boto = server.boto


class Pages(unittest.TestCase):
    maxDiff = None

    def items(self, operation, pages):
        """Of each result key, one list over all pages."""
        keys = PAGINATORS[operation]["result_key"]
        keys = [keys] if isinstance(keys, str) else keys
        whole = {}
        for page in pages:
            for key in keys:
                inner = page
                for part in key.split("."):
                    inner = (inner or {}).get(part)
                whole.setdefault(key, []).extend(inner if isinstance(inner, list) else [])
        return plain(whole)

    def test_pages_of_one_are_the_whole_list(self):
        several = 0
        for operation, values in reads():
            if operation not in PAGINATORS:
                continue
            values = {name: value for name, value in values.items() if name != "MaxResults"}
            with self.subTest(operation=operation, values=values):
                paginator = boto.get_paginator(snake(operation))
                whole = self.items(operation, [ask(boto, operation, values)])
                size = {"PageSize": 1} if "limit_key" in PAGINATORS[operation] else {}
                pages = list(paginator.paginate(**values, PaginationConfig=size))
                self.assertEqual(self.items(operation, pages), whole)
                if size:
                    for page in pages:
                        self.assertLessEqual(sum(map(len, self.items(operation, [page]).values())), 1)
                several += len(pages) > 2
        self.assertGreater(several, 5)

    def test_the_command_line_follows_the_pages_by_itself(self):
        for kind, member in (("REACTIVE", "ReactiveInsights"), ("PROACTIVE", "ProactiveInsights")):
            status = json.dumps({"Any": {"Type": kind, "StartTimeRange": plain(span())}})
            whole = server.aws("list-insights", "--status-filter", status).json()[member]
            by_one = server.aws("list-insights", "--status-filter", status, "--page-size", "1").json()[member]
            self.assertEqual(by_one, whole)
            self.assertEqual(len(whole), len(insights(kind.lower())))

    def test_the_newest_come_first(self):
        found = boto.list_insights(StatusFilter={"Any": {"Type": "REACTIVE", "StartTimeRange": span()}})["ReactiveInsights"]
        starts = [i["InsightTimeRange"]["StartTime"] for i in found]
        self.assertEqual(starts, sorted(starts, reverse=True))


if __name__ == "__main__":
    unittest.main()
