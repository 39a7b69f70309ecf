using System.Diagnostics;
using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;

namespace Holdfast.Hub.Tests.Ssh;

/// <summary>A computer with OpenSSH's programs, a key of Ada's and a configuration (<c>conf</c>) that leads to a hub's machines.</summary>
internal sealed class SshClient : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-ssh-").FullName;

    /// <summary>Makes the key, has the hub know it, and writes the configuration.</summary>
    public async Task SetUpAsync(TestHub hub)
    {
        Assert.Equal(0, (await RunAsync("ssh-keygen -q -t ed25519 -N '' -f key")).Code);
        TestHub.Value(hub.Service<Persons>().Add(TestHub.Ada.Name, isAdmin: true, null));
        TestHub.Value(hub.Service<SshKeys>().Add(TestHub.Ada, await File.ReadAllTextAsync(Path.Combine(_folder, "key.pub"), TestHub.Cancellation), null));
        var view = TestHub.Value(await hub.Service<SshWays>().ViewAsync(TestHub.Cancellation));
        var token = TestHub.Value(hub.Service<Tokens>().Create(TestHub.Ada, "test", Tokens.All, null)).Shown;
        await File.WriteAllTextAsync(Path.Combine(_folder, "known"), $"@cert-authority *{view.Suffix} {view.Authority}\n", TestHub.Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder, "conf"), $"""
            Host *.holdfast
              User root
              ProxyCommand env HOLDFAST_STATE={_folder}/state HOLDFAST_HUB_URL={hub.Address} HOLDFAST_HUB_TOKEN={token} {TestHub.Program} ssh-proxy %n
              IdentitiesOnly yes
              IdentityFile {_folder}/key
              StrictHostKeyChecking yes
              UserKnownHostsFile {_folder}/known

            """, TestHub.Cancellation);
    }

    /// <summary>Runs a script of bash there.</summary>
    public async Task<(int Code, string Out, string Errors)> RunAsync(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(TestHub.Cancellation), process.StandardError.ReadToEndAsync(TestHub.Cancellation));
        await process.WaitForExitAsync(TestHub.Cancellation);
        return (process.ExitCode, await said, await errors);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
