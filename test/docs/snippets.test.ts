/** Every snippet in the README, the guide and the pages of the errors is what it says: it compiles, it runs. */
import { jest } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDocProject,
  execute,
  fileOf,
  perdure,
  root,
  script,
  typeErrors,
  type DocProject,
} from './doc-project.js';
import { codeLanguages, snippetsOf, type Snippet } from './snippets.js';

// Each document that runs something starts a server of its own.
jest.setTimeout(240_000);

const markdownIn = (directory: string): string[] =>
  existsSync(join(root, directory))
    ? readdirSync(join(root, directory))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${directory}/${name}`)
    : [];

const documents = ['README.md', 'CONTRIBUTING.md', ...markdownIn('docs/guide'), 'test/docs/fixtures/sample.md'].filter(
  (path) => existsSync(join(root, path)),
);

const open: DocProject[] = [];
afterEach(() => {
  for (const project of open.splice(0)) project.close();
});
const projectOf = (snippets: readonly Snippet[]): DocProject => {
  const project = createDocProject(snippets);
  open.push(project);
  return project;
};

const runSnippet = async (project: DocProject, snippet: Snippet): Promise<string | undefined> => {
  const { directory } = project;
  const { status, output } = await (snippet.language === 'sh'
    ? execute(directory, 'bash', ['-euo', 'pipefail', '-c', shellOf(snippet)])
    : snippet.how === 'script'
      ? script(directory, fileOf(snippet))
      : perdure(directory, 'run', fileOf(snippet), '--json'));
  return status === 0 ? undefined : `${snippet.document}:${snippet.line} ended with status ${status}:\n${output}`;
};

/** A command as its reader types it, with this checkout's `perdure`. */
const shellOf = ({ code }: Snippet): string => {
  const main = join(root, 'dist', 'cli', 'main.js');
  return `perdure() { node '${main}' "$@"; }\nnpx() { "$@"; }\n${code}`;
};

describe.each(documents)('%s', (document) => {
  const snippets = snippetsOf(join(root, document), document);

  test('shell commands are run, or say why not; nothing but shell is left out', () => {
    const unexplained = snippets.filter(
      ({ language, how }) =>
        (language === 'sh' && how !== 'run' && how !== 'no-run') || (codeLanguages.has(language) && how === 'no-run'),
    );
    expect(unexplained.map(({ line, code }) => `${document}:${line}: ${code}`)).toEqual([]);
    expect(snippets.map(({ language }) => language)).not.toContain('bash');
  });

  if (snippets.some(({ language }) => codeLanguages.has(language)))
    test('the code compiles', async () => {
      expect(await typeErrors(projectOf(snippets), snippets)).toEqual([]);
    });

  const runnable = snippets.filter(({ how }) => how === 'run' || how === 'script');
  if (runnable.length > 0)
    test('what says that it runs does', async () => {
      const project = projectOf(snippets);
      const failures: (string | undefined)[] = [];
      for (const snippet of runnable) failures.push(await runSnippet(project, snippet));
      expect(failures.filter((failure) => failure !== undefined)).toEqual([]);
    });
});

test('the code on the pages of the errors compiles', async () => {
  const pages = markdownIn('docs/errors');
  const snippets = pages.flatMap((page) =>
    snippetsOf(join(root, page), page)
      .filter(({ language }) => codeLanguages.has(language))
      .map((snippet) => ({
        ...snippet,
        file: `${page.replace(/^.*\/|\.md$/g, '')}/${snippet.file ?? `snippet-${snippet.line}.${snippet.language}`}`,
      })),
  );
  expect(snippets.length).toBeGreaterThan(10);
  expect(await typeErrors(projectOf(snippets), snippets)).toEqual([]);
});

test('a snippet that is wrong is reported by document and line', async () => {
  const document = 'test/docs/fixtures/wrong.md';
  const snippets = snippetsOf(join(root, document), document);
  const project = projectOf(snippets);
  expect(await typeErrors(project, snippets)).toEqual([
    expect.stringMatching(/^test\/docs\/fixtures\/wrong\.md:7: error TS2345: .*'string'.*'Arg<number>'/),
  ]);
  const [, failing] = snippets;
  expect(await runSnippet(project, failing as Snippet)).toMatch(/wrong\.md:13 ended with status 1:[^]*on purpose/);
});
