import { join } from 'node:path';

/** nginx.conf with sockets and files below a folder instead of the container's; everything else untouched. */
export const onThisMachine = (config: string, folder: string): string =>
  config
    .replaceAll('/etc/nginx/proxy_params.conf', join(folder, 'nginx/proxy_params.conf'))
    .replace('include /etc/nginx/mime.types;', '')
    .replaceAll(/\/dev\/std(out|err)/g, join(folder, 'nginx.log'))
    .replace('pid /run/nginx.pid;', `pid ${folder}/nginx.pid;`)
    .replace('/var/cache/nginx/responses', join(folder, 'cache'))
    .replace('http {', `http { ${temporaryFolders(folder)}`)
    .replace('listen 80 default_server;', `listen unix:${folder}/public.sock default_server;`)
    .replace('listen 8080;', `listen unix:${folder}/inner.sock;`);

/** Where its package would make some. */
const temporaryFolders = (folder: string): string =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
