namespace Holdfast.Cli.Hub;

/// <summary>The block of <c>~/.ssh/config</c> that has every ssh on this computer know machines.</summary>
internal static class SshConfig
{
    private const string Begin = "# holdfast: begin ('holdfast ssh config' writes what is between these two lines)", End = "# holdfast: end";

    /// <summary>Where ssh looks.</summary>
    public static string FilePath => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "config");

    /// <summary>What ssh is told of machines, as lines of its configuration.</summary>
    public static IReadOnlyList<(string Name, string Value)> Settings(SshIdentity identity, string? hub, string? data) =>
    [
        ("ProxyCommand", ProxyCommand(hub, data)),
        ("User", identity.View.User),
        ("IdentityFile", Quoted(identity.KeyFile)),
        ("IdentitiesOnly", "yes"),
        ("UserKnownHostsFile", Quoted(identity.KnownHostsFile)),
        ("StrictHostKeyChecking", "yes"),
    ];

    /// <summary>The same as arguments of ssh.</summary>
    public static IEnumerable<string> Options(SshIdentity identity, string? hub, string? data) => Settings(identity, hub, data).SelectMany(each => (string[])["-o", $"{each.Name} {each.Value}"]);

    /// <summary>Puts the block into the file, in the place of the one before. Whether anything has changed.</summary>
    public static bool Write(SshIdentity identity, string? hub, string? data)
    {
        // First, because ssh takes what it reads first; and what follows is for all hosts, as it was.
        string[] block = [Begin, $"Host *{identity.View.Suffix}", .. Settings(identity, hub, data).Select(each => $"  {each.Name} {each.Value}"), "Match all", End];
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var before = File.Exists(FilePath) ? File.ReadAllText(FilePath) : "";
        var lines = before.Split('\n').ToList();
        var (begin, end) = (lines.FindIndex(line => line.StartsWith("# holdfast: begin", StringComparison.Ordinal)), lines.FindIndex(line => line.TrimEnd() == End));
        if (begin >= 0 && end < begin) throw new IOException($"{FilePath} line {begin + 1}: the block of holdfast has no end; mend: remove its lines, and start again.");
        if (begin >= 0) lines.RemoveRange(begin, end - begin + 1);
        lines.InsertRange(Math.Max(begin, 0), block);
        var after = string.Join('\n', lines);
        if (after == before) return false;
        OwnFile.Write(FilePath, after);
        return true;
    }

    /// <summary>What gets a connection to the machine whose name ssh was given.</summary>
    private static string ProxyCommand(string? hub, string? data)
    {
        // Whoever starts ssh later (an editor, cron) need not have the variables of now; the key and the hub's own token are found by them.
        string[] words = ["env", $"HOLDFAST_STATE={Surroundings.Home.StateFolder}", Environment.ProcessPath!, "ssh-proxy", .. hub is null ? (string[])[] : ["--hub", hub], .. data is null ? (string[])[] : ["--data", Path.GetFullPath(data)]];
        return string.Join(' ', words.Select(word => $"'{word.Replace("%", "%%", StringComparison.Ordinal)}'").Append("%n"));
    }

    private static string Quoted(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";
}
