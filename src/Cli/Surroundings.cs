using System.Collections;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary>What the program finds around it: variables, and by them its home.</summary>
internal static class Surroundings
{
    /// <summary>The variables with which this program was started.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = Now();

    /// <summary>What to type to start this program: <c>holdfast</c> where PATH has it, else its path.</summary>
    public static string Program { get; } = OnPath() ? "holdfast" : Environment.ProcessPath!;

    public static KeeperHome Home => KeeperHome.FromEnvironment(Variables);

    /// <summary>The variables as they are now: hooks of a machine export into this process.</summary>
    public static Dictionary<string, string> Now() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");

    private static bool OnPath()
    {
        var found = Variables.GetValueOrDefault("PATH", "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => new FileInfo(Path.Combine(folder, "holdfast"))).FirstOrDefault(file => file.Exists);
        return (found?.ResolveLinkTarget(returnFinalTarget: true) ?? found)?.FullName == Environment.ProcessPath;
    }
}
