import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningServer } from './server';

export type HostName = 'plain' | 'strict' | 'hostile' | 'coep' | 'inline' | 'panel';

const hostileCss = `
  html { font-size: 62.5%; }
  * { font-family: 'Comic Sans MS', serif !important; letter-spacing: 3px; box-sizing: content-box; }
  button { background: #ff00aa !important; border: 5px dashed lime !important; rotate: 3deg; }
  div, dialog, section { border: 1px dotted red; transform: translateX(1px); overflow: hidden; }
  body { line-height: 3; text-transform: uppercase; text-align: center; }
  #over { position: fixed; inset: auto 0 0 auto; width: 200px; height: 200px; z-index: 2147483647; }
`;

/** What each page that embeds the widget says to the browser and holds besides the script. */
const pages: Record<
  HostName,
  (origin: string) => { headers?: object; attributes?: string; head?: string; body?: string }
> = {
  plain: () => ({}),
  strict: (origin) => ({
    headers: {
      'content-security-policy': [
        "default-src 'none'",
        `script-src ${origin}`,
        `connect-src ${origin}`,
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; '),
    },
  }),
  hostile: () => ({
    head: `<style>${hostileCss}</style>`,
    body: '<button>Host button</button><div id="over">In the way</div>',
  }),
  coep: () => ({
    headers: {
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-opener-policy': 'same-origin',
    },
  }),
  inline: () => ({ body: '<sqlatte-chat mode="inline"></sqlatte-chat>' }),
  panel: () => ({ attributes: 'data-mode="panel" data-position="left" data-title="Data desk"' }),
};

/** Serves the pages from an origin that is not the widget's; `?origin=` names the widget's. */
export async function startHosts(): Promise<RunningServer> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://hosts');
    const page = pages[pathname.slice(1) as HostName];
    const origin = searchParams.get('origin');
    if (!page || !origin) {
      // Also the icon that every browser asks for: no console error for that.
      response.writeHead(204).end();
      return;
    }
    const { headers, attributes = '', head = '', body = '' } = page(origin);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
    response.end(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Customer portal</title>
    ${head}
    <script src="${origin}/widget.js" async ${attributes}></script>
  </head>
  <body>
    <main>
      <h1>Customer portal</h1>
      <p>A page of somebody else, with <a href="#more">a link</a>.</p>
      ${body}
    </main>
  </body>
</html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
