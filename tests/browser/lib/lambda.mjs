// A built function, run as Lambda runs it: the Runtime API that hands it events.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { listening } from './listening.mjs';

export async function startFunction(bootstrap, environment) {
  const [events, waiting, answers] = [[], [], new Map()];
  const hand = () => {
    while (events.length && waiting.length) {
      const { id, event } = events.shift();
      waiting.shift().writeHead(200, {
        'lambda-runtime-aws-request-id': id, 'lambda-runtime-deadline-ms': String(Date.now() + 10_000),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-west-1:123456789012:function:stackseer-page', 'content-type': 'application/json',
      }).end(JSON.stringify(event));
    }
  };
  const server = createServer(async (request, response) => {
    if (request.url.endsWith('/invocation/next')) {
      waiting.push(response);
      return hand();
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.writeHead(202).end();
    const [, id, kind] = /invocation\/([^/]+)\/(\w+)$/.exec(request.url) ?? [];
    const { done, failed } = answers.get(id);
    const body = Buffer.concat(chunks).toString();
    if (kind === 'response') done(JSON.parse(body));
    else failed(new Error(body));
  });
  const host = (await listening(server)).replace('http://', '');
  const child = spawn(bootstrap, { stdio: ['ignore', 'ignore', 'inherit'], env: {
    AWS_LAMBDA_RUNTIME_API: host, AWS_LAMBDA_FUNCTION_NAME: 'page', AWS_LAMBDA_FUNCTION_VERSION: '1', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_LOG_GROUP_NAME: 'page', AWS_LAMBDA_LOG_STREAM_NAME: 'page', AWS_REGION: 'eu-west-1', RUST_LOG: 'warn', ...environment,
  } });
  await once(child, 'spawn');
  return {
    invoke: (event) => new Promise((done, failed) => {
      const id = randomUUID();
      answers.set(id, { done, failed });
      events.push({ id, event });
      hand();
    }),
    stop() {
      child.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
    },
  };
}
