using System.Collections.Concurrent;

namespace Holdfast.Hub.People;

/// <summary>Sessions and tokens that were used, so that a request needs no query: at most as many as the database has.</summary>
internal sealed class KnownLogins
{
    private readonly Lock _turn = new();
    private readonly ConcurrentDictionary<string, Login> _known = new(StringComparer.Ordinal);

    /// <summary>The login of a hash; what is not known yet is loaded.</summary>
    public Login? Find(byte[] hash, Func<Login?> load)
    {
        var key = Convert.ToHexString(hash);
        if (_known.TryGetValue(key, out var login)) return login;
        // In turns with changes: what was loaded before a change must not be remembered after it.
        lock (_turn) return load() is { } loaded ? _known.GetOrAdd(key, loaded) : null;
    }

    /// <summary>Changes the database, and ends the logins that go with it.</summary>
    public T Change<T>(Func<T> change, Func<Login, bool> ends)
    {
        lock (_turn)
        {
            var result = change();
            foreach (var (key, login) in _known)
            {
                if (!ends(login)) continue;
                _known.TryRemove(key, out _);
                login.End();
            }
            return result;
        }
    }
}
