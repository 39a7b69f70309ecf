namespace Holdfast.Cli.Jobs;

/// <summary>How far something is, on a terminal, in a line that goes when it is done. Says nothing of what takes less than a second.</summary>
internal sealed class Progress(string what, long whole) : IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromSeconds(0.1);
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private TimeSpan _next = First;
    private bool _isSaid;

    /// <summary>Of bytes so many are done.</summary>
    public void Tell(long done)
    {
        var now = TimeProvider.System.GetElapsedTime(_began);
        if (Console.IsErrorRedirected || now < _next) return;
        (_next, _isSaid) = (now + Pause, true);
        Console.Error.Write($"\r{what} {ByteText.Of(done)} of {ByteText.Of(whole)}\e[K");
    }

    public void Dispose()
    {
        if (_isSaid) Console.Error.Write("\r\e[K");
    }
}
