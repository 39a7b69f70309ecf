namespace Holdfast.Cli.Hub;

/// <summary>The hub's unit, systemd.service(5).</summary>
internal static class ServiceUnit
{
    /// <summary>Its text.</summary>
    /// <param name="program">The <c>holdfast</c> program.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="state">The state folder.</param>
    /// <param name="arguments">Further words after <c>holdfast hub</c>.</param>
    /// <param name="user">Whether it is a unit of one user's.</param>
    public static string Text(string program, string data, string state, IReadOnlyList<string> arguments, bool user) => $"""
        [Unit]
        Description=Holdfast hub
        {(user ? "" : "Wants=network-online.target\nAfter=network-online.target\n")}
        [Service]
        ExecStart={string.Join(' ', ((string[])[program, "hub", "--data", data, .. arguments]).Select(Quote))}
        Environment={Quote($"HOLDFAST_STATE={state}", isCommand: false)}
        Restart=always
        RestartSec=1
        # Machines are processes of their own and go on when the hub ends.
        KillMode=process
        LimitNOFILE=65536
        UMask=0077

        [Install]
        WantedBy={(user ? "default.target" : "multi-user.target")}

        """;

    private static string Quote(string word) => Quote(word, isCommand: true);

    /// <summary>A word as systemd reads it back: specifiers begin with %, in commands variables with $.</summary>
    private static string Quote(string word, bool isCommand)
    {
        word = word.Replace("%", "%%", StringComparison.Ordinal);
        if (isCommand) word = word.Replace("$", "$$", StringComparison.Ordinal);
        return word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=@%$,+".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
    }
}
