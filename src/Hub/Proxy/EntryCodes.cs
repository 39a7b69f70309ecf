using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Proxy;

/// <summary>Codes that carry a login from the hub's origin to a machine's: good once, for half a minute, for one session, machine and origin. Those at hand are kept in memory.</summary>
internal sealed class EntryCodes(TimeProvider time)
{
    private const int Most = 4096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly Lock _turn = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public string New(byte[] session, MachineRecord machine, MachineOrigin origin)
    {
        var code = Bearer.New();
        var now = time.GetUtcNow();
        lock (_turn)
        {
            foreach (var (key, entry) in _entries)
                if (entry.Expires <= now) _entries.Remove(key);
            // The oldest goes: who asked for it asks again.
            if (_entries.Count >= Most) _entries.Remove(_entries.MinBy(pair => pair.Value.Expires).Key);
            _entries[Key(code)!] = new Entry(session, machine.Id, origin, now + Lifetime);
        }
        return code;
    }

    /// <summary>The session that a code was made for; null when it is none, was used, has ended, or is for elsewhere. It is used up in any case.</summary>
    public byte[]? Use(string? code, MachineRecord machine, MachineOrigin origin)
    {
        if (Key(code) is not { } key) return null;
        lock (_turn)
            return _entries.Remove(key, out var entry) && entry.Expires > time.GetUtcNow() && entry.MachineId == machine.Id && entry.Origin == origin ? entry.Session : null;
    }

    private static string? Key(string? code) => Bearer.Hash(code) is { } hash ? Convert.ToHexString(hash) : null;

    private sealed record Entry(byte[] Session, string MachineId, MachineOrigin Origin, DateTimeOffset Expires);
}
