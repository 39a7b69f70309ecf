using System.Text;

namespace Holdfast.Cli.Notebooks;

/// <summary>What became of one notebook.</summary>
/// <param name="Path">The notebook.</param>
/// <param name="State">written, current, stale, missing or failed.</param>
/// <param name="Text">The file, or what went wrong.</param>
internal sealed record ExportOutcome(string Path, string State, string Text);

/// <summary>The files that <c>nb export</c> writes: each whole or not at all, and none that is what it should be already.</summary>
internal static class ExportFiles
{
    /// <summary>Without a byte order mark. Half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Exports many notebooks at once and tells about each in their order. Gives the exit code.</summary>
    public static int All(IReadOnlyList<string> paths, Func<string, ExportOutcome> export)
    {
        var outcomes = new ExportOutcome[paths.Count];
        // One notebook is not worth the threads.
        if (paths.Count == 1) outcomes[0] = export(paths[0]);
        else Parallel.For(0, paths.Count, number => outcomes[number] = export(paths[number]));
        return Tell(outcomes);
    }

    /// <summary>Tells what became of files. Gives the exit code.</summary>
    public static int Tell(IEnumerable<ExportOutcome> outcomes)
    {
        var code = 0;
        foreach (var (path, state, text) in outcomes)
        {
            if (state == "failed") Output.Fail(text);
            else if (state != "current") Console.WriteLine(state == "written" ? $"Exported: {path} to {text}" : $"{(state == "stale" ? "Not current" : "Missing")}: {text}, from {path}");
            if (state is not ("written" or "current")) code = 1;
        }

        return code;
    }

    /// <summary>Writes a file, or for a check compares it.</summary>
    public static ExportOutcome Write(string from, string to, string text, bool isCheck) => Write(from, to, Utf8.GetBytes(text), isCheck);

    /// <summary>Writes a file, or for a check compares it.</summary>
    public static ExportOutcome Write(string from, string to, byte[] content, bool isCheck = false)
    {
        try
        {
            var exists = File.Exists(to);
            if (exists && File.ReadAllBytes(to).AsSpan().SequenceEqual(content)) return new ExportOutcome(from, "current", to);
            if (isCheck) return new ExportOutcome(from, exists ? "stale" : "missing", to);
            if (Directory.Exists(to)) return new ExportOutcome(from, "failed", $"{to} is a folder; {from} was not exported. Give it another place with -o.");
            if (Path.GetDirectoryName(to) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            FileReplacement.Write(to, content);
            return new ExportOutcome(from, "written", to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ExportOutcome(from, "failed", $"{from} was not exported, and {to} is as it was: {e.Message.TrimEnd('.')}. Give it another place with -o.");
        }
    }
}
