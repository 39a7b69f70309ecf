using Holdfast.History;
using Holdfast.History.Restoring;
using Holdfast.Lab.Posix;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks;

namespace Holdfast.Lab.History;

/// <summary>What a restore did.</summary>
/// <param name="Problem">Why nothing was restored, and the mend; null when it was.</param>
/// <param name="Kept">The version that holds what the file held before; null when there was no file, or nothing was changed.</param>
/// <param name="Changed">Whether the file is different from before.</param>
public sealed record RestoreOutcome(string? Problem, int? Kept, bool Changed);

/// <summary>Puts an earlier version of a notebook, or cells of it, into its file. What the file held is a version first.</summary>
public static class NotebookRestore
{
    /// <summary>Restores; the file is replaced as a whole or not at all.</summary>
    /// <param name="store">The history.</param>
    /// <param name="path">The notebook. A file that is not there any more is made again.</param>
    /// <param name="number">The version.</param>
    /// <param name="cells">Ids or places (<c>#3</c>) of cells of that version; null for all of it.</param>
    /// <param name="stateFolder">The state folder, by which labs and this take turns at the file.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The history or the file cannot be read or written; the file is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static RestoreOutcome Restore(HistoryStore store, string path, int number, IReadOnlyList<string>? cells, string stateFolder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        var turns = new NotebookTurns(new LabOptions { Root = "/", AssetsFolder = "/", StateFolder = stateFolder, Environment = new Dictionary<string, string>() });
        return Restore(store, path, number, cells, turns, time);
    }

    internal static RestoreOutcome Restore(HistoryStore store, string path, int number, IReadOnlyList<string>? cells, NotebookTurns turns, TimeProvider time)
    {
        RestoreOutcome? outcome = null;
        turns.Take(path, () => outcome = InTurn(store, path, number, cells, time));
        return outcome!;
    }

    private static RestoreOutcome InTurn(HistoryStore store, string path, int number, IReadOnlyList<string>? cells, TimeProvider time)
    {
        if (store.Read(path, number) is not { } then)
            return Not($"there is no version {number} of {path}.");
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            return Not($"the folder of {path} does not exist any more. Make it, and restore again.");
        var now = File.Exists(path) ? File.ReadAllBytes(path) : null;
        ReadOnlyMemory<byte> restored = then;
        if (cells is not null)
        {
            var (document, problem) = WithCells(path, number, now, then, cells);
            if (document is null)
                return Not(problem!);
            restored = document.Bytes;
        }
        if (now is not null && restored.Span.SequenceEqual(now))
            return new RestoreOutcome(null, null, Changed: false);
        int? kept = now is null ? null : store.Add(path, now, VersionKind.BeforeRestore, time.GetUtcNow())?.Number ?? store.List(path)[0].Number;
        AtomicFile.Write(path, restored.Span);
        var note = cells is null ? $"version {number}" : $"{cells.Count} cell{(cells.Count == 1 ? "" : "s")} of version {number}";
        store.Add(path, restored, VersionKind.Restore, time.GetUtcNow(), note);
        return new RestoreOutcome(null, kept, Changed: true);

        static RestoreOutcome Not(string problem) => new(problem, null, Changed: false);
    }

    private static (NotebookDocument? Document, string? Problem) WithCells(string path, int number, byte[]? now, byte[] then, IReadOnlyList<string> names)
    {
        if (now is null || !NotebookDocument.Parse(now).TryGet(out var present, out _))
            return (null, $"{path} {(now is null ? "is not there any more" : "is not a notebook right now")}: single cells cannot be put into it. Restore all of it.");
        if (!NotebookDocument.Parse(then).TryGet(out var past, out _))
            return (null, $"version {number} of {path} is not a notebook: it has no cells. Restore all of it, or choose another version.");
        var places = new List<int>();
        foreach (var name in names)
        {
            if (CellRestore.Find(past, name) is not { } place)
                return (null, $"version {number} of {path} has no cell '{name}'.");
            places.Add(place);
        }
        return CellRestore.Apply(present, past, places).TryGet(out var restored, out var fault) ? (restored, null) : (null, fault.Message);
    }
}
