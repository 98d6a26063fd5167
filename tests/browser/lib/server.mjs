// The console on the demo's data, as it is shipped; or the one that STACKSEER_CONSOLE_URL names.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts `stackseer demo --console`; `at` is where it lets one browser in. */
export async function startDemo(...options) {
  const given = process.env.STACKSEER_CONSOLE_URL;
  if (given) return { at: given, stop() {} };
  const binary = process.env.STACKSEER_BIN;
  if (!binary) throw new Error('STACKSEER_BIN is not set: the built stackseer with its console, or STACKSEER_CONSOLE_URL of a running one');
  const child = spawn(binary, ['demo', '--console', '--no-open', '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const at = await new Promise((found, failed) => {
    child.on('exit', (code) => failed(new Error(`${binary} demo --console ended with ${code} before it listened`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = line.match(/^listening on (http\S+)/)?.[1];
      if (address) found(address);
    });
  });
  return { at, stop: () => child.kill('SIGTERM') };
}
