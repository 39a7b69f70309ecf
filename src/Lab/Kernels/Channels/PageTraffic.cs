namespace Holdfast.Lab.Kernels.Channels;

/// <summary>What went over the WebSockets of kernels since the lab started. Safe for concurrent calls.</summary>
internal sealed class PageTraffic
{
    private long _messagesOut;
    private long _bytesOut;
    private long _messagesIn;
    private long _bytesIn;

    /// <summary>Messages to pages, and their bytes.</summary>
    public (long Messages, long Bytes) Out => (Volatile.Read(ref _messagesOut), Volatile.Read(ref _bytesOut));

    /// <summary>Messages from pages, and their bytes.</summary>
    public (long Messages, long Bytes) In => (Volatile.Read(ref _messagesIn), Volatile.Read(ref _bytesIn));

    public void Sent(int bytes)
    {
        Interlocked.Increment(ref _messagesOut);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    public void Received(int bytes)
    {
        Interlocked.Increment(ref _messagesIn);
        Interlocked.Add(ref _bytesIn, bytes);
    }
}
