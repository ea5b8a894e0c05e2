/** Shows what `hometrip build` put together, and what to do with it. */
import type { BuildResult } from '../usecases/build.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

export function presentBuild(result: BuildResult, terminal: Terminal): void {
  const { images, durationMs } = result;
  const rows = images.map(({ service, context, files, bytes, changed }) => [
    terminal.style('bold', service),
    `${context}/dist`,
    String(files),
    size(bytes),
    changed ? terminal.style('green', 'built') : terminal.style('dim', 'unchanged'),
  ]);
  terminal.out(
    table(
      [
        { title: 'SERVICE' },
        { title: 'FOLDER', flexible: true, optional: 2 },
        { title: 'FILES', align: 'right', optional: 1 },
        { title: 'SIZE', align: 'right' },
        { title: '' },
      ],
      rows,
      { columns: terminal.columns, header: (text) => terminal.style('dim', text) },
    ),
  );
  terminal.err(
    `${images.length} ${images.length === 1 ? 'service' : 'services'} in ${(durationMs / 1000).toFixed(1)} s`,
  );
  terminal.err(`${terminal.styleErr('cyan', '→')} ${nextCommand(result)}`);
}

export const buildJson = (result: BuildResult) => ({
  images: result.images.map(({ service, context, dist, files, bytes, changed }) => ({
    service,
    context,
    dist,
    files,
    bytes,
    changed,
  })),
  durationMs: result.durationMs,
  next: nextCommand(result),
});

/** Docker takes one folder; Compose all of them. */
function nextCommand({ images, stack }: BuildResult): string {
  const [image, ...more] = images;
  return image === undefined || more.length > 0
    ? 'docker compose --file generated/docker-compose.yml build'
    : `docker build --tag ${stack}/${image.service}:dev ${image.context}`;
}

const size = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
