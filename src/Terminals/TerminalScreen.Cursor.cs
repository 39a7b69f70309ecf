namespace Holdfast.Terminals;

/// <summary>The cursor, what it erases and moves, and the modes.</summary>
public sealed partial class TerminalScreen
{
    private ScreenModes _modes = new();

    private void RestrictCursor(int? last = null)
    {
        _buffer.X = Math.Clamp(_buffer.X, 0, last ?? Columns - 1);
        _buffer.Y = _modes.Origin ? Math.Clamp(_buffer.Y, _buffer.Top, _buffer.Bottom) : Math.Clamp(_buffer.Y, 0, Rows - 1);
    }

    private void SetCursor(int x, int y)
    {
        (_buffer.X, _buffer.Y) = (x, _modes.Origin ? (int)Math.Min(int.MaxValue, (long)_buffer.Top + y) : y);
        RestrictCursor();
    }

    private void MoveCursor(int x, int y)
    {
        RestrictCursor();
        // As xterm.js has it: in origin mode the top of the region is counted once more.
        SetCursor((int)Math.Min(int.MaxValue, (long)_buffer.X + x), (int)Math.Min(int.MaxValue, (long)_buffer.Y + y));
    }

    private void Backspace()
    {
        RestrictCursor(_modes.ReverseWrap ? Columns : null);
        if (_buffer.X > 0)
        {
            _buffer.X--;
        }
        else if (_modes.ReverseWrap && _buffer.Y > _buffer.Top && _buffer.Y <= _buffer.Bottom && _buffer.Current.Wrapped)
        {
            _buffer.Current.Wrapped = false;
            _buffer.Y--;
            _buffer.X = Columns - 1;
            // The last place was left empty for a wide character.
            if (_buffer.Current.Cells[_buffer.X] is { Rune: 0, Width: 1 }) _buffer.X--;
        }

        RestrictCursor();
    }

    private void LineFeed()
    {
        if (_modes.NewLine) _buffer.X = 0;
        if (_buffer.Y == _buffer.Bottom)
        {
            Scroll();
        }
        else if (_buffer.Y < Rows - 1)
        {
            _buffer.Y++;
            _buffer.Current.Wrapped = false;
        }

        if (_buffer.X >= Columns) _buffer.X = Columns - 1;
    }

    private void Index()
    {
        RestrictCursor();
        if (_buffer.Y == _buffer.Bottom) Scroll();
        else if (_buffer.Y < Rows - 1) _buffer.Y++;
        RestrictCursor();
    }

    private void ReverseIndex()
    {
        RestrictCursor();
        if (_buffer.Y == _buffer.Top) _buffer.Move(_buffer.Bottom, _buffer.Top, _style.Erased());
        else _buffer.Y--;
        RestrictCursor();
    }

    /// <summary>That the next character goes to the next row is not saved: it would not be restored.</summary>
    private void SaveCursor() => _buffer.Saved = new SavedCursor(Math.Min(_buffer.X, Columns - 1), _buffer.Y, _style, _charset);

    private void RestoreCursor()
    {
        (_buffer.X, _buffer.Y) = (_buffer.Saved.X, _buffer.Saved.Y);
        _style = _buffer.Saved.Style;
        // As xterm.js has it: only until a set is chosen again.
        _charset = _buffer.Saved.Charset;
        RestrictCursor();
    }

    private void EraseLine(int what)
    {
        RestrictCursor(Columns);
        Erase(_buffer.Current, what);
    }

    /// <summary>0 from the cursor on, 1 up to the cursor, 2 all.</summary>
    private void Erase(Row row, int what)
    {
        if (what > 2) return;
        row.Erase(what == 0 ? _buffer.X : 0, what == 1 ? _buffer.X + 1 : Columns, _style.Erased());
        if (what == 2 || what == 0 && _buffer.X == 0) row.Wrapped = false;
    }

    private void EraseDisplay(int what)
    {
        RestrictCursor(Columns);
        if (what is 2 or 3) SayAll(screen: what == 2);
        if (what == 3) _buffer.Scrollback?.Clear();
        if (what > 2) return;
        if (what == 1)
        {
            _buffer.Current.Erase(0, _buffer.X + 1, _style.Erased());
            _buffer.Current.Wrapped = false;
            if (_buffer.X + 1 >= Columns && _buffer.Y + 1 < Rows) _buffer.Rows[_buffer.Y + 1].Wrapped = false;
        }
        else
        {
            Erase(_buffer.Current, what);
        }

        for (var y = 0; y < Rows; y++)
        {
            if (what == 2 || what == 0 && y > _buffer.Y || what == 1 && y < _buffer.Y) _buffer.Rows[y].Clear(_style.Erased());
        }
    }

    private void MoveRows(int times, bool down)
    {
        RestrictCursor();
        if (_buffer.Y > _buffer.Bottom || _buffer.Y < _buffer.Top) return;
        for (times = Math.Min(times, Rows); times > 0; times--) _buffer.Move(down ? _buffer.Bottom : _buffer.Y, down ? _buffer.Y : _buffer.Bottom, _style.Erased());
        _buffer.X = 0;
    }

    /// <summary>Moves all rows of the region to the right, or to the left when <paramref name="by"/> is negative, from a column on.</summary>
    private void ShiftRows(int from, int by)
    {
        if (_buffer.Y > _buffer.Bottom || _buffer.Y < _buffer.Top || from >= Columns) return;
        for (var y = _buffer.Top; y <= _buffer.Bottom; y++)
        {
            if (by > 0) _buffer.Rows[y].Insert(from, by, _style.Erased());
            else _buffer.Rows[y].Delete(from, -by, _style.Erased());
            _buffer.Rows[y].Wrapped = false;
        }
    }

    /// <summary>DECALN: a screen full of E.</summary>
    private void Align()
    {
        SetCursor(0, 0);
        foreach (var row in _buffer.Rows.Skip(_buffer.Y))
        {
            row.Clear(_style);
            row.Cells.AsSpan().Fill(new Cell { Rune = 'E', Style = _style, Width = 1 });
        }

        SetCursor(0, 0);
    }

    private void SetTab()
    {
        if (_buffer.X < Columns) _buffer.Tabs.Add(_buffer.X);
    }

    private void SetCharset(int level, Charset charset)
    {
        _charsets[level] = charset;
        if (level == _level) _charset = charset;
    }

    private void SetLevel(int level) => (_level, _charset) = (level, _charsets[level]);

    private void SetMode(int mode, bool on)
    {
        if (mode == 4) _modes = _modes with { Insert = on };
        else if (mode == 20) _modes = _modes with { NewLine = on };
    }

    private void SetPrivateMode(int mode, bool on)
    {
        switch (mode)
        {
            case 2 when on:
                for (var level = 0; level < 4; level++) SetCharset(level, Charset.Ascii);
                break;
            case 6:
                _modes = _modes with { Origin = on };
                SetCursor(0, 0);
                break;
            case 9 or 1000 or 1002 or 1003:
                _modes = _modes with { Mouse = on ? mode : 0 };
                break;
            case 1006 or 1016:
                _modes = _modes with { MouseEncoding = on ? mode : 0 };
                break;
            case 1048:
                if (on) SaveCursor();
                else RestoreCursor();
                break;
            case 47 or 1047 or 1049:
                if (on && mode == 1049) SaveCursor();
                Switch(on);
                if (!on && mode == 1049) RestoreCursor();
                break;
            default:
                _modes = mode switch
                {
                    1 => _modes with { ApplicationCursor = on },
                    7 => _modes with { Wrap = on },
                    25 => _modes with { HiddenCursor = !on },
                    45 => _modes with { ReverseWrap = on },
                    66 => _modes with { ApplicationKeypad = on },
                    1004 => _modes with { Focus = on },
                    2004 => _modes with { BracketedPaste = on },
                    _ => _modes,
                };
                break;
        }
    }

    private void Switch(bool alternate)
    {
        if (alternate == IsAlternate) return;
        var (x, y) = (_buffer.X, _buffer.Y);
        _buffer = alternate ? _alternate : _normal;
        (_buffer.X, _buffer.Y) = (x, y);
        if (!alternate) return;
        (_buffer.Top, _buffer.Bottom, _buffer.Tabs) = (0, Rows - 1, ScreenBuffer.DefaultTabs(Columns, 0, []));
        foreach (var row in _buffer.Rows) row.Clear(_style.Erased());
    }

    private void SoftReset()
    {
        (_buffer.Top, _buffer.Bottom, _style) = (0, Rows - 1, default);
        _modes = new ScreenModes { NewLine = _modes.NewLine, Mouse = _modes.Mouse, MouseEncoding = _modes.MouseEncoding, CursorShape = _modes.CursorShape };
        ResetCharsets();
        _buffer.Saved = SavedCursor.Initial;
    }
}
