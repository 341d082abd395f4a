/**
 * How values become payloads: `json/plain` for what JSON holds, devalue's text for Date, Map, Set, BigInt, undefined,
 * NaN, typed arrays and cycles. SANDBOX and HOST: the SDK `require`s this file, which is why it is CommonJS; it must
 * reach no host module. A function or a class instance is refused with its path, and so is what Temporal cannot carry.
 */
import common = require('@temporalio/common');
import encoding = require('@temporalio/common/lib/encoding.js');
// devalue is an ES module, which Node 20.19 and later load from CommonJS without ado.
import devalue = require('devalue');

const devalueEncoding = 'json/devalue';

/** Temporal refuses larger payloads, by retrying for ever. */
const maxPayloadBytes = 2 * 1024 * 1024;

/** Marks the errors below for the code that knows which task the value belongs to. */
class PayloadError extends Error {
  constructor(
    readonly payloadCode: 'NOT_SERIALIZABLE' | 'PAYLOAD_TOO_LARGE',
    message: string,
  ) {
    super(message);
    this.name = 'PayloadError';
  }
}

const isPlain = (value: object): boolean => {
  const proto = Object.getPrototypeOf(value) as object | null;
  return proto === null || Object.getPrototypeOf(proto) === null;
};

/** Whether JSON gives back the same value; `depth` ends cycles. */
const isJson = (value: unknown, depth = 0): boolean => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object': {
      if (value === null) return true;
      if (depth > 100) return false;
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1)) return false;
        return true;
      }
      if (!isPlain(value) || Object.hasOwn(value, '__proto__')) return false;
      for (const key in value) if (!isJson((value as Record<string, unknown>)[key], depth + 1)) return false;
      return true;
    }
    default:
      return false;
  }
};

const kilobytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

type Views = Record<string, (new (buffer: ArrayBuffer) => unknown) | undefined>;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// devalue's own base64 wants `btoa`, which the sandbox lacks.
const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let j = 0; j < 4; j++) text += i + j > bytes.length ? '=' : alphabet[(bits >> (18 - 6 * j)) & 63];
  }
  return text;
};

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let bits = 0;
    for (let j = 0; j < 4; j++) bits = (bits << 6) | Math.max(0, alphabet.indexOf(text[i + j] ?? 'A'));
    for (let j = 16; j >= 0 && at < bytes.length; j -= 8) bytes[at++] = (bits >> j) & 255;
  }
  return bytes;
};

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Typed arrays and buffers as `[type, base64]`. */
const reduceBytes = (value: unknown): [string, string] | false => {
  if (ArrayBuffer.isView(value))
    return [tagOf(value), toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))];
  return tagOf(value) === 'ArrayBuffer' && ['ArrayBuffer', toBase64(new Uint8Array(value as ArrayBuffer))];
};

const reviveBytes = ([type, text]: [string, string]): unknown => {
  const { buffer } = fromBase64(text);
  const view = (globalThis as unknown as Views)[type];
  return type === 'ArrayBuffer' || view === undefined ? buffer : new view(buffer);
};

const toBytes = (value: unknown): { data: Uint8Array; format: string } => {
  if (isJson(value)) return { data: encoding.encode(JSON.stringify(value)), format: 'json/plain' };
  try {
    return { data: encoding.encode(devalue.stringify(value, { Bytes: reduceBytes })), format: devalueEncoding };
  } catch (error) {
    const { message, path } = error as { message: string; path?: string };
    throw new PayloadError('NOT_SERIALIZABLE', `${message}${path ? ` (at ${path})` : ''}`);
  }
};

class PerdurePayloadConverter implements common.PayloadConverter {
  toPayload<T>(value: T): common.Payload {
    if (value === undefined || value instanceof Uint8Array) return common.defaultPayloadConverter.toPayload(value);
    const { data, format } = toBytes(value);
    if (data.length > maxPayloadBytes)
      throw new PayloadError(
        'PAYLOAD_TOO_LARGE',
        `the value has ${kilobytes(data.length)}, and a payload at most 2 MB`,
      );
    return { metadata: { [common.METADATA_ENCODING_KEY]: encoding.encode(format) }, data };
  }

  fromPayload<T>(payload: common.Payload): T {
    const format = payload.metadata?.[common.METADATA_ENCODING_KEY];
    return format && encoding.decode(format) === devalueEncoding
      ? (devalue.parse(encoding.decode(payload.data ?? new Uint8Array()), { Bytes: reviveBytes }) as T)
      : common.defaultPayloadConverter.fromPayload<T>(payload);
  }
}

export = { payloadConverter: new PerdurePayloadConverter() };
