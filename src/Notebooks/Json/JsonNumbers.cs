using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Holdfast.Notebooks.Json;

/// <summary>Numbers as Python reads and writes them.</summary>
internal static class JsonNumbers
{
    /// <summary>
    /// Writes a number as Python's json would after reading it: integers of any size as they stand, the rest as repr(float).
    /// A float too large for a double keeps its own spelling: Python would write Infinity, which is not JSON.
    /// </summary>
    public static void Write(ByteSink sink, ReadOnlySpan<byte> token)
    {
        if (token.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
            sink.Write(token.SequenceEqual("-0"u8) ? "0"u8 : token);
        else if (ToDouble(token) is var value && double.IsFinite(value))
            Repr(sink, value);
        else
            sink.Write(token);
    }

    /// <summary>Whether two numbers are the same once a browser has read them.</summary>
    public static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.SequenceEqual(b) || ToDouble(a) == ToDouble(b);

    /// <summary>Whether a number is too large for a double: a browser reads infinity and sends null.</summary>
    public static bool Overflows(ReadOnlySpan<byte> token) => double.IsInfinity(ToDouble(token));

    private static double ToDouble(ReadOnlySpan<byte> token) =>
        Utf8Parser.TryParse(token, out double value, out var used) && used == token.Length
            ? value
            : double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);

    // .NET and Python agree on the shortest digits that read back the same; they differ in when an exponent is used and how.
    private static void Repr(ByteSink sink, double value)
    {
        Span<byte> shortest = stackalloc byte[32];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        sink.Write(Encoding.ASCII.GetBytes(Python(Encoding.ASCII.GetString(shortest[..length]))));
    }

    private static string Python(string text)
    {
        var sign = text.StartsWith('-') ? "-" : "";
        var parts = text[sign.Length..].Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? parts[0].Length : point;
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var exponent = whole - 1 + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        var leading = digits.Length - digits.TrimStart('0').Length;
        if (leading == digits.Length)
            return sign + "0.0";
        digits = digits[leading..].TrimEnd('0');
        exponent -= leading;
        return sign + exponent switch
        {
            < -4 or >= 16 => digits[..1] + (digits.Length > 1 ? "." + digits[1..] : "")
                + (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture),
            < 0 => "0." + new string('0', -exponent - 1) + digits,
            _ when digits.Length <= exponent + 1 => digits.PadRight(exponent + 1, '0') + ".0",
            _ => digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
        };
    }
}
