using System.Globalization;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Host;
using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Terminals;

/// <summary>The folders of terminals, of those that run and of those that have ended.</summary>
internal static class TerminalFolder
{
    public static string FileIn(string folder) => Path.Combine(folder, "terminal.json");

    /// <summary>The record in a terminal's folder; null when there is none. Where it lies is true, whatever it says: one that was set aside on a full disk names the place of before.</summary>
    public static TerminalRecord? Read(string folder) =>
        StateFile.Read(FileIn(folder), WireJson.Default.TerminalRecord) is { Name: not null, Folder: not null, Argv: not null, WorkingFolder: not null } record
            ? record with { Name = Path.GetFileName(folder), Folder = folder }
            : null;

    /// <summary>All terminals of a home, oldest first.</summary>
    public static IReadOnlyList<TerminalRecord> All(KeeperHome home) => Directory.Exists(home.TerminalsFolder)
        ? [.. Directory.EnumerateDirectories(home.TerminalsFolder).Select(Read).OfType<TerminalRecord>().OrderBy(record => record.Started)]
        : [];

    /// <summary>
    /// Makes a name free again whose terminal has ended: its folder, and its record's name, become <c>NAME~TIME</c>, by when it was started.
    /// </summary>
    public static void SetAside(KeeperHome home, string name)
    {
        var folder = Path.Combine(home.TerminalsFolder, name);
        if (!Directory.Exists(folder)) return;
        var record = Read(folder);
        var mark = (record?.Started ?? Directory.GetCreationTimeUtc(folder)).UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
        var aside = $"{name}~{mark}";
        for (var more = 2; Directory.Exists(Path.Combine(home.TerminalsFolder, aside)); more++) aside = $"{name}~{mark}-{more}";
        var to = Path.Combine(home.TerminalsFolder, aside);
        Directory.Move(folder, to);
        if (record is not null) StateFile.TryWrite(FileIn(to), record with { Name = aside, Folder = to }, WireJson.Default.TerminalRecord, out _);
    }

    /// <summary>A terminal whose keeper was killed ended with it: that is said in its journal and its record.</summary>
    public static void NameLoss(TerminalRecord record, JournalOptions journals)
    {
        const string Reason = "It ended with the keeper, which was killed or crashed: a terminal's programs get SIGHUP then.";
        using var journal = JournalWriter.Open(record.JournalFolder, journals);
        journal.Append(TerminalRecordKind.Event, JsonSerializer.SerializeToUtf8Bytes(new TerminalEvent(TerminalEvent.Lost, Reason, record.ProcessId), WireJson.Default.TerminalEvent));
        journal.Flush();
        var ended = record with { ProcessId = null, Ended = journals.Time.GetUtcNow(), Note = Reason, LastSequence = journal.VisibleSequence };
        StateFile.TryWrite(FileIn(record.Folder), ended, WireJson.Default.TerminalRecord, out _);
    }
}
