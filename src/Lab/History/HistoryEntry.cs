namespace Holdfast.Lab.History;

/// <summary>What waits for the history's writer; one of the three.</summary>
internal sealed class HistoryEntry : IDisposable
{
    /// <summary>A version.</summary>
    public NotedFile? File { get; init; }

    /// <summary>A notebook or a folder that has another name now.</summary>
    public (string From, string To, DateTimeOffset Time)? Move { get; init; }

    /// <summary>Is set when all before it is kept.</summary>
    public TaskCompletionSource? Settled { get; init; }

    /// <inheritdoc />
    public void Dispose()
    {
        File?.Dispose();
        Settled?.TrySetResult();
    }
}
