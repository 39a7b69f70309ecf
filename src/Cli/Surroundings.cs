using System.Collections;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli;

/// <summary>What the program finds around it: variables, and by them its home.</summary>
internal static class Surroundings
{
    public static IReadOnlyDictionary<string, string> Variables { get; } = Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");

    public static KeeperHome Home => KeeperHome.FromEnvironment(Variables);
}
