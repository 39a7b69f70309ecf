using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Holdfast.Hub.Ssh;

namespace Holdfast.Hub.Mosh;

/// <summary>Starts a mosh-server for those who come through the ssh gateway, as their own mosh asks for it, and tells them the port of the hub instead of the server's.</summary>
internal sealed partial class MoshStart(HubOptions options, MoshSessions sessions)
{
    // Whoever has a key says what is matched here: what would take long is none of these.
    private const int LongestCommand = 4 << 10, LongestMatch = 50;

    private const int MostWords = 8 << 10, NotFound = 127;
    private const string Script = """
        cd "$HOME"
        exec /bin/sh -c "export $1; $2" 2>&1
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Whether a command is that of a mosh which begins a session: <c>mosh-server new …</c>, however it is quoted.</summary>
    public static bool IsMosh(string command) => command.Length <= LongestCommand && Begin().IsMatch(command);

    /// <summary>A command without what has it say first where ssh has come to, as some clients of mosh ask; and whether that was asked.</summary>
    public static (string Command, bool AsksWhere) Plain(string command)
    {
        try
        {
            return command.Length <= LongestCommand && Probe().Match(command) is { Success: true } match ? (match.Groups["rest"].Value, true) : (command, false);
        }
        catch (RegexMatchTimeoutException)
        {
            return (command, false);
        }
    }

    /// <summary>Starts one; what its client is to read.</summary>
    /// <param name="caller">Who comes, and may.</param>
    /// <param name="machine">One of theirs, that runs.</param>
    /// <param name="key">The key that let them in.</param>
    /// <param name="command">What their mosh asks for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<string>> RunAsync(Caller caller, MachineRecord machine, SshKey key, string command, CancellationToken cancellationToken)
    {
        if (options.Settings.Mosh is null) return MoshSessions.Off;
        if (options.EngineOf(machine) is not { } engine) return new HubFault("unavailable", $"This hub has no engine {machine.Spec.Engine}.");
        string[] argv = ["/bin/sh", "-c", Script, "holdfast-mosh", MoshServer.Surroundings, command];
        var (said, code) = ("", (int?)null);
        if (machine.Node is not null) said = await ReadAsync(options.Folders.WayOf(machine.Id), argv, cancellationToken);
        else
        {
            var entry = await engine.EntryAsync(machine.Id, argv, cancellationToken);
            if (!entry.Ok) return new HubFault("unavailable", entry.Fault.Message);
            (said, code) = await ReadAsync(entry.Value, cancellationToken);
        }
        if (MoshServer.Read(said) is not { } server) return new HubFault("unavailable", code == NotFound ? MoshServer.Missing(machine.Spec.Name) : $"mosh-server did not start in {machine.Spec.Name}: {said.Trim()}");
        var opened = await sessions.OpenAsync(caller.Name, machine, server.Port, [key], null, cancellationToken);
        return opened.Ok ? string.Create(CultureInfo.InvariantCulture, $"\r\nMOSH CONNECT {opened.Value} {server.Key}\r\n") : opened.Fault;
    }

    private static async Task<string> ReadAsync(string way, string[] argv, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            using var output = new StreamReader(await NodeWay.RunAsync(way, argv, late.Token));
            var said = new char[MostWords];
            return new string(said, 0, await output.ReadBlockAsync(said, late.Token));
        }
        catch (Exception fault) when (fault is IOException or SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return fault.Message;
        }
    }

    private static async Task<(string Said, int? Code)> ReadAsync(IReadOnlyList<string> argv, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(argv[0], argv.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Close();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        var said = new char[MostWords];
        try
        {
            var length = await process.StandardOutput.ReadBlockAsync(said, late.Token);
            await process.WaitForExitAsync(late.Token);
            return (new string(said, 0, length), process.ExitCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return ("it did not answer", null);
        }
    }

    [GeneratedRegex(@"^\s*sh\s+-c\s+'[^']*MOSH SSH_CONNECTION[^']*(?:'\s*(?:;|&&)\s*(?<rest>.+)|;\s*exec\s+(?<rest>[^']+)'\s*)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline, LongestMatch)]
    private static partial Regex Probe();

    [GeneratedRegex(@"^\s*(env(\s+[A-Z_]+=\S*)+\s+)?['""]?(/\S*/)?mosh-server['""]?\s+['""]?new['""]?(\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Begin();
}
