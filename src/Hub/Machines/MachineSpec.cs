namespace Holdfast.Hub.Machines;

/// <summary>What a machine is to be. All but the name can be changed while it is stopped.</summary>
public sealed record MachineSpec
{
    /// <summary>1 to 40 lower-case letters, digits and single <c>-</c>, beginning with a letter: it is a host name (<c>NAME.localhost</c>). One of its kind in the hub.</summary>
    public required string Name { get; init; }
    /// <summary><c>host</c>, <c>podman</c> or <c>slurm</c>. Default: podman when there is an image, else host.</summary>
    public string? Engine { get; init; }
    /// <summary>The image, by any name that the engine understands; null for the host itself.</summary>
    public string? Image { get; init; }
    /// <summary>A <see cref="MachineType"/> by its name. Default the first one.</summary>
    public string? Type { get; init; }
    /// <summary>A git repository that is cloned into <c>/notebooks</c> at the first start. Default none.</summary>
    public string? Git { get; init; }
    /// <summary>Variables of the lab and all that it starts. Names are of letters, digits and <c>_</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    /// <summary>Secrets of its owner that it gets as variables, by name.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
    /// <summary>Whether it is started with the hub. Default no.</summary>
    public bool AutoStart { get; init; }
    /// <summary>It is stopped when nothing has worked in it and nobody has done anything for so long; null for the hub's default, 0 for never. At least a minute.</summary>
    public TimeSpan? IdleTimeout { get; init; }
    /// <summary>It is stopped so long after its start, whatever it does; null for the hub's default, 0 for never. At least a minute.</summary>
    public TimeSpan? TimeLimit { get; init; }
    /// <summary>What such a stop does that would lose something: <c>stop</c>, <c>keep</c> or <c>wait</c>; null for the hub's default, which is to wait.</summary>
    public string? OnLoss { get; init; }
}

/// <summary>What a machine may use, and its price.</summary>
/// <param name="Name">As <c>small</c> or <c>gpu</c>.</param>
/// <param name="Processors">Processors; null for all of this host.</param>
/// <param name="Memory">Bytes; null for all.</param>
/// <param name="Gpus">How many GPUs of this host's it gets for itself alone.</param>
/// <param name="SharedMemory">Bytes of <c>/dev/shm</c>; null for the engine's default.</param>
/// <param name="Price">Per hour of running, in the settings' currency.</param>
public sealed record MachineType(string Name, double? Processors, long? Memory, int Gpus, long? SharedMemory, decimal Price);
