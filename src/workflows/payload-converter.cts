/**
 * How values become payloads: `json/plain` for what JSON holds, devalue's text for the rest. SANDBOX and HOST: the SDK
 * `require`s this file, which is why it is CommonJS; it must reach no host module. What cannot be encoded is refused
 * with its path, and so is what Temporal cannot carry.
 */
import common = require('@temporalio/common');
import encoding = require('@temporalio/common/lib/encoding.js');
// ES modules, which Node 20.19 and later load from CommonJS without ado.
import codec = require('../core/text-codec.js');
import protocol = require('../core/protocol.js');

const formats = { json: 'json/plain', devalue: 'json/devalue' } as const;

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

const encode = (value: unknown): ReturnType<typeof codec.encodeText> => {
  try {
    return codec.encodeText(value);
  } catch (error) {
    throw new PayloadError('NOT_SERIALIZABLE', (error as Error).message);
  }
};

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** The mark of what flow code sends, but for the flow's own value. */
const markOf = (value: unknown): Record<string, Uint8Array> => {
  const realm = globalThis as { __TEMPORAL_ACTIVATOR__?: unknown; [slot: symbol]: unknown };
  if (realm.__TEMPORAL_ACTIVATOR__ === undefined) return {};
  const isFlowValue = protocol.flowValueSlot in realm && realm[protocol.flowValueSlot] === value;
  return isFlowValue ? {} : { [protocol.flowPayloadMark]: encoding.encode('1') };
};

class PerdurePayloadConverter implements common.PayloadConverter {
  toPayload<T>(value: T): common.Payload {
    if (value === undefined || value instanceof Uint8Array) return common.defaultPayloadConverter.toPayload(value);
    const { text, format } = encode(value);
    const data = encoding.encode(text);
    if (data.length > protocol.maxOffloadedBytes)
      throw new PayloadError(
        'PAYLOAD_TOO_LARGE',
        `the value has ${megabytes(data.length)}, and what passes through a flow at most 256 MB`,
      );
    const metadata = { [common.METADATA_ENCODING_KEY]: encoding.encode(formats[format]) };
    return { metadata: data.length > protocol.flowPayloadBytes ? { ...metadata, ...markOf(value) } : metadata, data };
  }

  fromPayload<T>(payload: common.Payload): T {
    const format = payload.metadata?.[common.METADATA_ENCODING_KEY];
    return format && encoding.decode(format) === formats.devalue
      ? (codec.decodeText(encoding.decode(payload.data ?? new Uint8Array()), 'devalue') as T)
      : common.defaultPayloadConverter.fromPayload<T>(payload);
  }
}

export = { payloadConverter: new PerdurePayloadConverter() };
