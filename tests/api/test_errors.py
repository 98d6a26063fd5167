"""Errors as both clients tell them."""

import unittest

import botocore.exceptions

from clients import arguments, ask, kebab
from model import Request
from server import running

NOBODY = "00000000-0000-4000-8000-000000000000"


def setUpModule():
    global server, boto
    server = running()
    boto = server.boto


class Errors(unittest.TestCase):
    def refused(self, code, operation, values):
        """By both clients, alike; what boto3 makes of it."""
        done = server.aws(kebab(operation), *arguments(values))
        self.assertEqual(done.code, 255, done)
        self.assertIn(f"An error occurred ({code}) when calling the {operation} operation", done.err)
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            ask(boto, operation, values)
        self.assertIsInstance(caught.exception, getattr(boto.exceptions, code))
        return caught.exception.response

    def test_what_is_not_there(self):
        insight = {"InsightId": NOBODY}
        asked = [
            ("DescribeInsight", {"Id": NOBODY}),
            ("DescribeAnomaly", {"Id": NOBODY}),
            ("DeleteInsight", {"Id": NOBODY}),
            ("RemoveNotificationChannel", {"Id": NOBODY}),
            ("ListAnomaliesForInsight", insight),
            ("ListAnomalousLogGroups", insight),
            ("ListRecommendations", insight),
            ("ListEvents", {"Filters": insight}),
            ("DescribeFeedback", insight),
            ("PutFeedback", {"InsightFeedback": {"Id": NOBODY, "Feedback": "VALID_COLLECTION"}}),
        ]
        for operation, values in asked:
            with self.subTest(operation):
                response = self.refused("ResourceNotFoundException", operation, values)
                self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 404)
                self.assertEqual(response["ResourceId"], NOBODY)
                self.assertTrue(response["ResourceType"] and response["Message"])

    def test_what_is_not_valid(self):
        response = self.refused("ValidationException", "ListInsights", {"StatusFilter": {}})
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertTrue(response["Message"] and response["Reason"])

    def test_what_is_no_operation(self):
        for whole in (Request("GET", "/nothing", None), Request("DELETE", "/accounts/health", None), Request("POST", "/", {})):
            with self.subTest(whole):
                answer = server.send(whole)
                self.assertEqual((answer.status, answer.error), (400, "ValidationException"))
                self.assertEqual(answer.json()["Reason"], "UNKNOWN_OPERATION")


if __name__ == "__main__":
    unittest.main()
