using System.Globalization;
using Holdfast.Lab.Running;

namespace Holdfast.Cli.Running;

/// <summary>
/// Says on stderr how far a run is: on a terminal one line that changes, else a line for each cell. A terminal that is closed meanwhile is
/// no reason to end. Safe for concurrent calls.
/// </summary>
internal sealed class RunProgress : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RunPlan _plan;
    private readonly int _count;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly bool _isLive = !Console.IsErrorRedirected;
    private readonly ITimer? _timer;
    private RunStep? _step;
    private long _stepBegan;
    private bool _isGone;

    public RunProgress(RunPlan plan, int count, TimeProvider time)
    {
        (_plan, _count, _time, _began) = (plan, count, time, time.GetTimestamp());
        if (_isLive) _timer = time.CreateTimer(_ => Show(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>A cell has begun or ended.</summary>
    public void Tell(RunStep step)
    {
        lock (_gate)
        {
            if (step.Result is { } result)
            {
                Write($"{Place(step)} {Duration.Of(result.Duration),8}  {Mark(result.End)}{step.Cell.Description}", isLast: true);
                _step = null;
                return;
            }

            (_step, _stepBegan) = (step, _time.GetTimestamp());
        }

        Show();
    }

    /// <summary>Says how it ended, and gives the exit code.</summary>
    public int End(RunOutcome outcome)
    {
        lock (_gate)
        {
            _step = null;
            foreach (var line in outcome.Failed?.Result?.Traceback ?? []) Write(_isLive ? line : Colours.Strip(line), isLast: true);
            if (outcome.Problem is { } problem) Write($"holdfast: {_plan.Output} does not have all of it: {problem} 'holdfast outputs {_plan.Output}' has.", isLast: true);
            if (outcome.Failed is not { Result: { } result } failed)
            {
                Write($"Ran {Output.Count(_count, "cell")} in {Duration.Of(_time.GetElapsedTime(_began))}: {_plan.Output}", isLast: true);
                return outcome.Problem is null ? 0 : 1;
            }

            var reason = result.End switch
            {
                CellEnd.Died => $"the kernel died. {result.Error}",
                CellEnd.TimedOut => $"it took longer than {Duration.Of(_plan.CellLimit!.Value)}.",
                CellEnd.Cancelled => "it was interrupted.",
                _ => result.Error,
            };
            Write($"holdfast: {_plan.Input} failed in cell {failed.Number} of {failed.Count}: {reason}", isLast: true);
            Write($"What it did up to there is in {_plan.Output}", isLast: true);
            return result.End switch { CellEnd.Died => RunInTerminal.KernelDied, CellEnd.Cancelled => RunInTerminal.Interrupted, _ => 1 };
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Show()
    {
        lock (_gate)
        {
            if (_isLive && _step is { } step) Write($"{Place(step)} {Duration.Of(_time.GetElapsedTime(_stepBegan)),8}  {step.Cell.Description}", isLast: false);
        }
    }

    private static string Mark(CellEnd end) => end == CellEnd.Done ? "" : Output.Paint("FAILED  ", 31);

    private static string Place(RunStep step)
    {
        var digits = step.Count.ToString(CultureInfo.InvariantCulture).Length;
        return $"[{step.Number.ToString(CultureInfo.InvariantCulture).PadLeft(digits)}/{step.Count}]";
    }

    private void Write(string line, bool isLast)
    {
        if (_isGone) return;
        try
        {
            if (!_isLive) Console.Error.WriteLine(line);
            else
            {
                var width = Math.Max(20, Console.WindowWidth - 1);
                Console.Error.Write($"\r\e[K{(isLast || line.Length <= width ? line : $"{line[..(width - 1)]}…")}{(isLast ? "\n" : "")}");
            }
        }
        catch (IOException)
        {
            _isGone = true;
        }
    }
}
