namespace Holdfast.Terminals;

/// <summary>What control characters and sequences do (ECMA-48, DEC STD 070, as xterm.js has them).</summary>
public sealed partial class TerminalScreen
{
    internal void Execute(int code)
    {
        switch (code)
        {
            case '\b':
                Backspace();
                break;
            case '\t':
                if (_buffer.X < Columns) _buffer.X = _buffer.NextTab(Columns);
                break;
            case '\n' or '\v' or '\f':
                LineFeed();
                break;
            case '\r':
                _buffer.X = 0;
                break;
            case 0x0E or 0x0F:
                SetLevel(0x0F - code);
                break;
            case 0x84 or 0x85:
                if (code == 0x85) _buffer.X = 0;
                Index();
                break;
            case 0x88:
                SetTab();
                break;
        }

        _printed = 0;
    }

    internal void Escape(char intermediate, char final)
    {
        switch (intermediate, final)
        {
            case ('\0', '7'):
                SaveCursor();
                break;
            case ('\0', '8'):
                RestoreCursor();
                break;
            case ('\0', 'D'):
                Index();
                break;
            case ('\0', 'E'):
                _buffer.X = 0;
                Index();
                break;
            case ('\0', 'H'):
                SetTab();
                break;
            case ('\0', 'M'):
                ReverseIndex();
                break;
            case ('\0', '=' or '>'):
                _modes = _modes with { ApplicationKeypad = final == '=' };
                break;
            case ('\0', 'c'):
                Reset();
                break;
            case ('\0', 'n' or '}'):
                SetLevel(2);
                break;
            case ('\0', 'o' or '|'):
                SetLevel(3);
                break;
            case ('\0', '~'):
                SetLevel(1);
                break;
            case ('%', '@' or 'G'):
                SetLevel(0);
                SetCharset(0, Charset.Ascii);
                break;
            case ('(' or ')' or '*' or '+', _):
                SetCharset(intermediate - '(', Charsets.Of(final));
                break;
            case ('-' or '.', _):
                SetCharset(intermediate - '-' + 1, Charsets.Of(final));
                break;
            case ('#', '8'):
                Align();
                break;
        }

        _printed = 0;
    }

    internal void Control(char prefix, char intermediate, char final, VtParameters parameters)
    {
        switch (prefix, intermediate)
        {
            case ('\0', '\0'):
                Control(final, parameters);
                break;
            case ('?', '\0') when final is 'h' or 'l':
                for (var i = 0; i < parameters.Count; i++) SetPrivateMode(parameters[i], final == 'h');
                break;
            case ('?', '\0') when final is 'J' or 'K':
                Control(final, parameters);
                break;
            case ('\0', '!') when final == 'p':
                SoftReset();
                break;
            case ('\0', ' ') when final == 'q':
                _modes = _modes with { CursorShape = Math.Min(parameters[0], 6) };
                break;
            case ('\0', ' ') when final is '@' or 'A':
                ShiftRows(0, final == '@' ? -parameters.Times() : parameters.Times());
                break;
            case ('\0', '\'') when final is '}' or '~':
                ShiftRows(_buffer.X, final == '~' ? -parameters.Times() : parameters.Times());
                break;
        }

        _printed = 0;
    }

    internal void System(string command)
    {
        var split = command.IndexOf(';', StringComparison.Ordinal);
        if (split > 0 && command[..split] is "0" or "2") Title = command[(split + 1)..];
    }

    private void Control(char final, VtParameters p)
    {
        var times = p.Times();
        switch (final)
        {
            case '@':
                RestrictCursor();
                _buffer.Current.Insert(_buffer.X, times, _style.Erased());
                break;
            case 'A' or 'F':
                MoveCursor(0, -(_buffer.Y >= _buffer.Top ? Math.Min(times, _buffer.Y - _buffer.Top) : times));
                if (final == 'F') _buffer.X = 0;
                break;
            case 'B' or 'E':
                MoveCursor(0, _buffer.Y <= _buffer.Bottom ? Math.Min(times, _buffer.Bottom - _buffer.Y) : times);
                if (final == 'E') _buffer.X = 0;
                break;
            case 'C' or 'a':
                MoveCursor(times, 0);
                break;
            case 'D':
                MoveCursor(-times, 0);
                break;
            case 'G' or '`':
                SetCursor(times - 1, _buffer.Y);
                break;
            case 'H' or 'f':
                SetCursor(p.Times(1) - 1, times - 1);
                break;
            case 'I' or 'Z':
                for (times = Math.Min(times, Columns); times > 0 && _buffer.X < Columns; times--) _buffer.X = final == 'I' ? _buffer.NextTab(Columns) : _buffer.PreviousTab();
                break;
            case 'J':
                EraseDisplay(p[0]);
                break;
            case 'K':
                EraseLine(p[0]);
                break;
            case 'L' or 'M':
                MoveRows(times, down: final == 'L');
                break;
            case 'P':
                RestrictCursor();
                _buffer.Current.Delete(_buffer.X, times, _style.Erased());
                break;
            case 'S':
                for (times = Math.Min(times, Rows); times > 0; times--) _buffer.Move(_buffer.Top, _buffer.Bottom, _style.Erased());
                break;
            case 'T':
                for (times = Math.Min(times, Rows); times > 0; times--) _buffer.Move(_buffer.Bottom, _buffer.Top, default);
                break;
            case 'X':
                RestrictCursor();
                _buffer.Current.Erase(_buffer.X, (int)Math.Min(Columns, (long)_buffer.X + times), _style.Erased());
                break;
            case 'b':
                Repeat(times);
                break;
            case 'd':
                SetCursor(_buffer.X, times - 1);
                break;
            case 'e':
                MoveCursor(0, times);
                break;
            case 'g':
                if (p[0] == 0) _buffer.Tabs.Remove(_buffer.X);
                else if (p[0] == 3) _buffer.Tabs.Clear();
                break;
            case 'h' or 'l':
                for (var i = 0; i < p.Count; i++) SetMode(p[i], final == 'h');
                break;
            case 'm':
                _style = StyleSequence.Apply(_style, p);
                break;
            case 'r':
                SetRegion(p);
                break;
            case 's':
                SaveCursor();
                break;
            case 'u':
                RestoreCursor();
                break;
        }
    }

    private void SetRegion(VtParameters p)
    {
        var bottom = p.Count < 2 || p[1] > Rows || p[1] == 0 ? Rows : p[1];
        if (bottom <= p.Times()) return;
        (_buffer.Top, _buffer.Bottom) = (p.Times() - 1, bottom - 1);
        SetCursor(0, 0);
    }
}
