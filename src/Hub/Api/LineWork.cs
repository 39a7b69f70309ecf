using System.Threading.Channels;

namespace Holdfast.Hub.Api;

/// <summary>Work that says lines while it goes on, for one reader. Work that is faster than its reader waits for nobody: the oldest lines go.</summary>
internal sealed class LineWork<T> : IProgress<string>
{
    private const int LinesAhead = 1000;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(LinesAhead) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Begins.</summary>
    public LineWork(Func<IProgress<string>, Task<T>> work) => Result = RunAsync(work);

    /// <summary>What came of it.</summary>
    public Task<T> Result { get; }

    /// <summary>Its lines, until it has ended.</summary>
    public IAsyncEnumerable<string> ReadAsync(CancellationToken cancellationToken) => _lines.Reader.ReadAllAsync(cancellationToken);

    void IProgress<string>.Report(string value) => _lines.Writer.TryWrite(value);

    private async Task<T> RunAsync(Func<IProgress<string>, Task<T>> work)
    {
        try
        {
            return await work(this);
        }
        finally
        {
            _lines.Writer.Complete();
        }
    }
}
