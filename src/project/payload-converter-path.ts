/**
 * Where the payload converter's file lies: client, worker and compiler all give this path to the SDK, which loads it
 * itself. HOST: a path worked out from this module's own place, in `src/` and in `dist/` alike.
 */
import * as cached from '../core/cached.js';
import * as payload from '../core/payload-text.js';
import * as protocol from '../core/protocol.js';
import * as codec from '../core/text-codec.js';

// What it is made of, so that it need not load it: it is CommonJS and these are not.
(globalThis as { [slot: symbol]: unknown })[Symbol.for('perdure.payload-converter')] = {
  ...{ cached, payload, protocol, codec },
};

const url = new URL('../../dist/workflows/payload-converter.cjs', import.meta.url);

const path = decodeURIComponent(url.pathname);
/** Absolute path; `/C:/x` is `C:/x` on Windows. */
export const payloadConverterPath = /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
