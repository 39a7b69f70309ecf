using System.Globalization;
using System.Security.Cryptography;
using Holdfast.History;

namespace Holdfast.Cli.History;

/// <summary>The versions of the notebook that a command line names.</summary>
internal sealed class NotebookVersions : IDisposable
{
    private NotebookVersions(HistoryStore store, string path, IReadOnlyList<HistoryVersion> all) => (Store, Path, All) = (store, path, all);

    public HistoryStore Store { get; }

    /// <summary>The notebook's absolute path.</summary>
    public string Path { get; }

    /// <summary>Newest first; there is at least one.</summary>
    public IReadOnlyList<HistoryVersion> All { get; }

    /// <summary>Opens the history of a notebook, or says why there is none.</summary>
    public static (NotebookVersions? Versions, string? Problem) Open(string notebook)
    {
        var path = System.IO.Path.GetFullPath(notebook);
        var store = HistoryStore.OpenExisting(Surroundings.Home.StateFolder);
        if (store?.List(path) is { Count: > 0 } all) return (new NotebookVersions(store, path, all), null);
        store?.Dispose();
        return (null, File.Exists(path)
            ? $"no version of {notebook} is kept: it was neither saved nor run under Holdfast with this state folder ({Surroundings.Home.StateFolder}). 'holdfast history' lists the notebooks that have versions."
            : $"{notebook} does not exist, and no version of a notebook of that path is kept. 'holdfast history' lists the notebooks that have versions.");
    }

    /// <summary>The bytes of a version that is listed.</summary>
    public byte[] Read(int number) => Store.Read(Path, number) ?? throw new IOException($"version {number} of {Path} has just been let go; 'holdfast history' lists those that are left.");

    /// <summary>The version that a word names, or what is wrong with the word.</summary>
    /// <param name="word"><c>12</c>; <c>-1</c> for the one before the newest; <c>2h</c>, <c>30m</c>, <c>3d</c> ago; <c>14:00</c> or a date and time; null for the newest that differs from the file.</param>
    public (int Number, string? Problem) Find(string? word)
    {
        if (word is null)
        {
            var now = File.Exists(Path) ? SHA256.HashData(File.ReadAllBytes(Path)) : null;
            if (now is null || !Store.IsNewest(Path, now)) return (All[0].Number, null);
            var other = All.FirstOrDefault(version => !SHA256.HashData(Read(version.Number)).AsSpan().SequenceEqual(now));
            return (other?.Number ?? All[0].Number, null);
        }

        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return All.Any(version => version.Number == number) ? (number, null) : (0, $"there is no version {number} of {Path}; 'holdfast history' lists those that are kept.");
        if (word[0] == '-' && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var back))
            return back < All.Count ? (All[back].Number, null) : (0, $"{Path} has only {Output.Count(All.Count, "version")}.");
        if (VersionTime.Parse(word, TimeProvider.System) is not { } time)
            return (0, $"'{word}' is no version: give its number, -1 for the one before the newest, a time (14:00, '2026-11-20 14:00'), or how long ago (30m, 2h, 3d).");
        return All.FirstOrDefault(version => version.Time <= time) is { } then
            ? (then.Number, null)
            : (0, $"no version of {Path} is as old as that; the oldest is of {Output.Clock(All[^1].Time, TimeProvider.System)}.");
    }

    public void Dispose() => Store.Dispose();
}
