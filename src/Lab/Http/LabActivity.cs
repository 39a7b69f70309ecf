namespace Holdfast.Lab.Http;

/// <summary>What <c>/api/status</c> says of this lab. Written by many requests at once.</summary>
internal sealed class LabActivity(TimeProvider time)
{
    private long _last = time.GetUtcNow().UtcTicks;
    private int _connections;

    public DateTimeOffset Started { get; } = time.GetUtcNow();
    public DateTimeOffset Last => new(Volatile.Read(ref _last), TimeSpan.Zero);
    /// <summary>Kernel WebSockets that are open.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Touch() => Volatile.Write(ref _last, time.GetUtcNow().UtcTicks);

    public void Connected() => Interlocked.Increment(ref _connections);

    public void Disconnected() => Interlocked.Decrement(ref _connections);
}
