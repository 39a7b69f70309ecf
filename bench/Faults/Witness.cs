using System.Security.Cryptography;

namespace Holdfast.Faults.Bench;

/// <summary>Remembers every record that a page was shown, in the order of each connection, whatever is killed meanwhile.</summary>
internal sealed class Witness
{
    private readonly Lock _gate = new();
    private readonly List<List<UInt128>> _connections = [];
    private readonly HashSet<string> _replied = new(StringComparer.Ordinal);
    private TaskCompletionSource _saw = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _records;

    /// <summary>How many records all pages together were shown.</summary>
    public long Records => Volatile.Read(ref _records);

    public static UInt128 Mark(ReadOnlySpan<byte> record) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(record));

    /// <summary>A new connection of a page; what it is shown goes into the list.</summary>
    public List<UInt128> Connect()
    {
        lock (_gate)
        {
            _connections.Add([]);
            return _connections[^1];
        }
    }

    public void See(List<UInt128> connection, ReadOnlySpan<byte> record, string type, string parent)
    {
        lock (_gate)
        {
            connection.Add(Mark(record));
            if (type == "execute_reply") _replied.Add(parent);
            _records++;
            _saw.TrySetResult();
            _saw = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public bool IsReplied(string request)
    {
        lock (_gate) return _replied.Contains(request);
    }

    /// <summary>Waits until what was seen satisfies the condition; false when it did not within the limit.</summary>
    public async Task<bool> WaitAsync(Func<bool> condition, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        while (true)
        {
            Task saw;
            lock (_gate)
            {
                if (condition()) return true;
                saw = _saw.Task;
            }

            await saw.WaitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (late.IsCancellationRequested) return false;
        }
    }

    /// <summary>What each connection was shown.</summary>
    public IReadOnlyList<UInt128[]> Connections()
    {
        lock (_gate) return [.. _connections.Select(connection => connection.ToArray())];
    }
}
