using Holdfast.Hub.Machines;
using Holdfast.Hub.Settings;

namespace Holdfast.Hub;

/// <summary>What <c>hub.yaml</c> says.</summary>
public sealed record HubSettings
{
    /// <summary>Machine types; the first is the default. Default one, <c>standard</c>, without limits and free of charge.</summary>
    public IReadOnlyList<MachineType> Types { get; init; } = [new MachineType("standard", null, null, 0, null, 0)];
    /// <summary>The currency of prices. Default USD.</summary>
    public string Currency { get; init; } = "USD";
    /// <summary>How many GPUs this host has for machines; null to look (<c>/dev/nvidia0</c> …).</summary>
    public int? Gpus { get; init; }
    /// <summary>How long a hook may run. Default 5 minutes.</summary>
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>Whether members, too, may use the host engine, which is one trust domain. Default no: administrators only.</summary>
    public bool HostForMembers { get; init; }
    /// <summary>Most bytes of a home, of a notebooks folder, and of the team's storage; null for no limit.</summary>
    public long? HomeQuota { get; init; }
    /// <inheritdoc cref="HomeQuota" />
    public long? NotebooksQuota { get; init; }
    /// <inheritdoc cref="HomeQuota" />
    public long? StorageQuota { get; init; }

    /// <summary>Reads <c>hub.yaml</c>; a file that is missing says nothing. A fault names file, line and field, and the name that was meant.</summary>
    public static HubResult<HubSettings> Read(string file) => HubYaml.Read(file);
}
