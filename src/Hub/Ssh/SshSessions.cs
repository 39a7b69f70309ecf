using System.Collections.Concurrent;

namespace Holdfast.Hub.Ssh;

/// <summary>What is open by ssh and mosh.</summary>
internal sealed class SshSessions(TimeProvider time)
{
    private readonly ConcurrentDictionary<SshSession, bool> _open = new();

    /// <summary>Something is open from now on, until it is disposed.</summary>
    /// <param name="person">Who came in.</param>
    /// <param name="machine">The id of the machine.</param>
    /// <param name="keys">The ids of the keys that may have opened it.</param>
    /// <param name="lastAtWork">Of one that does not end when nobody is there: when somebody was. Null where it is work that it is open.</param>
    public SshSession Begin(string person, string machine, IReadOnlyList<string> keys, Func<DateTimeOffset?>? lastAtWork = null)
    {
        var session = new SshSession(person, machine, keys, time.GetUtcNow(), lastAtWork, gone => _open.TryRemove(gone, out _));
        _open[session] = true;
        return session;
    }

    /// <summary>What is open into a machine.</summary>
    public IReadOnlyList<SshSession> Of(string machine) => [.. _open.Keys.Where(session => session.Machine == machine).OrderBy(session => session.Began)];

    /// <summary>Ends those.</summary>
    public void End(Func<SshSession, bool> which)
    {
        foreach (var session in _open.Keys.Where(which)) session.End();
    }
}

/// <summary>A connection by ssh, or by mosh, into a machine.</summary>
internal sealed class SshSession(string person, string machine, IReadOnlyList<string> keys, DateTimeOffset began, Func<DateTimeOffset?>? lastAtWork, Action<SshSession> gone) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public string Person => person;

    public string Machine => machine;

    public IReadOnlyList<string> Keys => keys;

    public DateTimeOffset Began => began;

    /// <inheritdoc cref="SshSessions.Begin" path="/param[@name='lastAtWork']" />
    public Func<DateTimeOffset?>? LastAtWork => lastAtWork;

    /// <summary>Cancelled when a key of it is removed, or its person may not any more.</summary>
    public CancellationToken Ended => _ended.Token;

    public void End() => _ended.Cancel();

    public void Dispose() => gone(this);
}
