/** Types of `cache-folder.mjs`, for the benchmarks in TypeScript. */
export declare const cacheFolder: string;
export declare const manifestFile: string;
export declare const npmFolder: string;
