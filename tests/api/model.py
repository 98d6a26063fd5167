"""DevOps Guru's own model, as botocore has it: its routes, requests that fit it, and requests that don't, one flaw each."""

import json
import re
import typing
import urllib.parse

import botocore.loaders
import botocore.model

SERVICE = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("devops-guru", "service-2"), "devops-guru")
PAGINATORS = botocore.loaders.Loader().load_service_model("devops-guru", "paginators-1")["pagination"]
OPERATIONS = {name: SERVICE.operation_model(name) for name in SERVICE.operation_names}
ERRORS = {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in SERVICE.error_shapes}

UUID = "01234567-89ab-cdef-0123-456789abcdef"
# Pattern → (what fits it, what goes on fitting it when repeated, what is of a right length and doesn't).
STRINGS = {
    r"^[\w-]*$": ("01234567", "a", "a.b"),
    r"^[\w~.-]*$": ("01234567", "a", "a b"),
    r"^\d{12}$": ("123456789012", "1", "12345678901a"),
    r"^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$": (UUID, "0", UUID.upper()),
    r"^[a-zA-Z0-9]+[a-zA-Z0-9-]*$": ("token-1", "1", "-token"),
    r"^[a-zA-Z*]+[a-zA-Z0-9-]*$": ("shop", "a", "1shop"),
    r"^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$": ("ou-abcd-12345678", "0", "ou-abcd_12345678"),
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$": ("devops-guru-app", "a", "devops-guru-<app>"),
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*|\*)$": ("shop", "a", "a*b"),
    r"^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:\d{12}:[^:]+$": (
        "arn:aws:sns:eu-west-1:123456789012:incidents",
        "a",
        "arn:aws:sqs:eu-west-1:123456789012:incidents",
    ),
    r"^[a-z]+[a-z0-9]*\.amazonaws\.com|aws\.events$": ("lambda.amazonaws.com", "a", "LAMBDA:amazonaws:com"),
    r"^.*$": ("key", "a", "two\nlines"),
}
# What the model has no word for: of these one member and no other, and a topic has to have an ARN.
LEAST = {
    "SnsChannelConfig": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:incidents"},
    "ListInsightsStatusFilter": {"Ongoing": {"Type": "REACTIVE"}},
    "UpdateResourceCollectionFilter": {"CloudFormation": {"StackNames": ["shop"]}},
    "CostEstimationResourceCollectionFilter": {"CloudFormation": {"StackNames": ["shop"]}},
}
NUMBERS = ("integer", "long", "double", "float")
SECOND = 1769385600


class Request(typing.NamedTuple):
    method: str
    # With its query, encoded.
    target: str
    body: typing.Any

    def bytes(self):
        return b"" if self.body is None else json.dumps(self.body).encode()


class Flaw(typing.NamedTuple):
    operation: str
    # Member names from the top down; `[]` is an element.
    path: tuple
    what: str
    values: typing.Any

    def __str__(self):
        return f"{self.operation} {'.'.join(self.path)} {self.what}"


def request(operation, values):
    """`values` by member name, as they go over the wire; what is no object is the body as it is."""
    http = operation.http
    path, query, body = http["requestUri"], {}, {}
    if not isinstance(values, dict):
        return Request(http["method"], path, values)
    members = operation.input_shape.members if operation.input_shape else {}
    for name, value in values.items():
        serialization = members[name].serialization if name in members else {}
        wire, location = serialization.get("name", name), serialization.get("location")
        if location == "uri":
            path = path.replace("{%s}" % wire, urllib.parse.quote(str(value), safe=""))
        elif location == "querystring":
            query[wire] = value
        else:
            body[wire] = value
    target = f"{path}?{urllib.parse.urlencode(query)}" if query else path
    return Request(http["method"], target, body if has_body(operation) else None)


def has_body(operation):
    members = operation.input_shape.members.values() if operation.input_shape else ()
    return any("location" not in member.serialization for member in members)


def string(shape, length=None):
    fits, more, _ = STRINGS[shape.metadata["pattern"]] if "pattern" in shape.metadata else ("x", "x", None)
    wanted = max(len(fits), shape.metadata.get("min", 1)) if length is None else length
    return fits[:wanted] + more * (wanted - len(fits))


def fits(shape, text):
    """To the pattern; no text of some lengths can."""
    pattern = shape.metadata.get("pattern", "")
    return re.search(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"), text) is not None


def example(shape):
    """The least that fits: required members, one element."""
    match shape.type_name:
        case "structure":
            return dict(LEAST.get(shape.name) or {name: example(shape.members[name]) for name in shape.required_members})
        case "list":
            return [example(shape.member)] * max(1, shape.metadata.get("min", 0))
        case "map":
            return {}
        case "string":
            return shape.enum[0] if shape.enum else string(shape)
        case "timestamp":
            return SECOND
        case "boolean":
            return True
        case _:
            return shape.metadata.get("min", 1)


def minimal(operation):
    return example(operation.input_shape) if operation.input_shape else {}


def places(operation):
    """Each member at each depth: its path, its shape and its location, and what makes a whole request around a value of it."""
    if operation.input_shape:
        yield from within(operation.input_shape, (), lambda value: value)


def within(shape, path, around):
    """`around` makes a whole request of a value of `shape`."""
    if shape.type_name == "structure":
        others = {} if shape.name in LEAST else example(shape)
        for name, member in shape.members.items():
            inner = lambda value, name=name: around({**others, name: value})
            yield (*path, name), member, inner
            yield from within(member, (*path, name), inner)
    elif shape.type_name == "list":
        inner = lambda value: around([value])
        yield (*path, "[]"), shape.member, inner
        yield from within(shape.member, (*path, "[]"), inner)


def flaws(operation):
    """Requests that break one limit of the model each."""
    if not operation.input_shape:
        return
    for name in operation.input_shape.required_members:
        if operation.input_shape.members[name].serialization.get("location") != "uri":
            yield Flaw(operation.name, (name,), "missing", {k: v for k, v in minimal(operation).items() if k != name})
    for path, shape, around in places(operation):
        location = shape.serialization.get("location") if len(path) == 1 else None
        found = [*limits(shape), *(wrong_types(shape) if location is None else ())]
        for what, value in found:
            # An empty part of a path is another path.
            if not (location == "uri" and value == ""):
                yield Flaw(operation.name, path, what, around(value))
        for name in shape.required_members if shape.type_name == "structure" else ():
            rest = {k: v for k, v in example(shape).items() if k != name}
            yield Flaw(operation.name, (*path, name), "missing", around(rest))
            yield Flaw(operation.name, (*path, name), "null", around({**rest, name: None}))


def limits(shape):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "string" and shape.enum:
        yield "not one of the values", "SOMETHING_ELSE"
        yield "another case", shape.enum[0].swapcase()
    elif shape.type_name == "string":
        if least:
            yield "too short", string(shape, least - 1)
        if most is not None:
            yield "too long", string(shape, most + 1)
        if "pattern" in shape.metadata:
            yield "against the pattern", STRINGS[shape.metadata["pattern"]][2]
    elif shape.type_name in NUMBERS:
        if least is not None:
            yield "too small", least - 1
        if most is not None:
            yield "too large", most + 1
    elif shape.type_name == "list":
        if least:
            yield "too few", [example(shape.member)] * (least - 1)
        if most is not None:
            yield "too many", [example(shape.member)] * (most + 1)


def wrong_types(shape):
    wrong = {
        "string": [1, True, {}, ["x"]],
        "timestamp": ["2026-11-18T10:06:40Z", True, {}, 1e300],
        "list": ["x", 1, {}, [None]],
        "structure": ["x", 1, []],
        "map": ["x", []],
        "boolean": ["true", 1],
    }.get(shape.type_name, ["1", True, [], 1.5])
    for value in wrong:
        yield f"is {json.dumps(value)}", value


def bounds(operation):
    """Requests that just keep each limit."""
    for path, shape, around in places(operation):
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        for bound in {least, most} - {None}:
            match shape.type_name:
                case "string":
                    value = string(shape, bound)
                    if not fits(shape, value):
                        continue
                case "list":
                    value = [example(shape.member)] * bound
                case _:
                    value = bound
            yield path, bound, around(value)
        for value in shape.enum if shape.type_name == "string" else ():
            yield path, value, around(value)


def wrong_shape(shape, value, at=""):
    """What in an answer is not as the model says; members that it doesn't know are left alone."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{at}: no object: {value!r}"
            return
        for name in shape.required_members:
            if value.get(name) is None:
                yield f"{at}.{name}: missing"
        for name, member in shape.members.items():
            if value.get(name) is not None and member.serialization.get("location") is None:
                yield from wrong_shape(member, value[name], f"{at}.{name}")
        for name, inner in value.items():
            if inner is None and name in shape.members:
                yield f"{at}.{name}: null"
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{at}: no list: {value!r}"
            return
        yield from out_of_range(shape, len(value), at)
        for n, element in enumerate(value):
            yield from wrong_shape(shape.member, element, f"{at}[{n}]")
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{at}: no text: {value!r}"
        elif shape.enum and value not in shape.enum:
            yield f"{at}: {value!r} is none of {shape.enum}"
        else:
            yield from out_of_range(shape, len(value), at)
    elif kind in NUMBERS or kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{at}: no number: {value!r}"
        elif kind in ("integer", "long") and not isinstance(value, int):
            yield f"{at}: no whole number: {value!r}"
        elif kind == "timestamp" and not 1e9 < value < 5e9:
            yield f"{at}: no seconds of this age: {value!r}"
        else:
            yield from out_of_range(shape, value, at)


def out_of_range(shape, size, at):
    if size < shape.metadata.get("min", size):
        yield f"{at}: {size} is less than {shape.metadata['min']}"
    if size > shape.metadata.get("max", size):
        yield f"{at}: {size} is more than {shape.metadata['max']}"
