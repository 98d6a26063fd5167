"""Every limit that the model states, broken one at a time: refused with its own error, and nothing is written."""

import unittest

from model import OPERATIONS, Flaw, bounds, flaws, minimal, request
from server import running

# What the model says in words only.
COMBINATIONS = [
    ("ListInsights", "StatusFilter", {"StatusFilter": {}}),
    (
        "ListInsights",
        "StatusFilter",
        {"StatusFilter": {"Ongoing": {"Type": "REACTIVE"}, "Any": {"Type": "REACTIVE", "StartTimeRange": {}}}},
    ),
    ("ListOrganizationInsights", "StatusFilter", {"StatusFilter": {}}),
    (
        "ListOrganizationInsights",
        "StatusFilter",
        {"StatusFilter": {"Ongoing": {"Type": "REACTIVE"}, "Closed": {"Type": "REACTIVE", "EndTimeRange": {}}}},
    ),
    ("UpdateResourceCollection", "ResourceCollection", {"Action": "ADD", "ResourceCollection": {}}),
    (
        "UpdateResourceCollection",
        "ResourceCollection",
        {
            "Action": "ADD",
            "ResourceCollection": {
                "CloudFormation": {"StackNames": ["a"]},
                "Tags": [{"AppBoundaryKey": "devops-guru-app", "TagValues": ["a"]}],
            },
        },
    ),
    ("StartCostEstimation", "ResourceCollection", {"ResourceCollection": {}}),
    ("AddNotificationChannel", "TopicArn", {"Config": {"Sns": {}}}),
    ("PutFeedback", "InsightFeedback", {}),
]
TIMES = [
    ("DescribeAccountOverview", {"FromTime": 2000, "ToTime": 1000}),
    ("SearchInsights", {"Type": "REACTIVE", "StartTimeRange": {"FromTime": 2000, "ToTime": 1000}}),
    ("ListEvents", {"Filters": {"EventTimeRange": {"FromTime": 2000, "ToTime": 1000}}}),
]


def setUpModule():
    global server
    server = running()


class Limits(unittest.TestCase):
    def refused(self, flaw, reasons):
        answer = server.send(request(OPERATIONS[flaw.operation], flaw.values))
        said = f"{answer.status} {answer.body[:300]!r}"
        self.assertEqual((answer.status, answer.error), (400, "ValidationException"), said)
        body = answer.json()
        self.assertTrue(body["Message"], said)
        self.assertIn(body["Reason"], reasons, said)
        if body["Reason"] == "FIELD_VALIDATION_FAILED":
            for field in body["Fields"]:
                self.assertTrue(field["Name"] and field["Message"], said)
            named = " ".join(field["Name"] for field in body["Fields"])
            self.assertIn(next(name for name in reversed(flaw.path) if name != "[]"), named, said)

    def test_what_breaks_a_limit_is_refused_and_nothing_is_written(self):
        before = server.state()
        for operation in OPERATIONS.values():
            for flaw in flaws(operation):
                with self.subTest(str(flaw)):
                    self.refused(flaw, ("FIELD_VALIDATION_FAILED", "CANNOT_PARSE"))
        self.assertEqual(server.state(), before)

    def test_what_does_not_go_together_is_refused_and_nothing_is_written(self):
        before = server.state()
        for operation, member, values in COMBINATIONS:
            with self.subTest(operation=operation, values=values):
                reasons = ("FIELD_VALIDATION_FAILED", "INVALID_PARAMETER_COMBINATION")
                self.refused(Flaw(operation, (member,), "combination", values), reasons)
        self.assertEqual(server.state(), before)

    def test_a_time_range_that_ends_before_it_begins_is_refused(self):
        for operation, values in TIMES:
            with self.subTest(operation):
                answer = server.send(request(OPERATIONS[operation], values))
                self.assertEqual((answer.status, answer.error), (400, "ValidationException"), answer.body)

    def test_what_just_keeps_a_limit_is_no_validation_error(self):
        for operation in OPERATIONS.values():
            if operation.http["method"] in ("PUT", "DELETE"):
                continue
            for path, bound, values in bounds(operation):
                # A token is good only where it was given out.
                if path[-1] != "NextToken":
                    with self.subTest(f"{operation.name} {'.'.join(path)} at {bound}"):
                        answer = server.send(request(operation, values))
                        self.assertNotEqual(answer.error, "ValidationException", answer.body)
                        self.assertLess(answer.status, 500, answer.body)

    def test_a_body_that_is_no_json_object_is_refused(self):
        bodies = [b"{", b"[]", b"null", b'"x"', b"1", b"\xff\xfe", b"{}{}", b"", b"NaN"]
        for operation in (o for o in OPERATIONS.values() if o.input_shape and o.input_shape.required_members):
            whole = request(operation, minimal(operation))
            if whole.body is None or "{" in operation.http["requestUri"]:
                continue
            for body in bodies:
                with self.subTest(operation=operation.name, body=body):
                    answer = server.send(whole, body=body)
                    self.assertEqual((answer.status, answer.error), (400, "ValidationException"), answer.body)

    def test_a_token_that_was_never_given_out_is_refused(self):
        for operation in OPERATIONS.values():
            members = operation.input_shape.members if operation.input_shape else {}
            # Of an insight that is not there, that is told first.
            if "NextToken" in members and "InsightId" not in members:
                with self.subTest(operation.name):
                    values = minimal(operation) | {"NextToken": "ffffffff-ffff-4fff-bfff-ffffffffffff"}
                    answer = server.send(request(operation, values))
                    self.assertEqual((answer.status, answer.error), (400, "ValidationException"), answer.body)


if __name__ == "__main__":
    unittest.main()
