"""What a web page, another program or an odd request can't do to the console on 127.0.0.1."""

import http.client
import json
import socket
import unittest
import urllib.parse

from clients import insights
from model import Request
from server import running

MARKUP = "<img src=x onerror=alert(1)><script>alert('ä')</script>"
LIST = Request("POST", "/channels", {})


class Loopback(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = running()
        cls.opened, cls.cookie = cls.server.opened_page, cls.server.session["Cookie"]

    def asked(self, method="POST", target="/channels", body=b"{}", **headers):
        """By a page of ours."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.raw(method, target, body, {"Cookie": self.cookie} | headers)

    def refused(self, answer, *statuses):
        self.assertIn(answer.status, statuses or (403,), answer)
        self.assertNotIn(b"Channels", answer.body)

    def test_only_this_machine_reaches_it(self):
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.2", self.server.port), timeout=5)

    def test_another_host_is_refused(self):
        """A page whose name was made to mean 127.0.0.1."""
        port = self.server.port
        self.assertEqual(self.asked(Host=f"localhost:{port}").status, 200)
        for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "127.0.0.1:1", "localhost", "", "[::1]"):
            for method, target in (("POST", "/channels"), ("GET", "/"), ("GET", "/stackseer/status"), ("GET", self.server.page)):
                with self.subTest(host=host, target=target):
                    self.refused(self.asked(method, target, b"{}" if method == "POST" else b"", Host=host), 403, 400, 421)

    def test_two_hosts_or_none_are_refused(self):
        for hosts in ("", f"Host: 127.0.0.1:{self.server.port}\r\nHost: evil.example\r\n"):
            with self.subTest(hosts):
                answer = self.wire(f"GET /stackseer/status HTTP/1.1\r\n{hosts}Cookie: {self.cookie}\r\nConnection: close\r\n\r\n")
                self.assertRegex(answer, r"^HTTP/1.1 4\d\d ")

    def wire(self, text):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as connection:
            connection.sendall(text.encode())
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer.decode()

    def test_another_site_is_refused(self):
        own = self.server.url
        self.assertEqual(self.asked(Origin=own, Sec_Fetch_Site="same-origin").status, 200)
        for origin in ("https://evil.example", "http://127.0.0.1:1", "http://localhost", "null", own.replace("http:", "https:")):
            with self.subTest(origin=origin):
                self.refused(self.asked(Origin=origin))
        for site in ("cross-site", "same-site"):
            with self.subTest(site=site):
                self.refused(self.asked(Sec_Fetch_Site=site))
                self.refused(self.asked("DELETE", f"/insights/{insights()[0]['id']}", b"", Sec_Fetch_Site=site))
        self.assertEqual(self.server.call("DescribeInsight", Id=insights()[0]["id"]).status, 200)

    def test_no_other_site_is_let_read_an_answer(self):
        for answer in (self.asked(), self.asked(Origin="https://evil.example"), self.asked("OPTIONS", Origin="https://evil.example")):
            self.assertEqual([name for name in answer.headers if name.lower().startswith("access-control-")], [])
        self.assertGreaterEqual(self.asked("OPTIONS", body=b"").status, 400)

    def test_without_a_token_or_keys_nothing_is_told(self):
        anybody = lambda **headers: self.server.raw("POST", "/channels", b"{}", headers)
        for headers in ({}, {"Cookie": "stackseer=guessed"}, {"Authorization": "Bearer x"}, {"Authorization": "AWS4-HMAC-SHA256 x"}):
            with self.subTest(headers=headers):
                answer = anybody(**headers)
                self.refused(answer)
                self.assertEqual(answer.error, "AccessDeniedException")
        for target in ("/stackseer/status", "/accounts/health", "/stackseer/audit"):
            self.refused(self.server.raw("GET", target))

    def test_wrong_keys_are_refused(self):
        right = self.server.keys
        signed = lambda keys, body=b"{}": self.server.raw("POST", "/channels", body, self.server.signed(LIST, b"{}", keys))
        self.assertEqual(signed(right).status, 200)
        for keys in (right | {"secret_key": "guessed"}, right | {"access_key": "AKIDGUESSED"}):
            self.refused(signed(keys))

    def test_the_token_works_once(self):
        self.assertIn(self.opened.status, (200, 302, 303))
        self.assertRegex(self.opened.headers["set-cookie"], "(?i)httponly")
        self.assertRegex(self.opened.headers["set-cookie"], "(?i)samesite=strict")
        again = self.server.raw("GET", self.server.page)
        self.assertIsNone(again.headers["set-cookie"])
        guessed = self.server.raw("GET", self.server.page.replace(self.server.token, "0" * len(self.server.token)))
        self.assertIsNone(guessed.headers["set-cookie"])
        # What leaves the page doesn't take the token along, and the secret is not the token.
        self.assertEqual(self.opened.headers["referrer-policy"], "no-referrer")
        self.assertNotIn(self.server.token, self.cookie)

    def test_pages_have_a_strict_policy(self):
        page = self.server.raw("GET", "/", headers={"Cookie": self.cookie})
        self.assertEqual(page.status, 200)
        policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";") if part.strip())
        self.assertEqual(policy["default-src"], "'self'")
        self.assertEqual(policy["frame-ancestors"], "'none'")
        self.assertNotIn("unsafe", page.headers["content-security-policy"])
        for answer in (page, self.asked(), self.asked("GET", "/nothing", b"")):
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")

    def test_no_path_leads_out(self):
        out = ["/../../../../etc/passwd", "/assets/../../../../etc/passwd", "/..%2f..%2f..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd"]
        out += ["//etc/passwd", "/assets/%00", "/assets/..\\..\\etc\\passwd", "/file:///etc/passwd", "/.git/config", "/insights/../channels"]
        for target in out:
            with self.subTest(target):
                answer = self.asked("GET", target, b"")
                self.assertNotIn(b"root:", answer.body)
                self.assertIn(answer.status, (400, 403, 404), answer)

    def test_a_huge_body_is_refused_without_reading_it(self):
        answer = self.wire(
            f"POST /channels HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nCookie: {self.cookie}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100000000000\r\nConnection: close\r\n\r\n{"
        )
        self.assertRegex(answer, r"^HTTP/1.1 4\d\d ")
        self.assertEqual(self.asked().status, 200)
        self.refused(self.asked(body=b'{"NextToken": "' + b"a" * 8_000_000 + b'"}'), 400, 413)
        self.assertEqual(self.asked().status, 200)

    def test_nothing_of_a_request_becomes_a_header(self):
        injected = urllib.parse.quote("x\r\nSet-Cookie: stackseer=evil\r\nx-injected: yes", safe="")
        for target in (f"/insights/{injected}", f"/anomalies/x?AccountId={injected}", f"/{injected}", f"/?token={injected}"):
            with self.subTest(target):
                answer = self.asked("GET", target, b"")
                self.assertIsNone(answer.headers["x-injected"])
                self.assertIsNone(answer.headers["set-cookie"])
        for name in ("x-amzn-requestid", "x-amzn-errortype", "x-forwarded-host"):
            self.assertNotIn("evil", str(self.asked("GET", "/nothing", b"", **{name: "evil"}).headers))

    def test_markup_stays_text_in_json(self):
        """Whatever names and log lines hold, no answer that holds it is anything but JSON."""
        id = insights("reactive")[0]["id"]
        noted = self.asked("POST", f"/stackseer/insights/{id}/notes", json.dumps({"Text": MARKUP}).encode())
        self.assertEqual(noted.status, 200, noted.body)
        read = self.asked("GET", f"/insights/{id}", b"")
        self.assertIn(MARKUP, [note["Text"] for note in read.json()["ReactiveInsight"]["Notes"]])
        refused = self.asked("PUT", "/resource-collections", self.adding(MARKUP))
        self.assertEqual(refused.status, 400)
        for answer in (noted, read, refused, self.asked("GET", "/" + urllib.parse.quote(MARKUP), b"")):
            self.assertEqual(answer.headers["content-type"], "application/json")
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")

    def adding(self, name):
        return json.dumps({"Action": "ADD", "ResourceCollection": {"CloudFormation": {"StackNames": [name]}}}).encode()

    def test_a_slow_or_broken_client_is_no_harm_to_others(self):
        open_ones = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(100)]
        for connection in open_ones:
            connection.sendall(b"POST /channels HTTP/1.1\r\nHost: 127.0.0.1")
        self.assertEqual(self.asked().status, 200)
        for connection in open_ones:
            connection.close()
        self.assertRegex(self.wire("\x16\x03\x01 this is no HTTP\r\n\r\n") or "HTTP/1.1 400 closed", r"^HTTP/1.1 4\d\d ")
        self.assertEqual(self.asked().status, 200)


class Methods(unittest.TestCase):
    def test_nothing_is_changed_by_looking(self):
        """A link or an image of another page asks with GET."""
        server = running()
        before = server.state()
        for target in ("/channels", "/feedback", "/event-sources", f"/insights/{insights()[0]['id']}", "/stackseer/mutes"):
            for method in ("GET", "HEAD"):
                try:
                    server.send(Request(method, target, None))
                except http.client.HTTPException as error:
                    self.fail(f"{method} {target}: {error!r}")
        self.assertEqual(server.state(), before)


if __name__ == "__main__":
    unittest.main()
