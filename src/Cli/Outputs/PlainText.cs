using System.Text;

namespace Holdfast.Cli.Outputs;

/// <summary>
/// Printed text for files and programs: without the escape sequences of terminals (ECMA-48), and with each line as a terminal would show it in
/// the end, however often <c>\r</c> and <c>\b</c> went back in it. Holds the line at hand, of which only the last <see cref="LongestLine"/>
/// characters can still be written over.
/// </summary>
internal sealed class PlainText(Stream output) : Stream
{
    private const int LongestLine = 64 << 10;
    private const byte Escape = 0x1B, Bell = 0x07, Back = 0x08;
    private readonly List<Rune> _line = [];
    private int _cursor;
    private State _state;
    private byte _parameter;

    private enum State
    {
        Text,
        AfterEscape,
        Sequence,
        Command,
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Takes text in UTF-8, whole characters at a time.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_state == State.Text && _line.Count == 0)
            {
                var plain = buffer.IndexOfAny(Escape, (byte)'\r', Back) is >= 0 and var control ? buffer[..control] : buffer;
                var done = plain.Length > LongestLine ? plain.Length : plain.LastIndexOf((byte)'\n') + 1;
                output.Write(plain[..done]);
                buffer = buffer[done..];
                if (buffer.IsEmpty) return;
            }

            buffer = buffer[(_state == State.Text ? Text(buffer) : Control(buffer[0]) ? 1 : 0)..];
        }
    }

    /// <summary>The line at hand goes out as it is; what comes now begins another.</summary>
    public override void Flush()
    {
        WriteLine();
        output.Flush();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Takes one character; gives its length in bytes.</summary>
    private int Text(ReadOnlySpan<byte> text)
    {
        switch (text[0])
        {
            case Escape:
                _state = State.AfterEscape;
                return 1;
            case (byte)'\r':
                _cursor = 0;
                return 1;
            case Back:
                _cursor = Math.Max(0, _cursor - 1);
                return 1;
            case (byte)'\n':
                WriteLine();
                output.WriteByte((byte)'\n');
                return 1;
        }

        _ = Rune.DecodeFromUtf8(text, out var rune, out var length);
        if (_cursor < _line.Count) _line[_cursor] = rune;
        else _line.Add(rune);
        _cursor++;
        if (_line.Count == LongestLine) WriteLine();
        return length;
    }

    /// <summary>Takes one byte of an escape sequence; false when it does not belong to it.</summary>
    private bool Control(byte next)
    {
        switch (_state)
        {
            case State.AfterEscape:
                _parameter = 0;
                if (next is >= 0x20 and <= 0x2F) return true;
                _state = next switch { (byte)'[' => State.Sequence, (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' => State.Command, _ => State.Text };
                return next is >= 0x30 and <= 0x7E;
            case State.Sequence:
                if (next is >= 0x20 and <= 0x3F)
                {
                    _parameter = next;
                    return true;
                }

                _state = State.Text;
                if (next == 'K') EraseInLine();
                return next is >= 0x40 and <= 0x7E;
            default:
                // A line's end ends it too: one that is never closed must not take all that follows.
                if (next is Escape or Bell or (byte)'\n') _state = next == Escape ? State.AfterEscape : State.Text;
                return next != '\n';
        }
    }

    /// <summary>EL: from the cursor to the end; 1 from the start to the cursor, 2 the whole line.</summary>
    private void EraseInLine()
    {
        if (_parameter is (byte)'1' or (byte)'2')
        {
            for (var i = 0; i < Math.Min(_cursor, _line.Count); i++) _line[i] = new Rune(' ');
        }

        if (_parameter != '1' && _cursor < _line.Count) _line.RemoveRange(_cursor, _line.Count - _cursor);
    }

    private void WriteLine()
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in _line) output.Write(utf8[..rune.EncodeToUtf8(utf8)]);
        _line.Clear();
        _cursor = 0;
    }
}
