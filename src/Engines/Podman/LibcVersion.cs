using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Engines.Podman;

/// <summary>glibc has a sentence about itself in its file: "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36."</summary>
internal static partial class LibcVersion
{
    /// <summary>The version that a stream with the library in it names; null when it names none.</summary>
    public static async Task<Version?> FindAsync(Stream stream, CancellationToken cancellationToken)
    {
        const int Overlap = 128; // the sentence is shorter
        var buffer = new byte[64 << 10];
        int kept = 0, read;
        while ((read = await stream.ReadAtLeastAsync(buffer.AsMemory(kept), buffer.Length - kept, throwOnEndOfStream: false, cancellationToken)) > 0)
        {
            var length = kept + read;
            if (Sentence().Match(Encoding.Latin1.GetString(buffer, 0, length)) is { Success: true } match) return Version.Parse(match.Groups[1].Value);
            kept = Math.Min(Overlap, length);
            buffer.AsSpan(length - kept, kept).CopyTo(buffer);
        }

        return null;
    }

    [GeneratedRegex(@"GNU C Library .{0,80}release version (\d+\.\d+)")]
    private static partial Regex Sentence();
}
