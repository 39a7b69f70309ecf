using System.Threading.Channels;
using Holdfast.History;
using Holdfast.Lab.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.History;

/// <summary>The one writer of a lab's history: reads what was noted, in order, and keeps it.</summary>
internal sealed class HistoryWriter(string stateFolder, long limit, ChannelReader<HistoryEntry> waiting, TimeProvider time, IdleMemory memory, ILogger log)
{
    private const long Large = 4 << 20;
    private static readonly TimeSpan RunPause = TimeSpan.FromSeconds(3);
    /// <summary>While cells run, a version of a large notebook is kept more seldom: at most a thirtieth of the time goes into it.</summary>
    private const int RunShare = 30;
    private static readonly TimeSpan ThinningPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>The last version of each run that goes on, and when it is kept at the latest.</summary>
    private readonly Dictionary<string, (NotedFile File, long Due)> _held = [];
    private readonly HashSet<string> _tooLarge = [];
    private TimeSpan _runPause = RunPause;
    private long? _thinned;

    /// <summary>Goes on until nothing more can come and all is kept, or keeping it has taken too long.</summary>
    /// <param name="ending">Set when the lab does not wait any longer.</param>
    public async Task RunAsync(CancellationToken ending)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (await WaitAsync())
        {
            while (waiting.TryRead(out var entry))
                await TakeAsync(entry, ending);
            await KeepHeldAsync(run => run.Due <= time.GetTimestamp(), ending);
        }
        await KeepHeldAsync(_ => true, ending);
    }

    /// <summary>Waits for an entry, or until a held run is due; false when nothing more can come.</summary>
    private async Task<bool> WaitAsync()
    {
        if (_held.Count == 0)
            return await waiting.WaitToReadAsync(CancellationToken.None);
        var left = time.GetElapsedTime(time.GetTimestamp(), _held.Values.Min(run => run.Due));
        using var due = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        try
        {
            return await waiting.WaitToReadAsync(due.Token);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private async Task TakeAsync(HistoryEntry entry, CancellationToken ending)
    {
        if (entry.File is { } file)
        {
            if (!TryHold(file))
            {
                await KeepHeldAsync(run => run.File.Path == file.Path, ending);
                await KeepAsync(file, ending);
            }
            return;
        }
        await KeepHeldAsync(_ => true, ending);
        if (entry.Move is { } move)
            await TryAsync(move.From, store => store.Rename(move.From, move.To, move.Time), ending);
        entry.Dispose();
    }

    /// <summary>Whether a file waits with the run that it belongs to: as its newest version, or because it is that very file.</summary>
    private bool TryHold(NotedFile file)
    {
        var isHeld = _held.TryGetValue(file.Path, out var run);
        if (file.Kind == VersionKind.Run)
        {
            run.File?.Dispose();
            _held[file.Path] = (file, isHeld ? run.Due : time.GetTimestamp() + (long)(_runPause.TotalSeconds * time.TimestampFrequency));
            return true;
        }
        if (file.Kind != VersionKind.Outside || !isHeld || !run.File!.IsSameFile(file))
            return false;
        file.Dispose();
        return true;
    }

    private async Task KeepHeldAsync(Predicate<(NotedFile File, long Due)> which, CancellationToken ending)
    {
        foreach (var run in _held.Values.Where(run => which(run)).ToList())
        {
            _held.Remove(run.File.Path);
            var began = time.GetTimestamp();
            await KeepAsync(run.File, ending);
            var pause = time.GetElapsedTime(began) * RunShare;
            _runPause = pause > RunPause ? pause : RunPause;
        }
    }

    private async Task KeepAsync(NotedFile file, CancellationToken ending)
    {
        using var owned = file;
        try
        {
            if (file.Length > limit / 4)
            {
                if (_tooLarge.Add(file.Path))
                    HistoryLog.NotKept(log, file.Path, $"it is larger than a quarter of {HistoryLimit.Variable}");
                return;
            }
            var hash = file.Hash();
            await TryAsync(file.Path, store => Keep(store, file, hash), ending);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            HistoryLog.NotKept(log, file.Path, fault.Message);
        }
    }

    private void Keep(HistoryStore store, NotedFile file, byte[] hash)
    {
        if (store.IsNewest(file.Path, hash))
            return;
        if (file.Length > Large)
            memory.Used();
        using var bytes = file.Read();
        store.Add(file.Path, bytes.Memory, file.Kind, file.Time);
        if (_thinned is { } last && time.GetElapsedTime(last) < ThinningPause && store.Size <= limit)
            return;
        _thinned = time.GetTimestamp();
        if (store.Thin(time.GetUtcNow(), limit) is > 0 and var count)
            HistoryLog.Thinned(log, count);
    }

    /// <summary>Does it until it is done: a full disk gets room again, a locked database is let go. Said once, not at each try.</summary>
    private async Task TryAsync(string path, Action<HistoryStore> act, CancellationToken ending)
    {
        for (var pause = TimeSpan.Zero; ;)
        {
            try
            {
                using var store = HistoryStore.Open(stateFolder);
                act(store);
                if (pause > TimeSpan.Zero)
                    HistoryLog.KeptAgain(log);
                return;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                if (pause == TimeSpan.Zero)
                    HistoryLog.CannotKeep(log, path, fault.Message);
            }
            pause = pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            try
            {
                await Task.Delay(pause, time, ending);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
