using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Jobs;

/// <summary>
/// The room that jobs have on this host: processors and memory as <c>hub.yaml</c> says, else all of them; GPUs those that no machine has. Machines' processors and memory do not count: a
/// notebook is at rest most of the time. Not safe for concurrent calls.
/// </summary>
internal sealed class JobRoom(HubSettings settings, GpuInventory gpus)
{
    private readonly Dictionary<string, JobShape> _held = [];

    /// <summary>All processors for jobs.</summary>
    public double Cpu { get; } = settings.JobCpu ?? Environment.ProcessorCount;

    /// <summary>All memory for jobs, in bytes.</summary>
    public long Memory { get; } = settings.JobMemory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>What is free of processors, memory and GPUs.</summary>
    public Free Left() => new(Cpu - _held.Values.Sum(shape => shape.Cpu), Memory - _held.Values.Sum(shape => shape.Memory), gpus.FreeCount);

    /// <summary>Why a job of this shape could never run here; null when it could.</summary>
    public string? Problem(JobShape shape) =>
        shape.Cpu > Cpu ? $"It asks for {shape.Cpu:0.##} processors, and jobs have {Cpu:0.##} here; mend: resources.cpu, or another type."
        : shape.Memory > Memory ? $"It asks for {shape.Memory / 1_000_000} MB of memory, and jobs have {Memory / 1_000_000} MB here; mend: resources.memory, or another type."
        : shape.Gpus > gpus.All.Count ? $"It asks for {shape.Gpus} GPUs, and this host has {gpus.All.Count}; mend: resources.gpu, or another type."
        : null;

    /// <summary>Takes the room of a job; its GPUs, or null when there are not enough.</summary>
    public IReadOnlyList<int>? TryTake(string job, JobShape shape)
    {
        if (gpus.TryTake(job, shape.Gpus) is not { } taken) return null;
        _held[job] = shape;
        return taken;
    }

    /// <summary>Notes the room of a job that was running before this hub.</summary>
    public void Hold(string job, JobShape shape, IReadOnlyList<int> taken)
    {
        gpus.Hold(job, taken);
        _held[job] = shape;
    }

    /// <summary>Gives back what a job holds.</summary>
    public void Release(string job)
    {
        gpus.Release(job);
        _held.Remove(job);
    }

    /// <summary>What is free.</summary>
    internal readonly record struct Free(double Cpu, long Memory, int Gpus)
    {
        /// <summary>Of everything more than anybody asks for.</summary>
        public static Free Endless { get; } = new(double.PositiveInfinity, long.MaxValue, int.MaxValue);

        /// <summary>Whether there is room. Of what a job does not ask for there may be less than nothing: others wait for that.</summary>
        public bool Has(JobShape shape) => shape.Cpu <= Cpu + 1e-9 && (shape.Memory == 0 || shape.Memory <= Memory) && (shape.Gpus == 0 || shape.Gpus <= Gpus);

        /// <summary>Without what a job takes; one that has to wait keeps what there is of it for itself.</summary>
        public Free Without(JobShape shape) => new(Cpu - shape.Cpu, Memory - shape.Memory, Gpus - shape.Gpus);

        public bool IsNone => Cpu <= 1e-9;
    }
}
