using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Holdfast.Hub.Tests.Storage;

/// <summary>
/// A computer whose kernel has project quotas: User-mode Linux, with this host's files, read-only, as its root, and an ext4 of its own on <see cref="Mount"/>. It runs
/// explicit tests of this program and is gone.
/// </summary>
internal static class QuotaGuest
{
    /// <summary>Where the file system with project quotas is in the guest.</summary>
    public const string Mount = "/mnt/quota";
    private const string Linux = "/usr/bin/linux.uml", Format = "/usr/sbin/mkfs.ext4";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>What the tests of a class say there.</summary>
    public static async Task<string> RunAsync(Type tests, CancellationToken cancellationToken)
    {
        foreach (var program in (string[])[Linux, Format])
            if (!File.Exists(program)) Assert.Skip($"{program} is not there: apt-get install user-mode-linux e2fsprogs.");
        var folder = Directory.CreateTempSubdirectory("hf-guest-").FullName;
        try
        {
            var (disk, init) = (Path.Combine(folder, "disk"), Path.Combine(folder, "init"));
            await using (var file = File.Create(disk)) file.SetLength(64 << 20);
            await HearAsync(new ProcessStartInfo(Format, ["-q", "-O", "project,quota", "-E", "quotatype=prjquota", disk]), cancellationToken);
            await File.WriteAllTextAsync(init, Script(tests), cancellationToken);
            File.SetUnixFileMode(init, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return await HearAsync(new ProcessStartInfo(Linux,
                ["mem=1G", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", $"init={init}", $"ubda={disk}", $"uml_dir={folder}", "con=null", "con0=null,fd:1", "quiet"]), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Script(Type tests)
    {
        var runtime = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        return $$"""
            #!/bin/sh
            export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/mnt TMPDIR=/mnt DOTNET_EnableDiagnostics=0 DOTNET_ROOT='{{runtime}}'
            mount -t proc proc /proc
            mount -t tmpfs tmp /mnt
            # finit_module(2): there is no insmod everywhere.
            for module in quota_tree quota_v2; do
              perl -e 'open(F, "<", $ARGV[0]) or die "$ARGV[0]: $!"; my $none = ""; syscall(313, fileno(F), $none, 0) == 0 or die "$ARGV[0]: $!"' /usr/lib/uml/modules/$(uname -r)/kernel/fs/quota/$module.ko
            done
            mkdir {{Mount}}
            mount -t ext4 -o prjquota /dev/ubda {{Mount}}
            '{{runtime}}/dotnet' '{{Assembly.GetExecutingAssembly().Location}}' -class '{{tests.FullName}}' -explicit only -noLogo -noColor 2>&1
            echo "guest ends: $?"
            echo o >/proc/sysrq-trigger
            sleep 60
            """;
    }

    private static async Task<string> HearAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardInput = true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        try
        {
            process.StandardInput.Close();
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line) said.AppendLine(line);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            said.AppendLine("It did not end in time.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        return said.ToString();
    }
}
