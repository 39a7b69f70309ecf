using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Hub.Mosh;

/// <summary>A mosh-server that was started.</summary>
/// <param name="Port">Its UDP port.</param>
/// <param name="Key">What encrypts the session: for its client alone, and never written down.</param>
public sealed partial record MoshServer(int Port, string Key)
{
    /// <summary>So long a server waits for a client that it has once had: a weekend, and a day more. It ends itself then, and its port with it.</summary>
    private const int Patience = 3 * 24 * 60 * 60;

    /// <summary>What is said where the hub has no ports for it.</summary>
    public const string NoRange = "This hub has no UDP ports for mosh; mend: 'mosh: {ports: 61001-61010, ip: 0.0.0.0}' in its hub.yaml (docs/reach.md), and start it anew; or ssh.";

    /// <summary>What is said where the machine has none.</summary>
    public static string Missing(string machine) => $"{machine} has no mosh-server; mend: apt-get install mosh there, or mosh in its image.";

    /// <summary>What starts one, for a shell. It listens on loopback, where the hub reaches it.</summary>
    /// <param name="colours">That the terminal has.</param>
    /// <param name="command">Program and arguments; none for a shell.</param>
    public static string Command(string colours, IReadOnlyList<string> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        string[] words = ["mosh-server", "new", "-i", "127.0.0.1", "-c", colours, "-l", "LANG=C.UTF-8", .. command.Count == 0 ? (string[])[] : ["--", .. command]];
        return $"exec env {Surroundings} {string.Join(' ', words.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"))} 2>&1";
    }

    /// <summary>Reads what it says when it has started; null when it does not say so.</summary>
    public static MoshServer? Read(string said) => Connect().Match(said) is { Success: true } match && ushort.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? new MoshServer(port, match.Groups[2].Value) : null;

    /// <summary>Variables that it is to have, as a shell writes them. With <c>-s</c>, as mosh itself starts it, it listens at the address that ssh was reached at.</summary>
    internal static string Surroundings => string.Create(CultureInfo.InvariantCulture, $"MOSH_SERVER_NETWORK_TMOUT={Patience} SSH_CONNECTION='127.0.0.1 0 127.0.0.1 0'");

    [GeneratedRegex(@"^MOSH CONNECT ([0-9]{1,5}) ([A-Za-z0-9/+]{22})\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Connect();
}
