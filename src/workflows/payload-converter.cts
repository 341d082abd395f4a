/**
 * How values become payloads: `json/plain` for what JSON holds, devalue's text for the rest. SANDBOX and HOST: the SDK
 * `require`s this file, which is why it is CommonJS; it must reach no host module. What cannot be encoded is refused
 * with its path, and so is what Temporal cannot carry.
 */
import common = require('@temporalio/common');
import encoding = require('@temporalio/common/lib/encoding.js');
import type codecModule = require('../core/text-codec.js');
import type payloadModule = require('../core/payload-text.js');
import type protocolModule = require('../core/protocol.js');
import type cachedModule = require('../core/cached.js');

interface Parts {
  codec: typeof codecModule;
  payload: typeof payloadModule;
  protocol: typeof protocolModule;
  cached: typeof cachedModule;
}
declare const require: (module: string) => never;

// ES modules: the host has them ready (`project/payload-converter-path`), for a test runner's own loader may refuse to
// load them from CommonJS; the sandbox's bundle has them in itself.
const ready = (globalThis as { [slot: symbol]: Parts | undefined })[Symbol.for('perdure.payload-converter')];
const { codec, payload, protocol, cached }: Parts = ready ?? {
  codec: require('../core/text-codec.js'),
  payload: require('../core/payload-text.js'),
  protocol: require('../core/protocol.js'),
  cached: require('../core/cached.js'),
};

const formats = { json: 'json/plain', devalue: 'json/devalue' } as const;

/** The mark of what flow code sends, but for the flow's own value. */
const markOf = (value: unknown): Record<string, Uint8Array> => {
  const realm = globalThis as { __TEMPORAL_ACTIVATOR__?: unknown; [slot: symbol]: unknown };
  if (realm.__TEMPORAL_ACTIVATOR__ === undefined) return {};
  const isFlowValue = protocol.flowValueSlot in realm && realm[protocol.flowValueSlot] === value;
  return isFlowValue ? {} : { [protocol.flowPayloadMark]: encoding.encode('1') };
};

class PerdurePayloadConverter implements common.PayloadConverter {
  toPayload<T>(value: T): common.Payload {
    if (cached.isCached(value)) {
      const { metadata, data } = this.toPayload(value.value);
      return { metadata: { ...metadata, [cached.cachedMark]: encoding.encode('1') }, data: data ?? new Uint8Array() };
    }
    if (value === undefined || value instanceof Uint8Array) return common.defaultPayloadConverter.toPayload(value);
    const { text, format } = payload.payloadText(value);
    const data = encoding.encode(text);
    payload.checkPayloadBytes(data.length);
    const metadata = { [common.METADATA_ENCODING_KEY]: encoding.encode(formats[format]) };
    return { metadata: data.length > protocol.flowPayloadBytes ? { ...metadata, ...markOf(value) } : metadata, data };
  }

  fromPayload<T>(given: common.Payload): T {
    const value = this.valueOf<T>(given);
    return given.metadata?.[cached.cachedMark] === undefined ? value : (new cached.Cached(value) as T);
  }

  private valueOf<T>(given: common.Payload): T {
    const format = given.metadata?.[common.METADATA_ENCODING_KEY];
    return format && encoding.decode(format) === formats.devalue
      ? (codec.decodeText(encoding.decode(given.data ?? new Uint8Array()), 'devalue') as T)
      : common.defaultPayloadConverter.fromPayload<T>(given);
  }
}

export = { payloadConverter: new PerdurePayloadConverter() };
