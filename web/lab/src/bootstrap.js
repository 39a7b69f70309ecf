// The first script of the page. Prebuilt extensions bring packages of their own to share, so their containers must be
// initialised before anything imports a shared package: hence the dynamic import at the end.
const config = JSON.parse(document.getElementById('jupyter-config-data').textContent);

function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${url} did not load`));
    document.head.append(script);
  });
}

async function connect({ name, load }) {
  await loadScript(`${config.fullLabextensionsUrl}/${name}/${load}`);
  await __webpack_init_sharing__('default');
  await window._JUPYTERLAB[name].init(__webpack_share_scopes__.default);
}

async function start() {
  const prebuilt = config.federated_extensions ?? [];
  const results = await Promise.allSettled(prebuilt.map(connect));
  const connected = prebuilt.filter((extension, i) => {
    if (results[i].status === 'rejected') console.error(`Extension ${extension.name}:`, results[i].reason);
    return results[i].status === 'fulfilled';
  });
  const { main } = await import('./index.js');
  await main(connected);
}

void start();
