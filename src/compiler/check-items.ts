/**
 * Refuses what must not enter the sandbox, in words that say where it stands and what to do. Host, build time; reads
 * what `reach` chose. Packages are not looked into here: webpack meets them later, and `diagnose` speaks for it.
 */
import { types as t } from '@babel/core';
import type { BundleError } from '../core/errors.js';
import { bundleErrorAt, type Place } from './bundle-error.js';
import { isDroppedEffect } from './emit-module.js';
import { hostGlobalAdvice } from './host-globals.js';
import { effectOf, isHostModule, isHostName } from './host-modules.js';
import type { Finding, Item, ModuleEdge } from './item.js';
import { hasExport, type Reach, type Reached } from './reach.js';

/** The files from the entry to `file`, by their names in the project. */
export const importChain = (reach: Reach, file: string): string[] => {
  const chain: string[] = [];
  for (let at = reach.get(file); at; at = at.parent && reach.get(at.parent.module.file))
    chain.unshift(at.of.module.name);
  return chain;
};

type Refusal = 'HOST_IMPORT' | 'HOST_GLOBAL' | 'SIDE_EFFECT_IMPORT' | 'IMPORT_NOT_FOUND' | 'TOP_LEVEL_AWAIT';

const refuse = (
  [reach, reached]: readonly [Reach, Reached],
  code: Refusal,
  { place, message, culprit }: { place: Place; message: string; culprit?: string },
): BundleError => {
  const { module } = reached.of;
  const chain = [...importChain(reach, module.file), ...(culprit === undefined ? [] : [culprit])];
  const via = chain.length > 2 ? ` Imported by way of ${chain.join(' → ')}.` : '';
  return bundleErrorAt(code, place, {
    message: `${module.name}:${place.line} ${message}${via}`,
    importChain: chain,
  });
};

/** How what `item` imports comes to be needed: ``, which the option `when` of task 'load' uses at line 7``. */
export const usedBy = ({ of, live }: Reached, item: Item | undefined): string => {
  for (const user of live)
    for (const { name, option, line } of user.references)
      if (item?.binds.includes(name)) return option ? `, for ${option} (line ${line})` : ` (used at line ${line})`;
  const exported = item && of.items.find((each) => each.exports.length > 0 && each === item);
  return exported ? ' (exported from here)' : '';
};

const toDo =
  'Move the code that needs it into a task: what a flow does by itself runs in Temporal’s sandbox, which has no Node modules.';

/** The first name of `edge` that its target does not have; nothing where that cannot be told. */
const missingName = ({ of }: Reached, edge: ModuleEdge): string | undefined => {
  const target = of.target(edge.request);
  const isModule = target?.module.ast.program.body.some(
    (node) => t.isImportDeclaration(node) || t.isExportDeclaration(node),
  );
  if (!target || !isModule) return undefined;
  // A package behind an `export *` may have it.
  const isOpen = target.items.some(
    (item) => item.exports.includes('*') && item.edge && !target.target(item.edge.request),
  );
  return isOpen ? undefined : edge.names.find((name) => name !== '*' && !hasExport(target, name));
};

/** A name, imported or read of the whole, that only the host has: `local` of perdure, `inspect` of util. */
const hostName = ({ live }: Reached, edge: ModuleEdge, item: Item): string | undefined => {
  const isWhole = item.edge === edge && (item.isNamespace || edge.names.includes('default'));
  const uses = [...live].flatMap((user) => user.references).filter(({ name }) => item.binds.includes(name));
  const members = isWhole ? uses.flatMap(({ member }) => member ?? []) : [];
  return [...edge.names, ...members].find((name) => name !== '*' && isHostName(edge.request, name));
};

const checkEdge = (context: readonly [Reach, Reached], edge: ModuleEdge, item: Item): void => {
  const [, reached] = context;
  const { module } = reached.of;
  const resolution = module.resolutions.get(edge.request);
  const culprit = edge.request;
  const missing = missingName(reached, edge);
  if (missing !== undefined)
    throw refuse(context, 'IMPORT_NOT_FOUND', {
      place: edge.place,
      culprit,
      message: `imports \`${missing}\` from '${culprit}'${usedBy(reached, item)}, which does not export it.`,
    });
  const script = hostName(reached, edge, item);
  if (script !== undefined)
    throw refuse(context, 'HOST_IMPORT', {
      place: edge.place,
      culprit,
      message: `uses \`${script}\` of '${culprit}'${usedBy(reached, item)}, which does not exist inside a flow. Move the code that uses it into a task, or, if it starts runs, behind \`if (isMain(import.meta)) …\` or into another file.`,
    });
  if (resolution?.kind === 'user' || resolution?.kind === 'perdure') return;
  const isEffect = item.kind === 'import' && item.edge === edge && item.binds.length === 0;
  if (isEffect && isDroppedEffect(module, item)) return;
  if (isEffect && effectOf(edge.request) === 'refuse')
    throw refuse(context, 'SIDE_EFFECT_IMPORT', {
      place: edge.place,
      culprit,
      message: `imports '${culprit}' for its side effects, which would run inside the flow as well. Import it in the file of the task that needs it, or inside the task: \`await import('${culprit}')\`.`,
    });
  // What is required inside the item says itself where it is used.
  const how = item.edge === edge ? usedBy(reached, item) : '';
  if (resolution?.kind === 'perdure-subpath')
    throw refuse(context, 'HOST_IMPORT', {
      place: edge.place,
      culprit,
      message: `imports '${culprit}' for the flow${how}. Flow code can use 'perdure' itself only; the other doors work outside of flows.`,
    });
  if (isHostModule(edge.request))
    throw refuse(context, 'HOST_IMPORT', {
      place: edge.place,
      culprit,
      message: `imports '${culprit}' for code that runs inside the flow${how}. ${toDo}`,
    });
  if (resolution?.kind === 'asset')
    throw refuse(context, 'HOST_IMPORT', {
      place: edge.place,
      culprit,
      message: `imports '${culprit}'${how}, which is not code that can run inside the flow. Read it in a task.`,
    });
  if (resolution === undefined || resolution.kind === 'missing')
    throw refuse(context, 'IMPORT_NOT_FOUND', {
      place: edge.place,
      culprit,
      message: `imports '${culprit}'${how}, which cannot be found. Check the path, or install the package.`,
    });
};

const findingMessage = ({ kind, name }: Finding): string => {
  if (kind === 'global')
    return `uses \`${name}\`, which Temporal’s sandbox does not have, in code that runs inside the flow. ${hostGlobalAdvice(name)}`;
  if (kind === 'import-meta')
    return 'uses `import.meta` in code that runs inside the flow, which has no file of its own. For "is this file the program?" write `if (isMain(import.meta)) …`, which is left out of the flow; else move it into a task.';
  if (kind === 'await')
    return `uses \`${name}\` at the top level of a file with flows, which would run on every import. Put it behind \`if (isMain(import.meta)) …\`, or into a task.`;
  return `uses \`${name}\` with a computed path in code that runs inside the flow. Name the module in the text, or move it into a task.`;
};

const findingCodes = {
  global: 'HOST_GLOBAL',
  'import-meta': 'HOST_GLOBAL',
  await: 'TOP_LEVEL_AWAIT',
  'computed-import': 'HOST_IMPORT',
} as const;

/** Throws the first thing found in what is live; gives the warnings. */
export const checkItems = (reach: Reach): string[] => {
  const warnings: string[] = [];
  for (const reached of reach.values()) {
    const { module, items } = reached.of;
    for (const item of items.filter((each) => reached.live.has(each))) {
      for (const edge of item.edge ? [item.edge, ...item.edges] : item.edges) checkEdge([reach, reached], edge, item);
      for (const finding of item.findings)
        throw refuse([reach, reached], findingCodes[finding.kind], {
          place: finding.place,
          message: findingMessage(finding),
        });
      if (item.edge && isDroppedEffect(module, item))
        warnings.push(
          `${module.name}:${item.place.line} import '${item.edge.request}' is left out of the flow; it still works in tasks.`,
        );
    }
  }
  return warnings;
};
