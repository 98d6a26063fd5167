"""python3 -m unittest discover tests/replay"""

import contextlib
import csv
import io
import json
import stat
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import petshop
import petshop_table

NODES = ["PetSite", "Search_AWS::ECS::Fargate", "Queue_AWS::SQS::Queue", "db_remote"]
MONDAY = 1_693_785_600  # 2023-09-04T00:00:00Z
ISSUE = 1_681_855_320  # 2023-04-18T22:02:00Z, two minutes off the grid


def metrics_csv(first, rows, latency="0.1"):
    kinds = [("latency", "Average"), ("latency", "p99"), ("requests", "Sum"), ("availability", "Average")]
    columns = [(node, *kind) for node in NODES for kind in kinds]
    lines = [["microservice", "metric", "statistic"][i] + "," + ",".join(c[i] for c in columns) for i in range(3)]
    lines.append("unix_timestamp" + "," * len(columns))
    for row in range(rows):
        cells = {"latency": latency, "requests": "10.0", "availability": "100.0"}
        values = ["" if node == "db_remote" and row % 2 else cells[metric] for node, metric, _ in columns]
        lines.append(f"{first + row * 300}.0," + ",".join(values))
    return "\n".join(lines) + "\n"


class Petshop(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        self.data = self.root / "data" / "some_traffic"
        self.issue = self.data / "train" / "issue_0"
        self.issue.mkdir(parents=True)
        (self.data / "noissue").mkdir()
        (self.data / "noissue" / "metrics.csv").write_text(metrics_csv(MONDAY, 588))
        (self.issue / "metrics.csv").write_text(metrics_csv(ISSUE, 5, "0.9"))
        (self.issue / "target.json").write_text(json.dumps({"root_cause": {"node": NODES[1]}}))
        (self.data / "graph.csv").write_text(
            "," + ",".join([*NODES, "unseen"]) + "\nPetSite,0,1.0,1.0,,1\n" + f"{NODES[1]},0.0,0,0,1.0,0\n{NODES[2]},0,1,0,0,0\n"
        )

    def make(self, issue=None, out="out"):
        error = io.StringIO()
        with contextlib.redirect_stderr(error):
            code = petshop.main(
                [str(self.data / "noissue"), str(issue or self.issue), str(self.data / "graph.csv"), str(self.root / out)]
            )
        return code, error.getvalue()

    def rows(self, file, out="out"):
        with open(self.root / out / file, newline="") as read:
            return list(csv.DictReader(read))

    def test_history_keeps_its_weekday_and_hour_and_ends_before_the_issue(self):
        self.assertEqual(self.make(), (0, ""))
        settings = (self.root / "out" / "incident.toml").read_text()
        self.assertIn("watch = { from = 2023-04-18T22:00:00Z, to = 2023-04-18T22:25:00Z }", settings)
        # 2023-09-04 and 2023-04-10 are Mondays; a week later would end on Wednesday the 19th, after the issue began.
        self.assertIn("learn = { from = 2023-04-10T00:00:00Z, to = 2023-04-12T01:00:00Z }", settings)
        times = [row["timestamp"] for row in self.rows("metrics.csv") if row["resource"] == "PetSite" and row["metric"] == "latency"]
        self.assertEqual(len(times), 588 + 5)
        self.assertEqual(times[0], "2023-04-10T00:00:00Z")
        self.assertEqual(times[-1], "2023-04-18T22:20:00Z")

    def test_a_history_that_ends_as_the_issue_begins_moves_no_further_than_it_must(self):
        week = petshop.WEEK
        self.assertEqual(petshop.weeks_back([0, 300], 600), 0)
        self.assertEqual(petshop.weeks_back([0, 300], 599), week)
        self.assertEqual(petshop.weeks_back([0, 300], 600 - week), week)
        self.assertEqual(petshop.weeks_back([0, 300], 600 + week), -week)

    def test_only_averages_and_sums_with_their_roles(self):
        self.make()
        roles = {(r["resource"], r["metric"], r["statistic"], r["role"]) for r in self.rows("metrics.csv")}
        self.assertIn(("PetSite", "latency", "Average", "latency"), roles)
        self.assertIn(("PetSite", "requests", "Sum", "traffic:gap"), roles)
        self.assertIn(("PetSite", "availability", "Average", "availability"), roles)
        self.assertIn(("db_remote", "latency", "Average", "latency:explains"), roles)
        self.assertFalse([role for role in roles if role[2] == "p99"])
        missing = [r for r in self.rows("metrics.csv") if r["resource"] == "db_remote" and r["metric"] == "latency"]
        self.assertEqual(len(missing), 294 + 3)

    def test_types_come_from_the_node_names(self):
        for node, expected in {
            "PetSearch_AWS::ECS::Fargate": "AWS::ECS::Fargate",
            "lambda_step_x_AWS::Lambda::Function": "AWS::Lambda::Function",
            "AWS::StepFunctions::StateMachine": "AWS::StepFunctions::StateMachine",
            "lambda_step_priceLessThan55": "X-Ray::Service",
            "PetSite": "X-Ray::Service",
            "169.254.170.2_remote": "X-Ray::Remote",
            "PetSearch_client": "X-Ray::Client",
            "adoptions@db_Database::SQL": "Database::SQL",
        }.items():
            self.assertEqual(petshop.resource_type(node), expected, node)

    def test_nobody_waits_across_a_queue(self):
        self.make()
        edges = {(r["source"], r["target"]): r["kind"] for r in self.rows("topology.csv")}
        self.assertEqual(edges, {
            ("PetSite", NODES[1]): "sync",
            ("PetSite", NODES[2]): "async",
            ("PetSite", "unseen"): "sync",
            (NODES[1], "db_remote"): "sync",
            (NODES[2], NODES[1]): "async",
        })
        config = [json.loads(line) for line in (self.root / "out" / "config.jsonl").read_text().splitlines()]
        self.assertEqual(config, [{"resource": "unseen", "resource_type": "X-Ray::Service"}])

    def test_the_second_half_is_watched_after_the_first(self):
        self.assertEqual(self.make("--half"), (0, ""))
        settings = (self.root / "out" / "incident.toml").read_text()
        self.assertIn("learn = { from = 2023-09-04T00:00:00Z, to = 2023-09-05T00:30:00Z }", settings)
        self.assertIn("watch = { from = 2023-09-05T00:30:00Z, to = 2023-09-06T01:00:00Z }", settings)

    def test_what_was_injected_is_not_read(self):
        self.make(out="with")
        (self.issue / "target.json").unlink()
        self.make(out="without")
        for file in ("incident.toml", "metrics.csv", "topology.csv", "config.jsonl"):
            self.assertEqual((self.root / "with" / file).read_bytes(), (self.root / "without" / file).read_bytes())

    def test_bad_input_is_refused_with_its_place(self):
        path = self.issue / "metrics.csv"
        good = path.read_text()
        for text, expected in [
            (good.replace("microservice", "service"), "metrics.csv:1:"),
            (good.replace("1681855320.0", "noon"), "metrics.csv:5: unix_timestamp: `noon` is no time"),
            (good + "1681855320.0\n", "metrics.csv:10: 1 fields where the header has 17"),
            (good + good.splitlines()[4] + "\n", "metrics.csv:10: unix_timestamp: not later"),
            ("\n".join(good.splitlines()[:4]), "metrics.csv: has no measurements"),
        ]:
            path.write_text(text)
            code, error = self.make()
            self.assertEqual(code, 1)
            self.assertIn(expected, error)
        path.unlink()
        self.assertIn("metrics.csv: is not there", self.make()[1])
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(petshop.main(["one"]), 2)

    def test_a_folder_that_is_there_is_kept(self):
        self.make()
        code, error = self.make()
        self.assertEqual(code, 1)
        self.assertIn("not an empty folder", error)

    def table(self, answers):
        """Runs the table over a stand-in for the binary that answers by the folder's name."""
        stand_in = self.root / "stackseer"
        stand_in.write_text(
            f"#!{sys.executable}\nimport json, sys\nfrom pathlib import Path\n"
            "assert sys.argv[1] == 'replay' and sys.argv[3:] == ['--output', 'json'], sys.argv\n"
            "assert (Path(sys.argv[2]) / 'incident.toml').exists()\n"
            f"answers = {answers!r}\nprint(json.dumps({{'insights': answers[Path(sys.argv[2]).name]}}))\n"
        )
        stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            code = petshop_table.main([str(stand_in), str(self.data.parent)])
        return code, out.getvalue(), error.getvalue()

    def test_the_table_judges_by_the_first_cause(self):
        insight = lambda *causes: {"name": "x", "causes": [{"resource": {"name": cause}} for cause in causes]}
        issue, ordinary = "some_traffic-issue_0", "some_traffic-ordinary"
        code, out, _ = self.table({issue: [insight(NODES[1], "PetSite")], ordinary: []})
        self.assertEqual(code, 0)
        self.assertIn("1 of 1 issues", out)
        code, out, _ = self.table({issue: [insight("PetSite", NODES[1])], ordinary: []})
        self.assertEqual(code, 1)
        self.assertIn("0 of 1 issues", out)
        for nothing in ([], [insight()]):
            self.assertEqual(self.table({issue: nothing, ordinary: []})[0], 1)
        code, out, _ = self.table({issue: [insight(NODES[1])], ordinary: [insight(NODES[1])]})
        self.assertEqual(code, 1)
        self.assertIn("1 insights in ordinary times", out)

    def test_the_table_says_what_fails(self):
        code, _, error = self.table({})
        self.assertEqual(code, 1)
        self.assertIn("replay of some_traffic-issue_0 ended with 1", error)
        with contextlib.redirect_stderr(io.StringIO()) as error:
            self.assertEqual(petshop_table.main(["stackseer", str(self.root / "nothing")]), 2)
        self.assertIn("set PETSHOP_DIR", error.getvalue())


if __name__ == "__main__":
    unittest.main()
