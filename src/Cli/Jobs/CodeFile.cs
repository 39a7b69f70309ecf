namespace Holdfast.Cli.Jobs;

/// <summary>A file of a job's code.</summary>
/// <param name="Path">Where it is in the code, with slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsProgram">Whether its owner may execute it.</param>
internal sealed record CodeFile(string Path, long Length, bool IsProgram)
{
    /// <summary>Where it is read from; null when <see cref="Content"/> or <see cref="Link"/> says what it is.</summary>
    public string? Source { get; init; }

    /// <summary>What was made for the job.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Where a symbolic link leads, as it is written there.</summary>
    public string? Link { get; init; }

    /// <summary>A file or link on the disk; null when there is none, as of what git knows and somebody has deleted.</summary>
    public static CodeFile? Read(string root, string path)
    {
        var file = new FileInfo(System.IO.Path.Combine(root, path));
        if (file.LinkTarget is { } target) return new CodeFile(path, 0, false) { Link = target };
        return file.Exists ? new CodeFile(path, file.Length, file.UnixFileMode.HasFlag(UnixFileMode.UserExecute)) { Source = file.FullName } : null;
    }

    /// <summary>A file that is made for the job.</summary>
    public static CodeFile Made(string path, byte[] content) => new(path, content.Length, false) { Content = content };

    /// <summary>Whether a link leads to somewhere inside the code, wherever that is unpacked.</summary>
    public bool LeadsInside()
    {
        if (Link!.StartsWith('/')) return false;
        var depth = Path.Count(letter => letter == '/');
        foreach (var part in Link.Split('/'))
        {
            if (part == "..") depth--;
            else if (part is not ("" or ".")) depth++;
            if (depth < 0) return false;
        }
        return true;
    }
}
