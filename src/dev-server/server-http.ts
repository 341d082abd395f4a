/**
 * The few questions asked of a dev server over its HTTP frontend. Host. No SDK is loaded for them, so a server
 * can be waited for, and its namespace set up, in a few milliseconds.
 */
import { request } from 'node:http';
import { loopback } from './ports.js';

/** What Temporal's dev server gives a new namespace. Any other value was somebody's choice and is left alone. */
const devServerRetention = '86400s';
export const retentionDays = 30;

export interface NamespaceAnswer {
  name: string;
  /** As the server writes it, for instance `2592000s`. */
  retention: string | undefined;
}

/** The default namespace, or `undefined` while the server does not answer for it yet. */
export const askNamespace = async (httpPort: number): Promise<NamespaceAnswer | undefined> => {
  const answer = await call(httpPort, { method: 'GET', path: '/api/v1/namespaces/default' });
  const namespace = answer as
    { namespaceInfo?: { name?: string }; config?: { workflowExecutionRetentionTtl?: string } } | undefined;
  const name = namespace?.namespaceInfo?.name;
  return name === undefined ? undefined : { name, retention: namespace?.config?.workflowExecutionRetentionTtl };
};

/** Keeps run history for 30 days where it is still the dev server's 24 hours. False when the server refused. */
export const extendRetention = async (httpPort: number, namespace: NamespaceAnswer): Promise<boolean> => {
  if (namespace.retention !== devServerRetention) return true;
  const body = JSON.stringify({ config: { workflowExecutionRetentionTtl: `${retentionDays * 86_400}s` } });
  const answer = await call(httpPort, { method: 'POST', path: '/api/v1/namespaces/default/update', body });
  return answer !== undefined;
};

interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
}

/** The JSON of a 200 answer; `undefined` for any other end. */
const call = (port: number, { method, path, body }: Call): Promise<unknown> =>
  new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const outgoing = request(
      { host: loopback, port, method, path, headers, timeout: 2_000, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', () => resolve(undefined));
        answer.on('end', () => resolve(answer.statusCode === 200 ? parsed(Buffer.concat(chunks)) : undefined));
      },
    );
    outgoing.on('error', () => resolve(undefined));
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.end(body);
  });

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
};
