"""Writes `sam-NAME.json`, what CloudFormation makes of `sam/NAME.yaml` and `GetTemplate` returns. Needs aws-sam-translator."""

import json
import os
import pathlib
import sys

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
FOLDER = pathlib.Path(__file__).parent
MANAGED = ["AWSLambdaBasicExecutionRole", "AWSLambdaDynamoDBExecutionRole", "AWSLambdaKinesisExecutionRole", "AWSLambdaSQSQueueExecutionRole"]


class Policies(ManagedPolicyLoader):
    def load(self):
        return {name: f"arn:aws:iam::aws:policy/service-role/{name}" for name in MANAGED}


for path in sorted(FOLDER.glob("sam/*.yaml")):
    if len(sys.argv) > 1 and path.stem not in sys.argv[1:]:
        continue
    template = yaml_parse(path.read_text())
    defaults = {name: parameter["Default"] for name, parameter in template.get("Parameters", {}).items() if "Default" in parameter}
    processed = transform(template, defaults, Policies(None))
    (FOLDER / f"sam-{path.stem}.json").write_text(json.dumps(processed, indent=2) + "\n")
