/** For the tests of this folder: an output folder under the system's temporary one, and plans as lines of text. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  applyPlan,
  planFiles,
  readTree,
  type FilePlan,
  type PlanOptions,
  type PlannedFile,
} from './index.ts';

export type Texts = Readonly<Record<string, string>>;

export class TestTree {
  readonly out: string;
  constructor(out: string) {
    this.out = out;
  }

  /** Writes a file as a user would. */
  write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.out, path)), { recursive: true });
    writeFileSync(join(this.out, path), content);
  }

  delete(path: string): void {
    rmSync(join(this.out, path), { recursive: true });
  }

  read(path: string): string | undefined {
    return existsSync(join(this.out, path)) ? readFileSync(join(this.out, path), 'utf8') : undefined;
  }

  async plan(rendered: readonly PlannedFile[] | Texts, options: PlanOptions = {}): Promise<FilePlan> {
    const files = Array.isArray(rendered) ? (rendered as PlannedFile[]) : plannedFiles(rendered as Texts);
    return planFiles({ ...readTree(this.out, files), rendered: files, options });
  }

  /** Plans and applies; returns the plan as text. */
  async generate(rendered: readonly PlannedFile[] | Texts, options: PlanOptions = {}): Promise<string[]> {
    const plan = await this.plan(rendered, options);
    await applyPlan(plan);
    return describe(plan);
  }

  /** Every file with its text; our records only when asked for. */
  contents(options: { records?: boolean } = {}): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (folder: string): void => {
      for (const name of readdirSync(join(this.out, folder)).sort()) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (path === '.hometrip' && options.records !== true) continue;
        if (lstatSync(join(this.out, path)).isDirectory()) walk(path);
        else found[path] = readFileSync(join(this.out, path), 'latin1');
      }
    };
    walk('');
    return found;
  }
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hometrip-files-'));
}

/** An empty output folder that goes with the test. */
export function emptyTree(): TestTree {
  const out = temporaryFolder();
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  return new TestTree(out);
}

/** Rendered files from path and content. */
export function plannedFiles(texts: Texts): PlannedFile[] {
  return Object.entries(texts).map(([path, content]) => ({ path, content, origin: 'test' }));
}

/** `update a.txt because the rendering changed`; conflicts with their places behind. */
export function describe(plan: FilePlan): string[] {
  return plan.entries.map(({ action, path, cause, conflicts }) => {
    const places = conflicts?.map(({ file, line }) => `${file}:${line}`).join(' ');
    return `${action} ${path} because ${cause}${places === undefined ? '' : ` [${places}]`}`;
  });
}
