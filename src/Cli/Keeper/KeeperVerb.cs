using System.CommandLine;

namespace Holdfast.Cli.Keeper;

/// <summary><c>holdfast keeper</c>: the process behind the labs.</summary>
internal static class KeeperVerb
{
    public static Command Create() => new("keeper", "The process that owns kernels and writes their journals. It outlives the lab.")
    {
        KeeperLsVerb.Create(),
        KeeperPruneVerb.Create(),
        KeeperStopVerb.Create(),
        KeeperRunVerb.Create(),
    };
}
