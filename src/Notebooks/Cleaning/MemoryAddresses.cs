using System.Buffers;
using System.Text;

namespace Holdfast.Notebooks.Cleaning;

/// <summary>
/// Memory addresses in texts: <c> at 0x7f12…</c> where <c>&gt;</c> follows and <c>&lt;</c> stands before it on the line, as nbdev finds
/// them. One pass over the bytes: a backtracking pattern takes minutes on long lines.
/// </summary>
internal static class MemoryAddresses
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Takes the addresses out of a JSON string.</summary>
    /// <param name="inner">What stands between its quotes.</param>
    /// <param name="offset">Where that is in the file.</param>
    /// <param name="edits">Gets what is to go.</param>
    public static void Remove(ReadOnlySpan<byte> inner, int offset, ByteEdits edits)
    {
        if (inner.IndexOf(" at 0x"u8) < 0)
            return;
        var isOpen = false;
        for (var at = 0; at < inner.Length;)
        {
            if (inner[at] == '\\')
            {
                isOpen = Unit(inner[at..], out var length) switch { '<' => true, '\n' => false, _ => isOpen };
                at += length;
            }
            else if (isOpen && inner[at] == ' ' && Chain(inner[at..]) is > 0 and var chain)
            {
                if (IsClosing(inner[(at + chain)..]))
                    edits.Delete(offset + at, offset + at + chain);
                at += chain;
            }
            else
            {
                isOpen |= inner[at] == '<';
                at++;
            }
        }
    }

    /// <summary>The bytes of one address and of those that follow at once: taking out the last would let the one before it be found next time.</summary>
    private static int Chain(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (text[length..].StartsWith(" at 0x"u8))
        {
            var digits = text[(length + 6)..].IndexOfAnyExcept(HexDigits);
            digits = digits < 0 ? text.Length - length - 6 : digits;
            if (digits == 0)
                break;
            length += 6 + digits;
        }
        return length;
    }

    private static bool IsClosing(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && (text[0] == '>' || (text[0] == '\\' && Unit(text, out _) == '>'));

    /// <summary>The character of an escape, or 0 for one that does not matter here, and its length.</summary>
    private static char Unit(ReadOnlySpan<byte> escape, out int length)
    {
        length = escape[1] == 'u' ? 6 : 2;
        if (escape[1] == 'n')
            return '\n';
        return escape[1] == 'u' ? (char)Convert.ToUInt16(Encoding.ASCII.GetString(escape[2..6]), 16) : '\0';
    }
}
