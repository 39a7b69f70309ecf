// Drives a lab through @jupyterlab/services, as the packages of JupyterLab do, but from Node: node services.cjs NODE_MODULES STEP BASE_URL TOKEN.
// A step that fails throws. What a step waits for from outside is said in a line on stdout.
const assert = require('node:assert/strict');
const path = require('node:path');

const [modules, step, baseUrl, token] = process.argv.slice(2);
const { PageConfig } = require(path.join(modules, '@jupyterlab/coreutils'));
// What the page's configuration says in a browser.
PageConfig.setOption('appUrl', '/lab');
PageConfig.setOption('terminalsAvailable', 'true');
const services = require(path.join(modules, '@jupyterlab/services'));
const settings = services.ServerConnection.makeSettings({ baseUrl, wsUrl: baseUrl.replace(/^http/, 'ws'), token });
const manager = new services.ServiceManager({ serverSettings: settings });

/** Executes code; gives what it put out. */
async function execute(kernel, code, { input, onOutput } = {}) {
  const outputs = [];
  const future = kernel.requestExecute({ code, allow_stdin: input !== undefined });
  future.onIOPub = message => {
    if (message.header.msg_type === 'status') return;
    outputs.push(message);
    onOutput?.(message);
  };
  future.onStdin = () => kernel.sendInputReply({ status: 'ok', value: input }, future.msg.header);
  const reply = await future.done;
  return { reply, outputs, text: outputs.map(output => output.content.text ?? '').join('') };
}

/** Resolves when a signal has shown this. */
function seen(signal, wanted) {
  return new Promise(resolve => {
    signal.connect(function look(_, value) {
      if (!wanted(value)) return;
      signal.disconnect(look);
      resolve(value);
    });
  });
}

async function startSession(name) {
  return manager.sessions.startNew({ name, path: name, type: 'notebook', kernel: { name: 'python3' } });
}

const steps = {
  async kernel() {
    const kernel = await manager.kernels.startNew({ name: 'python3' });
    const info = await kernel.info;
    assert.equal(info.language_info.name, 'python');

    const printed = await execute(kernel, 'print(6 * 7)');
    assert.equal(printed.text, '42\n');
    assert.equal(printed.reply.content.execution_count, 1);
    const failed = await execute(kernel, '1 / 0');
    assert.equal(failed.reply.content.ename, 'ZeroDivisionError');
    const asked = await execute(kernel, 'print("Hello", input("name? "))', { input: 'Ada' });
    assert.equal(asked.text, 'Hello Ada\n');
    const completed = await kernel.requestComplete({ code: 'pri', cursor_pos: 3 });
    assert.ok(completed.content.matches.includes('print'));

    const interrupted = await execute(kernel, 'import time\nprint("asleep", flush=True)\nwhile True: time.sleep(0.05)', {
      onOutput: output => output.header.msg_type === 'stream' && void kernel.interrupt()
    });
    assert.equal(interrupted.reply.content.ename, 'KeyboardInterrupt');

    await kernel.restart();
    const again = await execute(kernel, 'print("fresh", "time" in globals())');
    assert.equal(again.text, 'fresh False\n');
    await kernel.shutdown();
    assert.deepEqual(await services.KernelAPI.listRunning(settings), []);
  },

  async session() {
    const session = await startSession('one.ipynb');
    assert.deepEqual((await services.SessionAPI.listRunning(settings)).map(model => model.path), ['one.ipynb']);
    await session.setPath('two.ipynb');
    assert.equal((await manager.sessions.findByPath('two.ipynb')).id, session.id);
    const before = session.kernel.id;
    await session.changeKernel({ name: 'python3' });
    assert.notEqual(session.kernel.id, before);
    assert.equal((await execute(session.kernel, 'print(1)')).text, '1\n');
    await session.shutdown();
    assert.deepEqual(await services.SessionAPI.listRunning(settings), []);
    assert.deepEqual(await services.KernelAPI.listRunning(settings), []);
  },

  async contents() {
    const contents = manager.contents;
    const text = await contents.newUntitled({ type: 'file', ext: '.txt' });
    await contents.save(text.path, { type: 'file', format: 'text', content: 'first' });
    const hashed = await contents.get(text.path, { content: true, hash: true });
    assert.equal(hashed.content, 'first');
    assert.equal(hashed.hash, require('node:crypto').createHash(hashed.hash_algorithm).update('first').digest('hex'));

    const checkpoint = await contents.createCheckpoint(text.path);
    await contents.save(text.path, { type: 'file', format: 'text', content: 'second' });
    await contents.restoreCheckpoint(text.path, checkpoint.id);
    assert.equal((await contents.get(text.path)).content, 'first');
    assert.deepEqual((await contents.listCheckpoints(text.path)).map(each => each.id), [checkpoint.id]);
    await contents.deleteCheckpoint(text.path, checkpoint.id);
    assert.deepEqual(await contents.listCheckpoints(text.path), []);

    // As the file browser uploads: pieces of 1 MiB in base64, the last one with the number -1.
    const large = Buffer.alloc((5 << 20) / 2, 'holdfast');
    for (let start = 0, chunk = 1; start < large.length; start += 1 << 20, chunk++) {
      const content = large.subarray(start, start + (1 << 20)).toString('base64');
      await contents.save('large.bin', { type: 'file', format: 'base64', content, chunk: start + (1 << 20) < large.length ? chunk : -1 });
    }
    const back = await contents.get('large.bin', { type: 'file', format: 'base64', content: true });
    assert.ok(Buffer.from(back.content, 'base64').equals(large));

    const folder = await contents.newUntitled({ type: 'directory' });
    const copy = await contents.copy(text.path, folder.path);
    const moved = await contents.rename(copy.path, `${folder.path}/ö #1?.txt`);
    assert.deepEqual((await contents.get(folder.path)).content.map(each => each.path), [moved.path]);
    const file = await fetch(await contents.getDownloadUrl(moved.path), { headers: { Authorization: `token ${token}` } });
    assert.equal(await file.text(), 'first');
    await contents.delete(moved.path);
    await contents.delete(folder.path);
    await assert.rejects(contents.get(moved.path), error => error.response.status === 404);
  },

  async terminal() {
    const terminal = await manager.terminals.startNew();
    let shown = '';
    const answered = seen(terminal.messageReceived, message => (shown += message.content?.join('') ?? '').includes('sum:42'));
    terminal.send({ type: 'set_size', content: [24, 100, 480, 800] });
    terminal.send({ type: 'stdin', content: ['echo sum:$((6*7))\r'] });
    await answered;
    assert.deepEqual((await services.TerminalAPI.listRunning(settings)).map(model => model.name), [terminal.name]);
    await terminal.shutdown();
    assert.deepEqual(await services.TerminalAPI.listRunning(settings), []);
  },

  async stored() {
    const theme = '@jupyterlab/apputils-extension:themes';
    await manager.settings.save(theme, '{\n// mine\n"theme": "JupyterLab Dark"}');
    const fetched = await manager.settings.fetch(theme);
    assert.match(fetched.raw, /\/\/ mine/);
    assert.ok(fetched.schema.properties.theme);
    assert.ok((await manager.settings.list('ids')).ids.includes(theme));

    await manager.workspaces.save('team/a', { data: { a: { b: 1 } }, metadata: { id: 'team/a' } });
    assert.deepEqual((await manager.workspaces.fetch('team/a')).data, { a: { b: 1 } });
    assert.deepEqual((await manager.workspaces.list()).ids, ['team/a']);
    await manager.workspaces.remove('team/a');
    assert.deepEqual((await manager.workspaces.list()).ids, []);

    const section = await services.ConfigSection.create({ name: 'notebook', serverSettings: settings });
    await section.update({ CodeCell: { tab: 2 } });
    assert.equal((await services.ConfigSection.create({ name: 'notebook', serverSettings: settings })).data.CodeCell.tab, 2);
    assert.ok((await new services.UserAPI.UserAPIClient({ serverSettings: settings }).get()).identity.username);
    await manager.kernelspecs.ready;
    assert.ok(manager.kernelspecs.specs.kernelspecs.python3);
  },

  async buffers() {
    const kernel = await manager.kernels.startNew({ name: 'python3' });
    await execute(kernel, `
def opened(comm, message):
    comm.on_msg(lambda asked: comm.send(asked['content']['data'], buffers=[bytes(each)[::-1] for each in asked['buffers']]))
get_ipython().kernel.comm_manager.register_target('echo', opened)`);
    const comm = kernel.createComm('echo');
    await comm.open().done;
    const wide = new Uint8Array(3 << 20).map((_, index) => index);
    const answer = new Promise(resolve => (comm.onMsg = resolve));
    await comm.send({ asked: 'ö' }, {}, [new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(0), wide.buffer]).done;
    const message = await answer;
    assert.deepEqual(message.content.data, { asked: 'ö' });
    const bytes = message.buffers.map(each => Buffer.from(each.buffer ?? each, each.byteOffset ?? 0, each.byteLength));
    assert.deepEqual([...bytes[0]], [3, 2, 1]);
    assert.equal(bytes[1].length, 0);
    assert.ok(bytes[2].equals(Buffer.from(wide).reverse()));
    await comm.close().done;
  },

  async killed() {
    // Its socket has no handler for errors, and with one that nobody handles Node ends.
    manager.events.dispose();
    const session = await startSession('run.ipynb');
    const numbers = [];
    let told = false;
    const run = execute(session.kernel, 'import os, time\nn = 0\nwhile not os.path.exists("stop"):\n    print(n, flush=True)\n    n += 1\n    time.sleep(0.05)\nprint("end")', {
      onOutput: output => {
        // A line and its end may come in two messages.
        numbers.push(...output.content.text.split('\n').filter(line => line));
        if (!told) console.log('running');
        told = true;
      }
    });
    await seen(session.kernel.connectionStatusChanged, status => status === 'connecting');
    console.log('cut');
    await seen(session.kernel.connectionStatusChanged, status => status === 'connected');
    console.log('back');
    const { reply } = await run;
    assert.equal(reply.content.status, 'ok');
    // What the killed lab had not yet noted as arrived comes again; nothing is missing.
    const once = [...new Set(numbers)];
    assert.deepEqual(once, [...once.slice(0, -1).keys()].map(String).concat('end'));
    assert.equal((await execute(session.kernel, 'print(n > 0)')).text, 'True\n');
  }
};

steps[step]().then(
  () => process.exit(0),
  error => {
    console.error(error);
    process.exit(1);
  }
);
