"""How tests ask: each operation through boto3 and through the AWS CLI, and what `stackseer demo` says of the same day."""

import datetime
import json

from botocore import xform_name

from model import OPERATIONS
from server import ACCOUNT, told

DAY = datetime.timedelta(days=1)


def snake(operation):
    return xform_name(operation)


def kebab(operation):
    return xform_name(operation, "-")


def plain(value):
    """As JSON has it: what boto3 made a time is epoch seconds again."""
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items() if name != "ResponseMetadata"}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def ask(client, operation, values):
    return getattr(client, snake(operation))(**values)


def arguments(values):
    """For the AWS CLI."""
    for name, value in values.items():
        yield "--" + xform_name(name, "-")
        yield value if isinstance(value, str) else json.dumps(plain(value))


def aws(server, operation, values=()):
    done = server.aws(kebab(operation), *arguments(dict(values)), "--no-paginate")
    if done.code:
        raise AssertionError(f"{operation} {values}: {done.err}")
    return done.json() if done.out.strip() else {}


def insights(kind=None):
    return [i for i in told()["insights"] if kind in (None, i["type"])]


def resources():
    (application,) = told()["applications"]
    return application["resources"]


def day():
    window = told()["applications"][0]["window"]
    return [time(window[end]) for end in ("from", "to")]


def time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def seconds(text):
    return time(text).timestamp()


def span():
    """A day more than all that happened."""
    start, end = day()
    # A check speaks of the weeks before the day, too.
    return {"FromTime": start - 30 * DAY, "ToTime": end + DAY}


def reads():
    """A request of each reading operation that finds something, and further ones by their filters."""
    reactive, proactive = insights("reactive")[0], insights("proactive")[0]
    anomaly = lambda insight: insight["anomalies"][0]["id"]
    start, any_kind = span(), {"Severities": ["HIGH", "MEDIUM", "LOW"], "Statuses": ["ONGOING", "CLOSED"]}
    yield "DescribeAccountHealth", {}
    yield "DescribeAccountOverview", {"FromTime": start["FromTime"], "ToTime": start["ToTime"]}
    for insight in (reactive, proactive):
        yield "DescribeAnomaly", {"Id": anomaly(insight)}
        yield "DescribeAnomaly", {"Id": anomaly(insight), "AccountId": ACCOUNT}
        yield "DescribeInsight", {"Id": insight["id"]}
        yield "DescribeInsight", {"Id": insight["id"], "AccountId": ACCOUNT}
        yield "ListAnomaliesForInsight", {"InsightId": insight["id"]}
        yield "ListAnomaliesForInsight", {"InsightId": insight["id"], "StartTimeRange": start, "MaxResults": 500}
        yield "ListAnomalousLogGroups", {"InsightId": insight["id"]}
        yield "ListRecommendations", {"InsightId": insight["id"], "Locale": "EN_US"}
        yield "ListEvents", {"Filters": {"InsightId": insight["id"]}}
    yield "DescribeEventSourcesConfig", {}
    yield "DescribeOrganizationHealth", {}
    yield "DescribeOrganizationHealth", {"AccountIds": [ACCOUNT]}
    yield "DescribeOrganizationOverview", start
    for kind in OPERATIONS["DescribeOrganizationResourceCollectionHealth"].input_shape.members["OrganizationResourceCollectionType"].enum:
        yield "DescribeOrganizationResourceCollectionHealth", {"OrganizationResourceCollectionType": kind}
    for kind in OPERATIONS["DescribeResourceCollectionHealth"].input_shape.members["ResourceCollectionType"].enum:
        yield "DescribeResourceCollectionHealth", {"ResourceCollectionType": kind}
        yield "GetResourceCollection", {"ResourceCollectionType": kind}
    yield "DescribeServiceIntegration", {}
    yield "DescribeFeedback", {"InsightId": reactive["id"]}
    yield "GetCostEstimation", {}
    yield "ListEvents", {"Filters": {"EventTimeRange": start}, "MaxResults": 200}
    yield "ListMonitoredResources", {}
    yield "ListMonitoredResources", {"Filters": {"ResourcePermission": "FULL_PERMISSION", "ResourceTypeFilters": ["LAMBDA_FUNCTION"]}}
    yield "ListNotificationChannels", {}
    for kind in ("REACTIVE", "PROACTIVE"):
        for status in (
            {"Ongoing": {"Type": kind}},
            {"Closed": {"Type": kind, "EndTimeRange": start}},
            {"Any": {"Type": kind, "StartTimeRange": start}},
        ):
            yield "ListInsights", {"StatusFilter": status}
            yield "ListOrganizationInsights", {"StatusFilter": status, "AccountIds": [ACCOUNT]}
        yield "SearchInsights", {"Type": kind, "StartTimeRange": start, "Filters": any_kind}
        yield "SearchOrganizationInsights", {"Type": kind, "StartTimeRange": start, "AccountIds": [ACCOUNT]}
