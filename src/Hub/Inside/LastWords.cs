using System.Text;

namespace Holdfast.Hub.Inside;

/// <summary>The end of what a command said, from the file that it wrote.</summary>
internal static class LastWords
{
    private const int Most = 16 << 10;

    /// <summary>The last 16 kB, from the beginning of a line on.</summary>
    public static string Of(string file)
    {
        if (!File.Exists(file)) return "";
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var isCut = stream.Length > Most;
        if (isCut) stream.Seek(-Most, SeekOrigin.End);
        var bytes = new byte[Most];
        var text = Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, Most, throwOnEndOfStream: false));
        return isCut && text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var first ? text[(first + 1)..] : text;
    }
}
