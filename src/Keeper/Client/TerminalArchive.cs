using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Terminals;

namespace Holdfast.Keeper.Client;

/// <summary>All terminals whose journals are on the disk, running or ended; read without a keeper.</summary>
public static class TerminalArchive
{
    /// <summary>All terminals, oldest first. Folders that hold no readable <c>terminal.json</c> are passed over.</summary>
    public static IReadOnlyList<TerminalRecord> All(KeeperHome home) => TerminalFolder.All(home);

    /// <summary>The terminal of this name; null when none is recorded.</summary>
    public static TerminalRecord? Find(KeeperHome home, string name)
    {
        ArgumentNullException.ThrowIfNull(home);
        return name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) ? null : TerminalFolder.Read(Path.Combine(home.TerminalsFolder, name));
    }
}
