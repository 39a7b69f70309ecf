using System.Buffers.Text;
using System.Globalization;

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
    public static bool Overflows(ReadOnlySpan<byte> token) =>
        (token.Length > 300 || token.IndexOfAny((byte)'e', (byte)'E') >= 0) && double.IsInfinity(ToDouble(token));

    private static double ToDouble(ReadOnlySpan<byte> token) => double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Writes a finite number as Python's repr.</summary>
    // .NET and Python agree on the shortest digits that read back the same; they differ in when an exponent is used and how.
    public static void Repr(ByteSink sink, double value)
    {
        Span<byte> shortest = stackalloc byte[32];
        Span<byte> digits = stackalloc byte[32];
        value.TryFormat(shortest, out var length, provider: CultureInfo.InvariantCulture);
        if (shortest[0] == '-')
        {
            sink.Write((byte)'-');
            shortest = shortest[1..length--];
        }
        var mantissa = shortest[..length];
        var exponent = -1;
        if (mantissa.IndexOf((byte)'E') is >= 0 and var mark)
        {
            exponent += Utf8Parser.TryParse(mantissa[(mark + (mantissa[mark + 1] == '+' ? 2 : 1))..], out int shift, out _) ? shift : 0;
            mantissa = mantissa[..mark];
        }
        var point = mantissa.IndexOf((byte)'.');
        exponent += point < 0 ? mantissa.Length : point;
        var count = 0;
        foreach (var digit in mantissa)
        {
            if (digit == '.')
                continue;
            if (count == 0 && digit == '0')
                exponent--;
            else
                digits[count++] = digit;
        }
        Python(sink, digits[..count].TrimEnd((byte)'0'), exponent);
    }

    /// <summary>Writes d.ddd × 10^exponent the way repr does.</summary>
    private static void Python(ByteSink sink, ReadOnlySpan<byte> digits, int exponent)
    {
        if (digits.IsEmpty)
        {
            sink.Write("0.0"u8);
        }
        else if (exponent is < -4 or >= 16)
        {
            sink.Write(digits[0]);
            if (digits.Length > 1)
                sink.Write((byte)'.');
            sink.Write(digits[1..]);
            sink.Write(exponent < 0 ? "e-"u8 : "e+"u8);
            Span<byte> power = stackalloc byte[4];
            Math.Abs(exponent).TryFormat(power, out var length, "00", CultureInfo.InvariantCulture);
            sink.Write(power[..length]);
        }
        else if (exponent < 0)
        {
            sink.Write("0.0000"u8[..(1 - exponent)]);
            sink.Write(digits);
        }
        else
        {
            var whole = Math.Min(digits.Length, exponent + 1);
            sink.Write(digits[..whole]);
            for (var zero = whole; zero <= exponent; zero++)
                sink.Write((byte)'0');
            sink.Write((byte)'.');
            sink.Write(whole < digits.Length ? digits[whole..] : "0"u8);
        }
    }
}
