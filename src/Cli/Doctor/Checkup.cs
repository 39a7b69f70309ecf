using System.Globalization;
using Holdfast.Cli.Lab;
using Holdfast.Keeper.Client;
using Holdfast.Kernels;

namespace Holdfast.Cli.Doctor;

/// <summary>How a finding weighs.</summary>
internal enum Grade
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, but people should know.</summary>
    Note,

    /// <summary>Something people need does not work.</summary>
    Bad,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Grade">How it weighs.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found.</param>
/// <param name="Mend">What to do about it; null when nothing is to be done.</param>
internal sealed record Finding(Grade Grade, string Subject, string Text, string? Mend = null);

/// <summary>Looks at everything that the lab needs.</summary>
internal static class Checkup
{
    /// <summary>A lab with this little room left is about to hold its kernels back.</summary>
    private const long LowBytes = 1L << 30;

    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) =>
        [.. await KernelsAsync(cancellationToken), Page(), .. State(), await KeeperAsync(cancellationToken)];

    private static async Task<IEnumerable<Finding>> KernelsAsync(CancellationToken cancellationToken)
    {
        var catalog = await KernelSpecFinder.FindAsync(Surroundings.Variables, cancellationToken);
        var problems = catalog.Problems.Select(problem => new Finding(Grade.Note, "kernels", problem));
        var found = catalog.Specs.Count == 0
            ? new Finding(Grade.Bad, "kernels", "no kernel was found, so no cell can run.", "apt-get install python3-ipykernel, or python3 -m pip install ipykernel")
            : new Finding(Grade.Good, "kernels", string.Join(", ", catalog.Specs.Values.Select(LabWords.KernelText)));
        return problems.Prepend(found);
    }

    private static Finding Page() => File.Exists(Path.Combine(LabVerb.AssetsFolder, "build.json"))
        ? new Finding(Grade.Good, "page", $"JupyterLab in {LabVerb.AssetsFolder}")
        : new Finding(Grade.Bad, "page", $"the JupyterLab page is missing from {LabVerb.AssetsFolder}.", "./run --build-only in Holdfast's source folder builds it");

    private static IEnumerable<Finding> State()
    {
        var home = Surroundings.Home;
        yield return home.Prepare() is { } fault
            ? new Finding(Grade.Bad, "state", fault)
            : new Finding(Grade.Good, "state", home.StateFolder);
        if (!Directory.Exists(home.StateFolder)) yield break;
        var room = new DriveInfo(home.StateFolder).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{room / (double)(1 << 30):0.0} GiB free for journals");
        yield return room < LowBytes
            ? new Finding(Grade.Bad, "disk", $"{text}. When it is full, kernels are held back until there is room.", $"make room on the disk of {home.StateFolder}, or set HOLDFAST_STATE")
            : new Finding(Grade.Good, "disk", text);
    }

    private static async Task<Finding> KeeperAsync(CancellationToken cancellationToken)
    {
        await using var keeper = await KeeperClient.TryConnectAsync(Surroundings.Home, cancellationToken);
        return keeper is null
            ? new Finding(Grade.Good, "keeper", "none runs; a lab starts one.")
            : new Finding(Grade.Good, "keeper", $"process {keeper.KeeperProcessId}, {keeper.Kernels.Count} kernels, since {Output.Clock(keeper.KeeperStarted, TimeProvider.System)}");
    }
}
