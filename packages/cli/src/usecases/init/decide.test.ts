import { expect, it } from 'vitest';
import { decideInit, type InitFile } from './decide.ts';

const files: InitFile[] = [
  { path: 'services.yaml', text: 'name: shop\n', present: 'refuse' },
  {
    path: '.gitignore',
    text: 'node_modules/\n',
    present: (text) => (text.includes('node_modules/') ? text : `${text}node_modules/\n`),
  },
  { path: 'README.md', text: '# shop\n', present: 'keep' },
];
const decide = (folder: Record<string, string>) => {
  const { steps, inTheWay } = decideInit(files, (path) => folder[path]);
  return { steps: steps.map(({ path, action }) => `${action} ${path}`), inTheWay };
};

it.each<[string, Record<string, string>, string[], string[]]>([
  ['an empty folder', {}, ['create services.yaml', 'create .gitignore', 'create README.md'], []],
  [
    'a folder with a README and a .gitignore',
    { 'README.md': 'Ours.', '.gitignore': '*.log\n' },
    ['create services.yaml', 'extend .gitignore', 'keep README.md'],
    [],
  ],
  [
    'a folder that ignores enough',
    { '.gitignore': '*.log\nnode_modules/\n' },
    ['create services.yaml', 'unchanged .gitignore', 'create README.md'],
    [],
  ],
  [
    'a run that was killed',
    { 'services.yaml': 'name: shop\n', '.gitignore': 'node_modules/\n' },
    ['unchanged services.yaml', 'unchanged .gitignore', 'create README.md'],
    [],
  ],
  [
    'a project',
    { 'services.yaml': 'name: other\n' },
    ['keep services.yaml', 'create .gitignore', 'create README.md'],
    ['services.yaml'],
  ],
])('in %s', (_, folder, steps, inTheWay) => {
  expect(decide(folder)).toEqual({ steps, inTheWay });
});
