namespace Holdfast.Cli.Notebooks;

/// <summary>Where the files of <c>nb export</c> and <c>nb to</c> go.</summary>
internal static class ScriptPlaces
{
    /// <summary>The file that a notebook becomes: beside it, in a folder, or the one that was named.</summary>
    /// <param name="path">The notebook, or - for standard input.</param>
    /// <param name="output">What <c>-o</c> said.</param>
    /// <param name="extension">The file's, with its dot.</param>
    /// <param name="isOneOfMany">Many files go into a folder.</param>
    public static string Of(string path, string? output, string extension, bool isOneOfMany)
    {
        if (output is not null && !isOneOfMany && !IsFolder(output)) return output;
        return Path.Join(output ?? Path.GetDirectoryName(path), (path == "-" ? "notebook" : Path.GetFileNameWithoutExtension(path)) + extension);
    }

    /// <summary>Why these notebooks cannot all have a file there; null when they can.</summary>
    public static string? Problem(IReadOnlyList<string> paths, string? output)
    {
        if (paths.Count > 1 && File.Exists(output)) return $"{output} is a file; {paths.Count} notebooks need a folder.";
        foreach (var same in paths.Where(path => path != "-").GroupBy(path => Path.GetFullPath(Of(path, output, "", true))).Where(same => same.Count() > 1))
            return $"{same.First()} and {same.Last()} would have one file. Export them one by one, each with its own -o.";
        return null;
    }

    private static bool IsFolder(string output) => output.EndsWith('/') || Directory.Exists(output);
}
