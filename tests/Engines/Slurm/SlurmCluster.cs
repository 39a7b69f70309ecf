using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Holdfast.Engines.Tests.Slurm;

/// <summary>
/// A real Slurm of the tests' own: one controller and two nodes, all of them this computer, in a folder that is gone afterwards. Tests are skipped, with the reason, where there is none.
/// </summary>
public sealed class SlurmCluster : IAsyncLifetime
{
    /// <summary>The nodes, four processors and 2000 MB each.</summary>
    public const string First = "node1", Second = "node2";

    /// <summary>The only partition.</summary>
    public const string Partition = "lab";

    // Not below /tmp: munged wants folders that nobody else can write.
    private readonly string _folder = Directory.CreateDirectory($"/var/tmp/hf-sl-{Guid.NewGuid():N}"[..22]).FullName;
    private readonly Dictionary<string, Process> _daemons = [];
    private readonly int _database = FreePort.Next(), _accounting = FreePort.Next();

    /// <summary>The configuration, for <c>SLURM_CONF</c>.</summary>
    public string Conf => Path.Combine(_folder, "slurm.conf");

    /// <summary>Why there is no Slurm to test with; null when there is.</summary>
    public string? Unusable { get; private set; }

    /// <summary>Lines that are added to the configuration.</summary>
    public string More { get; init; } = "";

    /// <summary>A folder of this computer that the second node does not see; null for none.</summary>
    public string? NotOnSecond { get; init; }

    /// <summary>Seconds after which the controller forgets a job that has ended.</summary>
    public int MinJobAge { get; init; } = 300;

    /// <summary>Whether each node says that it has two GPUs; the devices are others.</summary>
    public bool HasGpus { get; init; }

    /// <summary>Whether there is an accounting, in a database of its own.</summary>
    public bool HasAccounting { get; init; }

    public async ValueTask InitializeAsync()
    {
        Unusable = !Environment.IsPrivilegedProcess ? "These tests start Slurm as root."
            : ((string[])["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/setpriv", .. HasAccounting ? (string[])["/usr/sbin/slurmdbd", "/usr/sbin/mariadbd"] : []])
                .FirstOrDefault(program => !File.Exists(program)) is { } missing ? $"{missing} is not installed."
            : null;
        if (Unusable is not null) return;
        foreach (var name in (string[])["state", "log", "munge", $"spool/{First}", $"spool/{Second}"]) Directory.CreateDirectory(Path.Combine(_folder, name));
        WritePrivately(Path.Combine(_folder, "munge/key"), Convert.ToHexString(RandomNumberGenerator.GetBytes(64)));
        await RunAsync("chown", "-R", "munge:", Path.Combine(_folder, "munge"));
        await File.WriteAllTextAsync(Conf, Settings());
        await File.WriteAllTextAsync(Path.Combine(_folder, "gres.conf"), HasGpus ? $"NodeName={First},{Second} Name=gpu File=/dev/zero,/dev/full\n" : "");
        try
        {
            await StartMungeAsync();
            if (HasAccounting) await StartAccountingAsync();
            StartController();
            StartNode(First);
            StartNode(Second);
            await UntilAsync(async () => (await SaysAsync("sinfo", "--noheader", "--format=%T")).Split('\n') is ["idle"], "both nodes are idle");
        }
        catch
        {
            // Nobody else ends what has begun.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts munge, as a boot does.</summary>
    public async Task StartMungeAsync()
    {
        var munge = Path.Combine(_folder, "munge");
        Start("munged", "setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", "munged", "--foreground", "--force", $"--key-file={munge}/key", $"--socket={munge}/munge.sock", $"--pid-file={munge}/pid",
            $"--log-file={munge}/log", $"--seed-file={munge}/seed");
        await UntilAsync(() => Task.FromResult(File.Exists($"{munge}/munge.sock")), "munge listens");
    }

    private async Task StartAccountingAsync()
    {
        var data = Path.Combine(_folder, "data");
        await RunAsync("mariadb-install-db", "--no-defaults", "--user=root", $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db");
        await File.WriteAllTextAsync(Path.Combine(_folder, "accounting.sql"), "CREATE USER slurm@localhost;\nGRANT ALL ON lab.* TO slurm@localhost;\n");
        Start("mariadbd", "mariadbd", "--no-defaults", "--user=root", $"--datadir={data}", $"--socket={_folder}/data.sock", $"--port={_database}", "--bind-address=127.0.0.1", $"--init-file={_folder}/accounting.sql",
            "--innodb-buffer-pool-size=32M");
        await UntilAsync(() => Task.FromResult(File.Exists($"{_folder}/data.sock")), "the accounting's database listens");
        // Its place and its rights are slurmdbd's conditions.
        WritePrivately(Path.Combine(_folder, "slurmdbd.conf"), $"""
            AuthType=auth/munge
            AuthInfo=socket={_folder}/munge/munge.sock
            DbdHost={Dns.GetHostName()}
            DbdAddr=127.0.0.1
            DbdPort={_accounting}
            SlurmUser=root
            StorageType=accounting_storage/mysql
            StorageHost=127.0.0.1
            StoragePort={_database}
            StorageUser=slurm
            StorageLoc=lab
            PidFile={_folder}/slurmdbd.pid
            LogFile={_folder}/log/slurmdbd.log

            """);
        Start("slurmdbd", "slurmdbd", "-D");
        await UntilAsync(async () => (await SaysAsync("sacctmgr", "--immediate", "add", "cluster", "lab")).Contains("lab", StringComparison.Ordinal), "the accounting knows the cluster");
    }

    /// <summary>Starts the controller; it goes on where it was.</summary>
    public void StartController() => Start("slurmctld", "slurmctld", "-D", "-f", Conf);

    /// <summary>Starts a node.</summary>
    public void StartNode(string name)
    {
        if (name == Second && NotOnSecond is { } folder) Start(name, "unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", "mount -t tmpfs none \"$1\" && exec slurmd -D -f \"$2\" -N \"$3\"", "sh", folder, Conf, name);
        else Start(name, "slurmd", "-D", "-f", Conf, "-N", name);
    }

    /// <summary>Ends the controller as a restart of its service does: what it knows is on the disk.</summary>
    public async Task StopControllerAsync()
    {
        await SaysAsync("scontrol", "shutdown", "slurmctld");
        if (_daemons.Remove("slurmctld", out var process))
        {
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Ends the controller (<c>slurmctld</c>), <c>munged</c> or a node's daemon as a crash does. What runs on the node goes on.</summary>
    public async Task KillAsync(string name)
    {
        if (!_daemons.Remove(name, out var process)) return;
        process.Kill(entireProcessTree: name == "slurmctld");
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Ends a node as a power cut does, with all that runs there.</summary>
    /// <param name="name">The node.</param>
    /// <param name="keepsCommands">Whether only Slurm's own part of the steps ends: what they have started survives, as behind a network that has failed.</param>
    public async Task KillNodeAsync(string name, bool keepsCommands = false)
    {
        var steps = Steps(name);
        await KillAsync(name);
        foreach (var id in keepsCommands ? steps.Where(step => step.IsOwn).Select(step => step.Id) : steps.Select(step => step.Id)) Kill(id);
    }

    /// <summary>What a program of Slurm says.</summary>
    public async Task<string> SaysAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["SLURM_CONF"] = Conf } })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output + await error).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemons.ContainsKey("slurmctld")) await SaysAsync("scancel", "--me", "--full", "--signal=KILL");
        foreach (var name in (string[])[First, Second])
        {
            await KillNodeAsync(name);
            foreach (var (id, _) in Steps(name)) Kill(id);
        }
        foreach (var name in (string[])["slurmctld", "slurmdbd", "mariadbd", "munged"]) await KillAsync(name);
        Directory.Delete(_folder, recursive: true);
    }

    private string Settings()
    {
        var host = Dns.GetHostName();
        var node = $"NodeHostname={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=2000{(HasGpus ? " Gres=gpu:2" : "")} State=UNKNOWN";
        return $"""
            ClusterName=lab
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            CredType=cred/munge
            AuthInfo=socket={_folder}/munge/munge.sock
            SlurmctldPort={FreePort.Next()}
            StateSaveLocation={_folder}/state
            SlurmdSpoolDir={_folder}/spool/%n
            SlurmctldPidFile={_folder}/slurmctld.pid
            SlurmdPidFile={_folder}/slurmd-%n.pid
            SlurmctldLogFile={_folder}/log/slurmctld.log
            SlurmdLogFile={_folder}/log/slurmd-%n.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SwitchType=switch/none
            MpiDefault=none
            GresTypes=gpu
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core_Memory
            SchedulerType=sched/backfill
            SchedulerParameters=sched_interval=2,bf_interval=5,batch_sched_delay=0,sched_min_interval=0
            DependencyParameters=kill_invalid_depend
            ReturnToService=2
            SlurmctldTimeout=30
            SlurmdTimeout=10
            InactiveLimit=0
            KillWait=5
            MinJobAge={MinJobAge}
            Waittime=0
            JobRequeue=1
            JobAcctGatherType=jobacct_gather/linux
            JobAcctGatherFrequency=5
            AccountingStorageType=accounting_storage/{(HasAccounting ? "slurmdbd" : "none")}
            AccountingStorageHost=127.0.0.1
            AccountingStoragePort={_accounting}
            AccountingStoragePass={_folder}/munge/munge.sock
            JobCompType=jobcomp/none
            PropagateResourceLimits=NONE
            SlurmdParameters=config_overrides
            NodeName={First} Port={FreePort.Next()} {node}
            NodeName={Second} Port={FreePort.Next()} {node}
            PartitionName={Partition} Nodes={First},{Second} Default=YES MaxTime=1-00:00:00 DefaultTime=10 State=UP OverSubscribe=NO
            DefMemPerCPU=100
            {More}

            """;
    }

    private void Start(string name, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        start.Environment["SLURM_CONF"] = Conf;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons[name] = process;
    }

    /// <summary>The processes of a node's steps, and of Slurm's own that look after them.</summary>
    private List<(int Id, bool IsOwn)> Steps(string node)
    {
        var found = new List<(int, bool)>();
        foreach (var id in Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var number) ? number : 0).Where(number => number > 0))
        {
            try
            {
                var variables = File.ReadAllText($"/proc/{id}/environ").Split('\0');
                if (!variables.Contains($"SLURM_CONF={Conf}") || !variables.Contains($"SLURMD_NODENAME={node}")) continue;
                found.Add((id, false));
                var parent = int.Parse(File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);
                if (File.ReadAllText($"/proc/{parent}/comm").StartsWith("slurmstepd", StringComparison.Ordinal)) found.Add((parent, true));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended by itself.
            }
        }
        return found;
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Waited in vain until {what}.");
            await Task.Delay(50);
        }
    }

    private static void WritePrivately(string path, string text)
    {
        using var file = new StreamWriter(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(text);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output}{await error}");
    }
}

[CollectionDefinition(Name)]
public sealed class SlurmTests : ICollectionFixture<SlurmCluster>
{
    public const string Name = "slurm";
}
