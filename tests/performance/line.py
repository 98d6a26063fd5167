"""The five functions in an emulated account, each run by itself: who calls whom is for the one who measures."""

import base64
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "emulator"))

from emulator import ACCOUNT, CREDENTIALS, REGION, Emulator, Proxy  # noqa: E402
from fleet import TAG, Fleet  # noqa: E402
from runtime_api import started  # noqa: E402
from table import NAME, Table  # noqa: E402

FUNCTIONS = ["tick", "watch", "learn", "record", "notify"]
# Any time will do: what is measured depends on it in nothing.
AT, ISO = 1_795_575_600, "2026-11-25T03:00:00Z"


class Line:
    """`built`: where `sam build` put the functions; `functions`: how many the watched application has."""

    def __init__(self, built, functions):
        self.built = pathlib.Path(built)
        self.table = Table()
        self.emulator = Emulator()
        self.fleet = Fleet(AT)
        self.proxy = Proxy(self.emulator.url)
        self.proxy.answers = self.table.answers() | self.fleet.answers()
        self.fleet.create(self.emulator, functions)
        sqs, sns = self.emulator.client("sqs"), self.emulator.client("sns")
        self.queues = [sqs.create_queue(QueueName=f"stackseer-{name}")["QueueUrl"] for name in ("watch", "learn", "redelivery")]
        self.topic = sns.create_topic(Name="stackseer")["TopicArn"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proxy.stop()
        self.emulator.stop()
        self.table.delete()

    def bootstrap(self, function):
        return self.built / f"{function.capitalize()}Function" / "bootstrap"

    def start(self, function):
        """As template.yaml sets it up."""
        watch_queue, learn_queue, redelivery_queue = self.queues
        environment = CREDENTIALS | {
            "AWS_ENDPOINT_URL": self.proxy.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "RUST_LOG": "info",
            "STACKSEER_TABLE": NAME,
            "STACKSEER_ACCOUNT": ACCOUNT,
            "STACKSEER_PARTITION": "aws",
            "STACKSEER_QUEUE_URL": watch_queue,
            "STACKSEER_LEARN_QUEUE_URL": learn_queue,
            "STACKSEER_REDELIVERY_QUEUE_URL": redelivery_queue,
            "STACKSEER_COVERAGE": f"tag:{'='.join(TAG)}",
            "STACKSEER_SENSITIVITY": "medium",
            "STACKSEER_TOPIC_ARN": self.topic,
            "STACKSEER_EVENT_BUS": "default",
        }
        return started(self.bootstrap(function), environment)

    def tasks(self, queue):
        """What a tick sent, as Lambda hands it on, taken out of the queue."""
        sqs = self.emulator.client("sqs")
        records = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                records.append({"messageId": message["MessageId"], "body": message["Body"]})
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return {"Records": records}

    def outbox(self, application):
        """What the table's stream would bring of it."""
        records = []
        for number, row in enumerate(self.table.rows(f"outbox#{application}")):
            image = {"body": {"B": base64.b64encode(row["body"]["B"]).decode()}}
            keys = {"pk": row["pk"], "sk": row["sk"]}
            change = {"Keys": keys, "NewImage": image, "SequenceNumber": str(number)}
            records.append({"eventID": str(number), "eventName": "INSERT", "dynamodb": change})
        return {"Records": records}

    def calls(self):
        """`GetMetricData` calls since the last reset, and the metrics that they asked for."""
        asked = self.proxy.bodies("GetMetricData")
        return len(asked), sum(len(body["MetricDataQueries"]) for body in asked)


def schedule(kind):
    return {"kind": kind, "at": ISO}


def sample(name):
    return json.loads((ROOT / "events" / f"{name}.json").read_text())
