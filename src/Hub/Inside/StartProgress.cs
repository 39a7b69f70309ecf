using System.Globalization;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Inside;

/// <summary>The report of a start while it is made: written anew at each step.</summary>
public sealed class StartProgress
{
    private readonly string _meeting;
    private readonly TimeProvider _time;
    private StartReport _report;

    private StartProgress(string meeting, TimeProvider time, StartReport report) => (_meeting, _time, _report) = (meeting, time, report);

    /// <summary>A new report.</summary>
    public static StartProgress Begin(string meeting, TimeProvider time) => new(meeting, time, new StartReport());

    /// <summary>The report that an earlier process of the same start has begun.</summary>
    public static StartProgress Resume(string meeting, TimeProvider time) => new(meeting, time, Meeting.ReadReport(meeting) ?? new StartReport());

    /// <summary>A step begins.</summary>
    public void Step(string name) => Write(_report with { Steps = [.. _report.Steps, new StartStep(name, _time.GetUtcNow(), null, null)] });

    /// <summary>The last step has ended.</summary>
    public void End(string? detail)
    {
        Write(Ended(_report, detail));
        Say(_report.Steps[^1]);
    }

    /// <summary>Something was put right.</summary>
    public void Note(IEnumerable<string> notes) => _report = _report with { Notes = [.. _report.Notes, .. notes] };

    /// <summary>A hook has ended.</summary>
    public void Hook(HookOutcome outcome) => _report = _report with { Hooks = [.. _report.Hooks, outcome] };

    /// <summary>The first hook that has failed; null for none.</summary>
    public HookOutcome? FailedHook => _report.Hooks.FirstOrDefault(hook => hook.Failed);

    /// <summary>The lab listens.</summary>
    public void Ready()
    {
        // A lab that came back is no step of the start.
        if (_report.IsReady) return;
        Write(Ended(_report, null) with { IsReady = true });
        if (_report.Steps.Count > 0) Say(_report.Steps[^1]);
    }

    /// <summary>There is no lab.</summary>
    public void Failed(string problem) => Write(Ended(_report, problem) with { Problem = problem });

    /// <summary>To the machine's log as well.</summary>
    private static void Say(StartStep step) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step.Began:yyyy-MM-dd HH:mm:ss}Z {step.Name}: {step.Took?.TotalSeconds:0.00} s{(step.Detail is { } detail ? $": {detail}" : "")}"));

    private StartReport Ended(StartReport report, string? detail)
    {
        if (report.Steps is not { Count: > 0 } steps || steps[^1].Took is not null) return report;
        return report with { Steps = [.. steps.SkipLast(1), steps[^1] with { Took = _time.GetUtcNow() - steps[^1].Began, Detail = detail }] };
    }

    private void Write(StartReport report) => Meeting.Write(_meeting, _report = report);
}
