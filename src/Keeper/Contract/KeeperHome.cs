using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Keeper.Contract;

/// <summary>Where a keeper lives: one keeper per state folder.</summary>
/// <param name="StateFolder">Absolute folder of kernels and journals; 0700.</param>
/// <param name="RuntimeFolder">Absolute short folder of sockets; 0700. A socket's path has at most 107 bytes (sun_path).</param>
public sealed record KeeperHome(string StateFolder, string RuntimeFolder)
{
    /// <summary>sun_path without its closing zero.</summary>
    private const int LongestSocketPath = 107;

    /// <summary>
    /// State: <c>HOLDFAST_STATE</c>, else <c>$XDG_STATE_HOME/holdfast</c>, else <c>~/.local/state/holdfast</c>. Sockets:
    /// <c>$XDG_RUNTIME_DIR/holdfast</c>, else <c>/run/holdfast</c> for root, else <c>/tmp/holdfast-UID</c>.
    /// </summary>
    public static KeeperHome FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        var state = Value(environment, "HOLDFAST_STATE")
            ?? (Value(environment, "XDG_STATE_HOME") is { } stateHome ? Path.Combine(stateHome, "holdfast") : null)
            ?? Path.Combine(Value(environment, "HOME") ?? "/", ".local/state/holdfast");
        var runtime = Value(environment, "XDG_RUNTIME_DIR") is { } runtimeHome && Path.IsPathRooted(runtimeHome) && Directory.Exists(runtimeHome) ? Path.Combine(runtimeHome, "holdfast")
            : Environment.IsPrivilegedProcess ? "/run/holdfast"
            : $"/tmp/holdfast-{Processes.Native.GetUid()}";
        return new KeeperHome(Path.GetFullPath(state), runtime);
    }

    /// <summary>The <c>holdfast</c> program that a keeper is started from; null for the program that asks.</summary>
    public string? Program { get; init; }

    /// <summary>The socket that the keeper listens on.</summary>
    public string SocketPath => Path.Combine(RuntimeFolder, $"{Mark}.sock");

    /// <summary>Held locked by the keeper that is running.</summary>
    public string LockPath => Path.Combine(StateFolder, "keeper.lock");

    /// <summary>What the keeper says about itself.</summary>
    public string LogPath => Path.Combine(StateFolder, "keeper.log");

    /// <summary>One folder for each kernel, running or ended.</summary>
    public string KernelsFolder => Path.Combine(StateFolder, "kernels");

    /// <summary>One folder for each terminal, running or ended.</summary>
    public string TerminalsFolder => Path.Combine(StateFolder, "terminals");

    /// <summary>Where the scripts are that kernels are started through.</summary>
    public string LauncherFolder => Path.Combine(StateFolder, "launcher");

    /// <summary>Tells keepers of different state folders apart in the folder of sockets they share.</summary>
    private string Mark => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StateFolder)))[..12];

    /// <summary>The prefix of a kernel's ipc sockets.</summary>
    public string IpcPrefix(string kernelId) =>
        Path.Combine(RuntimeFolder, $"k-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Mark + kernelId)))[..16]}");

    /// <summary>Makes the folders; null when they are there and private, else what is wrong and the mend.</summary>
    public string? Prepare()
    {
        if (Encoding.UTF8.GetByteCount(IpcPrefix("") + "-1") > LongestSocketPath)
        {
            return $"{RuntimeFolder} is too long for the paths of sockets. Set XDG_RUNTIME_DIR to a shorter folder.";
        }

        foreach (var folder in (string[])[StateFolder, RuntimeFolder])
        {
            try
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"{folder} cannot be made: {e.Message} Set HOLDFAST_STATE (state) or XDG_RUNTIME_DIR (sockets) to a folder of yours.";
            }
        }

        // A state folder that was there before may be open to others; what is in it is private all the same.
        var (stateOwner, stateMode) = Processes.Native.OwnerAndMode(StateFolder);
        if (stateOwner == Processes.Native.GetUid() && (stateMode & 0x3F) != 0)
        {
            File.SetUnixFileMode(StateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // /tmp is everybody's: a folder that somebody else made there before us would let them put sockets in our place.
        var (owner, mode) = Processes.Native.OwnerAndMode(RuntimeFolder);
        return owner == Processes.Native.GetUid() && (mode & 0x3F) == 0
            ? null
            : $"{RuntimeFolder} belongs to another user or is open to others. Remove it, or set XDG_RUNTIME_DIR to a private folder.";
    }

    private static string? Value(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
