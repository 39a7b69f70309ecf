namespace Holdfast.Lab.Http;

/// <summary>
/// Gives back what large requests have used, once none has come for a while. What lives on in a lab is a few megabytes, so that a collection
/// takes a few milliseconds; the platform alone would keep hundreds of megabytes of garbage for as long as nobody asks for anything more.
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private readonly ITimer _timer;

    public IdleMemory(TimeProvider time) => _timer = time.CreateTimer(
        static _ => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>A large request has come.</summary>
    public void Used() => _timer.Change(Quiet, Timeout.InfiniteTimeSpan);

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();
}
