using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Keeper.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>
/// Up to which record each page is known to have a kernel's journal, kept in a file so that a page finds its place in the next lab too.
/// A page that is new is in it before it is sent anything; after that the file is written at most once a second and may lag by that much when
/// the lab is killed: a page then gets some records twice, never too few. Safe for concurrent calls.
/// </summary>
internal sealed class PagePositions : IDisposable
{
    /// <summary>How many pages are remembered; the one not heard of for longest goes first.</summary>
    public const int Capacity = 512;

    private static readonly TimeSpan WriteDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly Dictionary<(string Kernel, string Session), (long Sequence, long Order)> _positions = [];
    private readonly string _file;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private long _order;
    private bool _dirty;

    /// <summary>Takes up what the last lab of this root left.</summary>
    public PagePositions(LabOptions options, KeeperClient keeper, TimeProvider time, ILogger<PagePositions> log)
    {
        var root = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.Root)).AsSpan(0, 8));
        (_file, _log) = (Path.Combine(options.StateFolder, $"pages-{root}.json"), log);
        _timer = time.CreateTimer(_ => Write(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        keeper.Removed += kernel => Forget(kernel.Id);
        Read();
    }

    /// <summary>The number of the last record this page has; null when it was never here.</summary>
    public long? Find(string kernelId, string sessionId)
    {
        lock (_gate)
            return _positions.TryGetValue((kernelId, sessionId), out var position) ? position.Sequence : null;
    }

    /// <summary>Whether all pages that are known on this kernel, connected or not, have everything up to and with this record.</summary>
    public bool AllHave(string kernelId, long sequence)
    {
        lock (_gate)
            return _positions.All(position => position.Key.Kernel != kernelId || position.Value.Sequence >= sequence);
    }

    /// <summary>The page has everything up to and with this record.</summary>
    public void Note(string kernelId, string sessionId, long sequence)
    {
        bool isNew;
        lock (_gate)
        {
            isNew = !_positions.ContainsKey((kernelId, sessionId));
            Add(kernelId, sessionId, sequence);
            if (_dirty && !isNew)
                return;
            _dirty = true;
        }
        if (isNew)
            Write();
        else
            _timer.Change(WriteDelay, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _timer.Dispose();
        Write();
    }

    private void Forget(string kernelId)
    {
        lock (_gate)
        {
            foreach (var key in _positions.Keys.Where(key => key.Kernel == kernelId).ToList())
                _positions.Remove(key);
        }
    }

    private void Add(string kernelId, string sessionId, long sequence)
    {
        _positions[(kernelId, sessionId)] = (sequence, _order++);
        if (_positions.Count > Capacity)
            _positions.Remove(_positions.MinBy(position => position.Value.Order).Key);
    }

    private void Read()
    {
        try
        {
            if (!File.Exists(_file))
                return;
            using var stream = File.OpenRead(_file);
            foreach (var position in JsonSerializer.Deserialize(stream, PositionsJson.Default.ListPagePosition) ?? [])
                Add(position.Kernel, position.Session, position.Sequence);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            KernelsLog.PositionsLost(_log, _file, exception.Message);
        }
    }

    private void Write()
    {
        lock (_writing)
        {
            List<PagePosition> positions;
            lock (_gate)
            {
                if (!_dirty)
                    return;
                _dirty = false;
                positions = [.. _positions.OrderBy(position => position.Value.Order)
                    .Select(position => new PagePosition(position.Key.Kernel, position.Key.Session, position.Value.Sequence))];
            }
            try
            {
                var temporary = _file + ".new";
                using (var stream = File.Create(temporary))
                    JsonSerializer.Serialize(stream, positions, PositionsJson.Default.ListPagePosition);
                File.Move(temporary, _file, overwrite: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                KernelsLog.PositionsLost(_log, _file, exception.Message);
            }
        }
    }
}

/// <summary>One page's place in one kernel's journal.</summary>
internal sealed record PagePosition(string Kernel, string Session, long Sequence);

[JsonSerializable(typeof(List<PagePosition>))]
internal sealed partial class PositionsJson : JsonSerializerContext;
