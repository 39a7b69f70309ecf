using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Lab.Recording;

/// <summary>The content of a <c>stream</c> message, read in pieces: kernels send many megabytes in one.</summary>
internal ref struct PrintedText
{
    private ReadOnlySpan<byte> _escaped;

    /// <summary>Reads the content's JSON; one without a text has none.</summary>
    public PrintedText(ReadOnlySpan<byte> json)
    {
        IsError = MessageJson.TextIs(json, "name"u8, "stderr"u8);
        if (!MessageJson.TryFind(json, "text"u8, out var text) || text.TokenType != JsonTokenType.String)
            return;
        _escaped = Utf8.IsValid(text.ValueSpan) ? text.ValueSpan : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.ValueSpan));
    }

    /// <summary>Whether it is stderr.</summary>
    public bool IsError { get; }

    /// <summary>Whether all is read.</summary>
    public readonly bool IsEmpty => _escaped.IsEmpty;

    /// <summary>Reads all of it.</summary>
    public void AppendTo(StreamText text)
    {
        Span<byte> piece = stackalloc byte[8 << 10];
        while (Read(piece) is > 0 and var length)
            text.Append(piece[..length]);
    }

    /// <summary>Reads on, never a part of a character; 0 at the end.</summary>
    /// <param name="text">Gets UTF-8; room for 4 bytes at least.</param>
    public int Read(scoped Span<byte> text)
    {
        var length = 0;
        while (!_escaped.IsEmpty && text.Length - length >= 4)
        {
            var stop = _escaped.IndexOf((byte)'\\');
            var plain = stop < 0 ? _escaped.Length : stop;
            if (plain > text.Length - length)
            {
                plain = text.Length - length;
                while ((_escaped[plain] & 0xC0) == 0x80)
                    plain--;
                stop = -1;
            }
            _escaped[..plain].CopyTo(text[length..]);
            length += plain;
            _escaped = _escaped[plain..];
            if (stop >= 0 && text.Length - length >= 4)
                length += ReadEscape(text[length..]);
        }
        return length;
    }

    private int ReadEscape(scoped Span<byte> text)
    {
        var letter = _escaped[1];
        if (letter == 'u')
            return ReadUnit().EncodeToUtf8(text);
        _escaped = _escaped[2..];
        text[0] = letter switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', (byte)'t' => (byte)'\t', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', _ => letter };
        return 1;
    }

    private Rune ReadUnit()
    {
        var first = UnitAt(0);
        _escaped = _escaped[6..];
        if (Rune.TryCreate(first, out var character))
            return character;
        if (_escaped is [(byte)'\\', (byte)'u', ..] && Rune.TryCreate(first, UnitAt(0), out character))
        {
            _escaped = _escaped[6..];
            return character;
        }
        return Rune.ReplacementChar;
    }

    private readonly char UnitAt(int start) => (char)ushort.Parse(_escaped.Slice(start + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
