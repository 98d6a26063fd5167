"""CloudWatch and CloudTrail of the demo's shop, answered on the wire; everything else is the emulator's.

`stackseer demo --record` writes the shop's metrics and changes as an incident folder. This serves them as AWS would: newest
points first, in pages, nothing that is later than the range asked for.
"""

import bisect
import datetime
import json
import pathlib

import cbor2

PAGE_POINTS = 100_800
PAGE_EVENTS = 50


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def epoch(value):
    return value.timestamp() if isinstance(value, datetime.datetime) else float(value)


class Shop:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.series = {}
        with open(folder / "metrics.csv") as file:
            columns = file.readline().strip().split(",")
            time, value = columns.index("timestamp"), columns.index("value")
            key = slice(columns.index("namespace"), columns.index("dimensions") + 1)
            known = {}
            for line in file:
                row = line.rstrip("\n").split(",")
                at = known.get(row[time]) or known.setdefault(row[time], seconds(row[time]))
                if row[value]:
                    times, values = self.series.setdefault(tuple(row[key]), ([], []))
                    times.append(at)
                    values.append(float(row[value]))
                else:
                    self.series.setdefault(tuple(row[key]), ([], []))
        for name, (times, values) in self.series.items():
            order = sorted(range(len(times)), key=times.__getitem__)
            self.series[name] = ([times[i] for i in order], [values[i] for i in order])
        self.events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]

    def answers(self):
        """What the proxy answers itself, by operation."""
        return {"GetMetricData": self.get_metric_data, "ListMetrics": self.list_metrics, "LookupEvents": self.lookup_events}

    def get_metric_data(self, body):
        asked = cbor2.loads(body)
        start, end = epoch(asked["StartTime"]), epoch(asked["EndTime"])
        first = int(asked.get("NextToken") or 0)
        results, left, following = [], PAGE_POINTS, None
        for index, query in enumerate(asked["MetricDataQueries"]):
            if index < first:
                continue
            stat = query["MetricStat"]
            metric, period = stat["Metric"], int(stat["Period"])
            dimensions = ";".join(sorted(f"{d['Name']}={d['Value']}" for d in metric.get("Dimensions", [])))
            times, values = self.series.get((metric["Namespace"], metric["MetricName"], stat["Stat"], dimensions), ([], []))
            low, high = bisect.bisect_left(times, start), bisect.bisect_left(times, end - period + 1)
            if high - low > left:
                following = str(index)
                break
            left -= high - low
            results.append({
                "Id": query["Id"],
                "Label": metric["MetricName"],
                "StatusCode": "Complete",
                "Timestamps": [cbor2.CBORTag(1, at) for at in reversed(times[low:high])],
                "Values": list(reversed(values[low:high])),
            })
        return cbor({"MetricDataResults": results, "Messages": []} | ({"NextToken": following} if following else {}))

    def list_metrics(self, body):
        asked = cbor2.loads(body)
        found = [
            {
                "Namespace": namespace,
                "MetricName": name,
                "Dimensions": [dict(zip(("Name", "Value"), d.split("=", 1))) for d in dimensions.split(";") if d],
            }
            for namespace, name, dimensions in sorted({(key[0], key[1], key[3]) for key in self.series})
            if namespace == asked.get("Namespace", namespace) and name == asked.get("MetricName", name)
        ]
        return cbor({"Metrics": found})

    def lookup_events(self, body):
        asked = json.loads(body)
        start, end = float(asked["StartTime"]), float(asked["EndTime"])
        within = [event for event in reversed(self.events) if start <= seconds(event["time"]) <= end]
        first = int(asked.get("NextToken") or 0)
        page = within[first : first + PAGE_EVENTS]
        answer = {"Events": [{"EventId": e["id"], "CloudTrailEvent": json.dumps(record(e))} for e in page]}
        if first + PAGE_EVENTS < len(within):
            answer["NextToken"] = str(first + PAGE_EVENTS)
        return 200, [("Content-Type", "application/x-amz-json-1.1")], json.dumps(answer).encode()


def record(event):
    """As CloudTrail writes it."""
    (resource,) = event["resources"]
    changed = {change["property"]: change for change in event.get("changes", [])}
    name, request, response = event["name"], {}, None
    if event["source"].startswith("lambda"):
        name, request = f"{name}20150331v2", {"functionName": resource}
    elif event["source"].startswith("dynamodb"):
        units = lambda end: {"writeCapacityUnits": int(changed["write_capacity"][end])}
        request = {"tableName": resource, "provisionedThroughput": units("to")}
        response = {"tableDescription": {"tableName": resource, "provisionedThroughput": units("from")}}
    elif event["source"].startswith("sqs"):
        request = {"queueUrl": f"https://sqs.eu-central-1.amazonaws.com/123456789012/{resource}"}
    return {
        "eventVersion": "1.11",
        "eventID": event["id"],
        "eventTime": event["time"],
        "eventSource": event["source"],
        "eventName": name,
        "readOnly": False,
        "userAgent": "aws-cli/2.31.0",
        "userIdentity": {"type": "IAMUser", "userName": event["actor"]},
        "requestParameters": request,
        "responseElements": response,
    }


def cbor(answer):
    return 200, [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")], cbor2.dumps(answer)
