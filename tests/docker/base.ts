/** The image that services are put onto: the one that their Dockerfiles name, or this machine's Node where no registry is. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const NAMED = 'node:24-slim';
const STAND_IN = 'hometrip-test/node:24';

/** @returns what to build onto; nothing is pulled */
export async function baseImage(): Promise<string> {
  for (const image of [NAMED, STAND_IN])
    if ((await execa('docker', ['image', 'inspect', image], { reject: false })).exitCode === 0) return image;
  const context = mkdtempSync(join(tmpdir(), 'hometrip-base-'));
  try {
    const files = ['/bin/sh', process.execPath];
    for (const file of [...files, ...(await librariesOf(files))]) copyTo(context, file);
    copyFileSync(process.execPath, made(join(context, 'root/usr/local/bin/node')));
    writeFileSync(made(join(context, 'root/etc/passwd')), 'node:x:1000:1000::/:/bin/sh\n');
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY root/ /\nENV PATH=/usr/local/bin:/bin\n');
    await execa('docker', ['build', '--network', 'none', '--tag', STAND_IN, context]);
    return STAND_IN;
  } finally {
    rmSync(context, { recursive: true });
  }
}

async function librariesOf(programs: readonly string[]): Promise<string[]> {
  const { stdout } = await execa('ldd', programs);
  return [...new Set(stdout.match(/\/\S+\.so\S*/g) ?? [])];
}

function copyTo(context: string, file: string): void {
  if (file !== process.execPath) copyFileSync(file, made(join(context, 'root', file)));
}

function made(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}
