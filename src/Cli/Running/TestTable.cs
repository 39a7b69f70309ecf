using System.Globalization;

namespace Holdfast.Cli.Running;

/// <summary>Shows the results of tests as they come, and what failed at the end. Safe for concurrent calls.</summary>
internal sealed class TestTable
{
    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly long _began = TimeProvider.System.GetTimestamp();

    public TestTable(IReadOnlyList<string> paths, TextWriter output)
    {
        _output = output;
        if (paths.Count > 0) output.WriteLine("RESULT       TIME  CELLS  NOTEBOOK");
    }

    /// <summary>A notebook is done.</summary>
    public void Tell(TestOutcome outcome)
    {
        var (time, cells) = outcome.State == TestState.Skipped ? ("-", "-") : (Duration.Of(outcome.Duration), outcome.Cells.ToString(CultureInfo.InvariantCulture));
        lock (_gate) _output.WriteLine($"{Output.Paint(outcome.Word.PadRight(8), Colour(outcome.State))} {time,8}  {cells,5}  {outcome.Path}{(outcome.State == TestState.Skipped ? $": {outcome.Reason}" : "")}");
    }

    /// <summary>All are done.</summary>
    public void End(IReadOnlyList<TestOutcome> outcomes)
    {
        foreach (var outcome in outcomes.Where(outcome => outcome.State == TestState.Failed))
        {
            _output.WriteLine();
            _output.WriteLine(Output.Paint($"{outcome.Path}{(outcome.Failed is { } step ? $", cell {step.Number} of {step.Count}" : "")}: {outcome.Reason}", 31));
            if (outcome.Failed is not { } failed) continue;
            foreach (var line in failed.Cell.Source.TrimEnd().Split('\n')) _output.WriteLine($"    {line}");
            if (outcome.Traceback.Length > 0) _output.WriteLine(outcome.Traceback);
        }

        var counts = outcomes.GroupBy(outcome => outcome.State).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.First().Word}");
        _output.WriteLine(outcomes.Count == 0 ? "No notebook has changed." : $"\n{string.Join(", ", counts)} in {Duration.Of(TimeProvider.System.GetElapsedTime(_began))}");
    }

    private static int Colour(TestState state) => state switch
    {
        TestState.Passed => 32,
        TestState.Failed => 31,
        _ => 33,
    };
}
