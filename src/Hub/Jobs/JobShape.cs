using Holdfast.Engines.Contract;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Jobs;

/// <summary>What a job takes of this host while it runs.</summary>
/// <param name="Type">The type that it runs with.</param>
/// <param name="Cpu">Processors that count in the queue: 1 where neither job nor type says any.</param>
/// <param name="Memory">Bytes that count in the queue: 0 where neither says any.</param>
/// <param name="Gpus">GPUs for itself alone.</param>
/// <param name="Limits">What its workload is held to; GPUs are added when they are known.</param>
internal sealed record JobShape(MachineType Type, double Cpu, long Memory, int Gpus, WorkloadResources Limits)
{
    public static JobShape Of(JobResources wanted, HubSettings settings)
    {
        var type = MachineRules.TypeOf(wanted.Type, settings);
        var (cpu, memory) = (wanted.Cpu ?? type.Processors, wanted.Memory ?? type.Memory);
        return new JobShape(type, cpu ?? 1, memory ?? 0, wanted.Gpu ?? type.Gpus, new WorkloadResources(cpu, memory, wanted.ShmSize ?? type.SharedMemory, Surroundings.MostProcesses));
    }
}
