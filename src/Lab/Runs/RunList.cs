using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Kernels;
using Holdfast.Lab.Recording;
using Holdfast.Lab.Terminals;
using Holdfast.Terminals;

namespace Holdfast.Lab.Runs;

/// <summary>What the kernels and terminals of this folder do.</summary>
internal sealed class RunList(LabKernels kernels, Recorder recorder, KeeperClient keeper, LabTerminals terminals, LiveScreens screens, ProcessMeter meter, TimeProvider time)
{
    /// <summary>So long the end of a command that had a terminal of its own is shown.</summary>
    private static readonly TimeSpan Shown = TimeSpan.FromHours(24);
    private const int LastRecords = 64;

    /// <summary>All of them: what is at work first, then what was at work last.</summary>
    public async Task<IReadOnlyList<Run>> ReadAsync(CancellationToken cancellationToken)
    {
        var (allKernels, allTerminals) = (kernels.All.ToList(), terminals.All.ToList());
        var usage = await meter.ReadAsync([.. allKernels.Select(kernel => kernel.ProcessId).Concat(allTerminals.Select(terminal => terminal.ProcessId)).OfType<int>()], cancellationToken);
        var since = time.GetUtcNow() - Shown;
        var ended = TerminalArchive.All(keeper.Home).Where(terminal => terminal.IsCommand && terminal.Ended > since && terminals.IsOurs(terminal));
        return [.. allKernels.Select(kernel => (Run)new KernelRun(kernel, recorder.RunningOf(kernel.Id), UsageOf(kernel.ProcessId)))
            .Concat(allTerminals.Concat(ended).DistinctBy(terminal => (terminal.Name, terminal.Started)).Select(terminal => Of(terminal, UsageOf(terminal.ProcessId))))
            .OrderByDescending(run => run.IsBusy)
            .ThenByDescending(run => run.LastSeen)];

        ProcessUsage? UsageOf(int? process) => process is { } id && usage.TryGetValue(id, out var used) ? used : null;
    }

    /// <summary>The kernel or terminal with this <see cref="Run.Id"/>, running or ended; null when there is none.</summary>
    public Run? Find(string id)
    {
        if (!id.StartsWith(TerminalRun.IdPrefix, StringComparison.Ordinal))
            return kernels.Find(id) is { } kernel ? new KernelRun(kernel, recorder.RunningOf(id), null) : null;
        var name = id[TerminalRun.IdPrefix.Length..];
        return (terminals.Find(name) ?? TerminalArchive.Find(keeper.Home, name)) is { } terminal && terminals.IsOurs(terminal) ? Of(terminal, null) : null;
    }

    /// <summary>What a kernel works on or has worked on, also one that has ended; null when it is not known.</summary>
    public RunningCell? CellOf(string kernel) => recorder.RunningOf(kernel);

    private TerminalRun Of(TerminalRecord terminal, ProcessUsage? usage)
    {
        var foreground = terminal is { IsCommand: false, ProcessId: { } shell } ? ForegroundCommand.Of(shell) : null;
        return new TerminalRun(terminal, foreground, terminal.Ended is null ? screens.Of(terminal).Text() : LastScreen(terminal), usage);
    }

    /// <summary>What its last records put onto an empty screen: the whole journal may be long.</summary>
    private static IReadOnlyList<string> LastScreen(TerminalRecord terminal)
    {
        try
        {
            using var reader = JournalReader.Open(terminal.JournalFolder);
            var screen = new TerminalScreen(terminal.Size.Rows, terminal.Size.Columns, scrollback: 0);
            reader.Seek(Math.Max(1, terminal.LastSequence - LastRecords));
            while (reader.TryRead(out var record))
                if (record.Kind == TerminalRecordKind.Output)
                    screen.Feed(record.Payload.Span);
            return screen.ScreenText();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Its record has gone.
            return [];
        }
    }
}
