/**
 * The AWS SDK, which is there only where the user installed it: loaded when a store in S3 is opened. HOST. Credentials
 * come from the SDK's own chain (environment, profile, instance), never from a URL of ours.
 */
import type * as S3 from '@aws-sdk/client-s3';
import { ConfigError } from '../core/errors.js';

export type S3Module = typeof S3;
export type S3Client = S3.S3Client;

/** Not a literal: neither bundlers nor types of users who do without S3 are to look for the package. */
const packageName = '@aws-sdk/client-s3';

/** @throws ConfigError BAD_CONFIG when the package is not installed */
export const loadS3 = async (load: (name: string) => Promise<unknown> = (name) => import(name)): Promise<S3Module> => {
  try {
    return (await load(packageName)) as S3Module;
  } catch (error) {
    throw new ConfigError(
      'BAD_CONFIG',
      `A result store in S3 needs the package ${packageName}, which cannot be loaded here. Install it: npm install ${packageName}`,
      { cause: error, details: { package: packageName } },
    );
  }
};

/** The server's own words for what it refused, and whether the object is just not there. */
export const isAbsentObject = (error: unknown): boolean => {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'NoSuchKey' || name === 'NotFound' || (name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404);
};

/** A conditional write that another one was before, or at the same time. */
export const isOutrun = (error: unknown): boolean =>
  [409, 412].includes((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0);
