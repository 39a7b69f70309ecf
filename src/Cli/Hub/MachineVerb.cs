using System.CommandLine;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine</c>: machines of a hub.</summary>
internal static class MachineVerb
{
    public static Command Create() => new("machine", "Machines of a hub: notebook servers whose ground does not vanish.")
    {
        MachineCreateVerb.Create(),
        MachineStartVerb.Create(),
        MachineStopVerb.Create(),
        MachineStopVerb.CreateRestart(),
        MachineLsVerb.Create(),
        MachineShowVerb.Create(),
        MachineOpenVerb.Create(),
        MachineLogsVerb.Create(),
        MachineExecVerb.Create(),
        MachineForkVerb.Create(),
        MachineChangeVerb.Create(),
        MachineExtendVerb.Create(),
        MachineLossVerb.Create(),
        MachineKeepVerb.Create(),
        MachineTypesVerb.Create(),
        MachineRmVerb.Create(),
    };
}
