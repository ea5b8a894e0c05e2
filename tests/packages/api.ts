/** Address of the API from the output of `hometrip up --json`: the gateway may have been given another port than it asked for. */
export function apiOf(output: string): string {
  const result = output.split('\n').find((line) => line.startsWith('{"type":"result"'));
  const { urls } = JSON.parse(result ?? '{ "urls": [] }') as { urls: { kind: string; url: string }[] };
  return `${urls.find(({ kind }) => kind === 'gateway')?.url}/api/v1`;
}
