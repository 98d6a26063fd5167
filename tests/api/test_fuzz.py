"""Requests made from the model and spoilt by chance, over all routes: each gets an answer, and no answer is a failure of ours.

STACKSEER_FUZZ_SEED and STACKSEER_FUZZ_REQUESTS look elsewhere and longer.
"""

import json
import os
import random
import sys
import unittest
import urllib.parse

from clients import insights
from model import ERRORS, LEAST, OPERATIONS, SECOND, UUID, Request, example, flaws, request, string
from server import started

SEED = int(os.environ.get("STACKSEER_FUZZ_SEED", 1))
REQUESTS = int(os.environ.get("STACKSEER_FUZZ_REQUESTS", 3000))
TOO_LARGE = 413
ID_PATTERNS = [r"^[\w-]*$", r"^[\w~.-]*$"]
# Beyond 64 KB a server may hang up on what it takes for no HTTP.
LONGEST_TARGET = 8000
# Each of what the model has, and of what it hasn't.
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]
TYPES = ["application/json", "application/x-amz-json-1.1", "text/plain", "application/xml", "multipart/form-data; boundary=x", "", "é"]
TEXTS = [
    "",
    "\0",
    "\u202e\u0000\ud7ff\uffff",
    "日本語" * 40,
    "𝒳" * 3000,
    "a" * 70000,
    "../../etc/passwd",
    "%2e%2e%2f",
    "<script>alert(1)</script>",
    "'; DROP TABLE insights; --",
    "#closed#!",
    "insight#0!",
    "\r\nx-injected: yes",
    "{{7*7}}${7*7}",
]
NUMBERS = [0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**64), 10**400, 0.1, -0.0, 1e308, 1e-320, 253402300800, -62135596801]


def quoted(value):
    return urllib.parse.quote(value if isinstance(value, str) else json.dumps(value), safe="", errors="replace")


def deep(levels):
    return b"[" * levels + b"]" * levels


class Fuzz:
    """`document` describes the operations of Stackseer's own, as OpenAPI; `ids` are of insights and anomalies that there are."""

    def __init__(self, seed, document, ids):
        self.chance = random.Random(seed)
        self.ids = ids
        self.document = document
        self.own = [(method.upper(), path, what) for path, of in document["paths"].items() for method, what in of.items()]

    def request(self):
        """A request, its body as bytes, and headers to send besides."""
        whole = self.of_own() if self.chance.random() < 0.3 else self.of_model()
        body = self.body(whole)
        headers = {}
        if self.chance.random() < 0.1:
            headers["Content-Type"] = self.chance.choice(TYPES)
        if self.chance.random() < 0.1:
            whole = whole._replace(method=self.chance.choice(METHODS))
        if self.chance.random() < 0.15:
            whole = whole._replace(target=self.target(whole.target))
        return whole._replace(target=whole.target[:LONGEST_TARGET]), body, headers

    def of_model(self):
        operation = self.chance.choice(list(OPERATIONS.values()))
        values = self.several(self.values(operation))
        try:
            return request(operation, values)
        except (TypeError, UnicodeEncodeError):
            return Request(operation.http["method"], operation.http["requestUri"], values)

    def of_own(self):
        method, path, what = self.chance.choice(self.own)
        query = {}
        for parameter in what.get("parameters", ()):
            value = self.junk() if self.chance.random() < 0.1 else self.fitting(parameter["schema"])
            if parameter["in"] == "path":
                path = path.replace("{%s}" % parameter["name"], quoted(value))
            elif parameter["required"] or self.chance.random() < 0.7:
                query[parameter["name"]] = value
        body = what.get("requestBody", {}).get("content", {}).get("application/json")
        target = f"{path}?{'&'.join(f'{name}={quoted(value)}' for name, value in query.items())}" if query else path
        return Request(method, target, self.several(self.fitting(body["schema"])) if body else None)

    def fitting(self, schema):
        """What fits a schema, most of the time."""
        if "$ref" in schema:
            return self.fitting(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if schema.get("pattern") in ID_PATTERNS and self.chance.random() < 0.7:
            return self.chance.choice(self.ids)
        match schema.get("type"):
            case "object":
                members, required = schema.get("properties", {}), schema.get("required", ())
                return {n: self.fitting(m) for n, m in members.items() if n in required or self.chance.random() < 0.5}
            case "array":
                return [self.fitting(schema["items"]) for _ in range(self.chance.choice((0, 1, 2)))]
            case "string":
                length = self.chance.choice((schema.get("minLength", 0), min(schema.get("maxLength", 36), 5000), 12))
                return self.chance.choice(("a" * length, UUID, self.chance.choice(TEXTS)))
            case "boolean":
                return self.chance.random() < 0.5
            case _:
                return self.chance.choice((schema.get("minimum", 1), schema.get("maximum", SECOND), self.chance.choice(NUMBERS)))

    def several(self, values):
        for _ in range(self.chance.choice((0, 0, 1, 1, 2, 4))):
            values = self.spoilt(values)
        return values

    def values(self, operation):
        if operation.input_shape is None:
            return {}
        if self.chance.random() < 0.2 and (broken := list(flaws(operation))):
            return self.chance.choice(broken).values
        return self.some(operation.input_shape)

    def some(self, shape):
        """What fits the model, most of the time."""
        kind = shape.type_name
        if kind == "structure":
            if shape.name in LEAST and self.chance.random() < 0.8:
                name = self.chance.choice(list(shape.members))
                return {name: self.some(shape.members[name])}
            required = shape.required_members
            return {n: self.some(m) for n, m in shape.members.items() if n in required or self.chance.random() < 0.5}
        if kind == "list":
            return [self.some(shape.member) for _ in range(self.chance.choice((0, 1, 1, 2, 3)))]
        if shape.name in ("InsightId", "AnomalyId") and self.chance.random() < 0.7:
            return self.chance.choice(self.ids)
        if kind == "string" and not shape.enum:
            return string(shape) if self.chance.random() < 0.9 else self.chance.choice(TEXTS)
        if kind == "string":
            return self.chance.choice(shape.enum)
        if kind in ("timestamp", "integer", "long", "double"):
            return example(shape) if self.chance.random() < 0.9 else self.chance.choice(NUMBERS)
        return example(shape)

    def junk(self, depth=3):
        kinds = [None, True, self.chance.choice(TEXTS), self.chance.choice(NUMBERS), [], {}]
        value = self.chance.choice(kinds)
        if depth and value == []:
            return [self.junk(depth - 1) for _ in range(self.chance.randrange(4))]
        if depth and value == {}:
            return {self.chance.choice(TEXTS): self.junk(depth - 1) for _ in range(self.chance.randrange(4))}
        return value

    def spoilt(self, value):
        """The value, changed at one place."""
        if isinstance(value, dict) and value and self.chance.random() < 0.8:
            name = self.chance.choice(list(value))
            match self.chance.randrange(5):
                case 0:
                    return {n: v for n, v in value.items() if n != name}
                case 1:
                    return value | {name: self.junk()}
                case 2:
                    return value | {self.chance.choice(TEXTS): self.junk()}
                case _:
                    return value | {name: self.spoilt(value[name])}
        if isinstance(value, list) and value and self.chance.random() < 0.8:
            n = self.chance.randrange(len(value))
            return value[:n] + [self.spoilt(value[n])] + value[n + 1 :] if self.chance.random() < 0.8 else value * 200
        return self.junk()

    def body(self, whole):
        body = whole.bytes()
        match self.chance.randrange(20):
            case 0:
                return body[: self.chance.randrange(len(body) + 1)]
            case 1:
                return self.chance.randbytes(self.chance.randrange(300))
            case 2:
                return deep(self.chance.choice((10, 200, 100_000)))
            case 3:
                at = self.chance.randrange(len(body) + 1)
                return body[:at] + self.chance.randbytes(2) + body[at:]
            case 4:
                return json.dumps(self.junk()).encode()
            case _:
                return body

    def target(self, target):
        path, _, query = target.partition("?")
        match self.chance.randrange(7):
            case 0:
                return path + "/" + query
            case 1:
                return "/" + path
            case 2:
                return path.replace("/", "/%2e%2e/", 1)
            case 3:
                return f"{path}?{query}&NextToken=%FF%00&NextToken={'a' * 3000}&=&&AccountId"
            case 4:
                return path + urllib.parse.quote(self.chance.choice(TEXTS)[:2000], safe="")
            case 5:
                return "/" + "/".join(self.chance.choice(path.split("/") + ["stackseer", "%2F", ".."]) for _ in range(4))
            case _:
                return path.upper()


class Fuzzed(unittest.TestCase):
    def test_every_request_gets_an_answer_that_clients_understand(self):
        print(f"fuzz: {REQUESTS} requests, seed {SEED}", file=sys.stderr)
        server = started()
        self.addCleanup(server.stop)
        ids = [i["id"] for i in insights()] + [a["id"] for i in insights() for a in i["anomalies"]]
        document = server.send(Request("GET", "/stackseer/openapi.json", None))
        fuzz, statuses = Fuzz(SEED, document.json(), ids), {}
        for number in range(REQUESTS):
            whole, body, headers = fuzz.request()
            sent = f"request {number} of seed {SEED}: {whole.method} {whole.target[:300]} {headers} {body[:600]!r}"
            try:
                answer = server.raw(whole.method, whole.target, body, server.session | headers)
            except OSError as error:
                self.fail(f"no answer ({error!r}) to {sent}")
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            self.assertLess(answer.status, 500, f"{answer.body[:500]!r} to {sent}")
            if answer.status >= 400:
                self.assertIn(answer.error, ERRORS, f"{answer.status} {answer.body[:300]!r} to {sent}")
                self.assertIn(answer.status, (ERRORS[answer.error], TOO_LARGE), sent)
                self.assertTrue(answer.json()["Message"], sent)
            self.assertNotIn("x-injected", answer.headers)
        print(f"fuzz: answers by status {dict(sorted(statuses.items()))}", file=sys.stderr)
        # Else the requests were too spoilt to reach what they are to try.
        self.assertGreater(statuses.get(200, 0), REQUESTS // 10)
        self.assertGreater(statuses.get(400, 0), REQUESTS // 10)
        self.assertIsNone(server.process.poll())


if __name__ == "__main__":
    unittest.main()
