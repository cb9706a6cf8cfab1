import type { Problem } from './types';

/** A refusal or failure the server explained, or one that kept us from reaching it. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    /** Seconds to wait before the next try, from `Retry-After`. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail ?? problem.title);
  }
}

function retryAfterSeconds(header: string | null): number | null {
  if (!header) return null;
  const seconds = /^\d+$/.test(header)
    ? Number(header)
    : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.max(1, seconds) : null;
}

/** Reads a failed response; a proxy's HTML page becomes a problem too. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body = isJson ? await response.json().catch(() => null) : null;
  const problem: Problem = {
    title: response.statusText || `HTTP ${response.status}`,
    ...(body as Partial<Problem> | null),
    status: response.status,
  };
  problem.request_id ??= response.headers.get('x-request-id') ?? undefined;
  return new ProblemError(problem, retryAfterSeconds(response.headers.get('retry-after')));
}

export const lostConnection = (detail: string, title = 'Connection lost'): Problem => ({
  title,
  status: 0,
  code: 'connection_lost',
  detail,
});

/** No browser tells a page why it hears nothing: from another origin, it may not be let in. */
export function neverReached(base: string): Problem {
  const origin = globalThis.location?.origin;
  const isOwn = origin === undefined || new URL(base, origin).origin === origin;
  const detail = isOwn
    ? 'The server cannot be reached. Check the connection.'
    : `Either the connection is down or the server does not allow this page. Whoever runs the server allows it by adding ${origin} to cors.allow_origins in its configuration.`;
  return lostConnection(detail, 'The server cannot be reached from this page');
}
