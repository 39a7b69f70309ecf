using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Ssh;

/// <summary>
/// The way in by ssh for computers without this program: an sshd of OpenSSH on a port of its own, as a child of the hub. Each key opens nothing but <see cref="SshDoor"/>. It has an end with the hub, however
/// that ends.
/// </summary>
internal sealed class SshGateway(HubOptions options, SshKeys keys, HostKeys hosts, TimeProvider time, ILogger<SshGateway> log) : BackgroundService
{
    // What a background process of a shell reads is nothing; and the hub's end is the end of what it has given.
    private const string Script = """
        exec 3<&0
        "$1" -D -e -f "$2" 3<&- &
        child=$!
        { read -r _ <&3; kill "$child" 2>/dev/null; } &
        watch=$!
        wait "$child"
        code=$?
        kill "$watch" 2>/dev/null
        exit "$code"
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly string[] Places = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"];
    private readonly Lock _turn = new();

    private string AuthorizedFile => Path.Combine(options.Folders.Ssh, "authorized_keys");

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Settings.SshPort is not { } port) return;
        HubFolders.Make(options.Folders.Ssh);
        keys.Changed += WriteKeys;
        try
        {
            while (true)
            {
                SshLog.GatewayEnded(log, await TryAsync(port, stoppingToken), Pause);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The hub ends.
        }
        finally
        {
            keys.Changed -= WriteKeys;
        }
    }

    /// <summary>What the gateway cannot do, as on a full disk, must not end the hub.</summary>
    private async Task<string> TryAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            WriteKeys();
            return await RunAsync(port, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return fault.Message;
        }
    }

    /// <summary>Runs sshd to its end; why it ended.</summary>
    private async Task<string> RunAsync(int port, CancellationToken cancellationToken)
    {
        if (Places.FirstOrDefault(File.Exists) is not { } sshd) return "there is no sshd on this computer; mend: apt-get install openssh-server";
        if (await hosts.GatewayAsync(cancellationToken) is { Fault: { } fault }) return fault.Message;
        var isLocked = Environment.IsPrivilegedProcess && IsLocked(Environment.UserName);
        // sshd wants it, and its package makes it at a boot only.
        if (Environment.IsPrivilegedProcess) Directory.CreateDirectory("/run/sshd");
        var config = Path.Combine(options.Folders.Ssh, "sshd_config");
        await File.WriteAllTextAsync(config, Configuration(port, isLocked), cancellationToken);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "holdfast-ssh", isLocked ? Renamed(sshd) : sshd, config]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        try
        {
            var last = "";
            while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Trim() is { Length: > 0 } said) last = said;
            }
            await process.WaitForExitAsync(cancellationToken);
            return last.Length > 0 ? last : string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}");
        }
        finally
        {
            // Also when the hub ends: what waits for this ends sshd.
            process.StandardInput.Close();
        }
    }

    private string Configuration(int port, bool isLocked) => string.Create(CultureInfo.InvariantCulture, $"""
        ListenAddress {(options.Settings.SshIp.Contains(':', StringComparison.Ordinal) ? $"[{options.Settings.SshIp}]" : options.Settings.SshIp)}:{port}
        HostKey {hosts.GatewayFile}
        AuthorizedKeysFile {AuthorizedFile}
        AuthenticationMethods publickey
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        AllowUsers {Environment.UserName}
        PermitRootLogin forced-commands-only
        UsePAM {(isLocked ? "yes" : "no")}
        StrictModes no
        MaxAuthTries 6
        MaxStartups 10:30:60
        PerSourceMaxStartups 10
        LoginGraceTime 30
        DisableForwarding yes
        PermitUserRC no
        PermitUserEnvironment no
        ClientAliveInterval 60
        ClientAliveCountMax 10
        PrintMotd no
        PrintLastLog no
        UseDNS no
        PidFile none
        LogLevel ERROR

        """);

    /// <summary>sshd reads it at each login.</summary>
    private void WriteKeys()
    {
        lock (_turn)
        {
            var text = string.Concat(keys.All().Select(key => $"{SshDoor.Options(options, key, null)} {key.Type} {key.Key}\n"));
            using (var file = new StreamWriter($"{AuthorizedFile}.new", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite })) file.Write(text);
            File.Move($"{AuthorizedFile}.new", AuthorizedFile, overwrite: true);
        }
    }

    /// <summary>Whether an account has no password that could be right: sshd without PAM takes such a one for none, whichever key comes.</summary>
    private static bool IsLocked(string user) => File.Exists("/etc/shadow") && File.ReadLines("/etc/shadow").Any(line => line.StartsWith($"{user}:!", StringComparison.Ordinal));

    /// <summary>By another name it is not Debian's PAM service <c>sshd</c>, whose rules are for logins to the whole computer.</summary>
    private string Renamed(string sshd)
    {
        var link = Path.Combine(options.Folders.Ssh, "holdfast-sshd");
        File.Delete(link);
        File.CreateSymbolicLink(link, sshd);
        return link;
    }
}
