using System.Runtime.InteropServices;
using Holdfast.Cli.Notebooks;
using Holdfast.Keeper.Client;
using Holdfast.Lab.Running;
using Holdfast.Notebooks.Cleaning;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Running;

namespace Holdfast.Cli.Running;

/// <summary>One run of tests.</summary>
internal sealed class TestRun
{
    public required IReadOnlyList<string> Paths { get; init; }
    public required int Workers { get; init; }
    /// <summary>Directives that are run although the project leaves them out.</summary>
    public required IReadOnlyList<string> Flags { get; init; }
    public TimeSpan? CellLimit { get; init; }
    public string? Kernel { get; init; }
    /// <summary>Where people see what happens; null for nowhere.</summary>
    public TestTable? Shown { get; init; }

    /// <summary>Runs all; gives the outcomes in the order of the paths, or why nothing could be run.</summary>
    public async Task<(IReadOnlyList<TestOutcome> Outcomes, string? Failure)> RunAsync(CancellationToken cancellationToken)
    {
        if (Paths.Count == 0) return ([], null);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        var (client, failure) = await KeeperClient.ConnectAsync(Surroundings.Home, TimeProvider.System, ended.Token);
        if (client is null) return ([], failure!.Message);
        await using var keeper = client;
        var outcomes = new TestOutcome[Paths.Count];
        // Each is told of its end by itself: one that fails is no reason to leave out the others.
        await Parallel.ForAsync(0, Paths.Count, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = CancellationToken.None }, async (number, _) =>
        {
            outcomes[number] = await TestAsync(keeper, Paths[number], ended.Token);
            Shown?.Tell(outcomes[number]);
        });
        return (outcomes, null);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.Cancel();
        }
    }

    private async Task<TestOutcome> TestAsync(KeeperClient keeper, string path, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        try
        {
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) return new TestOutcome(path, TestState.Failed, 0, default, error);
            var test = NotebookTest.Of(notebook.Upgrade(), SkippedFlags(path));
            if (test.Skipped is { } skipped) return new TestOutcome(path, TestState.Skipped, 0, default, skipped);
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var options = RunInTerminal.Options(folder) with { Environment = Variables(folder) };
            var started = await RunKernel.StartAsync(keeper, options, new RunKernelStart(Kernel ?? notebook.KernelName, folder), time, cancellationToken);
            if (!started.Ok) return new TestOutcome(path, TestState.Failed, 0, time.GetElapsedTime(began), started.Failure.Message);
            await using var kernel = started.Value;
            for (var number = 1; number <= test.Cells.Count; number++)
            {
                var cell = test.Cells[number - 1];
                var result = await kernel.ExecuteAsync(cell.Source, cell.Id, CellLimit, cancellationToken);
                if (result.End == CellEnd.Done || (result.End == CellEnd.Failed && cell.MayFail)) continue;
                var state = result.End == CellEnd.Cancelled ? TestState.Interrupted : TestState.Failed;
                return new TestOutcome(path, state, number, time.GetElapsedTime(began), Reason(result), new RunStep(number, test.Cells.Count, cell, result));
            }

            return new TestOutcome(path, TestState.Passed, test.Cells.Count, time.GetElapsedTime(began));
        }
        catch (OperationCanceledException)
        {
            return new TestOutcome(path, TestState.Interrupted, 0, time.GetElapsedTime(began), "interrupted");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new TestOutcome(path, TestState.Failed, 0, time.GetElapsedTime(began), e.Message);
        }
    }

    private string Reason(CellResult result) => result.End switch
    {
        CellEnd.Died => $"the kernel died. {result.Error}",
        CellEnd.TimedOut => $"it took longer than {Duration.Of(CellLimit!.Value)}",
        CellEnd.Cancelled => "interrupted",
        _ => result.Error ?? "",
    };

    private HashSet<string> SkippedFlags(string path) => [.. ProjectSettings.For(Path.GetDirectoryName(Path.GetFullPath(path))!).List("tst_flags").Except(Flags)];

    /// <summary>nbdev's own variable, and the project's folder, so that notebooks import the package beside them.</summary>
    private static Dictionary<string, string> Variables(string folder)
    {
        var variables = new Dictionary<string, string>(Surroundings.Variables) { ["IN_TEST"] = "1" };
        if (ModuleSettings.For(folder) is { } project)
            variables["PYTHONPATH"] = variables.GetValueOrDefault("PYTHONPATH") is { Length: > 0 } path ? $"{project.Root}:{path}" : project.Root;
        return variables;
    }
}
