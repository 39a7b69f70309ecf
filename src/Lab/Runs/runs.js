'use strict';
(() => {
  const base = document.documentElement.dataset.base;
  const list = document.getElementById('runs');
  const summary = document.getElementById('summary');
  const hook = document.getElementById('hook');
  const words = { running: 'running', asks: 'waits for input', done: 'done', failed: 'failed', stopped: 'stopped', died: 'kernel died', idle: 'idle' };
  const told = new Map(); // run → the state in which it was when somebody asked to be told
  let skew = 0;
  let lost = null;

  hook.value = localStorage.getItem('holdfast-webhook') ?? '';
  hook.addEventListener('change', () => localStorage.setItem('holdfast-webhook', hook.value.trim()));

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const cookie = name => document.cookie.split('; ').find(each => each.startsWith(name + '='))?.slice(name.length + 1) ?? '';
  const send = (method, path, body) => fetch(base + path, { method, body, headers: { 'X-XSRFToken': cookie('_xsrf'), 'Content-Type': 'application/json' } });

  const span = seconds => {
    seconds = Math.max(0, Math.round(seconds));
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return h ? `${h} h ${m} min` : m ? `${m} min ${s} s` : `${s} s`;
  };
  const ago = time => span((Date.now() + skew - Date.parse(time)) / 1000);
  const size = bytes => bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
  const busy = run => run.state === 'running' || run.state === 'asks';

  const facts = run => {
    const all = [];
    if (run.cell > 0 && run.cells > 0) all.push(`cell ${run.cell} of ${run.cells}`);
    if (run.waiting > 0) all.push(`${run.waiting} wait`);
    if (run.started) all.push(busy(run) ? `for ${ago(run.started)}` : `ended ${ago(run.last_output ?? run.started)} ago`);
    if (busy(run) && run.last_output) all.push(`last output ${ago(run.last_output)} ago`);
    if (run.cpu !== undefined) all.push(`CPU ${Math.round(run.cpu * 100)} %`);
    if (run.memory) all.push(size(run.memory));
    if (run.gpu_memory) all.push(`GPU ${size(run.gpu_memory)}`);
    if (run.detached) all.push('nb run');
    return all.join(' · ');
  };

  const interrupt = run => {
    const button = element('button', '', 'Interrupt');
    button.addEventListener('click', async () => {
      if (!button.classList.contains('sure')) {
        button.className = 'sure';
        button.textContent = 'Tap again to interrupt';
        setTimeout(() => { button.className = ''; button.textContent = 'Interrupt'; }, 4000);
        return;
      }
      await send('POST', run.terminal ? `api/runs/${run.id}/interrupt` : `api/kernels/${run.id}/interrupt`);
      look();
    });
    return button;
  };
  const tell = run => {
    const button = element('button', '', 'Tell me');
    button.setAttribute('aria-pressed', String(run.notice || told.has(run.id)));
    button.addEventListener('click', async () => {
      const on = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(on));
      if (on) {
        told.set(run.id, run.state);
        if ('Notification' in window && Notification.permission === 'default') await Notification.requestPermission();
      } else {
        told.delete(run.id);
      }
      const address = hook.value.trim();
      if (!on && run.notice) await send('DELETE', `api/runs/${run.id}/notice`);
      if (on && address) {
        const answer = await send('PUT', `api/runs/${run.id}/notice`, JSON.stringify({ url: address }));
        if (!answer.ok) alert((await answer.json()).message);
      }
    });
    return button;
  };

  const card = (run, old) => {
    const made = element('article', run.state);
    made.dataset.run = run.id;
    const top = element('div', 'top');
    const name = element('a', '', run.name);
    if (run.path) name.href = `${base}lab/tree/${run.path.split('/').map(encodeURIComponent).join('/')}`;
    top.append(name, element('span', 'state', words[run.state] ?? run.state));
    made.append(top);
    if (run.description) made.append(element('div', 'what', run.description));
    if (busy(run) && run.progress !== undefined) {
      const bar = element('progress');
      bar.max = 1;
      bar.value = run.progress;
      bar.setAttribute('aria-label', `${Math.round(run.progress * 100)} %`);
      made.append(bar);
    }
    const said = [run.last_line, run.note].filter(Boolean).join('\n');
    if (said) made.append(element('pre', '', said));
    made.append(element('p', 'facts', facts(run)));
    if (busy(run)) {
      // Buttons stay the same elements, so that a tap is not lost to the next look.
      const actions = old?.querySelector('.do') ?? element('div', 'do');
      if (!actions.childElementCount) actions.append(interrupt(run), tell(run));
      made.append(actions);
    }
    return made;
  };

  const show = runs => {
    const old = new Map([...list.querySelectorAll('article')].map(each => [each.dataset.run, each]));
    const cards = runs.map(run => card(run, old.get(run.id)));
    if (!cards.length) cards.push(element('p', 'empty', 'Nothing runs here. Open a notebook in the lab and run a cell, or type: holdfast nb run NOTEBOOK'));
    list.replaceChildren(...cards);
    const count = runs.filter(busy).length;
    const failed = runs.filter(run => run.state === 'failed' || run.state === 'died').length;
    summary.className = '';
    summary.textContent = [count === 1 ? '1 runs' : `${count} run`, failed ? `${failed} failed` : ''].filter(Boolean).join(' · ');
    document.title = `${count ? `▶ ${count} ` : ''}Runs – ${document.querySelector('header p').textContent}`;
    for (const run of runs) {
      if (!told.has(run.id) || busy(run)) continue;
      told.delete(run.id);
      const text = `${run.name}: ${words[run.state] ?? run.state}`;
      document.title = `${text}`;
      if ('Notification' in window && Notification.permission === 'granted') new Notification(text, { body: run.last_line ?? '' });
    }
  };

  const look = async () => {
    try {
      const answer = await fetch(`${base}api/runs`, { cache: 'no-store' });
      if (answer.status === 403) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      skew = Date.parse(answer.headers.get('date') ?? '') - Date.now() || 0;
      if (Math.abs(skew) < 2000) skew = 0;
      lost = null;
      show(await answer.json());
    } catch {
      lost ??= Date.now();
      summary.className = 'lost';
      summary.textContent = `The lab has not answered for ${span((Date.now() - lost) / 1000)}. What runs, goes on running.`;
    }
  };
  const again = async () => {
    await look();
    setTimeout(again, document.hidden ? 15000 : 2000);
  };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  again();
})();
