"""The hosted console, deployed: what is open, who gets in, and who may change something."""

import base64
import hashlib
import json
import secrets
import unittest
import urllib.error
import urllib.parse
import urllib.request

import botocore.exceptions

from deployment import ACCOUNT, REGION, STACK, Deployment, built

PASSWORD = "Correct horse 7 battery"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def asked(url, method="GET", body=None, **headers):
    """Status, headers and body, whatever the status."""
    request = urllib.request.Request(url, body, {name.replace("_", "-"): value for name, value in headers.items()}, method=method)
    try:
        answer = urllib.request.build_opener(NoRedirect).open(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read()


class Hosted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deployed = Deployment()
        cls.addClassCleanup(cls.deployed.stop)
        cls.deployed.deploy(built(), WebConsole="hosted")
        cls.pool, cls.client = cls.deployed.outputs["ConsoleUsersId"], cls.deployed.resources["ConsoleClient"]
        cls.at = f"{cls.deployed.emulator.url}/_aws/execute-api/{cls.deployed.resources['ConsoleApi']}/$default"
        cls.user("anna", ["operators"])
        cls.user("bob", ["readers"])

    @classmethod
    def user(cls, name, groups):
        cognito = cls.deployed.client("cognito-idp")
        email = [{"Name": "email", "Value": f"{name}@example.com"}, {"Name": "email_verified", "Value": "true"}]
        cognito.admin_create_user(UserPoolId=cls.pool, Username=name, UserAttributes=email, DesiredDeliveryMediums=["EMAIL"])
        cognito.admin_set_user_password(UserPoolId=cls.pool, Username=name, Password=PASSWORD, Permanent=True)
        for group in groups:
            if group != "operators":
                cognito.create_group(UserPoolId=cls.pool, GroupName=group)
            cognito.admin_add_user_to_group(UserPoolId=cls.pool, Username=name, GroupName=group)

    def tokens(self, name):
        """Signs in as the page does."""
        pool = self.deployed.emulator.url
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        form = {
            "response_type": "code", "client_id": self.client, "redirect_uri": self.deployed.outputs["WebConsoleUrl"],
            "scope": "openid email", "state": "s", "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        status, _, _ = asked(f"{pool}/oauth2/authorize?{urllib.parse.urlencode(form)}")
        self.assertEqual(status, 200)
        body = urllib.parse.urlencode(form | {"username": name, "password": PASSWORD}).encode()
        status, headers, body = asked(f"{pool}/login", "POST", body)
        self.assertEqual(status, 302, body)
        (code,) = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)["code"]
        grant = {name: form[name] for name in ("client_id", "redirect_uri")}
        grant |= {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        status, _, body = asked(f"{pool}/oauth2/token", "POST", urllib.parse.urlencode(grant).encode())
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def api(self, path, token=None, method="GET", **body):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = json.dumps(body).encode() if body else None
        status, _, answer = asked(f"{self.at}/api{path}", method, data, Content_Type="application/json", **headers)
        return status, json.loads(answer or b"null")

    def cover(self, token, stack):
        collection = {"CloudFormation": {"StackNames": [stack]}}
        return self.api("/resource-collections", token, "PUT", Action="ADD", ResourceCollection=collection)

    def test_the_page_is_open_and_says_where_to_sign_in(self):
        status, headers, body = asked(f"{self.at}/")
        self.assertEqual((status, headers["content-type"]), (200, "text/html; charset=utf-8"))
        self.assertIn(b"<title>Stackseer</title>", body)
        address = f"https://stackseer-{self.deployed.resources['ConsoleApi']}.auth.{REGION}.amazoncognito.com"
        self.assertTrue(headers["content-security-policy"].endswith(f"; connect-src 'self' {address}"))
        status, _, body = asked(f"{self.at}/config.json")
        issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool}"
        self.assertEqual(json.loads(body), {"SignIn": {"Issuer": issuer, "ClientId": self.client, "Address": address}})
        for path in ("/insights", "/stackseer/status", "/api"):
            self.assertEqual(asked(f"{self.at}{path}")[0], 404, path)

    def test_nobody_asks_the_api_without_an_access_token(self):
        tokens = self.tokens("anna")
        head, claims, signature = tokens["access_token"].split(".")
        changed = claims[:-2] + ("A" if claims[-2] != "A" else "B") + claims[-1]
        for token in (None, "guessed", f"{head}.{changed}.{signature}", tokens["refresh_token"]):
            self.assertEqual(self.api("/stackseer/status", token)[0], 401, token)
        # Signed by the same pool for the same client, and for another purpose.
        self.assertEqual(self.api("/stackseer/status", tokens["id_token"])[0], 403)

    def test_an_operator_changes_by_name(self):
        token = self.tokens("anna")["access_token"]
        status, answer = self.api("/stackseer/status", token)
        self.assertEqual((status, answer["Account"]), (200, ACCOUNT), answer)
        status, answer = self.cover(token, "shop")
        self.assertEqual(status, 200, answer)
        status, answer = self.api("/stackseer/audit", token)
        self.assertEqual(status, 200, answer)
        self.assertEqual({entry["Who"] for entry in answer["Entries"]}, {"anna"})

    def test_everybody_else_looks(self):
        token = self.tokens("bob")["access_token"]
        self.assertEqual(self.api("/stackseer/status", token)[0], 200)
        status, answer = self.cover(token, "billing")
        self.assertEqual(status, 403)
        self.assertIn("you may only look", answer["Message"])
        _, answer = self.api("/resource-collections/AWS_CLOUD_FORMATION", token)
        self.assertNotIn("billing", json.dumps(answer))

    def test_the_page_s_function_may_do_nothing(self):
        asked(f"{self.at}/")
        call = self.deployed.as_function("page")
        table = self.deployed.outputs["TableName"]
        for attempt in (
            lambda: call("dynamodb").get_item(TableName=table, Key={"pk": {"S": "a"}, "sk": {"S": "b"}}),
            lambda: call("lambda").invoke(FunctionName=f"{STACK}-operate", Payload=b"{}"),
            lambda: call("cognito-idp").admin_get_user(UserPoolId=self.pool, Username="anna"),
        ):
            with self.assertRaisesRegex(botocore.exceptions.ClientError, "(?i)access ?denied|not authorized"):
                attempt()


if __name__ == "__main__":
    unittest.main()
