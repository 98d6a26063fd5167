// The whole of the transport: same origin, JSON; the session's cookie or, where the page is hosted, a token. No keys are ever in the
// browser.

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }

  /** The server was reached and said no; otherwise it may just be away. */
  get isAnswer() {
    return this.status > 0;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What shows the server who asks. */
export interface Ticket {
  /** Before every path. */
  prefix: string;
  headers: () => Promise<Record<string, string>>;
  /** It was not taken. */
  refused: () => void;
}

const cookie: Ticket = { prefix: '', headers: async () => ({}), refused: () => undefined };
let ticket = cookie;

/** From now on; without one, the browser's cookie does. */
export function askWith(other: Ticket = cookie) {
  ticket = other;
}

export async function call<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const shown = await ticket.headers();
  const response = await fetch(ticket.prefix + path, {
    method,
    signal,
    credentials: 'same-origin',
    headers: body === undefined ? shown : { ...shown, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, 'Unreachable', 'The console’s server does not answer.');
  });
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) {
    if (response.status === 401) ticket.refused();
    const code = response.headers.get('x-amzn-errortype')?.split(':')[0] ?? `HTTP ${response.status}`;
    throw new ApiError(response.status, code, message(answer) ?? `The server answered ${response.status}.`);
  }
  return (answer ?? {}) as T;
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function message(answer: unknown): string | undefined {
  const error = answer as { Message?: string; message?: string } | undefined;
  return error?.Message ?? error?.message;
}

/** `?a=1&b=2` of what is set. */
export function query(values: Record<string, string | number | undefined>): string {
  const set = Object.entries(values).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, String(value)]]));
  return set.length ? `?${new URLSearchParams(set)}` : '';
}

/** A piece of a path. */
export const piece = encodeURIComponent;
