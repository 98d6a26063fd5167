"""The whole way, with the functions as they were built: schedule → tick → queues → learn and watch → table → stream → notify →
topic and bus; a closed incident, a recorded change, a message that is none; and what each role allows."""

import datetime
import json
import re
import sys
import time
import unittest

import botocore.exceptions
from deployment import ACCOUNT, FUNCTIONS, REGION, ROOT, STACK, Deployment, actions, built, until
from console import Console
from series import Incident
from permissions import understood

TAG = ("devops-guru-app", "shop")
LEARNED = f"learned#{ACCOUNT}#{REGION}"
CHECKOUT = {"FunctionName": "shop-checkout"}
# A table that the checks have something to say about.
NOTES = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
# After the end of the incident: it has been over for long enough to be closed.
QUIET_SECONDS = 2 * 3600


def setUpModule():
    global deployed, incident, told, events, console
    deployed = Deployment()
    unittest.addModuleCleanup(deployed.stop)
    shop = ROOT / "tests" / "emulator" / "shop.yaml"
    deployed.emulator.create_stack("shop", shop.read_text(), tags=[TAG])
    incident = Incident(time.time() - QUIET_SECONDS)
    print(f"series: {incident.source}", file=sys.stderr)
    for name, points in (("Duration", incident.duration), ("Invocations", incident.invocations)):
        deployed.emulator.put_series("AWS/Lambda", name, CHECKOUT, points)

    began = time.monotonic()
    folder = built()
    print(f"built in {time.monotonic() - began:.0f} s", file=sys.stderr)
    deployed.deploy(
        folder,
        WatchStacks="shop",
        Severities="HIGH,MEDIUM,LOW",
        Email="ann@example.org",
        ChatTopic="enabled",
        ConsoleUrl="https://stackseer.example.org",
    )
    told, topic_arn = deployed.queue("told")
    events, bus_arn = deployed.queue("events")
    deployed.client("sns").subscribe(TopicArn=deployed.outputs["TopicArn"], Protocol="sqs", Endpoint=topic_arn)
    bus = deployed.client("events")
    bus.put_rule(Name="told", EventPattern=json.dumps({"source": ["stackseer"]}))
    bus.put_targets(Rule="told", Targets=[{"Id": "queue", "Arn": bus_arn}])
    console = Console("--stack-name", STACK, **deployed.account())
    unittest.addModuleCleanup(console.stop)
    go_the_whole_way()


def go_the_whole_way():
    """Learn, find the incident, look again, and find it over. What each step is known by is kept for the tests."""
    global learned, opened, on_bus, closed, closed_on_bus, meanwhile, first_calls, ends, at_the_end
    schedule("learn", incident.now)
    learned = until(120, "both applications to be learned", lambda: len(rows(LEARNED)) == 2 and rows(LEARNED))
    idle()
    schedule("watch", incident.now)
    opened = until(120, "the insight", lambda: of("NEW_INSIGHT", "REACTIVE", deployed.received(told)))
    on_bus = until(30, "its event", lambda: of("NEW_INSIGHT", "REACTIVE", deployed.received(events)))
    idle()
    first_calls = list(deployed.proxy.calls)

    # The day before once more, and the function is quick again.
    def again(points):
        since = incident.now - 86400
        return [(at + 86400, value) for at, value in points if since <= at < since + QUIET_SECONDS]

    for name, points in (("Duration", incident.duration), ("Invocations", incident.invocations)):
        deployed.emulator.put_series("AWS/Lambda", name, CHECKOUT, again(points))
    # From here on people want another topic told, too.
    ends, ended = add_topic("ends", Severities=["HIGH", "MEDIUM", "LOW"], MessageTypes=["CLOSED_INSIGHT"])
    # Meanwhile no topic takes anything.
    redelivery = deployed.resources["RedeliveryQueue"]
    # Else each try waits for six minutes.
    deployed.client("sqs").set_queue_attributes(QueueUrl=redelivery, Attributes={"DelaySeconds": "1", "VisibilityTimeout": "5"})
    deployed.proxy.answers["Publish"] = no_topic
    for minute in range(5, QUIET_SECONDS // 60 + 1, 5):
        if minute % 30 == 0:
            schedule("watch", incident.now + minute * 60)
            idle()
    closed_on_bus = until(60, "the end of it", lambda: of("CLOSED_INSIGHT", "REACTIVE", deployed.received(events)))
    until(60, "the message to wait", lambda: deployed.waiting(redelivery))
    meanwhile = deployed.received(told)
    del deployed.proxy.answers["Publish"]
    closed = until(60, "the message", lambda: of("CLOSED_INSIGHT", "REACTIVE", deployed.received(told)))
    until(60, "nothing to wait any more", lambda: deployed.waiting(redelivery) == 0)
    at_the_end = deployed.received(ended)


def add_topic(name, **filters):
    """By the AWS CLI, as DevOps Guru's users do it; the channel's id, and a queue behind the topic."""
    queue, arn = deployed.queue(name)
    topic = deployed.client("sns").create_topic(Name=name)["TopicArn"]
    deployed.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    config = {"Sns": {"TopicArn": topic}, "Filters": filters}
    return console.aws("add-notification-channel", "--config", config)["Id"], queue


def no_topic(_):
    error = "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>"
    return 404, [("Content-Type", "text/xml")], error.encode()


def schedule(kind, at):
    deployed.invoke("tick", {"kind": kind, "at": iso(at)})


def idle():
    """Until no task waits or is worked on."""
    queues = [deployed.outputs["WatchQueueUrl"], deployed.outputs["LearnQueueUrl"]]
    until(180, "the queues to be empty", lambda: not any(deployed.waiting(url) for url in queues))


def iso(at):
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows(partition):
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": partition}}}
    return deployed.client("dynamodb").query(TableName=deployed.outputs["TableName"], **query)["Items"]


def changes():
    """How many are recorded of yesterday, today and tomorrow."""
    days = [time.time() + days * 86400 for days in (-1, 0, 1)]
    return sum(len(rows(f"changes#{ACCOUNT}#{REGION}#{iso(day)[:10]}")) for day in days)


def of(message_type, insight_type, bodies):
    """Messages of a kind, with what they came in: of a queue behind the topic or behind the bus."""
    found = []
    for envelope in bodies:
        detail = json.loads(envelope["Message"]) if "Message" in envelope else envelope["detail"]
        if (detail["messageType"], detail["insightType"]) == (message_type, insight_type):
            found.append((envelope, detail))
    return found


DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError")


class Api(unittest.TestCase):
    """The two functions of the API, invoked as `stackseer console --stack-name` does."""

    WHO = "arn:aws:iam::123456789012:user/on-call"

    def ask(self, function, method, path, body=None, status=200):
        http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"}
        event = json.loads((ROOT / "events" / "api-list-insights.json").read_text())
        event["requestContext"] |= {"http": http, "authorizer": {"iam": {"userArn": self.WHO}}}
        answer = deployed.invoke(function, event | {"rawPath": path, "body": json.dumps(body) if body else None})
        self.assertEqual(answer["statusCode"], status, answer["body"])
        return json.loads(answer["body"] or "{}")

    def test_what_was_told_is_listed_and_described(self):
        since = {"FromTime": incident.now - 7 * 86400}
        closed = {"StatusFilter": {"Closed": {"Type": "REACTIVE", "EndTimeRange": since}}}
        (found,) = self.ask("api", "POST", "/insights", closed)["ReactiveInsights"]
        self.assertEqual(found["Id"], opened[0][1]["insightId"])
        described = self.ask("api", "GET", f"/insights/{found['Id']}")["ReactiveInsight"]
        self.assertEqual((described["Name"], described["Status"]), (found["Name"], "CLOSED"))
        anomalies = self.ask("api", "POST", f"/anomalies/insight/{found['Id']}", {"StartTimeRange": since})
        self.assertTrue(anomalies["ReactiveAnomalies"])
        self.assertEqual(self.ask("api", "GET", "/accounts/health")["OpenReactiveInsights"], 0)

    def test_who_may_only_look_changes_nothing(self):
        path = f"/stackseer/insights/{opened[0][1]['insightId']}/assignee"
        refused = self.ask("api", "PUT", path, {"Assignee": "ann"}, status=403)
        self.assertIn("you may only look", refused["Message"])
        self.ask("operate", "PUT", path, {"Assignee": "ann"})
        described = self.ask("api", "GET", f"/insights/{opened[0][1]['insightId']}")["ReactiveInsight"]
        self.assertEqual(described["Assignee"], "ann")
        self.ask("operate", "DELETE", path)
        entries = self.ask("api", "GET", "/stackseer/audit")["Entries"]
        self.assertEqual([entry["Who"] for entry in entries[:2]], [self.WHO] * 2)

    def test_what_the_aws_cli_sets_is_watched_and_told(self):
        template = {"Resources": {"Notes": {"Type": "AWS::DynamoDB::Table", "Properties": NOTES}}}
        deployed.emulator.create_stack("other", json.dumps(template))
        deployed.received(told)
        # Two at most, as with DevOps Guru.
        full = console.try_aws("add-notification-channel", "--config", {"Sns": {"TopicArn": deployed.outputs["TopicArn"] + "-3"}})
        self.assertIn("(ServiceQuotaExceededException)", full.stderr)
        console.aws("remove-notification-channel", "--id", ends)
        starts, started = add_topic("starts", MessageTypes=["NEW_INSIGHT"])
        self.addCleanup(console.aws, "remove-notification-channel", "--id", starts)

        collection = {"CloudFormation": {"StackNames": ["other"]}}
        cover = lambda action: console.aws("update-resource-collection", "--action", action, "--resource-collection", collection)
        cover("ADD")
        now = incident.now + QUIET_SECONDS
        schedule("learn", now)
        until(120, "the other stack to be learned", lambda: len(rows(LEARNED)) == 3)
        idle()
        (new,) = until(60, "its insight on the new topic", lambda: self.about("other", deployed.received(started)))
        self.assertEqual((new["messageType"], new["insightType"]), ("NEW_INSIGHT", "PROACTIVE"))
        self.assertIn("point-in-time recovery", new["insightName"])
        self.assertEqual(self.described(new)["Status"], "ONGOING")
        until(60, "it on the first topic", lambda: self.about("other", deployed.received(told)))

        cover("REMOVE")
        schedule("watch", now + 300)
        idle()
        (end,) = until(60, "its end", lambda: self.about("other", deployed.received(told)))
        self.assertEqual((end["messageType"], end["insightId"]), ("CLOSED_INSIGHT", new["insightId"]))
        closed = self.described(new)
        self.assertEqual(closed["Status"], "CLOSED")
        self.assertIn("no longer watched", json.dumps(closed["History"]))
        self.assertEqual(len(rows(LEARNED)), 2)

        for kind in ("learn", "watch"):
            schedule(kind, now + 600)
        idle()
        time.sleep(3)
        self.assertEqual(self.about("other", deployed.received(told) + deployed.received(started)), [])

    @staticmethod
    def about(stack, bodies):
        details = [json.loads(envelope["Message"]) for envelope in bodies]
        return [d for d in details if d["resourceCollection"] == {"cloudFormation": {"stackNames": [stack]}}]

    def described(self, message):
        return self.ask("api", "GET", f"/insights/{message['insightId']}")["ProactiveInsight"]

    def test_a_channel_is_tried_as_it_is_told(self):
        channels = console.aws("list-notification-channels")["Channels"]
        (first,) = [c for c in channels if c["Config"]["Sns"]["TopicArn"] == deployed.outputs["TopicArn"]]
        deployed.received(told)
        tried = console.stackseer("channels", "test", first["Id"])
        self.assertEqual((tried.returncode, tried.stdout), (0, f"a test message went to the channel {first['Id']}\n"), tried.stderr)
        (envelope,) = until(30, "the message", lambda: deployed.received(told))
        message = json.loads(envelope["Message"])
        self.assertEqual((message["messageType"], message["channelId"]), ("TEST", first["Id"]))
        self.assertEqual(envelope["MessageAttributes"], {"MessageType": {"Type": "String", "Value": "TEST"}})

        deployed.proxy.answers["Publish"] = no_topic
        self.addCleanup(deployed.proxy.answers.pop, "Publish", None)
        refused = console.stackseer("channels", "test", first["Id"])
        self.assertEqual((refused.returncode, refused.stdout), (1, ""))
        self.assertIn(f"SNS topic {deployed.outputs['TopicArn']} not found", refused.stderr)


class Messages(unittest.TestCase):
    """Field by field what DevOps Guru sends."""

    maxDiff = None
    HEAD = set(
        "accountId region messageType insightId insightName insightUrl insightType insightDescription insightSeverity startTime "
        "startTimeISO resourceCollection anomalies".split()
    )
    END = {"endTime", "endTimeISO"}
    ANOMALY = set("id startTime startTimeISO openTime openTimeISO sourceDetails associatedResourceArns".split())
    CLOSED_ANOMALY = END | {"closeTime", "closeTimeISO", "description", "anomalyResources"}
    ON_BUS = {"type", "anomalySeverity", "description", "anomalyResources", "earliestImpactTime", "earliestImpactTimeISO"}
    MAYBE_ON_BUS = END | {"latestImpactTime", "latestImpactTimeISO", "limit"}
    METRIC = set("name namespace period stat unit dimensions ResourceId ResourceType".split())

    def head(self, detail, message_type, form=int):
        self.assertEqual(detail["accountId"], ACCOUNT)
        self.assertEqual(detail["region"], REGION)
        self.assertEqual(detail["messageType"], message_type)
        self.assertEqual(detail["insightType"], "REACTIVE")
        self.assertIn(detail["insightSeverity"], ("high", "medium", "low"))
        self.assertIn("shop-checkout", detail["insightName"])
        self.assertIn("duration", detail["insightName"].lower())
        self.assertTrue(detail["insightDescription"])
        self.assertEqual(detail["insightUrl"], f"https://stackseer.example.org/insight/reactive/{detail['insightId']}")
        self.assertEqual(detail["resourceCollection"], {"cloudFormation": {"stackNames": ["shop"]}})
        self.assertLessEqual(abs(int(detail["startTime"]) / 1000 - incident.onset), 600)
        self.times(detail, form)

    def times(self, value, form):
        """Every time is epoch milliseconds, in SNS a number and on the bus text, with the same in ISO 8601 after it."""
        names = [name for name in value if name.endswith("Time")]
        self.assertEqual(sorted(f"{name}ISO" for name in names), sorted(n for n in value if n.endswith("TimeISO")))
        for name in names:
            self.assertIsInstance(value[name], form)
            self.assertRegex(str(value[name]), r"^\d{13}$")
            self.assertRegex(value[f"{name}ISO"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
            parsed = datetime.datetime.fromisoformat(value[f"{name}ISO"].replace("Z", "+00:00"))
            self.assertEqual(int(value[name]), int(parsed.timestamp() * 1000))

    def anomalies(self, detail, fields, maybe=frozenset(), form=int):
        self.assertTrue(detail["anomalies"])
        for anomaly in detail["anomalies"]:
            self.assertEqual(set(anomaly) - maybe, fields)
            self.times(anomaly, form)
            (source,) = anomaly["sourceDetails"]
            self.assertEqual(set(source), {"dataSource", "dataIdentifiers"})
            self.assertEqual(source["dataSource"], "CW_METRICS")
            self.assertEqual(set(source["dataIdentifiers"]), self.METRIC)
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:shop-checkout"
        (first, *_) = [a for a in detail["anomalies"] if a["sourceDetails"][0]["dataIdentifiers"]["name"] == "Duration"]
        self.assertEqual(first["associatedResourceArns"], [arn])
        metric = dict(first["sourceDetails"][0]["dataIdentifiers"])
        dimensions = metric.pop("dimensions")
        self.assertIn(metric.pop("stat"), ("p90", "p95", "p99", "Average", "Maximum"))
        expected = {"name": "Duration", "namespace": "AWS/Lambda", "period": "60", "unit": "Milliseconds"}
        self.assertEqual(metric, expected | {"ResourceId": "shop-checkout", "ResourceType": "Lambda/Function"})
        return dimensions

    def test_a_new_insight_on_the_topic(self):
        self.assertEqual(len(opened), 1, "one incident is one insight, told once")
        ((envelope, detail),) = opened
        self.assertEqual(envelope["MessageAttributes"]["MessageType"], {"Type": "String", "Value": "NEW_INSIGHT"})
        self.assertEqual(envelope["MessageAttributes"]["insightSeverity"]["Value"], detail["insightSeverity"])
        self.assertEqual(envelope["TopicArn"], deployed.outputs["TopicArn"])
        self.assertEqual(set(detail), self.HEAD)
        self.head(detail, "NEW_INSIGHT")
        self.assertEqual(json.loads(self.anomalies(detail, self.ANOMALY)), CHECKOUT)

    def test_a_new_insight_on_the_bus(self):
        ((event, detail),) = on_bus
        plain = set("version id detail-type source account time region resources detail".split())
        self.assertEqual(set(event), plain)
        self.assertEqual((event["detail-type"], event["source"]), ("DevOps Guru New Insight Open", "stackseer"))
        self.assertEqual((event["account"], event["region"], event["resources"]), (ACCOUNT, REGION, []))
        # By which a receiver knows it again, here and on the topic.
        self.assertEqual(detail.pop("messageId"), opened[0][0]["MessageAttributes"]["messageId"]["Value"])
        self.assertEqual(set(detail), self.HEAD)
        self.head(detail, "NEW_INSIGHT", str)
        dimensions = self.anomalies(detail, self.ANOMALY | self.ON_BUS, self.MAYBE_ON_BUS, str)
        self.assertEqual(dimensions, [{"name": "FunctionName", "value": "shop-checkout"}])

    def test_the_end_on_the_topic_and_on_the_bus(self):
        ((envelope, detail),) = closed
        self.assertEqual(envelope["MessageAttributes"]["MessageType"]["Value"], "CLOSED_INSIGHT")
        self.assertEqual(set(detail), self.HEAD | self.END)
        self.head(detail, "CLOSED_INSIGHT")
        self.assertEqual(detail["insightId"], opened[0][1]["insightId"])
        self.assertEqual(json.loads(self.anomalies(detail, self.ANOMALY | self.CLOSED_ANOMALY)), CHECKOUT)
        for anomaly in detail["anomalies"]:
            self.assertEqual([set(resource) for resource in anomaly["anomalyResources"]], [{"name", "type"}])
        self.assertGreaterEqual(int(detail["endTime"]) / 1000, incident.now - 900)
        ((event, detail),) = closed_on_bus
        self.assertEqual(event["detail-type"], "DevOps Guru Insight Closed")
        ids = {detail.pop("messageId"), envelope["MessageAttributes"]["messageId"]["Value"]}
        self.assertEqual(len(ids), 1)
        self.assertNotIn(opened[0][0]["MessageAttributes"]["messageId"]["Value"], ids)
        self.assertEqual(set(detail), self.HEAD | self.END)
        self.head(detail, "CLOSED_INSIGHT", str)


class Line(unittest.TestCase):
    def test_topics_that_people_add_are_told_what_their_filters_take(self):
        self.assertEqual([detail["insightId"] for _, detail in of("CLOSED_INSIGHT", "REACTIVE", at_the_end)], [opened[0][1]["insightId"]])
        self.assertEqual({json.loads(body["Message"])["messageType"] for body in at_the_end}, {"CLOSED_INSIGHT"})

    def test_what_the_topic_does_not_take_waits_and_holds_up_no_other_channel(self):
        self.assertEqual(meanwhile, [])
        self.assertEqual((len(closed), len(closed_on_bus)), (1, 1))

    def test_looking_again_tells_nothing_twice(self):
        deployed.received(told)
        before = len(rows(LEARNED))
        schedule("watch", incident.now)
        schedule("watch", incident.now + QUIET_SECONDS)
        idle()
        time.sleep(3)
        self.assertEqual(deployed.received(told), [])
        self.assertEqual(len(rows(LEARNED)), before)

    def test_the_schedules_start_ticks(self):
        """ministack doesn't fill in the scheduled time: the test gives one, and does not wait five minutes."""
        scheduler = deployed.client("scheduler")
        for name, kind, rate in (("WatchSchedule", "watch", "rate(5 minutes)"), ("LearnSchedule", "learn", "rate(1 day)")):
            schedule = scheduler.get_schedule(Name=deployed.resources[name])
            self.assertEqual((schedule["State"], schedule["ScheduleExpression"]), ("ENABLED", rate))
            at = "<aws.scheduler.scheduled-time>"
            self.assertEqual(json.loads(schedule["Target"]["Input"]), {"kind": kind, "at": at})
        schedule = scheduler.get_schedule(Name=deployed.resources["WatchSchedule"])
        marker = iso(incident.now + QUIET_SECONDS + 60)
        target = schedule["Target"] | {"Input": json.dumps({"kind": "watch", "at": marker})}
        sent = len(self.sent(marker))
        scheduler.update_schedule(
            Name=schedule["Name"], ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
        )
        until(120, "the schedule", lambda: len(self.sent(marker)) > sent)
        idle()
        target["Input"] = schedule["Target"]["Input"]
        scheduler.update_schedule(
            Name=schedule["Name"], ScheduleExpression="rate(30 minutes)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
        )

    @staticmethod
    def sent(marker):
        return [body for body in deployed.proxy.bodies("SendMessageBatch") if marker in json.dumps(body)]

    def test_a_change_that_a_pipeline_posts_is_recorded(self):
        sample = json.loads((ROOT / "events" / "record-custom.json").read_text())
        sample["detail"].pop("time", None)
        before = changes()
        entry = {"Source": sample["source"], "DetailType": sample["detail-type"], "Detail": json.dumps(sample["detail"])}
        deployed.client("events").put_events(Entries=[entry])
        until(30, "the change", lambda: changes() > before)

    def test_a_change_in_cloudtrail_is_recorded_by_the_next_tick(self):
        (orders,) = [t for t in deployed.client("dynamodb").list_tables()["TableNames"] if t.startswith("shop-Orders")]
        throughput = {"ReadCapacityUnits": 50, "WriteCapacityUnits": 5}
        deployed.client("dynamodb").update_table(TableName=orders, ProvisionedThroughput=throughput)
        before = changes()
        schedule("watch", time.time() // 60 * 60 + 60)
        self.assertGreater(changes(), before)
        idle()

    def test_every_sample_event_of_record_is_understood(self):
        samples = sorted((ROOT / "events").glob("record-*.json"))
        self.assertGreaterEqual(len(samples), 4)
        for sample in samples:
            deployed.invoke("record", json.loads(sample.read_text()))

    def test_the_sample_events_of_the_line_are_understood(self):
        for name in ("watch-sqs", "learn-sqs"):
            answer = deployed.invoke(name.split("-")[0], json.loads((ROOT / "events" / f"{name}.json").read_text()))
            self.assertEqual(answer, {"batchItemFailures": []})
        for name in ("notify-stream", "notify-sqs"):
            answer = deployed.invoke("notify", json.loads((ROOT / "events" / f"{name}.json").read_text()))
            self.assertEqual(answer, {"batchItemFailures": []})
        answer = deployed.invoke("notify", json.loads((ROOT / "events" / "notify-test.json").read_text()))
        self.assertRegex(answer["refused"], "^channel .* not found$")

    def test_what_is_no_task_ends_in_the_dead_letter_queue(self):
        sqs = deployed.client("sqs")
        watches, dead = deployed.outputs["WatchQueueUrl"], deployed.outputs["DeadLetterQueueUrl"]
        # Else each of the three tries waits for twelve minutes.
        visibility = sqs.get_queue_attributes(QueueUrl=watches, AttributeNames=["VisibilityTimeout"])["Attributes"]
        sqs.set_queue_attributes(QueueUrl=watches, Attributes={"VisibilityTimeout": "1"})
        sqs.send_message(QueueUrl=watches, MessageBody='"no task"')
        try:
            until(60, "the message in the dead-letter queue", lambda: "no task" in deployed.received(dead))
        finally:
            sqs.set_queue_attributes(QueueUrl=watches, Attributes=visibility)
        (alarm,) = deployed.client("cloudwatch").describe_alarms(AlarmNames=[deployed.resources["DeadLetterAlarm"]])["MetricAlarms"]
        self.assertEqual(alarm["MetricName"], "ApproximateNumberOfMessagesVisible")
        self.assertEqual(alarm["Dimensions"], [{"Name": "QueueName", "Value": dead.rsplit("/", 1)[-1]}])
        self.assertEqual(alarm["AlarmActions"], [deployed.outputs["TopicArn"]])

    def test_what_is_done_is_counted(self):
        for name in ("tick", "watch", "learn", "notify"):
            lines = [json.loads(line) for line in deployed.logs(name).splitlines() if line.startswith("{")]
            counted = [line for line in lines if line.get("_aws", {}).get("CloudWatchMetrics")]
            self.assertTrue(counted, name)
            self.assertEqual({c["_aws"]["CloudWatchMetrics"][0]["Namespace"] for c in counted}, {"Stackseer"})


class Roles(unittest.TestCase):
    """ministack checks every call against the function's role; here is what that leaves open."""

    # What a call is called in policies, where that isn't its name.
    ACTIONS = {
        "SendMessageBatch": ["sqs:SendMessage"],
        "TransactWriteItems": ["dynamodb:PutItem", "dynamodb:DeleteItem"],
        "/2015-03-31/functions": ["lambda:ListFunctions"],
        "/2015-03-31/event-source-mappings": ["lambda:ListEventSourceMappings"],
        "/2016-08-19/account-settings": ["lambda:GetAccountSettings"],
    }
    SERVICES = {"monitoring": "cloudwatch", "tagging": "tag"}
    # By Lambda in the function's name, or only when switched on.
    NOT_SEEN = re.compile(
        r"^(kms|logs|xray|ssm|secretsmanager):"
        r"|^sqs:(DeleteMessage|GetQueueAttributes|ReceiveMessage)$"
        r"|^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$"
    )

    # By tag, as test_operation.py watches; an insight that a commit is just moving; what failed every time; deleting an insight.
    ELSEWHERE = {
        "tick": {"tag:GetResources"},
        # What the watched stack has none of.
        "learn": {
            "tag:GetResources",
            "acm:ListCertificates",
            "apigateway:GET",
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:DescribeScalingPolicies",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeSubnets",
            "elasticache:DescribeReplicationGroups",
            "elasticloadbalancing:DescribeLoadBalancers",
            "events:ListTargetsByRule",
            "kinesis:DescribeStreamSummary",
            "lambda:GetFunctionRecursionConfig",
            "lambda:ListFunctionEventInvokeConfigs",
            "rds:DescribeDBClusterParameters",
            "rds:DescribeDBClusters",
            "rds:DescribeDBInstances",
            "rds:DescribeDBMajorEngineVersions",
            "rds:DescribeDBParameters",
            "rds:DescribePendingMaintenanceActions",
            "sns:GetSubscriptionAttributes",
            "states:DescribeStateMachine",
        },
        "record": {"sqs:SendMessage"},
        "notify": {"sqs:SendMessage"},
        "operate": {"dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem"},
    }

    def called(self, call):
        path = call.operation.rstrip("/")
        if path in self.ACTIONS:
            return self.ACTIONS[path]
        if path.endswith("/concurrency"):
            return ["lambda:GetFunctionConcurrency"]
        if path.endswith("/invocations"):
            return ["lambda:InvokeFunction"]
        if path.endswith("/event-invoke-config/list"):
            return ["lambda:ListFunctionEventInvokeConfigs"]
        if path.endswith("/recursion-config"):
            return ["lambda:GetFunctionRecursionConfig"]
        if path.startswith(("/restapis", "/v2/apis")):
            return ["apigateway:GET"]
        self.assertNotIn("/", path, "an operation that this test can't name yet")
        return [f"{self.SERVICES.get(call.service, call.service)}:{path}"]

    def observed(self):
        keys, observed = deployed.keys(), {name: set() for name in FUNCTIONS}
        for call in list(deployed.proxy.calls):
            if name := keys.get(call.key):
                observed[name].update(self.called(call))
        return observed

    def granted(self, name):
        return {action for statement in deployed.policy(name)["Statement"] for action in actions(statement)}

    def test_each_function_asks_what_its_role_allows_and_uses_what_it_allows(self):
        for name, observed in self.observed().items():
            granted = self.granted(name)
            self.assertEqual(observed - granted, set(), name)
            idle = {action for action in granted - observed if not self.NOT_SEEN.match(action)}
            idle -= self.ELSEWHERE.get(name, set())
            self.assertEqual(idle, set(), f"{name} has no use for these")

    def test_nothing_was_denied(self):
        for name in FUNCTIONS:
            self.assertNotRegex(understood(deployed.logs(name)), r"(?i)access ?denied|not authorized")

    def test_a_role_is_held_to_its_policy(self):
        """Otherwise the others would prove nothing."""
        client = deployed.as_function("watch")
        table = deployed.outputs["TableName"]
        key = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": LEARNED}}}
        client("dynamodb").query(TableName=table, **key)
        deployed.client("dynamodb").create_table(
            TableName="other",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for service, call in (
            ("dynamodb", lambda c: c.scan(TableName=table)),
            ("dynamodb", lambda c: c.query(TableName="other", **key)),
            ("sqs", lambda c: c.send_message(QueueUrl=deployed.outputs["LearnQueueUrl"], MessageBody="{}")),
            ("lambda", lambda c: c.list_functions()),
        ):
            with self.subTest(service):
                with self.assertRaises(botocore.exceptions.ClientError) as refused:
                    call(client(service))
                self.assertIn(refused.exception.response["Error"]["Code"], DENIED)


if __name__ == "__main__":
    unittest.main()
