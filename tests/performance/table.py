"""The functions' table in DynamoDB Local, which says of each call how many units AWS would bill."""

import functools
import json
import os
import threading
import urllib.error
import urllib.request

import boto3
from emulator import CREDENTIALS, REGION

NAME = "stackseer"
KEY = CREDENTIALS["AWS_ACCESS_KEY_ID"]
READS = {"GetItem", "BatchGetItem", "Query"}
WRITES = {"PutItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


class Table:
    def __init__(self):
        self.endpoint = os.environ.get("STACKSEER_DYNAMODB_ENDPOINT")
        if not self.endpoint:
            raise SystemExit("STACKSEER_DYNAMODB_ENDPOINT is not set: run this by `tests/dynamodb-local COMMAND`")
        self.lock = threading.Lock()
        self.reads = self.writes = 0.0
        self.client = boto3.client(
            "dynamodb", endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=KEY, aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
        )
        schema = lambda names: [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"))]
        table, index = ("pk", "sk"), ("list", "position")
        self.client.create_table(
            TableName=NAME,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in table + index],
            KeySchema=schema(table),
            GlobalSecondaryIndexes=[{"IndexName": "lists", "KeySchema": schema(index), "Projection": {"ProjectionType": "ALL"}}],
            BillingMode="PAY_PER_REQUEST",
        )

    def delete(self):
        self.client.delete_table(TableName=NAME)

    def answers(self):
        """What the proxy answers, by operation."""
        return {operation: functools.partial(self.ask, operation) for operation in READS | WRITES}

    def ask(self, operation, body):
        asked = json.loads(body) | {"ReturnConsumedCapacity": "TOTAL"}
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            # DynamoDB Local reads from it whose tables they are, and checks nothing.
            "Authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/20261125/{REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        }
        request = urllib.request.Request(self.endpoint, json.dumps(asked).encode(), headers)
        try:
            with urllib.request.urlopen(request) as response:
                status, answer = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, answer = error.code, error.read()
        consumed = json.loads(answer).get("ConsumedCapacity", [])
        units = sum(each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed]))
        with self.lock:
            if operation in READS:
                self.reads += units
            else:
                self.writes += units
        return status, [("Content-Type", "application/x-amz-json-1.0")], answer

    def taken(self):
        """Read and write units since it was last asked."""
        with self.lock:
            taken = self.reads, self.writes
            self.reads = self.writes = 0.0
        return taken

    def rows(self, partition):
        query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": partition}}}
        pages = self.client.get_paginator("query").paginate(TableName=NAME, **query)
        return [item for page in pages for item in page["Items"]]
