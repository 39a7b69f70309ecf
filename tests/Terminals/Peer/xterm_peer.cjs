// What xterm.js shows, for the tests: reads one JSON object a line, { rows, columns, data (base64) }, and answers each with a line of JSON: what its buffers hold.
const { Terminal } = require(process.argv[2]);
const readline = require('readline');

const colour = (cell, which) =>
  cell[`is${which}Default`]() ? '' : cell[`is${which}RGB`]() ? `#${cell[`get${which}Color`]().toString(16)}` : `${cell[`get${which}Color`]()}`;

function row(line, columns) {
  const cells = [];
  for (let x = 0; x < columns; x++) {
    const cell = line.getCell(x);
    const chars = cell.getChars();
    const effects = chars === '' ? '' : ['Bold', 'Dim', 'Italic', 'Blink', 'Inverse', 'Invisible', 'Strikethrough', 'Overline', 'Underline'].filter(each => cell[`is${each}`]()).map(each => each[0] + each[each.length - 1]).join('');
    cells.push(`${cell.getWidth()}${chars}|${chars === '' ? '' : colour(cell, 'Fg')}|${colour(cell, 'Bg')}|${effects}`);
  }
  return cells.join('\t');
}

function show(terminal) {
  const buffer = terminal.buffer.active;
  const rows = [];
  for (let y = 0; y < buffer.length; y++) rows.push((y > 0 && buffer.getLine(y).isWrapped ? '>' : ' ') + row(buffer.getLine(y), terminal.cols));
  const modes = terminal.modes;
  return {
    type: buffer.type, x: buffer.cursorX, y: buffer.cursorY, rows,
    modes: [modes.applicationCursorKeysMode, modes.applicationKeypadMode, modes.bracketedPasteMode, modes.insertMode, modes.mouseTrackingMode, modes.originMode, modes.reverseWraparoundMode, modes.sendFocusMode, modes.wraparoundMode].join(' '),
  };
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    const terminal = new Terminal({ rows: asked.rows, cols: asked.columns, scrollback: asked.scrollback, allowProposedApi: true, logLevel: 'off' });
    let title = '';
    terminal.onTitleChange(it => { title = it; });
    await new Promise(done => terminal.write(Buffer.from(asked.data, 'base64'), done));
    process.stdout.write(JSON.stringify({ ...show(terminal), title }) + '\n');
    terminal.dispose();
  }
})();
