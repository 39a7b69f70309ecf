using Holdfast.Engines.Slurm;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Mosh;
using Holdfast.Hub.Settings;
using Holdfast.Hub.Stores;

namespace Holdfast.Hub;

/// <summary>What <c>hub.yaml</c> says.</summary>
public sealed record HubSettings
{
    /// <summary>Machine types; the first is the default. Default one, <c>standard</c>, without limits and free of charge.</summary>
    public IReadOnlyList<MachineType> Types { get; init; } = [new MachineType("standard", null, null, 0, null, 0)];
    /// <summary>The currency of prices. Default USD.</summary>
    public string Currency { get; init; } = "USD";
    /// <summary>Of a GB (10⁹ bytes) of storage for a month, whichever length that has. Default 0.</summary>
    public decimal StoragePrice { get; init; }
    /// <summary>What the whole hub may cost a month before it warns; null for no budget.</summary>
    public decimal? MonthBudget { get; init; }
    /// <summary>What each person may, unless an administrator has set another budget for them; null for no budget.</summary>
    public decimal? PersonBudget { get; init; }
    /// <summary>How many GPUs this host has for machines; null to look (<c>/dev/nvidia0</c> …).</summary>
    public int? Gpus { get; init; }
    /// <summary>How long a hook may run. Default 5 minutes.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>When machines are stopped that say nothing else. Default never.</summary>
    public AutoStop AutoStop { get; init; } = new();
    /// <summary>Who is told of all machines by a POST of JSON; null for nobody.</summary>
    public Uri? Webhook { get; init; }
    /// <summary>Whether members, too, may use the host engine, which is one trust domain. Default no: administrators only.</summary>
    public bool HostForMembers { get; init; }
    /// <summary>Most bytes of a home, of a notebooks folder, and of the team's storage; null for no limit.</summary>
    public long? HomeQuota { get; init; }
    /// <inheritdoc cref="HomeQuota" />
    public long? NotebooksQuota { get; init; }
    /// <inheritdoc cref="HomeQuota" />
    public long? StorageQuota { get; init; }

    /// <summary>How many environment points a machine may have. Default 30.</summary>
    public int MostPoints { get; init; } = 30;
    /// <summary>Most bytes on the disk of all environment points of a person. Default 10 GB.</summary>
    public long PointsQuota { get; init; } = 10_000_000_000;

    /// <summary>How many processors jobs may have together; null for all of this host.</summary>
    public double? JobCpu { get; init; }
    /// <summary>How many bytes of memory jobs may have together; null for all of this host.</summary>
    public long? JobMemory { get; init; }

    /// <summary>Where images of jobs are pushed before they run: registry, and what is before the job's name, as <c>registry.example.org/team/jobs</c>. Null for nowhere.</summary>
    public string? Registry { get; init; }

    /// <summary>Stores for outputs of jobs, with names of their own. Default none.</summary>
    public IReadOnlyList<ObjectStore> Stores { get; init; } = [];

    /// <summary>The Slurm cluster on whose nodes jobs may run; null for none.</summary>
    public SlurmSettings? Slurm { get; init; }

    /// <summary>The port of the ssh gateway, for computers without this program; null for none.</summary>
    public int? SshPort { get; init; }
    /// <summary>The addresses that it listens on. Default 127.0.0.1.</summary>
    public string SshIp { get; init; } = "127.0.0.1";

    /// <summary>The UDP ports that mosh may use; null for no mosh.</summary>
    public MoshRange? Mosh { get; init; }

    /// <summary>Reads <c>hub.yaml</c>; a file that is missing says nothing. A fault names file, line and field, and the name that was meant.</summary>
    public static HubResult<HubSettings> Read(string file) => HubYaml.Read(file);
}
