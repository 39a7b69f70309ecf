namespace Holdfast.Hub.Ssh;

/// <summary>Two ends of a connection as one. Who is slow holds the other one back.</summary>
public static class BytePipe
{
    private const int BufferSize = 64 << 10;

    /// <summary>Goes on until one side has ended, or is broken, or <paramref name="stop"/>: ssh has nothing to say to half a connection. Nothing is disposed.</summary>
    /// <param name="fromOne">What one side says.</param>
    /// <param name="toOne">What it hears.</param>
    /// <param name="fromOther">What the other one says.</param>
    /// <param name="toOther">What it hears.</param>
    /// <param name="stop">Breaks it off.</param>
    public static async Task RunAsync(Stream fromOne, Stream toOne, Stream fromOther, Stream toOther, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(fromOne);
        ArgumentNullException.ThrowIfNull(fromOther);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] both = [fromOne.CopyToAsync(toOther, BufferSize, over.Token), fromOther.CopyToAsync(toOne, BufferSize, over.Token)];
        await Task.WhenAny([.. both, Task.Delay(Timeout.Infinite, over.Token)]);
        await over.CancelAsync();
        // Those that read what cannot be broken off end with it; what they say then is of no interest.
        foreach (var direction in both) _ = direction.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
