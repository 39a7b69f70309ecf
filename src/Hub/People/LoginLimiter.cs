using System.Net;

namespace Holdfast.Hub.People;

/// <summary>
/// Slows down guessing, for each name and for each address: five wrong passwords at once, then each doubles the wait, from a second to half a minute for a name (nobody
/// can be kept out for long by somebody else's tries) and to five minutes for an address. An hour without one, and it is forgotten.
/// </summary>
internal sealed class LoginLimiter(TimeProvider time)
{
    private const int Free = 5;
    private const int MostKeys = 4096;
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestOfName = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestOfAddress = TimeSpan.FromMinutes(5);

    private readonly Lock _turn = new();
    private readonly Dictionary<string, Tries> _tries = new(StringComparer.Ordinal);

    /// <summary>Takes a try; how long to wait when there is none now, else null. It counts as wrong until <see cref="Forget"/> says otherwise, so that many at a time are no way around.</summary>
    public TimeSpan? Take(string name, IPAddress? address)
    {
        var now = time.GetUtcNow();
        lock (_turn)
        {
            var wait = new[] { WaitOf(NameKey(name), now), WaitOf(AddressKey(address), now) }.Max();
            if (wait > TimeSpan.Zero) return wait;
            Count(NameKey(name), LongestOfName, now);
            Count(AddressKey(address), LongestOfAddress, now);
            return null;
        }
    }

    /// <summary>A right password: the name's tries are forgotten, and the address gets back the one that this was.</summary>
    public void Forget(string name, IPAddress? address)
    {
        lock (_turn)
        {
            _tries.Remove(NameKey(name));
            // Not all of the address': who has one account must not get tries at the others by it.
            if (_tries.TryGetValue(AddressKey(address), out var tries)) _tries[AddressKey(address)] = tries with { Count = Math.Max(0, tries.Count - 1), Until = default };
        }
    }

    private TimeSpan WaitOf(string key, DateTimeOffset now) => _tries.TryGetValue(key, out var tries) ? tries.Until - now : TimeSpan.Zero;

    private void Count(string key, TimeSpan longest, DateTimeOffset now)
    {
        if (!_tries.TryGetValue(key, out var tries) || tries.Last + Forgotten < now)
        {
            if (_tries.Count >= MostKeys) MakeRoom();
            tries = new Tries(0, default, now);
        }
        var count = tries.Count + 1;
        var wait = count < Free ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, Math.Pow(2, Math.Min(count - Free, 20))));
        _tries[key] = new Tries(count, now + wait, now);
    }

    /// <summary>Those with the fewest tries go, a quarter of them at a time: a flood of names must not make it forget the one at work.</summary>
    private void MakeRoom()
    {
        foreach (var (key, _) in _tries.OrderBy(pair => pair.Value.Count).ThenBy(pair => pair.Value.Last).Take(MostKeys / 4).ToArray()) _tries.Remove(key);
    }

    private static string NameKey(string name) => $"name {(LoginName.IsValid(name) ? name : "")}";

    /// <summary>IPv6 gives whoever has one address 2^64 of them.</summary>
    private static string AddressKey(IPAddress? address) => address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
        ? $"network {Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))}"
        : $"address {address?.MapToIPv4()}";

    private readonly record struct Tries(int Count, DateTimeOffset Until, DateTimeOffset Last);
}
