namespace Holdfast.Keeper.Contract;

/// <summary>Where a keeper lives: one keeper per state folder.</summary>
/// <param name="StateFolder">Absolute folder of kernels and journals; 0700.</param>
public sealed record KeeperHome(string StateFolder)
{
    /// <summary><c>HOLDFAST_STATE</c>, else <c>$XDG_STATE_HOME/holdfast</c>, else <c>~/.local/state/holdfast</c>.</summary>
    public static KeeperHome FromEnvironment(IReadOnlyDictionary<string, string> environment) => throw new NotImplementedException();
}
