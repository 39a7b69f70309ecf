using System.Net;

namespace Holdfast.Lab.Access;

/// <summary>
/// Slows down guessing: ten wrong passwords at once, then one every five seconds for an address. Remembers at most
/// <see cref="MostAddresses"/> of them; when there are more, the rest share one count.
/// </summary>
internal sealed class LoginLimiter(TimeProvider time)
{
    private const int Burst = 10;
    private const int MostAddresses = 1024;
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, DateTimeOffset> _emptyUntil = [];

    /// <summary>Takes one try for an address; how long to wait when there is none left, else null.</summary>
    public TimeSpan? Take(IPAddress? address)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_emptyUntil.Count >= MostAddresses)
                foreach (var (idle, until) in _emptyUntil)
                    if (until <= now)
                        _emptyUntil.Remove(idle);
            var key = address ?? IPAddress.None;
            if (_emptyUntil.Count >= MostAddresses && !_emptyUntil.ContainsKey(key))
                key = IPAddress.None;
            // The count is kept as the time at which it is full again.
            var full = _emptyUntil.GetValueOrDefault(key, now);
            full = (full < now ? now : full) + Refill;
            var wait = full - now - Burst * Refill;
            if (wait > TimeSpan.Zero)
                return wait;
            _emptyUntil[key] = full;
            return null;
        }
    }

    /// <summary>Forgets an address after a right password.</summary>
    public void Forget(IPAddress? address)
    {
        lock (_gate)
            _emptyUntil.Remove(address ?? IPAddress.None);
    }
}
