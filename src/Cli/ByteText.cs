using System.Globalization;

namespace Holdfast.Cli;

/// <summary>A number of bytes as people say it: <c>512 B</c>, <c>4.2 MB</c>.</summary>
internal static class ByteText
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Of(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        // 999.95 and more would be said as 1000.0.
        for (; value >= (unit == 0 ? 1000 : 999.95) && unit < Units.Length - 1; unit++) value /= 1000;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
