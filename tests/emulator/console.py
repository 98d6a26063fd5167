"""`stackseer console` before a state or a deployment, and the AWS CLI that asks it through the profile it writes."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

from emulator import binary


class Console:
    """On a free port of 127.0.0.1, gone with `stop`. `place` is where to look, with what `environment` says of the account."""

    def __init__(self, *place, **environment):
        self.place = place
        self.home = tempfile.TemporaryDirectory()
        self.profiles = pathlib.Path(self.home.name) / "config"
        self.plain = {"PATH": os.environ["PATH"], "HOME": self.home.name, "XDG_DATA_HOME": self.home.name}
        self.plain |= {"AWS_CONFIG_FILE": str(self.profiles), "AWS_EC2_METADATA_DISABLED": "true", "USER": "on-call"}
        self.account = environment
        self.process = subprocess.Popen(
            [binary(), "console", *place, "--no-open", "--port", "0", "--write-profile"],
            env=self.plain | self.account,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise

    def wait(self):
        """For the line that says that the profile is there."""
        watchdog = threading.Timer(60, self.process.kill)
        watchdog.start()
        said = []
        for line in self.process.stdout:
            said.append(line)
            if re.match("wrote the profile stackseer into", line):
                watchdog.cancel()
                return
        raise RuntimeError(f"the console did not start:\n{''.join(said)}")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        self.home.cleanup()

    def try_aws(self, *args):
        """`aws devops-guru …`, which knows nothing but the profile; dicts are JSON."""
        program = pathlib.Path(sys.executable).with_name("aws")
        args = [json.dumps(arg) if isinstance(arg, dict) else arg for arg in args]
        command = [program, "--profile", "stackseer", "--output", "json", "devops-guru", *args]
        return subprocess.run(command, env=self.plain, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)

    def aws(self, *args):
        done = self.try_aws(*args)
        if done.returncode:
            raise AssertionError(f"aws devops-guru {args}: {done.stderr}")
        return json.loads(done.stdout or "{}")

    def stackseer(self, *args):
        """A command for people, who look at the same."""
        command = [binary(), *args, *self.place]
        env = self.plain | self.account
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
