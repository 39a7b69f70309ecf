using System.Buffers.Binary;
using Holdfast.Kernels.Wire;

namespace Holdfast.Kernels;

/// <summary>The beats on their way to a kernel and back. Each carries a number, so that a late echo is not taken for that of a newer beat.</summary>
internal sealed class Heartbeat : IFrameReceiver
{
    private readonly Lock _lock = new();
    private long _number;
    private TaskCompletionSource? _echo;

    /// <summary>Starts a beat; the one before, if its echo has not come, is given up.</summary>
    public (byte[] Body, Task Echo) Next()
    {
        lock (_lock)
        {
            _echo?.TrySetCanceled();
            _echo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var body = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(body, ++_number);
            return (body, _echo.Task);
        }
    }

    public void OnMessage(ReceiveBuffer message)
    {
        var body = message.Frame(message.Frames - 1).Span;
        lock (_lock)
        {
            if (body.Length == 8 && BinaryPrimitives.ReadInt64BigEndian(body) == _number) _echo?.TrySetResult();
        }
    }

    public ValueTask OnDrainedAsync() => ValueTask.CompletedTask;

    /// <summary>A beat that does not come back says it all.</summary>
    public void OnFault(string reason) { }
}
