/**
 * Every error code, by the class that carries it. Pure. A test checks that this list, the pages in
 * `docs/errors/` and the tests that provoke each code are the same.
 */
export const errorCodes = {
  AuthoringError: [
    'BAD_NAME',
    'BAD_BODY',
    'BAD_OPTION',
    'DUPLICATE_NAME',
    'LATE_DEFINITION',
    'CALLED_OUTSIDE_FLOW',
    'CALLED_INSIDE_FLOW',
    'RUN_DURING_IMPORT',
    'LATE_EDGE',
    'EDGE_CYCLE',
    'NOTHING_TO_MAP',
    'MAP_LENGTH_MISMATCH',
    'FUTURE_COERCED',
    'NO_SUCH_PART',
    'NOT_SERIALIZABLE',
    'NO_CURRENT_RUN',
    'NO_RESULT_STORE',
  ],
  BundleError: [
    'HOST_IMPORT',
    'HOST_GLOBAL',
    'TOP_LEVEL_AWAIT',
    'SIDE_EFFECT_IMPORT',
    'BODY_NOT_STRIPPED',
    'SYNTAX_ERROR',
    'IMPORT_NOT_FOUND',
    'SOURCE_UNKNOWN',
  ],
  RunError: [
    'TASK_FAILED',
    'TASK_TIMED_OUT',
    'TASK_CRASHED',
    'TASK_NOT_FOUND',
    'TRIGGER_FAILED',
    'MAP_FAILED',
    'FLOW_FAILED',
    'FLOW_TIMED_OUT',
    'FLOW_TERMINATED',
    'CANCELLED',
    'BAD_PARAMS',
    'RUN_NOT_FOUND',
    'RUN_EXISTS',
    'HISTORY_LIMIT',
    'PAYLOAD_TOO_LARGE',
  ],
  ResultStoreError: ['RESULT_MISSING', 'RESULT_CORRUPT', 'RESULT_TOO_LARGE', 'STORE_MISMATCH', 'STORE_FAILED'],
  ConnectionError: [
    'SERVER_BINARY_NOT_FOUND',
    'SERVER_BINARY_UNVERIFIED',
    'SERVER_DID_NOT_START',
    'SERVER_STATE_IN_USE',
    'SERVER_UNREACHABLE',
  ],
  ConfigError: ['BAD_CONFIG'],
  UsageError: ['BAD_USAGE', 'FLOW_NOT_FOUND', 'FILE_NOT_FOUND'],
} as const;

export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes][number];
