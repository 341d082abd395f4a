/**
 * How values become payloads: `json/plain` for what JSON holds, devalue's text for the rest. SANDBOX and HOST: the SDK
 * `require`s this file, which is why it is CommonJS; it must reach no host module. What cannot be encoded is refused
 * with its path, and so is what Temporal cannot carry.
 */
import common = require('@temporalio/common');
import encoding = require('@temporalio/common/lib/encoding.js');
// ES modules, which Node 20.19 and later load from CommonJS without ado.
import codec = require('../core/text-codec.js');
import payload = require('../core/payload-text.js');
import protocol = require('../core/protocol.js');
import cached = require('../core/cached.js');

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
