using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Loss;

/// <summary>Where in a machine lies what outlives a stop.</summary>
internal static class InsideFolders
{
    /// <summary>Kept paths.</summary>
    public const string Kept = "/var/lib/holdfast-kept";
    /// <summary>The lab's and keeper's state, and the list of packages at the start.</summary>
    public const string State = "/var/lib/holdfast";
    /// <summary>The name in <see cref="State"/> of the list of packages at the start.</summary>
    public const string PackagesBefore = "packages-before.json";

    /// <summary>Mounts of a machine: nothing in them is lost.</summary>
    public static IReadOnlyList<string> Of(MachineRecord machine) => ["/notebooks", "/storage", HomeOf(machine), State, Kept, "/run/machine", Surroundings.ProgramPlace];

    /// <summary>The home inside.</summary>
    public static string HomeOf(MachineRecord machine) => $"/home/{machine.Owner}";
}
