using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Loss;

/// <summary>Which engine a machine is on.</summary>
internal static class MachineEngine
{
    /// <summary>The engine; null when this hub has none of that name.</summary>
    public static IEngine? Of(HubOptions options, MachineRecord machine) => options.Engines.GetValueOrDefault(machine.Spec.Engine ?? (machine.Spec.Image is null ? "host" : "podman"));
}
