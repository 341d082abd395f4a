/**
 * Where the payload converter's file lies: client, worker and compiler all give this path to the SDK, which loads it
 * itself. HOST: a path worked out from this module's own place, in `src/` and in `dist/` alike.
 */
const url = new URL('../../dist/workflows/payload-converter.cjs', import.meta.url);

const path = decodeURIComponent(url.pathname);
/** Absolute path; `/C:/x` is `C:/x` on Windows. */
export const payloadConverterPath = /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
