namespace Holdfast.Hub.Inside;

/// <summary>The owner's home in a root that knows another home for its first user: an image has <c>/root</c>.</summary>
internal static class ImageHome
{
    private const long LargestFile = 64 << 10;
    private const int MostFiles = 200;
    private const string Passwd = "/etc/passwd";

    /// <summary>
    /// Makes the home root's, for programs that ask the system and not <c>HOME</c> (ssh, git over ssh), and copies in what the image's home has of small
    /// files with a dot and this one lacks. A sentence for what was copied.
    /// </summary>
    public static IEnumerable<string> Take(string home)
    {
        if (!File.Exists(Passwd)) yield break;
        var lines = File.ReadAllLines(Passwd);
        var root = Array.FindIndex(lines, line => line.StartsWith("root:", StringComparison.Ordinal));
        if (root < 0 || lines[root].Split(':') is not { Length: 7 } fields || fields[5] == home) yield break;
        var before = fields[5];
        fields[5] = home;
        lines[root] = string.Join(':', fields);
        var mode = File.GetUnixFileMode(Passwd);
        File.WriteAllLines(Passwd + ".holdfast", lines);
        File.SetUnixFileMode(Passwd + ".holdfast", mode);
        File.Move(Passwd + ".holdfast", Passwd, overwrite: true);
        var copied = CopyMissing(before, home);
        if (copied > 0) yield return $"{copied} small file{(copied == 1 ? "" : "s")} of the image's {before} {(copied == 1 ? "was" : "were")} copied into the home, which lacked {(copied == 1 ? "it" : "them")}.";
    }

    private static int CopyMissing(string from, string home)
    {
        if (!Directory.Exists(from)) return 0;
        var copied = 0;
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in new DirectoryInfo(from).EnumerateFiles("*", options))
        {
            var path = Path.GetRelativePath(from, file.FullName);
            if (path[0] != '.' || path.StartsWith(".cache/", StringComparison.Ordinal) || file.Length > LargestFile || copied == MostFiles) continue;
            var target = Path.Combine(home, path);
            // A folder that the home has is its owner's to fill.
            if (Path.Exists(target) || path.Contains('/', StringComparison.Ordinal) && Path.Exists(Path.Combine(home, path[..path.IndexOf('/', StringComparison.Ordinal)]))) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            file.CopyTo(target);
            copied++;
        }
        return copied;
    }
}
